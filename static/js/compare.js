// @ts-check
/**
 * Drawings side by side: deep zoom that moves them together, names that light in all of them, hits one after the other
 * in the last pane, one drawing laid over the other. Without this behaviour every step is a plain link.
 *
 * <div data-compare data-title data-seen-url> holds parts [data-compare-part="head|names"], which are filled anew with
 * every address, and [data-panes-of] with one <article data-pane="<picture>" data-figure-id> for each picture: parts
 * [data-pane-part="head|foot|keep"] and one [data-stage] with the picture's <svg data-sheet> (see sheet-stage.js), whose
 * boxes bear data-numerals and, for a shared name, data-shared. Links a[data-go] lead to other comparisons and answer
 * with the fragment when HX-Request asks; a[data-quarter] turns its pane. <tr data-shared> is a shared name, [data-lit-said]
 * says which is lit, buttons [data-act] act on all panes. The pane that keys mean bears is-current.
 */
import { addressOf } from "./address.js";
import { Fragments } from "./compare-fragments.js";
import { addCompareKeys } from "./compare-keys.js";
import { Layers } from "./compare-layers.js";
import { SharedNames } from "./compare-names.js";
import { Pane } from "./compare-pane.js";
import { SharedView } from "./compare-view.js";
import { partOf } from "./parts.js";
import { SeenFigures } from "./seen-figures.js";
import { sheetOf } from "./sheet-stage.js";

/** @typedef {import("./sheet-stage.js").Stage} Stage */

