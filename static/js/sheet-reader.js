// @ts-check
/**
 * Reads figure after figure in place: the neighbours are fetched and decoded ahead, so that a key shows the next one in
 * the next frame; the address follows, and Back leads back. Without this behaviour every step is a plain link.
 *
 * <div data-reader data-figure data-title data-seen-url> holds one <div data-stage> with the sheet's <svg data-sheet
 * data-framed>, parts [data-reader-part="head|tools|foot|strip|text"] that are filled anew with each figure (the strip
 * only when its data-strip changes), links a[data-flip] to other figures, which answer with the reader alone when
 * HX-Request asks, buttons [data-act], and one <form data-turn-form>.
 */
import { addressOf } from "./address.js";
import { addKey } from "./keys.js";
import { partOf } from "./parts.js";
import { pageOf, ReaderPages } from "./reader-pages.js";
import { post, SeenFigures } from "./seen-figures.js";
import { Overlay } from "./sheet-overlay.js";
import { Keeps } from "./sheet-keeps.js";
import { Numerals } from "./sheet-numerals.js";
import { Stage } from "./sheet-stage.js";

const ASIDE = ["]", "n", "j"]; // keys of links that may be wanted next, the likeliest first
const BACK = ["k", "[", "p"]; // and of links to what was mostly seen before
const STEPS_AHEAD = 3; // along the way that is being taken
const STAYS_AFTER_MS = 350;
/** @typedef {import("./reader-pages.js").ReaderPage} ReaderPage */
/** @type {Record<string, [string, number, number]>} */
const ARROWS = {
  ArrowLeft: ["at the left", -1, 0],
  ArrowRight: ["at the right", 1, 0],
  ArrowUp: ["above", 0, -1],
  ArrowDown: ["below", 0, 1],
};

