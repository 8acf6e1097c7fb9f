/**
 * The page's SVG over the sheet: boxes that follow zoom and turn, and names of parts beside them.
 * <svg> holds one <g data-on-sheet> with an <image> and [data-numerals] boxes; <g data-names> is added here.
 */
const SVG = "http://www.w3.org/2000/svg";
const FONT_PX = Math.round(0.87 * parseFloat(getComputedStyle(document.documentElement).fontSize)); // as reader.css has it
const GAP_PX = 4;
const BOXES_KEY = "show-boxes";
const NAMES_KEY = "sheet-labels";

export class Overlay {
  #names = []; // { element, box, width, numeral }
  #measure = document.createElement("canvas").getContext("2d");

  constructor(stage) {
    this.stage = stage;
    this.svg = null;
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

  /** Lay this SVG over the stage in place of the one before; the viewer paints the sheet itself. */
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
    this.svg.classList.toggle("without-boxes", !this.hasBoxes);
    this.follow();
  }

  /** Bring boxes and names to where the sheet is now. */
  follow() {
    if (!this.svg || !this.stage.sheet) return;
    const matrix = this.stage.matrix();
    this.svg
      .querySelector("[data-on-sheet]")
      .setAttribute("transform", `matrix(${matrix.map((one) => one.toFixed(5)).join(" ")})`);
    this.#place(matrix);
  }

  /** Boxes [left, top, width, height] of these numerals on the sheet. */
  boxesOf(numerals) {
    return [...this.svg.querySelectorAll("[data-numerals]")]
      .filter((box) => numerals.has(box.dataset.numerals))
      .map(boxOf);
  }

  #namesOf(svg) {
    let layer = svg.querySelector("[data-names]");
    if (!layer) {
      layer = document.createElementNS(SVG, "g");
      layer.dataset.names = "";
      layer.setAttribute("aria-hidden", "true"); // each box says its name already
      svg.append(layer);
    }
    layer.replaceChildren();
    this.#measure.font = `600 ${FONT_PX}px ${getComputedStyle(document.body).fontFamily}`;
    return [...svg.querySelectorAll("[data-numerals]")].map((box) => {
      const numeral = box.dataset.numerals;
      const name = box.getAttribute("aria-label").slice(numeral.length).trim();
      const element = document.createElementNS(SVG, "text");
      element.textContent = name;
      layer.append(element);
      return { element, numeral, box: boxOf(box), width: name ? this.#measure.measureText(name).width : 0 };
    });
  }

  /** Each name beside its box where there is room; those that are lit come first and always find a place. */
  #place(matrix) {
    const onScreen = this.#names.map((one) => screenBox(one.box, matrix));
    const shown = this.#names.map((one, at) => ({ ...one, at, lit: this.lit.has(one.numeral) }));
    shown.sort((one, other) => other.lit - one.lit);
    const size = this.stage.viewer.viewport.getContainerSize();
    const frame = [0, 0, size.x, size.y];
    const taken = [];
    for (const { element, width, at, lit } of shown) {
      const wanted = width && (lit || this.hasNames);
      const places = wanted ? placesBeside(onScreen[at], width) : [];
      const free = places.find(
        (place) => within(place, frame) && ![...taken, ...onScreen].some((other) => meet(place, other)),
      );
      const found = free ?? (lit ? (places.find((place) => within(place, frame)) ?? places[0]) : null);
      element.classList.toggle("is-shown", Boolean(found));
      element.classList.toggle("is-lit", lit);
      if (!found) continue;
      taken.push(found);
      element.setAttribute("transform", `translate(${found[0].toFixed(1)} ${(found[1] + FONT_PX).toFixed(1)})`);
    }
  }
}

function boxOf(element) {
  const rect = element.querySelector("rect");
  return ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
}

function screenBox([left, top, width, height], [a, b, c, d, e, f]) {
  const [x1, y1] = [a * left + c * top + e, b * left + d * top + f];
  const [x2, y2] = [a * (left + width) + c * (top + height) + e, b * (left + width) + d * (top + height) + f];
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
}

function placesBeside([left, top, width, height], wide) {
  const high = FONT_PX + 4;
  const middle = top + (height - high) / 2;
  const centre = left + (width - wide) / 2;
  return [
    [left + width + GAP_PX, middle, wide, high],
    [left - wide - GAP_PX, middle, wide, high],
    [centre, top + height + 1, wide, high],
    [centre, top - high - 1, wide, high],
  ];
}

function within([x1, y1, w1, h1], [x2, y2, w2, h2]) {
  return x1 >= x2 && y1 >= y2 && x1 + w1 <= x2 + w2 && y1 + h1 <= y2 + h2;
}

function meet([x1, y1, w1, h1], [x2, y2, w2, h2]) {
  return x1 < x2 + w2 && x2 < x1 + w1 && y1 < y2 + h2 && y2 < y1 + h1;
}
