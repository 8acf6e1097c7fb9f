// @ts-check
/**
 * Alpine's component of a drawing with pins: <section x-data="drawing"> holds the drawing's <svg data-size="width height">
 * with <a data-pin> for each pin and <g data-frame><rect>, and <details> that each hold a form with note, left, top,
 * width and height in percent. Opening one shows its frame, which mouse, pen and arrow keys change.
 * Pointing at a pin lights its note, and the reverse.
 */
import { ARROWS } from "./arrows.js";
import { partOf } from "./parts.js";

const STEP = 1; // percent
const SMALLEST = 1;
const SIDES = ["left", "top", "width", "height"];

export function drawing() {
  return {
    isMarking: false,
    marking: "",
    details: /** @type {HTMLDetailsElement | null} */ (null),
    from: /** @type {{ at: number[], numbers: number[] } | null} */ (null), // where the pointer went down, and the frame then

    init() {
      /** @type {HTMLDetailsElement | null} */
      const open = this.root().querySelector(".pin-edit[open]");
      if (open) this.start(open);
    },

    magics() {
      return /** @type {AlpineMagics} */ (/** @type {object} */ (this));
    },

    root() {
      return this.magics().$root;
    },

    svg() {
      return partOf(this.root(), "svg", SVGSVGElement);
    },

    pins() {
      return this.root().querySelectorAll("[data-pin]");
    },

    /** @param {Event} event */
    toggled(event) {
      const details = event.target;
      if (!(details instanceof HTMLDetailsElement) || !details.classList.contains("pin-edit")) return;
      if (details.open) this.start(details);
      else if (details === this.details) this.stop();
    },

    /** @param {HTMLDetailsElement} details */
    start(details) {
      if (this.details === details) return;
      /** @type {NodeListOf<HTMLDetailsElement>} */
      const open = this.root().querySelectorAll(".pin-edit[open]");
      for (const other of open) if (other !== details) other.open = false;
      this.details = details;
      this.isMarking = true;
      this.marking = "is-marking";
      this.paint();
      for (const field of details.querySelectorAll("input[type=number]"))
        field.addEventListener("input", () => this.paint());
      // Alpine shows the frame at the next painting.
      this.magics().$nextTick(() =>
        requestAnimationFrame(() => this.root().querySelector("[data-frame]")?.focus({ preventScroll: true })),
      );
    },

    stop() {
      this.details = null;
      this.isMarking = false;
      this.marking = "";
    },

    cancel() {
      const details = this.details;
      if (!details) return;
      partOf(details, "form", HTMLFormElement).reset();
      details.open = false;
      partOf(details, "summary").focus();
    },

    frame() {
      return partOf(this.root(), "[data-frame]", SVGElement);
    },

    /**
     * @param {string} name
     * @returns {HTMLInputElement | HTMLTextAreaElement}
     */
    field(name) {
      return /** @type {HTMLInputElement} */ (partOf(this.details ?? this.root(), `[name=${name}]`));
    },

    numbers() {
      return SIDES.map((name) => Number(this.field(name).value));
    },

    /** @param {number[]} numbers */
    put(numbers) {
      SIDES.forEach((name, at) => (this.field(name).value = String(Math.round(numbers[at] * 100) / 100)));
      this.paint();
    },

    paint() {
      const [width, height] = (this.svg().dataset.size ?? "").split(" ").map(Number);
      const rect = partOf(this.frame(), "rect", SVGElement);
      const shares = this.numbers();
      const parts = {
        x: shares[0] * width,
        y: shares[1] * height,
        width: shares[2] * width,
        height: shares[3] * height,
      };
      for (const [name, part] of Object.entries(parts)) rect.setAttribute(name, String(part / 100));
    },

    /**
     * Where the pointer is, in percent of the drawing, within it.
     * @param {PointerEvent} event
     */
    at(event) {
      const box = this.svg().getBoundingClientRect();
      const within = (/** @type {number} */ part, /** @type {number} */ whole) =>
        Math.min(100, Math.max(0, (100 * part) / whole));
      return [within(event.clientX - box.left, box.width), within(event.clientY - box.top, box.height)];
    },

    /** @param {PointerEvent} event */
    begin(event) {
      if (!this.isMarking || event.button !== 0) return;
      event.preventDefault();
      this.from = { at: this.at(event), numbers: this.numbers() };
      if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    },

    /** @param {PointerEvent} event */
    draw(event) {
      if (!this.from) return;
      const [x, y] = this.at(event);
      const [left, top] = this.from.at;
      this.put([Math.min(x, left), Math.min(y, top), Math.abs(x - left), Math.abs(y - top)]);
    },

    drawn() {
      if (!this.from) return;
      const [, , width, height] = this.numbers();
      // A click is no frame.
      if (width < SMALLEST || height < SMALLEST) this.put(this.from.numbers);
      this.from = null;
      this.field("note").focus();
    },

    /** @param {KeyboardEvent} event */
    steer(event) {
      if (event.key === "Enter") {
        event.preventDefault();
        this.field("note").focus();
        return;
      }
      if (event.key === "Escape") {
        event.stopPropagation();
        this.cancel();
        return;
      }
      const arrow = ARROWS[event.key];
      if (!arrow || event.altKey) return;
      const [across, down] = arrow.map((one) => one * STEP);
      event.preventDefault();
      const [left, top, width, height] = this.numbers();
      /** @param {number} value @param {number} least @param {number} most */
      const within = (value, least, most) => Math.min(Math.max(value, least), most);
      if (event.shiftKey)
        this.put([left, top, within(width + across, SMALLEST, 100 - left), within(height + down, SMALLEST, 100 - top)]);
      else this.put([within(left + across, 0, 100 - width), within(top + down, 0, 100 - height), width, height]);
    },

    /** @param {OnElement<Event>} event */
    light(event) {
      const pin = event.target.closest?.("[data-pin]")?.dataset.pin;
      for (const one of this.pins()) one.classList.toggle("is-lit", one.dataset.pin === pin);
    },

    unlight() {
      for (const one of this.pins()) one.classList.remove("is-lit");
    },
  };
}
