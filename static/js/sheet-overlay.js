// @ts-check
/**
 * The page's SVG over the sheet: boxes that follow zoom and turn, and names of parts beside them.
 * <svg> holds one <g data-on-sheet> with an <image> and [data-numerals] boxes; <g data-names> is added here.
 */
import { partOf } from "./parts.js";
import { placeNames, screenBox } from "./sheet-geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const FONT_PX = Math.round(0.87 * parseFloat(getComputedStyle(document.documentElement).fontSize)); // as stage.css has it
const BOXES_KEY = "show-boxes";
const NAMES_KEY = "sheet-labels";

export class Overlay {
  /** @type {{ element: SVGElement, box: Box, width: number, numeral: string }[]} */
  #names = [];
  #measure = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

  /** @param {import("./sheet-stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {SVGSVGElement | null} */
    this.svg = null;
    /** @type {Set<string | undefined>} */
    this.lit = new Set();
    stage.addEventListener("moved", () => this.follow());
  }

  get hasNames() {
    return localStorage.getItem(NAMES_KEY) === "yes";
  }
  get hasBoxes() {
    return localStorage.getItem(BOXES_KEY) !== "no";
  }

  toggleNames() {
    localStorage.setItem(NAMES_KEY, this.hasNames ? "no" : "yes");
    this.apply();
  }
  toggleBoxes() {
    localStorage.setItem(BOXES_KEY, this.hasBoxes ? "no" : "yes");
    this.apply();
  }

  /**
   * Lay this SVG over the stage in place of the one before; the viewer paints the sheet itself.
   * @param {SVGSVGElement} svg
   */
  adopt(svg) {
    svg.querySelector("image")?.remove();
    svg.removeAttribute("viewBox");
    this.svg?.remove();
    this.svg = svg;
    this.#names = this.#namesOf(svg);
    this.lit = new Set();
    this.stage.viewer.canvas.append(svg);
    this.apply();
  }

  apply() {
    this.svg?.classList.toggle("without-boxes", !this.hasBoxes);
    this.follow();
  }

  /** Bring boxes and names to where the sheet is now. */
  follow() {
    if (!this.svg || !this.stage.sheet) return;
    const matrix = this.stage.matrix();
    const numbers = matrix.map((one) => one.toFixed(5)).join(" ");
    partOf(this.svg, "[data-on-sheet]", SVGElement).setAttribute("transform", `matrix(${numbers})`);
    this.#place(matrix);
  }

  /**
   * Boxes [left, top, width, height] of these numerals on the sheet.
   * @param {Set<string | undefined>} numerals
   */
  boxesOf(numerals) {
    return [...(this.svg?.querySelectorAll("[data-numerals]") ?? [])]
      .filter((box) => numerals.has(box.dataset.numerals))
      .map(boxOf);
  }

  /** @param {SVGSVGElement} svg */
  #namesOf(svg) {
    /** @type {SVGElement | null} */
    let layer = svg.querySelector("[data-names]");
    if (!layer) {
      layer = document.createElementNS(SVG, "g");
      layer.dataset.names = "";
      layer.setAttribute("aria-hidden", "true"); // each box says its name already
      svg.append(layer);
    }
    const names = layer;
    names.replaceChildren();
    this.#measure.font = `600 ${FONT_PX}px ${getComputedStyle(document.body).fontFamily}`;
    return [...svg.querySelectorAll("[data-numerals]")].map((box) => {
      const { numerals: numeral = "" } = box.dataset;
      const name = (box.getAttribute("aria-label") ?? "").slice(numeral.length).trim();
      const element = document.createElementNS(SVG, "text");
      element.textContent = name;
      names.append(element);
      return { element, numeral, box: boxOf(box), width: name ? this.#measure.measureText(name).width : 0 };
    });
  }

  /**
   * Each name beside its box where there is room; those that are lit come first and always find a place.
   * @param {Matrix} matrix
   */
  #place(matrix) {
    const size = this.stage.viewer.viewport.getContainerSize();
    const names = this.#names.map(({ box, width, numeral }) => ({
      box: screenBox(box, matrix),
      width,
      isLit: this.lit.has(numeral),
    }));
    const places = placeNames(names, { room: [0, 0, size.x, size.y], height: FONT_PX + 4, hasNames: this.hasNames });
    this.#names.forEach(({ element }, at) => {
      const place = places[at];
      element.classList.toggle("is-shown", place !== null);
      element.classList.toggle("is-lit", names[at].isLit);
      if (place)
        element.setAttribute("transform", `translate(${place[0].toFixed(1)} ${(place[1] + FONT_PX).toFixed(1)})`);
    });
  }
}

/** @param {Element} element */
function boxOf(element) {
  const rect = partOf(element, "rect", SVGElement);
  const [left, top, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
  return /** @type {Box} */ ([left, top, width, height]);
}
