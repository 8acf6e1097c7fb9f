// @ts-check
/**
 * <form data-queue> with one <select>: what is chosen is shown at once, so that the form needs no button.
 * @param {HTMLFormElement} form
 */
export function attach(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  button.hidden = true;
  form.querySelector("select")?.addEventListener("change", () => form.requestSubmit());
}
