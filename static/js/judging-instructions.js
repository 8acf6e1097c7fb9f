// @ts-check
/**
 * The instructions of a session: <dialog data-instructions-dialog>, opened by [data-instructions] or by the page itself.
 */
import { partOf } from "./parts.js";

/**
 * @param {HTMLElement} root
 * @param {() => void} closed
 */
export function attachInstructions(root, closed) {
  const dialog = partOf(root, "[data-instructions-dialog]", HTMLDialogElement);
  const isWanted = dialog.open;
  dialog.close();
  root.querySelector("[data-instructions]")?.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.addEventListener("close", closed);
  if (isWanted) dialog.showModal();
}
