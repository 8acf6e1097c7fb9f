// @ts-check
/** Other comparisons, fetched as fragments before they are asked for. */
import { addressOf } from "./address.js";

const MOST_AHEAD = 6;

export class Fragments {
  /** @type {Map<string, Promise<HTMLElement>>} */
  #ahead = new Map(); // by address

  /**
   * The comparison at an address. Rejects where the server answers with anything else.
   * @param {string} href
   */
  get(href) {
    const address = addressOf(href);
    const known = this.#ahead.get(address);
    if (known) return known;
    const fragment = fetched(address);
    fragment.catch(() => this.#ahead.delete(address));
    this.#ahead.set(address, fragment);
    if (this.#ahead.size > MOST_AHEAD) this.#ahead.delete([...this.#ahead.keys()][0]);
    return fragment;
  }

  /**
   * Fetch anew what is shown now, when it is wanted again.
   * @param {string} href
   */
  forget(href) {
    this.#ahead.delete(addressOf(href));
  }

  forgetAll() {
    this.#ahead.clear();
  }
}

/**
 * @param {string} address
 * @returns {Promise<HTMLElement>}
 */
async function fetched(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fragment = page.querySelector("[data-compare]");
  if (!response.ok || response.redirected || !fragment) throw new Error(`${address}: ${response.status}`);
  return document.adoptNode(fragment);
}
