// @ts-check
/**
 * Files dropped anywhere on the page, pasted with Ctrl-V or chosen are sent at once, with the form they join.
 * <div data-bring hx-trigger="bring"> stands in that form and holds one <input type="file">, <button data-bring-send>,
 * [data-bring-state], <progress data-bring-progress max="1"> and [data-bring-fault], where a refusal's sentence goes.
 */
import { partOf } from "./parts.js";

const TAKEN = /\.(tiff?|pdf|xml|png|jpe?g|webp|gif|bmp)$/i;
const NO_DRAWING = "This file type is not supported. Choose TIFF, PNG, JPEG, GIF, BMP, WEBP, PDF or patent XML.";
const NOT_SENT =
  "The upload failed: the server is not responding, or you are no longer logged in. Your query is unchanged. Send the file again.";
const isTaken = (/** @type {File} */ file) => file.type.startsWith("image/") || TAKEN.test(file.name);

/** @param {HTMLElement} part */
export function attach(part) {
  const input = partOf(part, "input[type=file]", HTMLInputElement);
  const button = partOf(part, "[data-bring-send]", HTMLButtonElement);
  const state = partOf(part, "[data-bring-state]");
  const progress = partOf(part, "[data-bring-progress]", HTMLProgressElement);
  const fault = partOf(part, "[data-bring-fault]");
  const box = partOf(part, ".drop");
  button.hidden = true; // choosing sends
  button.type = "button"; // else Enter in any field would press it

  function rest() {
    input.value = "";
    state.hidden = progress.hidden = true;
  }

  /** @param {string} text */
  function refuse(text) {
    const line = document.createElement("p");
    line.className = "fault";
    line.setAttribute("role", "alert");
    line.textContent = text;
    fault.replaceChildren(line);
    rest();
  }

  function send() {
    if (!input.files?.length) return;
    fault.replaceChildren();
    const names = [...input.files].map((file) => file.name).join(", ");
    state.textContent = `Uploading ${names}…`;
    progress.removeAttribute("value");
    state.hidden = progress.hidden = false;
    part.dispatchEvent(new CustomEvent("bring"));
  }

  /** @param {FileList} files */
  function take(files) {
    const chosen = new DataTransfer();
    [...files].filter(isTaken).forEach((file) => chosen.items.add(file));
    if (!chosen.files.length) return refuse(NO_DRAWING);
    input.files = chosen.files;
    send();
  }

  input.addEventListener("change", send);
  part.addEventListener("htmx:xhr:progress", ({ detail: { loaded, total } }) => {
    if (!total || progress.hidden) return;
    progress.value = loaded / total;
    if (loaded >= total) {
      progress.removeAttribute("value");
      state.textContent = "Reading the files…";
    }
  });
  part.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const isRefusal = detail.xhr.status === 400 && !detail.serverResponse.includes("<html");
    detail.shouldSwap = isRefusal;
    if (isRefusal) rest();
    else if (detail.xhr.status !== 204) refuse(NOT_SENT);
  });
  part.addEventListener("htmx:sendError", () => refuse(NOT_SENT));

  /** @param {DragEvent} event - returns what it carries where these are files */
  const filesOf = ({ dataTransfer }) => (dataTransfer?.types.includes("Files") ? dataTransfer : null);
  document.addEventListener("dragover", (event) => {
    const carried = filesOf(event);
    if (!carried) return;
    event.preventDefault();
    carried.dropEffect = "copy";
    box.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) box.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const carried = filesOf(event);
    if (!carried) return; // text goes where it is dropped
    event.preventDefault();
    box.classList.remove("is-over");
    take(carried.files);
  });
  document.addEventListener("paste", (event) => {
    if (!event.clipboardData) return;
    const { files, types } = event.clipboardData;
    const isTyping = event.target.closest?.("input, textarea") && types.includes("text/plain");
    if (!files.length || isTyping) return; // text goes where it is pasted
    event.preventDefault();
    take(files);
  });
  // A page that comes back by the Back button is as it was left.
  window.addEventListener("pageshow", rest);
}
