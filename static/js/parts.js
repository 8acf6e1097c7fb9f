// @ts-check
/** Parts of a page that the contract of a behaviour promises. */

/**
 * The element of this kind that the selector finds. Throws where the page lacks it.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {abstract new () => E} [Kind]
 * @returns {E}
 */
export function partOf(root, selector, Kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof (Kind ?? HTMLElement))) throw new Error(`The page lacks ${selector}.`);
  return /** @type {E} */ (/** @type {Element} */ (found));
}
