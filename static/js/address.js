// @ts-check
/**
 * An address of this site without the place within the page.
 * @param {string} href
 */
export function addressOf(href) {
  const url = new URL(href, location.href);
  return url.pathname + url.search;
}
