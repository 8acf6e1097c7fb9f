// @ts-check
/**
 * Whether the page stays on a pair after its grade, until Enter: <input type="checkbox" data-stay>, remembered in this
 * browser for each assessor. Then [data-go-on] is there for whoever has no key.
 */
import { partOf } from "./parts.js";

export class Stay {
  /**
   * always: whether [data-go-on] is there anyhow. changed(): called when the assessor wants it otherwise.
   * @param {HTMLElement} root
   * @param {{ assessor: string, always: boolean, changed: () => void }} options
   */
  constructor(root, { assessor, always, changed }) {
    const key = `judging-stays ${assessor}`;
    this.input = partOf(root, "[data-stay]", HTMLInputElement);
    this.button = partOf(root, "[data-go-on]", HTMLButtonElement);
    this.always = always;
    this.input.checked = localStorage.getItem(key) === "yes";
    this.input.addEventListener("change", () => {
      localStorage.setItem(key, this.isOn ? "yes" : "no");
      this.#show();
      changed();
    });
    this.#show();
  }

  get isOn() {
    return this.input.checked;
  }

  /** Enter goes on also after a grade that was clicked, whose button has the focus. */
  offer() {
    if (this.isOn && document.activeElement?.closest(".grades")) this.button.focus({ preventScroll: true });
  }

  #show() {
    this.button.hidden = !(this.always || this.isOn);
  }
}
