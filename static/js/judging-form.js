// @ts-check
/** The judgment of a pair in the form of the judging page. The same form works without scripts. */
import { Emitter } from "./emitter.js";

/**
 * @typedef {object} FormEvents
 * @property {{ value: number | "x" }} grade
 * @property {{ name: "looks" | "works", value: number | null }} facet
 * @property {object} reason-typed
 * @property {object} reason
 * @property {{ region: number[] | null }} region
 */
/** @type {Judgment} */
export const NOTHING = { grade: null, cannot_judge: false, looks: null, works: null, reason: "", region: null };
/** @type {("looks" | "works")[]} */
const FACETS = ["looks", "works"];

/**
 * The values of a judgment without its client_id; those of none are NOTHING.
 * @param {Partial<Judgment> | null | undefined} judgment
 * @returns {Judgment}
 */
export function valuesOf(judgment) {
  return {
    grade: judgment?.grade ?? null,
    cannot_judge: judgment?.cannot_judge ?? false,
    looks: judgment?.looks ?? null,
    works: judgment?.works ?? null,
    reason: judgment?.reason ?? "",
    region: judgment?.region ?? null,
  };
}

/**
 * @param {Judgment | null} first
 * @param {Judgment | null} second
 */
export function isSame(first, second) {
  return JSON.stringify(valuesOf(first)) === JSON.stringify(valuesOf(second));
}

/**
 * Whether there is a grade, or "cannot judge".
 * @param {Judgment | null | undefined} judgment
 */
export function isJudged(judgment) {
  return Boolean(judgment) && (judgment?.grade !== null || judgment.cannot_judge);
}

/** @extends {Emitter<FormEvents>} */
export class Form extends Emitter {
  #draft = { ...NOTHING };

  /**
   * Events: "grade" { value } (0 to 3, or "x"), "facet" { name, value }, "reason", "region" { region } from the fields.
   * @param {HTMLFormElement} form
   */
  constructor(form) {
    super();
    this.form = form;
    this.reason = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("reason"));
    /** @type {NodeListOf<HTMLInputElement>} */
    const edges = form.querySelectorAll('input[name="region"]');
    this.edges = [...edges];
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", (event) => this.#click(event));
    form.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && this.edges.includes(target)) this.#readRegion();
    });
    this.reason.addEventListener("input", (event) => {
      event.stopPropagation(); // typed.js would keep it for the address, which is another pair's by then
      this.#draft.reason = this.reason.value;
      this.emit("reason-typed", {});
    });
    this.reason.addEventListener("change", (event) => {
      event.stopPropagation();
      this.emit("reason", {});
    });
    this.reason.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return;
      event.preventDefault();
      event.stopPropagation();
      this.reason.blur();
    });
  }

  get values() {
    return { ...this.#draft, reason: this.#draft.reason.trim() };
  }

  /** @param {Partial<Judgment>} values */
  set(values) {
    this.show({ ...this.#draft, ...values });
  }

  /**
   * Show a judgment, or none, in every control.
   * @param {Partial<Judgment> | null | undefined} judgment
   */
  show(judgment) {
    const values = (this.#draft = valuesOf(judgment));
    /** @type {NodeListOf<HTMLButtonElement>} */
    const buttons = this.form.querySelectorAll(".grades button");
    for (const button of buttons) {
      const isGiven = button.name === "cannot_judge" ? values.cannot_judge : Number(button.value) === values.grade;
      button.setAttribute("aria-pressed", String(isGiven));
    }
    for (const name of FACETS) {
      /** @type {NodeListOf<HTMLInputElement>} */
      const radios = this.form.querySelectorAll(`input[name="${name}"]`);
      for (const radio of radios) radio.checked = Number(radio.value) === values[name];
    }
    if (this.reason.value !== values.reason) this.reason.value = values.reason;
    this.edges.forEach((edge, at) => (edge.value = String(values.region?.[at] ?? "")));
    const [summary, clear] = ["said", "clear"].map((name) => this.form.querySelector(`[data-region-${name}]`));
    if (summary) summary.textContent = values.region ? "marked" : "whole drawing";
    if (clear) clear.hidden = !values.region;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    /** @type {HTMLButtonElement | null} */
    const button = target.closest(".grades button");
    if (button) {
      event.preventDefault();
      return this.emit("grade", { value: button.name === "cannot_judge" ? "x" : Number(button.value) });
    }
    /** @type {HTMLInputElement | null} */
    const radio = target.closest('input[type="radio"]');
    const facet = FACETS.find((name) => name === radio?.name);
    if (!radio || !facet) return undefined;
    const value = Number(radio.value) === this.#draft[facet] ? null : Number(radio.value); // again takes it off
    return this.emit("facet", { name: facet, value });
  }

  #readRegion() {
    if (this.edges.every((edge) => edge.value === "")) return this.emit("region", { region: null });
    const numbers = this.edges.map((edge) => (edge.value === "" ? NaN : Math.round(Number(edge.value))));
    const [left, top, width, height] = numbers;
    const isWhole = numbers.every((number) => Number.isInteger(number));
    const isInside =
      isWhole && left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= 10_000 && top + height <= 10_000;
    const last = this.edges[3];
    last.setCustomValidity(
      isInside || !isWhole
        ? ""
        : "The part must lie within the drawing: left + width and top + height are at most 10000.",
    );
    if (isInside) this.emit("region", { region: numbers });
    else if (isWhole) last.reportValidity();
    return undefined;
  }
}
