// @ts-check
/**
 * Says that a sent form is on its way, and takes no second sending. <form data-busy="Searching…"> holds one <button data-busy-button>.
 */
import { partOf } from "./parts.js";

/** @param {HTMLFormElement} form */
export function attach(form) {
  const button = partOf(form, "[data-busy-button]", HTMLButtonElement);
  const label = button.textContent;
  form.addEventListener("submit", () => {
    button.textContent = form.dataset.busy ?? label;
    button.disabled = true;
  });
  // A page that comes back by the Back button is as it was left.
  window.addEventListener("pageshow", () => {
    button.textContent = label;
    button.disabled = false;
  });
}