class Reader {
  /** @type {Map<string, Node[]>} */
  #strips = new Map(); // what a strip shows → its nodes
  /** @type {Map<string, number>} */
  #turns = new Map(); // sheet → degrees, as turned since the page was loaded
  #keeps = new Keeps();
  #flips = 0; // counts them, so that a slow one does not overtake
  #lastKey = "j";
  #stayTimer = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.box = partOf(root, "[data-stage]");
    const under = document.createElement("div");
    under.className = "stage-view";
    this.box.prepend(under);
    this.stage = new Stage(under);
    this.overlay = new Overlay(this.stage);
    this.pages = new ReaderPages(this.stage);
    /** @type {ReaderPage} */
    this.current = this.pages.current = pageOf(root);
    this.pages.keep(addressOf(location.href), this.current);
    this.seen = new SeenFigures(root);
    this.numerals = new Numerals(root, this.overlay, this.stage);
    this.text = partOf(root, '[data-reader-part="text"]');
    this.#listen();
  }

  /** The viewer takes over from the page's own picture once it can paint the same. */
  async open() {
    const { sheet, svg } = this.current;
    await this.stage.prepare(sheet);
    this.stage.show(sheet, svg.dataset.framed);
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    this.overlay.adopt(svg);
    this.numerals.refresh();
    this.#applyTools();
    this.root.dataset.reading = ""; // tests wait for it
    this.seen.add(this.current.figure);
    this.#settle();
  }

  /**
   * Show the figure at this address.
   * @param {string} href
   */
  async flip(href, { push = true } = {}) {
    const address = addressOf(href);
    const flip = ++this.#flips;
    let page = this.pages.loaded(address);
    if (page === this.current) return this.root.removeAttribute("aria-busy");
    if (!(page && this.stage.isReady(page.sheet))) {
      this.root.setAttribute("aria-busy", "true");
      try {
        page = await this.pages.load(address);
      } catch {
        if (flip === this.#flips) location.assign(href); // the server's own words: log in, or that it is gone
        return;
      }
      this.root.removeAttribute("aria-busy");
      if (flip !== this.#flips) return;
    }
    if (push && address !== addressOf(location.href)) history.pushState(null, "", href);
    this.#swap(page);
  }

  /** @param {ReaderPage} page */
  #swap(page) {
    const { root, current } = this;
    const focused = document.activeElement?.dataset?.key;
    current.scrolled = this.text.scrollTop;
    if (this.#keeps.renew(page.parts.get("head") ?? [])) page.isAttached = false;
    this.stage.show(this.#turned(page.sheet));
    for (const part of root.querySelectorAll("[data-reader-part]")) this.#fill(part, current, page);
    this.overlay.adopt(page.svg);
    this.current = this.pages.current = page;
    root.dataset.figure = page.figure;
    document.title = page.title;
    this.#applyTools();
    this.numerals.refresh();
    this.seen.add(page.figure); // at once: somebody may have flipped on before it has settled
    this.text.scrollTop = page.scrolled ?? 0;
    if (focused && document.activeElement === document.body)
      root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    root.dispatchEvent(new CustomEvent("reader:shown", { bubbles: true }));
    setTimeout(() => this.#settle(), 0); // after the frame that shows it
  }

  /**
   * @param {HTMLElement} part
   * @param {ReaderPage} from
   * @param {ReaderPage} to
   */
  #fill(part, from, to) {
    const { readerPart: name = "", strip = "" } = part.dataset;
    const fresh = to.parts.get(name) ?? [];
    if (name === "strip") {
      this.#strips.set(strip, [...part.childNodes]);
      if (strip !== to.strip) part.replaceChildren(...(this.#strips.get(to.strip) ?? fresh));
      part.dataset.strip = to.strip;
      for (const link of part.querySelectorAll("a")) {
        if (link.dataset.figure === to.figure) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      return;
    }
    from.parts.set(name, [...part.childNodes]);
    part.replaceChildren(...fresh);
  }

  /** What can wait until the figure is painted. */
  #settle() {
    const { root, current } = this;
    root
      .querySelector('[data-reader-part="strip"] [aria-current]')
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (!current.isAttached) {
      current.isAttached = true;
      for (const part of root.querySelectorAll("[data-reader-part]")) window.htmx?.process(part);
    }
    root.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // behaviours look for what is new
    clearTimeout(this.#stayTimer);
    this.#stayTimer = setTimeout(() => this.#stay(), STAYS_AFTER_MS);
    this.#prefetch();
  }

  /** Pictures beside the sheet wait until nobody flips on. */
  #stay() {
    /** @type {NodeListOf<HTMLImageElement>} */
    const pictures = this.root.querySelectorAll("[data-strip] img[data-src]");
    for (const picture of pictures) {
      picture.src = picture.dataset.src ?? "";
      delete picture.dataset.src;
    }
  }

  /** Make ready what may be wanted next: some steps further the same way, and one each other way. */
  async #prefetch() {
    const flip = this.#flips;
    const from = this.current;
    /** @param {ReaderPage} page @param {string} key */
    const next = async (page, key) => {
      const href = flip === this.#flips && page.links().find((link) => link.dataset.key === key)?.href;
      return href ? this.pages.load(addressOf(href)).catch(() => null) : null; // it is asked for again when it is wanted
    };
    const onward = async () => {
      /** @type {ReaderPage | null} */
      let page = from;
      for (let steps = 0; page && steps < STEPS_AHEAD; steps += 1) page = await next(page, this.#lastKey);
    };
    const aside = async (/** @type {string[]} */ keys) => {
      for (const key of keys) if (key !== this.#lastKey) await next(from, key);
    };
    await Promise.all([onward(), aside(ASIDE)]);
    await aside(BACK);
  }

  /** @param {Sheet} sheet */
  #turned(sheet) {
    sheet.turn = this.#turns.get(sheet.key) ?? sheet.turn;
    return sheet;
  }

  /** @param {HTMLFormElement} form */
  async #turn(form) {
    const { sheet } = this.current;
    const degrees = (sheet.turn + 90) % 360;
    this.#turns.set(sheet.key, degrees);
    this.stage.turn(degrees);
    this.overlay.follow();
    const body = new FormData(form);
    body.set("turn", String(sheet.turn));
    await post(form.action, body);
  }

  #applyTools() {
    /** @param {string} act @param {boolean} on */
    const press = (act, on) => this.root.querySelector(`[data-act="${act}"]`)?.setAttribute("aria-pressed", String(on));
    press("names", this.overlay.hasNames);
    press("boxes", this.overlay.hasBoxes);
    press("whole", this.stage.framed === "sheet");
  }

  #listen() {
    /** @type {Record<string, () => void>} */
    const acts = {
      in: () => this.stage.zoom(1),
      out: () => this.stage.zoom(-1),
      whole: () => this.stage.frame(this.stage.framed === "sheet" ? "figure" : "sheet"),
      numeral: () => this.numerals.stepNumeral(1),
      "numeral-back": () => this.numerals.stepNumeral(-1),
      sentence: () => this.numerals.stepSentence(1),
      "sentence-back": () => this.numerals.stepSentence(-1),
      names: () => this.overlay.toggleNames(),
      boxes: () => this.overlay.toggleBoxes(),
    };
    this.root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]");
      if (act) {
        acts[act.dataset.act ?? ""]();
        this.#applyTools();
      }
      /** @type {HTMLAnchorElement | null} */
      const link = event.target.closest("a[data-flip]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a new tab is asked for
      event.preventDefault();
      this.#lastKey = link.dataset.key ?? this.#lastKey;
      this.flip(link.href);
    });
    this.root.addEventListener("submit", (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.matches("[data-turn-form]")) return;
      event.preventDefault();
      this.#turn(form);
    });
    for (const [key, [side, right, down]] of Object.entries(ARROWS)) {
      addKey({
        key,
        label: `See more ${side}`,
        group: "Reading",
        run: () => this.stage.pan(right, down),
      });
    }
    addKey({ key: "Escape", label: "Clear the highlight", group: "Reading", run: () => this.numerals.letGo() });
    // Beside the sheet the arrow keys scroll, as everywhere.
    this.text.addEventListener("keydown", (event) => {
      if (event.key in ARROWS) event.stopPropagation();
    });
    this.stage.addEventListener("framed", () => this.#applyTools());
    window.addEventListener("popstate", () => this.flip(location.href, { push: false }));
  }
}

/** @param {HTMLElement} root */
export function attach(root) {
  return new Reader(root).open();
}
