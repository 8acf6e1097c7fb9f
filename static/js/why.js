// @ts-check
/**
 * Says why a hit was found, wherever the fragment <div data-why="<figure>"> was swapped in: its title,
 * [data-why-title], is focused unless somebody works elsewhere, and a button [data-why-close] takes it away again.
 * @param {HTMLElement} fragment
 */
export function attach(fragment) {
  if (!document.querySelector("[data-attached]")) return; // it came with its page
  const at = document.activeElement;
  if (!at || at === document.body || at.matches("dialog, #why-body, [data-key='w']"))
    fragment.querySelector("[data-why-title]")?.focus({ preventScroll: true });
  const beside = fragment.closest('[data-reader-part="text"]');
  if (beside) beside.scrollTop = 0; // it stands first there
  fragment.querySelector("[data-why-close]")?.addEventListener("click", () => {
    fragment.remove();
    document.querySelector("[data-key='w']")?.focus();
  });
}
