// @ts-check
/**
 * Numerals and the sentences that mention them light each other up: by pointing, by clicking (which keeps them lit
 * until Escape), and by stepping through either side.
 *
 * Within the reader: [data-numerals="12"] is one numeral (box, legend entry or mark), [data-legend="rotor"] the legend
 * entry among them, [data-numerals-all="12 14"] a sentence with the numerals it mentions, [data-lit-said] the place
 * where it is said what is lit.
 */
import { partOf } from "./parts.js";

export class Numerals {
  /** @type {HTMLElement | null} */
  #kept = null;

  /**
   * @param {HTMLElement} root
   * @param {import("./sheet-overlay.js").Overlay} overlay
   * @param {import("./sheet-stage.js").Stage} stage
   */
  constructor(root, overlay, stage) {
    this.root = root;
    this.overlay = overlay;
    this.stage = stage;
    /** @type {HTMLElement[]} */
    this.singles = [];
    /** @type {HTMLElement[]} */
    this.legend = [];
    /** @type {HTMLElement[]} */
    this.sentences = [];
    this.refresh();
    /**
     * @param {{ target: HTMLElement }} event
     * @returns {HTMLElement | null}
     */
    const pointed = ({ target }) => target.closest?.("[data-numerals], [data-numerals-all]");
    root.addEventListener("pointerover", (event) => this.#light(pointed(event) ?? this.#kept));
    root.addEventListener("pointerleave", () => this.#light(this.#kept));
    root.addEventListener("focusin", (event) => this.#light(pointed(event) ?? this.#kept));
    root.addEventListener("click", (event) => {
      const element = pointed(event);
      if (!element) return;
      event.preventDefault(); // without scripts the link leads to the other side
      if (element.closest("svg") && event.detail) return; // the viewer tells a click from the end of a drag
      this.#keep(element);
    });
    /** @param {{ quick: boolean, originalTarget?: HTMLElement }} event */
    const clicked = ({ quick, originalTarget }) => {
      const element = originalTarget?.closest?.("[data-numerals]");
      if (quick && element) this.#keep(element);
    };
    stage.viewer.addHandler("canvas-click", clicked);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches?.("[data-numerals-all]")) this.#keep(event.target);
    });
  }

  /** Look again what there is, after another figure was swapped in. */
  refresh() {
    this.singles = [...this.root.querySelectorAll("[data-numerals]")];
    this.legend = [...this.root.querySelectorAll("[data-legend]")];
    this.sentences = [...this.root.querySelectorAll("[data-numerals-all]")];
    this.#light((this.#kept = null));
  }

  letGo() {
    this.#light((this.#kept = null));
  }

  /**
   * Light the next (1) or previous (-1) numeral, and bring its first sentence into view.
   * @param {number} by
   */
  stepNumeral(by) {
    this.#step(this.legend, by);
  }

  /**
   * Light the next (1) or previous (-1) sentence's numerals on the sheet.
   * @param {number} by
   */
  stepSentence(by) {
    this.#step(this.sentences, by);
  }

  /**
   * @param {HTMLElement[]} list
   * @param {number} by
   */
  #step(list, by) {
    if (!list.length) return;
    const at = list.findIndex((one) => one === this.#kept);
    const kept = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length];
    this.#kept = kept;
    this.#light(kept);
    this.#show(kept);
  }

  /** @param {HTMLElement} element */
  #keep(element) {
    this.#kept = this.#kept === element ? null : element;
    this.#light(element);
    if (this.#kept) this.#show(element);
  }

  /**
   * Bring what is kept into view, and the other side of it.
   * @param {HTMLElement} kept
   */
  #show(kept) {
    if (!kept.closest("svg")) {
      kept.scrollIntoView({ block: "nearest" });
      this.stage.reveal(this.overlay.boxesOf(new Set(numeralsOf(kept))));
    }
    if (kept.dataset.numeralsAll === undefined) {
      this.sentences.find((one) => one.classList.contains("is-lit"))?.scrollIntoView({ block: "nearest" });
    }
  }

  /** @param {HTMLElement | null} element */
  #light(element) {
    /** @type {Set<string | undefined>} */
    const wanted = new Set(numeralsOf(element));
    for (const one of this.singles) one.classList.toggle("is-lit", wanted.has(one.dataset.numerals));
    for (const one of this.sentences) {
      const isMeant =
        element?.dataset.numeralsAll !== undefined
          ? one === element
          : numeralsOf(one).some((numeral) => wanted.has(numeral));
      one.classList.toggle("is-lit", isMeant);
    }
    this.overlay.lit = wanted;
    this.overlay.follow();
    this.#say(element, wanted);
  }

  /**
   * @param {HTMLElement | null} element
   * @param {Set<string | undefined>} wanted
   */
  #say(element, wanted) {
    const place = partOf(this.root, "[data-lit-said]");
    const names = this.legend.filter((one) => wanted.has(one.dataset.numerals)).map((one) => one.textContent?.trim());
    const count = this.sentences.filter((one) => one.classList.contains("is-lit")).length;
    const mentions =
      element?.dataset.numeralsAll === undefined ? ` – ${count} ${count === 1 ? "sentence" : "sentences"}` : "";
    const said = element ? names.join(", ") + mentions : "";
    if (place.textContent !== said) place.textContent = said;
  }
}

/** @param {HTMLElement | null} element */
function numeralsOf(element) {
  if (!element) return [];
  return element.dataset.numerals !== undefined
    ? [element.dataset.numerals]
    : (element.dataset.numeralsAll ?? "").split(" ").filter(Boolean);
}
