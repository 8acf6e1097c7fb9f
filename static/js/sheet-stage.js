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

/**
 * What an SVG says of its sheet.
 * @param {SVGSVGElement | HTMLElement} svg
 * @returns {Sheet}
 */
export function sheetOf(svg) {
  const {
    sheet = "",
    size = "",
    upright,
    turn,
    figureBox = "",
    preview = "",
    previewSize = "",
    full = "",
  } = svg.dataset;
  const [width, height] = numbersOf(size);
  return {
    key: sheet,
    width,
    height,
    upright: Number(upright),
    turn: Number(turn),
    figureBox: /** @type {Box} */ (numbersOf(figureBox)),
    preview,
    previewSize: /** @type {[number, number]} */ (numbersOf(previewSize)),
    full,
  };
}

/** @param {string} text */
function numbersOf(text) {
  return text.split(" ").map(Number);
}

export class Stage extends EventTarget {
  /** @type {string | null} */
  #framed = "figure"; // or "sheet", or nothing when somebody has moved the sheet
  #staying = 0; // a timer
  #wanted = "figure"; // how it was framed last, which the next sheet is too

  /**
   * box: the element that the viewer fills. Events: "moved" with every painted frame, "framed" when the view changes its kind.
   * @param {HTMLElement} box
   */
  constructor(box) {
    super();
    /** @type {Sheet | null} */
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
  /** The sheet that is shown; throws where there is none yet. */
  get #shown() {
    if (!this.sheet) throw new Error("The stage shows no sheet yet.");
    return this.sheet;
  }
  get rotation() {
    return (this.#shown.upright + this.#shown.turn) % 360;
  }

  /**
   * Whether the sheet can be shown in the next frame.
   * @param {Sheet} sheet
   */
  isReady(sheet) {
    return this.images.isReady(sheet);
  }

  /**
   * Decode the sheet's picture ahead and give it to the viewer.
   * @param {Sheet} sheet
   */
  prepare(sheet) {
    return this.images.prepare(sheet);
  }

  /**
   * Show a prepared sheet, framed as the last one was.
   * @param {Sheet} sheet
   */
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
    if (this.images.sharpen(this.#shown)) this.viewer.forceRedraw();
  }

  /** @param {number} degrees */
  turn(degrees) {
    this.#shown.turn = degrees;
    this.viewer.viewport.setRotation(this.rotation, true);
    this.frame(this.#wanted);
  }

  /**
   * Frame the "figure" or the whole "sheet" at once.
   * @param {string} what
   */
  frame(what) {
    const { width, height, figureBox } = this.#shown;
    const margin = what === "figure" ? MARGIN * Math.max(figureBox[2], figureBox[3]) : 0;
    this.#fit(what === "figure" ? grown(figureBox, margin, [width, height]) : [0, 0, width, height], true);
    this.#framed = this.#wanted = what;
    this.dispatchEvent(new Event("framed"));
  }

  /** @param {number} direction */
  zoom(direction) {
    this.#leaveFrame();
    this.viewer.viewport.zoomBy(direction > 0 ? STEP : 1 / STEP);
    this.viewer.viewport.applyConstraints();
  }

  /**
   * Move the window over the sheet: right and down are 1, 0 or -1.
   * @param {number} right
   * @param {number} down
   */
  pan(right, down) {
    const { viewport } = this.viewer;
    const size = viewport.getContainerSize();
    const pixels = new OpenSeadragon.Point(right * size.x * PAN_SHARE, down * size.y * PAN_SHARE);
    this.#leaveFrame();
    viewport.panBy(viewport.deltaPointsFromPixels(pixels));
    viewport.applyConstraints();
  }

  /**
   * Bring boxes [left, top, width, height] into view where one of them is not.
   * @param {Box[]} boxes
   */
  reveal(boxes) {
    const { viewport } = this.viewer;
    const [matrix, size] = [this.matrix(), viewport.getContainerSize()];
    if (!boxes.length || boxes.every((box) => isInView(box, matrix, size))) return;
    const { width, height } = this.#shown;
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
    const at = (/** @type {number} */ x, /** @type {number} */ y) =>
      this.viewer.viewport.pixelFromPoint(new OpenSeadragon.Point(x, y), true);
    const [zero, along, down] = [at(0, 0), at(1, 0), at(0, 1)];
    const scale = 1 / this.#shown.width;
    return [
      (along.x - zero.x) * scale,
      (along.y - zero.y) * scale,
      (down.x - zero.x) * scale,
      (down.y - zero.y) * scale,
      zero.x,
      zero.y,
    ];
  }

  /**
   * @param {Box} box
   * @param {boolean} immediately
   */
  #fit([left, top, width, height], immediately) {
    const { viewport } = this.viewer;
    const unit = this.#shown.width;
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
