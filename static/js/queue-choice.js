// @ts-check
/** <form data-queue> with one <select>: what is chosen is shown at once, so that the form needs no button. */
export function attach(form) {
  form.querySelector("button").hidden = true;
  form.querySelector("select").addEventListener("change", () => form.requestSubmit());
}
