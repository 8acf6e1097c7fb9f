// @ts-check
/**
 * <form data-queue> with one <select>: what is chosen is shown at once, so that the form needs no button.
 */
import { partOf } from "./parts.js";

/** @param {HTMLFormElement} form */
export function attach(form) {
  const button = partOf(form, "button", HTMLButtonElement);
  button.hidden = true;
  form.querySelector("select")?.addEventListener("change", () => form.requestSubmit());
}
