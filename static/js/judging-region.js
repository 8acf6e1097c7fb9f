// @ts-check
/**
 * A part of the candidate's drawing is marked: with the pointer, or by arrow keys (Shift changes the size). It is
 * [left, top, width, height] in ten-thousandths of the drawing, and follows it when it is zoomed.
 */
import { ARROWS } from "./arrows.js";
import { Emitter } from "./emitter.js";
import { partOf } from "./parts.js";

const SVG = "http://www.w3.org/2000/svg";
const WHOLE = 10_000;
const STEP = 100;
const LEAST = 100; // a smaller frame was a slip of the hand
const FIRST = [3000, 3000, 4000, 4000];

/** @extends {Emitter<{ marked: { region: number[] | null }, left: object }>} */
export class Region extends Emitter {
  /** @type {HTMLElement | null} */
  #catcher = null;
  /** @type {number[] | null} */
  #from = null; // where the pointer went down

  /**
   * pane: the candidate's. Events: "marked" { region }, "left" when marking ends.
   * @param {import("./compare-pane.js").Pane} pane
   */
  constructor(pane) {
    super();
    this.pane = pane;
    /** @type {number[] | null} */
    this.region = null;
  }

  get isMarking() {
    return this.#catcher !== null;
  }

  /**
   * Draw a region, or none, on the drawing that is shown now.
   * @param {number[] | null} region
   */
  show(region) {
    this.region = region;
    const { svg } = this.pane.overlay;
    if (!svg || !this.pane.stage.sheet) return;
    /** @type {SVGElement | null} */
    let frame = svg.querySelector("[data-region-frame]");
    if (!region) return void frame?.remove();
    if (!frame) {
      frame = document.createElementNS(SVG, "rect");
      frame.dataset.regionFrame = "";
      frame.setAttribute("class", "region-frame");
      frame.setAttribute("role", "img");
      frame.setAttribute("aria-label", "Marked part");
      partOf(svg, "[data-on-sheet]", SVGElement).append(frame);
    }
    const drawn = frame;
    const { width, height } = this.pane.stage.sheet;
    const scale = [width, height, width, height];
    ["x", "y", "width", "height"].forEach((name, at) =>
      drawn.setAttribute(name, String((region[at] * scale[at]) / WHOLE)),
    );
  }

  /** Let the hand mark a part from now on. */
  start() {
    const stage = partOf(this.pane.article, "[data-stage]");
    if (this.isMarking || !this.pane.stage.sheet || stage.querySelector("[data-instead]")) return;
    const catcher = (this.#catcher = document.createElement("div"));
    catcher.className = "region-catcher";
    catcher.tabIndex = 0;
    catcher.setAttribute("role", "application");
    catcher.setAttribute(
      "aria-label",
      "Part of the candidate: arrow keys move the frame, with Shift they resize it, Enter finishes",
    );
    const help = document.createElement("p");
    help.className = "region-help";
    help.textContent = "Drag a frame. Arrow keys move it, with Shift they resize it; Enter finishes.";
    catcher.append(help);
    catcher.addEventListener("pointerdown", (event) => this.#down(event, catcher));
    catcher.addEventListener("pointermove", (event) => this.#drag(event));
    catcher.addEventListener("pointerup", (event) => this.#up(event));
    catcher.addEventListener("pointercancel", () => this.stop());
    catcher.addEventListener("keydown", (event) => this.#key(event));
    stage.append(catcher);
    catcher.focus({ preventScroll: true });
  }

  stop() {
    const catcher = this.#catcher;
    if (!catcher) return;
    this.#catcher = this.#from = null;
    catcher.remove();
    this.emit("left", {});
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLElement} catcher
   */
  #down(event, catcher) {
    if (event.button) return;
    event.preventDefault();
    catcher.setPointerCapture(event.pointerId);
    catcher.focus({ preventScroll: true });
    this.#from = this.#at(event);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (this.#from) this.show(between(this.#from, this.#at(event)));
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.#from) return;
    const region = between(this.#from, this.#at(event));
    this.#from = null;
    if (region[2] < LEAST || region[3] < LEAST) return this.#mark(null);
    this.#mark(region);
    this.stop();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      return this.stop();
    }
    const arrow = ARROWS[event.key];
    if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    event.preventDefault();
    if (!this.region) return this.#mark(FIRST);
    const [left, top, width, height] = this.region;
    const [across, down] = arrow.map((one) => one * STEP);
    /** @param {number} value @param {number} least @param {number} most */
    const within = (value, least, most) => Math.min(Math.max(value, least), most);
    return this.#mark(
      event.shiftKey
        ? [left, top, within(width + across, LEAST, WHOLE - left), within(height + down, LEAST, WHOLE - top)]
        : [within(left + across, 0, WHOLE - width), within(top + down, 0, WHOLE - height), width, height],
    );
  }

  /** @param {number[] | null} region */
  #mark(region) {
    this.show(region);
    this.emit("marked", { region });
  }

  /**
   * Where the pointer is on the drawing, in ten-thousandths, within its edges.
   * @param {PointerEvent} event
   */
  #at(event) {
    const { stage } = this.pane;
    if (!this.#catcher || !stage.sheet) return [0, 0]; // nothing is marked now
    const box = this.#catcher.getBoundingClientRect();
    const [a, , , d, e, f] = stage.matrix(); // drawings stand upright here
    const { width, height } = stage.sheet;
    const share = (/** @type {number} */ pixels, /** @type {number} */ whole) =>
      Math.round(Math.min(Math.max(pixels / whole, 0), 1) * WHOLE);
    return [share((event.clientX - box.left - e) / a, width), share((event.clientY - box.top - f) / d, height)];
  }
}

/** @param {number[]} one @param {number[]} other */
function between(one, other) {
  const [[x1, y1], [x2, y2]] = [one, other];
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
}
