// @ts-check
/**
 * Names that the drawings share light in all of them: by pointing, and by a key or a click until they are let go.
 * <tr data-shared="2"> is a shared name with its button [data-shared-light]; [data-lit-said] says which is lit.
 */
export class SharedNames {
  #kept = 0; // number of the name that stays lit

  /**
   * @param {HTMLElement} root
   * @param {() => import("./compare-pane.js").Pane[]} panes - those that are shown now
   * @param {{ movesTogether: () => boolean }} options - where each drawing moves alone, a lit name is brought into view
   */
  constructor(root, panes, { movesTogether }) {
    this.root = root;
    this.panes = panes;
    this.movesTogether = movesTogether;
    /** @param {PointerEvent} event */
    const pointed = ({ target }) =>
      target instanceof Element ? Number(target.closest("[data-shared]")?.dataset.shared ?? 0) : 0;
    root.addEventListener("pointerover", (event) => this.#light(pointed(event) || this.#kept));
    root.addEventListener("pointerleave", () => this.#light(this.#kept));
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.#kept && this.letGo());
  }

  /**
   * Keep a name lit, or let it go where it was kept.
   * @param {number} number
   */
  keep(number) {
    this.#kept = this.#kept === number ? 0 : number;
    this.#light(this.#kept);
    if (!this.#kept) return;
    this.root.querySelector(`tr[data-shared="${number}"]`)?.scrollIntoView({ block: "nearest" });
    if (this.movesTogether()) return;
    for (const { overlay, stage } of this.panes())
      if (overlay.svg && overlay.lit.size) stage.reveal(overlay.boxesOf(overlay.lit));
  }

  /**
   * Keep the next (1) or the previous (-1) name lit.
   * @param {number} by
   */
  step(by) {
    const numbers = this.#rows().map((row) => Number(row.dataset.shared));
    if (!numbers.length) return;
    const at = numbers.indexOf(this.#kept);
    const first = by > 0 ? 0 : numbers.length - 1;
    this.#kept = 0;
    this.keep(numbers[at < 0 ? first : (at + by + numbers.length) % numbers.length]);
  }

  letGo() {
    this.#kept = 0;
    this.#light(0);
  }

  /** Forget the name of drawings that are shown no more. */
  reset() {
    this.#kept = 0;
  }

  #rows() {
    return [...this.root.querySelectorAll("tr[data-shared]")];
  }

  /**
   * Light a name in all panes, or none.
   * @param {number} number
   */
  #light(number) {
    const rows = this.#rows();
    for (const row of rows) {
      const isLit = Number(row.dataset.shared) === number;
      row.classList.toggle("is-lit", isLit);
      row.querySelector("[data-shared-light]")?.setAttribute("aria-pressed", String(isLit && this.#kept === number));
    }
    for (const { overlay } of this.panes()) {
      if (!overlay.svg) continue;
      /** @type {(SVGElement | HTMLElement)[]} */
      const boxes = [...overlay.svg.querySelectorAll("[data-numerals]")];
      for (const box of boxes) box.classList.toggle("is-lit", number > 0 && Number(box.dataset.shared) === number);
      overlay.svg.classList.toggle("has-lit", number > 0);
      overlay.lit = new Set(boxes.filter((box) => box.classList.contains("is-lit")).map((box) => box.dataset.numerals));
      overlay.follow();
    }
    this.#describe(rows.find((row) => row.classList.contains("is-lit")));
  }

  /** @param {HTMLElement | undefined} row */
  #describe(row) {
    const place = this.root.querySelector("[data-lit-said]");
    const parts = [...(row?.querySelectorAll(".part") ?? [])].map((part) => part.textContent);
    const text = row ? `${row.dataset.shared}: ${parts.join(", ")}` : "";
    if (place && place.textContent !== text) place.textContent = text;
  }
}
