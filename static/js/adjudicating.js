// @ts-check
/**
 * Adjudicating: both drawings can be zoomed, moved and shown alone as in judging, and a ruling goes out once however often its
 * key is pressed. Without it everything works as forms and links.
 *
 * <div data-adjudicating> holds <section data-pair> as templates/annotations/_pair_panes.html fills it, and
 * <form data-ruling>.
 */
import { addDrawingKeys } from "./judging-moves.js";
import { Pairs } from "./judging-pairs.js";
import { partOf } from "./parts.js";

/** @param {HTMLElement} root */
export async function attach(root) {
  const pairs = new Pairs(root, "", () => {});
  root.addEventListener("click", (event) => {
    const large = event.target.closest("[data-large]");
    if (large) pairs.enlarge(large.closest("[data-role]")?.dataset.role);
  });
  leaveByEnter(partOf(root, "textarea"));
  sendOnce(partOf(root, "[data-ruling]"));
  addDrawingKeys(pairs);
  await pairs.open();
  root.dataset.ready = ""; // tests wait for it
}

/**
 * Enter ends a reason, so that the grades' keys grade again; with Shift it breaks the line.
 * @param {HTMLElement} reason
 */
function leaveByEnter(reason) {
  reason.addEventListener("keydown", (event) => {
    if (!["Enter", "Escape"].includes(event.key) || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    reason.blur();
  });
}

/**
 * A key that is held, or pressed again before the next pair is there, rules nothing more.
 * @param {HTMLElement} form
 */
function sendOnce(form) {
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  // A page that comes back by the Back button may be ruled on again.
  window.addEventListener("pageshow", () => {
    isSent = false;
  });
}
