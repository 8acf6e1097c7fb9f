// @ts-check
/**
 * Deep zoom of sheets, one at a time, in one OpenSeadragon viewer that lies under the page's own SVG.
 *
 * Sheets come as <svg data-sheet data-size="w h" data-upright data-turn data-figure-box="l t w h" data-preview
 * data-preview-size="w h" data-full>; pixels are those of the stored sheet, angles are degrees clockwise. Each sheet is
 * an image of the viewer's world (see sheet-images.js), so that showing another one is a matter of one frame.
 */
import { around, grown, isInView } from "./sheet-geometry.js";
import { SheetImages } from "./sheet-images.js";

const STAYS_AFTER_MS = 250; // who flips on sooner is shown previews alone
const STEP = 1.4; // of zooming by key
const PAN_SHARE = 0.15; // of the window, by an arrow key
const MARGIN = 0.04; // around a framed figure, of its longer side, as on the page without scripts
const MOST_ENLARGED = 3; // pixels of the window that a framed sheet's pixel takes
const CLOSEST = 0.3; // of the sheet's longer side: revealing never zooms nearer than that

/** What an SVG says of its sheet. */
export function sheetOf(svg) {
  const numbers = (name) => svg.dataset[name].split(" ").map(Number);
  const [width, height] = numbers("size");
  return {
    key: svg.dataset.sheet,
    width,
    height,
    upright: Number(svg.dataset.upright),
    turn: Number(svg.dataset.turn),
    figureBox: numbers("figureBox"),
    preview: svg.dataset.preview,
    previewSize: numbers("previewSize"),
    full: svg.dataset.full,
  };
}

export class Stage extends EventTarget {
  #framed = "figure"; // or "sheet", or nothing when somebody has moved the sheet
  #staying = 0; // a timer
  #wanted = "figure"; // how it was framed last, which the next sheet is too

