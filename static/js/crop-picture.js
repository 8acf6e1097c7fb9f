// @ts-check
/**
 * A part of a picture is marked with a frame instead of by numbers. <div data-crop data-cropper="address of the library"> holds
 * <img data-crop-image>, and a form with the fields left, top, width, height (percent), turn and mirrored; hidden until
 * needed: [data-crop-help], <canvas data-crop-preview>. Arrow keys move the frame by a percent, with Shift they resize it.
 */
import { ARROWS } from "./arrows.js";
import { partOf } from "./parts.js";

const STEP = 1; // percent

/**
 * What is used of the library, which is loaded by its address.
 * @typedef {object} Cropper
 * @property {() => HTMLElement} getCropperCanvas
 * @property {() => HTMLElement & { $change(x: number, y: number, width: number, height: number): void }} getCropperSelection
 * @property {() => { $ready(): Promise<void>, $resetTransform(): void, $center(size: string): void }} getCropperImage
 */

/** @param {HTMLElement} box */
export async function attach(box) {
  /** @type {{ default: new (image: HTMLImageElement, options: object) => Cropper }} */
  const { default: Cropper } = await import(box.dataset.cropper ?? "");
  const image = partOf(box, "[data-crop-image]", HTMLImageElement);
  const form = partOf(box, "form", HTMLFormElement);
  const preview = partOf(box, "[data-crop-preview]", HTMLCanvasElement);
  await image.decode();
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const numbers = () => ["left", "top", "width", "height"].map((name) => Number(field(name).value));
  partOf(box, "[data-crop-help]").hidden = preview.hidden = false;

  // The canvas is as large as the picture is shown, so a share of it is a share of the picture.
  const room = image.parentElement?.clientWidth ?? 0;
  const scale = Math.min(room / image.naturalWidth, (innerHeight * 0.75) / image.naturalHeight);
  const shown = { width: image.naturalWidth * scale, height: image.naturalHeight * scale };
  const cropper = new Cropper(image, {
    template: `<cropper-canvas background><cropper-image alt="The drawing"></cropper-image><cropper-shade hidden></cropper-shade>
      <cropper-selection movable resizable><cropper-grid role="grid" covered></cropper-grid><cropper-crosshair centered></cropper-crosshair>
      <cropper-handle action="move" plain></cropper-handle>${["n", "e", "s", "w", "ne", "nw", "se", "sw"].map((side) => `<cropper-handle action="${side}-resize"></cropper-handle>`).join("")}</cropper-selection></cropper-canvas>`,
  });
  const canvas = cropper.getCropperCanvas();
  const selection = cropper.getCropperSelection();
  Object.assign(canvas.style, { width: `${shown.width}px`, height: `${shown.height}px` });
  const picture = cropper.getCropperImage();
  await picture.$ready();
  picture.$resetTransform();
  picture.$center("contain");

  let own = false; // a change that the fields made themselves
  function fromFields() {
    const [left, top, width, height] = numbers();
    own = true;
    selection.$change(
      (left / 100) * shown.width,
      (top / 100) * shown.height,
      (width / 100) * shown.width,
      (height / 100) * shown.height,
    );
    own = false;
    paint();
  }

  /** @param {{ x: number, y: number, width: number, height: number }} frame */
  function toFields({ x, y, width, height }) {
    const share = (/** @type {number} */ part, /** @type {number} */ whole) =>
      Math.min(100, Math.max(0, (100 * part) / whole));
    const left = share(x, shown.width);
    const top = share(y, shown.height);
    field("left").value = left.toFixed(2);
    field("top").value = top.toFixed(2);
    field("width").value = Math.min(100 - left, share(width, shown.width)).toFixed(2);
    field("height").value = Math.min(100 - top, share(height, shown.height)).toFixed(2);
    paint();
  }

  function paint() {
    const [left, top, width, height] = numbers();
    const turn = Number(field("turn").value || 0);
    const size = { width: (width / 100) * image.naturalWidth, height: (height / 100) * image.naturalHeight };
    const upright = turn % 180 ? { width: size.height, height: size.width } : size;
    const fit = Math.min(preview.width / upright.width, preview.height / upright.height);
    const context = /** @type {CanvasRenderingContext2D} */ (preview.getContext("2d"));
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, preview.width, preview.height);
    context.translate(preview.width / 2, preview.height / 2);
    context.scale((field("mirrored").checked ? -1 : 1) * fit, fit);
    context.rotate((turn * Math.PI) / 180);
    context.drawImage(
      image,
      (left / 100) * image.naturalWidth,
      (top / 100) * image.naturalHeight,
      size.width,
      size.height,
      -size.width / 2,
      -size.height / 2,
      size.width,
      size.height,
    );
  }

  selection.addEventListener("change", (event) => {
    if (!own && event instanceof CustomEvent) toFields(event.detail);
  });
  form.addEventListener("input", fromFields);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Frame of the part: arrow keys move it, with Shift they resize it");
  canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    const [across, down] = arrow.map((one) => one * STEP);
    event.preventDefault();
    const [left, top, width, height] = numbers();
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 0), most);
    if (event.shiftKey) {
      field("width").value = Math.max(STEP, within(width + across, 100 - left)).toFixed(2);
      field("height").value = Math.max(STEP, within(height + down, 100 - top)).toFixed(2);
    } else {
      field("left").value = within(left + across, 100 - width).toFixed(2);
      field("top").value = within(top + down, 100 - height).toFixed(2);
    }
    fromFields();
  });
  const all = numbers();
  if (all[2] === 100 && all[3] === 100)
    ["left", "top", "width", "height"].forEach((name, at) => (field(name).value = ["20", "20", "60", "60"][at]));
  fromFields();
  canvas.focus();
}
