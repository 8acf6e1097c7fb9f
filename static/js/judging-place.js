// @ts-check
/** Where the assessor is: in the address, on the server for the next visit, and where a login leads back to. */
const KEPT_AFTER_MS = 2000;

export class Place {
  #timer = 0;

  /**
   * root: bears data-login-url, perhaps data-from-review and data-closed, and holds <section data-pair data-place-url>.
   * @param {HTMLElement} root
   * @param {{ token: string }} sender - has the form's token
   */
  constructor(root, sender) {
    this.root = root;
    this.sender = sender;
  }

  /**
   * Put a position into the address.
   * @param {number} position
   */
  show(position) {
    history.replaceState(null, "", `?at=${position}${"fromReview" in this.root.dataset ? "&from=review" : ""}`);
  }

  /** Tell the server once the assessor has stayed. */
  keepSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), KEPT_AFTER_MS);
  }

  keep() {
    const url = this.root.querySelector("[data-pair]")?.dataset.placeUrl;
    if ("closed" in this.root.dataset || url === undefined) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.sender.token);
    navigator.sendBeacon(url, body);
  }

  /**
   * The login's address, which leads back to a position.
   * @param {number} position
   */
  loginAddress(position) {
    const here = `${location.pathname}?at=${position}`;
    return `${this.root.dataset.loginUrl}?next=${encodeURIComponent(here)}`;
  }
}
