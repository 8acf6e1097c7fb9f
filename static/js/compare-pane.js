// @ts-check
/** A pane of drawings side by side, as compare.js describes it: one <article data-pane> with its stage and overlay. */
import { partOf } from "./parts.js";
import { Overlay } from "./sheet-overlay.js";
import { sheetOf, Stage } from "./sheet-stage.js";

const KEPT = ["head", "foot"]; // parts of a pane that may change while its picture stays

/** One picture with its stage; the stage outlives the picture when hits are walked. */
export class Pane {
  /** @param {HTMLElement} article */
  constructor(article) {
    this.article = article;
    const under = document.createElement("div");
    under.className = "stage-view";
    partOf(article, "[data-stage]").prepend(under);
    this.stage = new Stage(under);
    this.overlay = new Overlay(this.stage);
  }

  get key() {
    return this.article.dataset.pane;
  }
  get svg() {
    /** @type {SVGSVGElement | null} */
    const svg = this.article.querySelector("svg[data-sheet]");
    return svg;
  }

  /** Paint the picture that the article holds now. */
  async show(svg = this.svg) {
    if (!svg) return;
    const sheet = sheetOf(svg);
    this.wanted = sheet.key;
    await this.stage.prepare(sheet);
    if (this.wanted !== sheet.key) return; // another one has been asked for since
    this.stage.show({ ...sheet }, "sheet");
    this.overlay.adopt(svg);
    this.upright();
  }

  /** @param {number} degrees */
  turn(degrees) {
    this.stage.turn(degrees);
    this.upright();
    this.overlay.follow();
  }

  /** Numbers of shared names are read upright, however the picture is turned. */
  upright() {
    for (const number of this.overlay.svg?.querySelectorAll(".shared-number") ?? []) {
      number.setAttribute(
        "transform",
        `rotate(${-this.stage.rotation} ${number.getAttribute("x")} ${number.getAttribute("y")})`,
      );
    }
  }

  /**
   * Take over what another article shows of this or of another picture.
   * @param {HTMLElement} article
   */
  become(article) {
    const isSame = article.dataset.pane === this.key;
    for (const name of article.getAttributeNames()) this.article.setAttribute(name, article.getAttribute(name) ?? "");
    if (!article.dataset.figureId) delete this.article.dataset.figureId;
    for (const name of isSame ? KEPT : [...KEPT, "keep"]) {
      const [mine, other] = [this.article, article].map((one) => one.querySelector(`[data-pane-part="${name}"]`));
      if (mine && other) mine.replaceWith(other);
      else if (mine) mine.remove();
      else if (other) this.article.append(other);
    }
    /** @type {SVGSVGElement | null} */
    const svg = article.querySelector("svg[data-sheet]");
    const shown = this.overlay.svg;
    if (isSame && shown && svg) return this.#renumber(svg);
    return this.show(svg);
  }

  /**
   * The same picture beside another one shares other names.
   * @param {SVGSVGElement} svg
   */
  #renumber(svg) {
    const [was, turn] = [this.stage.sheet, Number(svg.dataset.turn)];
    this.overlay.adopt(svg);
    if (was?.turn !== turn) this.stage.turn(turn);
    this.upright();
  }
}
