// @ts-check
/**
 * <div data-reload-seconds="1"> loads the page again after that time.
 * @param {HTMLElement} element
 */
export function attach(element) {
  setTimeout(() => location.reload(), 1000 * Number(element.dataset.reloadSeconds));
}
