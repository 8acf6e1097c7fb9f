// @ts-check
/** <button data-copy="text"> puts its text on the clipboard, and says so in place of its name for a moment. */
const SAID_MS = 1600;

/** @param {HTMLButtonElement} button */
export function attach(button) {
  const name = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied: select the number and copy it"; // the browser forbids it
    }
    setTimeout(() => (button.textContent = name), SAID_MS);
  });
}
