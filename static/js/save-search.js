// @ts-check
/**
 * Saves the search as it stands in the address: the slider changes the address without a new page.
 * <details data-save-search> holds a form with one <input name="question"> and one <input name="name">.
 */
import { partOf } from "./parts.js";

/** @param {HTMLDetailsElement} part */
export function attach(part) {
  const form = partOf(part, "form", HTMLFormElement);
  const name = partOf(form, "[name=name]", HTMLInputElement);
  const question = partOf(form, "[name=question]", HTMLInputElement);
  const summary = partOf(part, "summary");
  // At once, not when "toggle" comes: what is typed next is the name.
  summary.addEventListener("click", (event) => {
    event.preventDefault();
    part.open = !part.open;
    if (part.open) name.focus();
  });
  part.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    part.open = false;
    summary.focus();
  });
  form.addEventListener("submit", () => {
    if (location.search.length > 1) question.value = location.search.slice(1);
  });
}
