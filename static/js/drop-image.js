/**
 * A drawing may also be dropped on the box or pasted anywhere on the page, and is shown before it is sent.
 * <div data-drop-image> holds one <input type="file">, and hidden until needed: [data-drop-only] (said with this
 * behaviour alone), <img data-drop-preview>, [data-drop-name], <button data-drop-clear>.
 */
export function attach(box) {
  const input = box.querySelector("input[type=file]");
  const preview = box.querySelector("[data-drop-preview]");
  const name = box.querySelector("[data-drop-name]");
  const clear = box.querySelector("[data-drop-clear]");
  box.querySelector("[data-drop-only]").hidden = false;

  function show() {
    URL.revokeObjectURL(preview.src);
    const file = input.files[0];
    box.classList.toggle("has-file", Boolean(file));
    clear.hidden = name.hidden = !file;
    preview.hidden = true; // until it has loaded: browsers do not draw TIFF
    if (file) {
      name.textContent = file.name;
      preview.src = URL.createObjectURL(file);
    }
  }

  function take(files) {
    const image = [...files].find((file) => file.type.startsWith("image/") || /\.tiff?$/i.test(file.name));
    if (!image) return false;
    const chosen = new DataTransfer();
    chosen.items.add(image);
    input.files = chosen.files;
    show();
    return true;
  }

  preview.addEventListener("load", () => { preview.hidden = false; });
  input.addEventListener("change", show);
  clear.addEventListener("click", () => {
    input.value = "";
    show();
    input.focus();
  });
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("is-over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("is-over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("is-over");
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    if (take(event.clipboardData.files)) event.preventDefault();
  });
  show();
}