  /** box: the element that the viewer fills. Events: "moved" with every painted frame, "framed" when the view changes its kind. */
  constructor(box) {
    super();
    this.sheet = null;
    claimStyle();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.viewer = window.OpenSeadragon({
      element: box,
      drawer: "canvas",
      prefixUrl: "",
      showNavigationControl: false,
      keyboardNavEnabled: false,
      immediateRender: true,
      blendTime: 0,
      animationTime: calm ? 0 : 0.3,
      springStiffness: 9,
      visibilityRatio: 0.2,
      minZoomImageRatio: 0.6,
      maxZoomPixelRatio: 6,
      minPixelRatio: 0.5,
      preload: true,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    });
    this.images = new SheetImages(this.viewer);
    this.viewer.canvas.setAttribute("role", "group");
    this.viewer.canvas.setAttribute("aria-label", "Sheet, moved by arrow keys");
    this.viewer.addHandler("update-viewport", () => this.dispatchEvent(new Event("moved")));
    this.viewer.addHandler("resize", () => this.sheet && this.#framed && this.frame(this.#framed));
    for (const move of ["canvas-drag", "canvas-scroll", "canvas-pinch", "canvas-double-click"]) {
      this.viewer.addHandler(move, () => this.#leaveFrame());
    }
  }

  get framed() {
    return this.#framed;
  }
  get rotation() {
    return (this.sheet.upright + this.sheet.turn) % 360;
  }

  /** Whether the sheet can be shown in the next frame. */
  isReady(sheet) {
    return this.images.isReady(sheet);
  }

  /** Decode the sheet's picture ahead and give it to the viewer. */
  prepare(sheet) {
    return this.images.prepare(sheet);
  }

  /** Show a prepared sheet, framed as the last one was. */
  show(sheet, framed = this.#wanted) {
    this.images.show(sheet);
    this.sheet = sheet;
    this.viewer.viewport.setRotation(this.rotation, true);
    this.frame(framed);
    this.viewer.forceRedraw();
    clearTimeout(this.#staying);
    this.#staying = setTimeout(() => this.#sharpen(), STAYS_AFTER_MS);
  }

  /** Let the viewer load the sheet's larger picture where this view wants it. */
  #sharpen() {
    if (this.images.sharpen(this.sheet)) this.viewer.forceRedraw();
  }

  turn(degrees) {
    this.sheet.turn = degrees;
    this.viewer.viewport.setRotation(this.rotation, true);
    this.frame(this.#wanted);
  }

  /** Frame the "figure" or the whole "sheet" at once. */
  frame(what) {
    const { width, height, figureBox } = this.sheet;
    const margin = what === "figure" ? MARGIN * Math.max(figureBox[2], figureBox[3]) : 0;
    this.#fit(what === "figure" ? grown(figureBox, margin, [width, height]) : [0, 0, width, height], true);
    this.#framed = this.#wanted = what;
    this.dispatchEvent(new Event("framed"));
  }

  zoom(direction) {
    this.#leaveFrame();
    this.viewer.viewport.zoomBy(direction > 0 ? STEP : 1 / STEP);
    this.viewer.viewport.applyConstraints();
  }

  /** Move the window over the sheet: right and down are 1, 0 or -1. */
  pan(right, down) {
    const { viewport } = this.viewer;
    const size = viewport.getContainerSize();
    const pixels = new OpenSeadragon.Point(right * size.x * PAN_SHARE, down * size.y * PAN_SHARE);
    this.#leaveFrame();
    viewport.panBy(viewport.deltaPointsFromPixels(pixels));
    viewport.applyConstraints();
  }

  /** Bring boxes [left, top, width, height] into view where one of them is not. */
  reveal(boxes) {
    const { viewport } = this.viewer;
    const [matrix, size] = [this.matrix(), viewport.getContainerSize()];
    if (!boxes.length || boxes.every((box) => isInView(box, matrix, size))) return;
    const { width, height } = this.sheet;
    const wanted = around(boxes);
    const longest = Math.max(wanted[2], wanted[3]);
    const margin = Math.max(0.1 * longest, (CLOSEST * Math.max(width, height) - longest) / 2);
    this.#leaveFrame();
    this.#fit(grown(wanted, margin, [width, height]), false);
  }

  /**
   * [a, b, c, d, e, f] that takes a pixel of the sheet to where it is in the window, as SVG writes a matrix.
   * @returns {Matrix}
   */
  matrix() {
    const at = (x, y) => this.viewer.viewport.pixelFromPoint(new OpenSeadragon.Point(x, y), true);
    const [zero, along, down] = [at(0, 0), at(1, 0), at(0, 1)];
    const scale = 1 / this.sheet.width;
    return [
      (along.x - zero.x) * scale,
      (along.y - zero.y) * scale,
      (down.x - zero.x) * scale,
      (down.y - zero.y) * scale,
      zero.x,
      zero.y,
    ];
  }

  #fit([left, top, width, height], immediately) {
    const { viewport } = this.viewer;
    const unit = this.sheet.width;
    const [across, along] = this.rotation % 180 ? [height, width] : [width, height];
    const most = (MOST_ENLARGED * unit) / viewport.getContainerSize().x;
    const zoom = Math.min(unit / across, unit / (along * viewport.getAspectRatio()), most);
    const centre = new OpenSeadragon.Point((left + width / 2) / unit, (top + height / 2) / unit);
    viewport.zoomTo(zoom, null, immediately);
    viewport.panTo(centre, immediately);
  }

  #leaveFrame() {
    this.#sharpen();
    if (!this.#framed) return;
    this.#framed = null;
    this.dispatchEvent(new Event("framed"));
  }
}

/** OpenSeadragon adds a rule of its own to the page, which the policy forbids; reader.css holds that rule. */
function claimStyle() {
  const style = document.createElementNS("urn:nothing", "style"); // it looks for an element of this name
  style.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(style);
}