class Compare {
  #fragments = new Fragments();
  #step = 0; // counts steps, so that a slow one does not overtake

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.together = new SharedView();
    this.panes = this.#articles().map((article) => new Pane(article));
    const panes = () => this.panes;
    this.names = new SharedNames(root, panes, { movesTogether: () => this.together.isOn });
    this.layers = new Layers(root, panes, this.together);
    this.seen = new SeenFigures(root);
    this.#listen();
  }

  /** @returns {Pane | undefined} */
  get current() {
    return this.panes.find((pane) => pane.article.classList.contains("is-current")) ?? this.panes[0];
  }

  async open() {
    await Promise.all(this.panes.map((pane) => pane.show()));
    this.#settle();
    this.root.dataset.comparing = ""; // tests wait for it
  }

  /**
   * Show the comparison at this address.
   * @param {string} href
   */
  async go(href, { push = true } = {}) {
    const step = ++this.#step;
    this.root.setAttribute("aria-busy", "true");
    let next;
    try {
      next = await this.#fragments.get(href);
    } catch {
      return location.assign(href); // the server's own words: log in, or that it is gone
    }
    if (step !== this.#step) return;
    this.#fragments.forget(href);
    if (push && addressOf(href) !== addressOf(location.href)) history.pushState(null, "", href);
    await this.#swap(next);
    if (step === this.#step) this.root.removeAttribute("aria-busy");
  }

  /** @param {HTMLElement} next */
  async #swap(next) {
    const focused = document.activeElement?.dataset?.key;
    const [was, will] = [this.panes, this.#articles(next)];
    const free = was.filter((pane) => !will.some((article) => article.dataset.pane === pane.key));
    /** @type {Pane[]} */
    const shown = [];
    const painted = will.map((article) => {
      const known = was.find((pane) => pane.key === article.dataset.pane && !shown.includes(pane)) ?? free.shift();
      const pane = known ?? new Pane(article);
      shown.push(pane);
      return known ? known.become(article) : pane.show();
    });
    for (const pane of was) if (!shown.includes(pane)) this.#forget(pane);
    const holder = partOf(this.root, "[data-panes-of]");
    const isOrdered = shown.length === was.length && shown.every((pane, at) => pane === was[at]);
    if (!isOrdered) holder.replaceChildren(...shown.map((pane) => pane.article)); // a moved viewer keeps its picture
    this.panes = shown;
    for (const part of ["head", "chooser", "names"]) {
      const [mine, other] = [this.root, next].map((one) => partOf(one, `[data-compare-part="${part}"]`));
      mine.replaceWith(other);
    }
    this.root.dataset.panes = String(shown.length);
    document.title = next.dataset.title ?? "";
    this.names.reset();
    if (shown.length !== 2) this.layers.toggle(false);
    await Promise.all(painted);
    this.#settle();
    if (focused && document.activeElement === document.body)
      this.root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    this.root.dispatchEvent(new CustomEvent("compare:shown", { bubbles: true }));
  }

  #settle() {
    const stages = this.panes.filter((pane) => pane.stage.sheet).map((pane) => pane.stage);
    const fresh = stages.filter((stage) => !this.together.stages.includes(stage));
    this.together.take(stages, () => {});
    fresh.forEach((stage) => this.together.join(stage));
    this.together.apply();
    this.panes.forEach((pane) => pane.overlay.svg && pane.overlay.follow());
    this.#applyTools();
    window.htmx?.process(this.root);
    this.root.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // behaviours look for what is new
    this.seen.add(...this.panes.map(({ article }) => article.dataset.figureId ?? "").filter(Boolean));
    this.#prefetch();
  }

  /** @param {Pane} pane */
  #forget(pane) {
    pane.stage.viewer.destroy();
    pane.article.remove();
  }

  #articles(root = this.root) {
    return [...root.querySelectorAll("[data-pane]")];
  }

  /** The next hits and their drawings, before they are asked for. */
  async #prefetch() {
    const now = this.#step;
    for (const key of ["j", "k"]) {
      /** @type {HTMLAnchorElement | null} */
      const link = this.root.querySelector(`a[data-go][data-key="${key}"]`);
      if (!link || now !== this.#step) continue;
      const next = await this.#fragments.get(link.href).catch(() => null);
      if (!next || now !== this.#step) return;
      const keys = this.panes.map((pane) => pane.key);
      const fresh = this.#articles(next).filter((article) => !keys.includes(article.dataset.pane));
      const going = this.panes.filter(
        (pane) => !this.#articles(next).some((article) => article.dataset.pane === pane.key),
      );
      fresh.forEach((article, at) => {
        const svg = article.querySelector("svg[data-sheet]");
        if (svg) going[at]?.stage.prepare(sheetOf(svg)).catch(() => {});
      });
    }
  }

  #applyTools() {
    /** @param {string} act @param {boolean} on */
    const press = (act, on) => this.root.querySelector(`[data-act="${act}"]`)?.setAttribute("aria-pressed", String(on));
    const overlay = this.panes[0]?.overlay;
    press("together", this.together.isOn);
    press("overlay", this.layers.isOn);
    press("blink", this.layers.isBlinking);
    if (overlay) press("names", overlay.hasNames);
    if (overlay) press("boxes", overlay.hasBoxes);
    const mix = this.root.querySelector("[data-mix-of]");
    if (mix) mix.hidden = !this.layers.isOn;
  }

  /**
   * Keys act on this pane from now on.
   * @param {Pane | undefined} pane
   */
  #choose(pane) {
    if (!pane) return;
    for (const each of this.panes) each.article.classList.toggle("is-current", each === pane);
  }

  /** @param {(stage: Stage) => void} act */
  #move(act) {
    const pane = this.current;
    if (!pane?.stage.sheet) return;
    this.together.leader = pane.stage;
    act(pane.stage);
  }

  /**
   * @param {Pane | undefined} pane
   * @param {HTMLAnchorElement} link
   */
  #turn(pane, link) {
    if (!pane?.stage.sheet) return;
    pane.turn((pane.stage.sheet.turn + 90) % 360);
    this.together.apply();
    history.replaceState(null, "", link.href);
    this.#step += 1;
    this.#fragments.forgetAll();
    this.#fragments.get(link.href).then(
      (next) => this.#swap(next),
      () => {},
    ); // the links that lead on from here
    this.#fragments.forget(link.href);
  }

  /** @param {"names" | "boxes"} what */
  #toggle(what) {
    const first = this.panes[0]?.overlay;
    if (!first?.svg) return;
    if (what === "names") first.toggleNames();
    else first.toggleBoxes();
    this.panes.forEach((pane) => pane.overlay.svg && pane.overlay.apply());
  }

  #listen() {
    /** @type {Record<string, () => void>} */
    const acts = {
      in: () => this.#move((stage) => stage.zoom(1)),
      out: () => this.#move((stage) => stage.zoom(-1)),
      fit: () =>
        this.together.isOn
          ? this.together.reset()
          : this.panes.forEach((pane) => pane.stage.sheet && pane.stage.frame("sheet")),
      together: () => this.together.toggle(),
      overlay: () => this.layers.toggle(),
      blink: () => this.layers.blink(),
      names: () => this.#toggle("names"),
      boxes: () => this.#toggle("boxes"),
      name: () => this.names.step(1),
      "name-back": () => this.names.step(-1),
    };
    this.root.addEventListener("click", (event) => {
      this.#choose(this.#paneOf(event.target));
      const act = event.target.closest("[data-act]");
      if (act) {
        acts[act.dataset.act ?? ""]();
        this.#applyTools();
      }
      if (event.target.closest("[data-shared-light]"))
        this.names.keep(Number(event.target.closest("tr")?.dataset.shared));
      this.#click(event);
    });
    this.root.addEventListener("focusin", (event) => this.#choose(this.#paneOf(event.target)));
    this.root.addEventListener("pointerdown", (event) => this.#choose(this.#paneOf(event.target)), true);
    window.addEventListener("popstate", () => this.go(location.href, { push: false }));
    addCompareKeys({
      press: (selector) => this.current?.article.querySelector(selector)?.click(),
      exchange: () => this.#exchange(),
      choose: (at) => this.#choose(this.panes[at]),
      pan: (right, down) => this.#move((stage) => stage.pan(right, down)),
    });
  }

  /** @param {OnElement<MouseEvent>} event */
  #click(event) {
    /** @type {HTMLAnchorElement | null} */
    const link = event.target.closest("a[data-go], a[data-quarter]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a new tab is asked for
    event.preventDefault();
    if (link.matches("[data-quarter]")) this.#turn(this.#paneOf(link), link);
    else this.go(link.href);
  }

  /** @param {Element} element */
  #paneOf(element) {
    return this.panes.find((pane) => pane.article.contains(element));
  }

  #exchange() {
    const { current } = this;
    const at = this.panes.findIndex((pane) => pane === current);
    this.panes[Math.min(at, this.panes.length - 2)]?.article.querySelector("[data-exchange]")?.click();
  }
}

/** @param {HTMLElement} root */
export function attach(root) {
  return new Compare(root).open();
}
