// @ts-check
/** Two drawings laid over each other: mixed by <input data-mix>, or shown in turn. */
import { partOf } from "./parts.js";

const BLINK_MS = 500;

export class Layers {
  #blinkTimer = 0;

  /**
   * @param {HTMLElement} root
   * @param {() => import("./compare-pane.js").Pane[]} panes - those that are shown now
   * @param {import("./compare-view.js").SharedView} view
   */
  constructor(root, panes, view) {
    this.root = root;
    this.panes = panes;
    this.view = view;
    root.addEventListener("input", ({ target }) => {
      if (target instanceof Element && target.matches("[data-mix]")) this.#mix();
    });
  }

  get isOn() {
    return this.view.isOverlaid;
  }
  get isBlinking() {
    return this.#blinkTimer !== 0;
  }

  /** Lay the drawings over each other, or side by side again. */
  toggle(isOn = !this.isOn) {
    if (this.isOn === isOn) return;
    this.blink(false);
    this.root.classList.toggle("is-overlaid", isOn);
    this.view.isOverlaid = isOn;
    if (isOn && !this.view.isOn) this.view.toggle();
    this.#mix();
    requestAnimationFrame(() => this.view.reset()); // the panes have another size now
  }

  /** Show the two drawings in turn, or both again. */
  blink(isOn = !this.isBlinking) {
    clearInterval(this.#blinkTimer);
    this.#blinkTimer = 0;
    if (!isOn) return this.#mix();
    this.toggle(true);
    let share = 0;
    this.#mix(share);
    this.#blinkTimer = setInterval(() => this.#mix((share = 100 - share)), BLINK_MS);
  }

  /** Show so much of the second drawing over the first, in percent. */
  #mix(share = this.#chosenShare()) {
    if (this.panes().length !== 2) return;
    const [below, above] = this.panes().map((pane) => partOf(pane.article, "[data-stage]"));
    below.style.opacity = this.isOn ? String(Math.min(1, (100 - share) / 50)) : "";
    above.style.opacity = this.isOn ? String(Math.min(1, share / 50)) : "";
  }

  #chosenShare() {
    /** @type {HTMLInputElement | null} */
    const slider = this.root.querySelector("[data-mix]");
    return Number(slider?.value ?? 50);
  }
}
