/**
 * Files dropped anywhere on the page, pasted with Ctrl-V or chosen are sent at once, with the question they join.
 * <form data-bring> holds one <input type="file">, <button data-bring-send>, [data-bring-state], <progress data-bring-progress>.
 */
const TAKEN = /\.(tiff?|pdf|xml|png|jpe?g|webp|gif|bmp)$/i;
const isTaken = (file) => file.type.startsWith("image/") || TAKEN.test(file.name);

export function attach(form) {
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("[data-bring-send]");
  const state = form.querySelector("[data-bring-state]");
  const progress = form.querySelector("[data-bring-progress]");
  const box = form.querySelector(".drop");
  button.hidden = true; // choosing sends

  function send() {
    if (!input.files.length) return;
    state.textContent = `Sending ${[...input.files].map((file) => file.name).join(", ")} …`;
    state.hidden = progress.hidden = false;
    form.requestSubmit();
  }

  function take(files) {
    const chosen = new DataTransfer();
    [...files].filter(isTaken).forEach((file) => chosen.items.add(file));
    if (!chosen.files.length) return false;
    input.files = chosen.files;
    send();
    return true;
  }

  function refuse() {
    state.textContent = "This is no drawing: PNG, TIFF, JPEG, PDF or a patent XML are taken.";
    state.hidden = false;
  }

  input.addEventListener("change", send);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) box.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("is-over");
    if (!take(event.dataTransfer.files)) refuse();
  });
  document.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return; // text goes where it is pasted
    event.preventDefault();
    if (!take(event.clipboardData.files)) refuse();
  });
  // A page that comes back by the Back button is as it was left.
  window.addEventListener("pageshow", () => {
    form.reset();
    state.hidden = progress.hidden = true;
  });
}
