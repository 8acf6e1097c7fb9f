// @ts-check
/** Tells the server which figures were looked at: many at once after a short rest, and the last ones when the page is left. */
import { partOf } from "./parts.js";

const REST_MS = 400;

export class SeenFigures {
  /** @type {Set<string>} */
  #untold = new Set(); // figures that the server is still to be told of
  #timer = 0;

  /**
   * root: bears data-seen-url; a form in it holds the page's token.
   * @param {HTMLElement} root
   */
  constructor(root) {
    this.root = root;
    window.addEventListener("pagehide", () => this.#send());
  }

  /** @param {string[]} figures */
  add(...figures) {
    for (const figure of figures) this.#untold.add(figure);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), REST_MS);
  }

  #send() {
    if (!this.#untold.size) return;
    const figures = [...this.#untold];
    this.#untold.clear();
    const body = new FormData();
    for (const figure of figures) body.append("figure", figure);
    post(this.root.dataset.seenUrl ?? "", body).catch(() => figures.forEach((figure) => this.#untold.add(figure)));
  }
}

/**
 * POST a form with the page's token, also while the page is being left.
 * @param {string} address
 * @param {FormData} body
 */
export function post(address, body) {
  const field = partOf(document, "[name=csrfmiddlewaretoken]", HTMLInputElement); // on every page
  return fetch(address, {
    method: "POST",
    body,
    keepalive: true,
    headers: { "X-CSRFToken": field.value, "HX-Request": "true" },
  });
}
