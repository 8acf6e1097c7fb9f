// @ts-check
/**
 * Finds words in a text as they are typed, each in a colour of its own, and steps from place to place. Nothing in the
 * text is changed: what is found is painted over it, so numerals keep their marks. Browsers that cannot paint so send
 * the form, as pages without scripts do. The terms follow the rules of engine/linking/terms.py.
 *
 * <div data-find-in-text> holds <form data-find-form> with <input data-find>, [data-found-previous], [data-found-next],
 * <output data-found-said>, <ul data-terms>, perhaps <a data-offered="word">, and <section data-section-title> with
 * [data-findable] for each piece of text. The server's own marks of terms (mark.term) are taken over.
 */
import { MOST_TERMS, patternOf, termsOf } from "./find-terms.js";
import { partOf } from "./parts.js";

/**
 * A piece of text; nodes: its text nodes, each with how many characters stand before it, once they are looked for.
 * @typedef {{ element: HTMLElement, text: string, section: string, nodes?: [Node, number][] }} Piece
 *
 * Characters of a text node.
 * @typedef {{ nodes: [Node, number][], start: number, end: number }} Span
 *
 * A place that was found; term is its number among the terms.
 * @typedef {Span & { element: HTMLElement, section: string, term: number }} Place
 */

const TYPING_MS = 120;
const SHORTEST_TYPED = 2; // shorter ones are looked for by Enter

class Finder {
  /** @type {Piece[] | null} */
  #texts = null; // what there is to search
  /** @type {Place[]} */
  #found = []; // in the order of the text
  #at = -1;
  #timer = 0;
  /** @type {string | null} */
  #searched = null; // what was searched for last
  /** @type {number | null} */
  #origin = null; // how far the page was scrolled when typing began: what is typed further is looked for from there

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.input = partOf(root, "[data-find]", HTMLInputElement);
    this.#takeOverMarks();
    this.#listen();
    const begun = Number(new URLSearchParams(location.search).get("at") ?? 1);
    this.find({ at: Math.max(0, begun - 1), reveal: location.hash.startsWith("#found-") });
  }

  /**
   * Search for what is written; at: the place to go to; reveal: bring it into view.
   * @param {{ at?: number | null, reveal?: boolean }} [options]
   */
  find({ at = null, reveal = false } = {}) {
    this.#searched = this.input.value;
    const terms = termsOf(this.input.value);
    const here = this.#found[this.#at];
    this.#found = terms.length ? this.#places(terms) : [];
    this.#at = this.#found.length ? Math.min(at ?? this.#nearest(here), this.#found.length - 1) : -1;
    this.#paint(terms);
    this.#showTerms(terms);
    if (reveal) this.#reveal();
  }

  /** @param {number} by */
  step(by) {
    if (!this.#found.length) return;
    this.#origin = null;
    this.#at = (this.#at + by + this.#found.length) % this.#found.length;
    this.#paintCurrent();
    this.#showPlace();
    this.#reveal();
  }

  /**
   * The place where one was, else the first one at or below what was seen when typing began.
   * @param {Place | undefined} here
   */
  #nearest(here) {
    if (here && this.#origin === null) {
      const same = this.#found.findIndex((place) => place.element === here.element && place.start >= here.start);
      if (same >= 0) return same;
    }
    const top = 120 + (this.#origin ?? scrollY) - scrollY;
    return Math.max(
      0,
      this.#found.findIndex((place) => place.element.getBoundingClientRect().bottom > top),
    );
  }

  /** @param {string[]} terms */
  #places(terms) {
    this.#texts ??= [...this.root.querySelectorAll("[data-findable]")].map((element) => ({
      element,
      text: element.textContent ?? "",
      section: element.closest("[data-section-title]")?.dataset.sectionTitle ?? "",
    }));
    const { pattern, order } = patternOf(terms);
    /** @type {Place[]} */
    const found = [];
    for (const piece of this.#texts) {
      for (const match of piece.text.matchAll(pattern)) {
        const nodes = (piece.nodes ??= nodesOf(piece.element));
        const at = match.slice(1).findIndex((words) => words !== undefined);
        const { element, section } = piece;
        found.push({
          element,
          section,
          nodes,
          start: match.index,
          end: match.index + match[0].length,
          term: order[at],
        });
      }
    }
    return found;
  }

  /** @param {string[]} terms */
  #paint(terms) {
    for (let term = 1; term <= MOST_TERMS; term += 1) CSS.highlights.delete(`term-${term}`);
    terms.forEach((_, term) => {
      const ranges = this.#found.filter((place) => place.term === term).map(rangeOf);
      if (ranges.length) CSS.highlights.set(`term-${term + 1}`, highlightOf(ranges));
    });
    this.#paintCurrent();
  }

  #paintCurrent() {
    CSS.highlights.delete("term-current");
    if (this.#at < 0) return;
    const current = new Highlight(rangeOf(this.#found[this.#at]));
    current.priority = 1;
    CSS.highlights.set("term-current", current);
  }

  #reveal() {
    const place = this.#found[this.#at];
    if (!place) return;
    place.element.closest("p, h3")?.scrollIntoView({ block: "nearest" }); // laid out from here on
    const range = document.createRange();
    const { startContainer, startOffset, endContainer, endOffset } = rangeOf(place);
    range.setStart(startContainer, startOffset);
    range.setEnd(endContainer, endOffset);
    const { top, bottom } = range.getBoundingClientRect();
    const bar = partOf(this.root, ".find-bar").getBoundingClientRect().bottom;
    if (top < bar + 40 || bottom > innerHeight - 40) window.scrollBy({ top: top - bar - (innerHeight - bar) / 3 });
  }

  #showPlace() {
    const place = this.#found[this.#at];
    const output = partOf(this.root, "[data-found-said]");
    const hasTerms = termsOf(this.input.value).length > 0;
    output.textContent = place ? `${this.#at + 1} of ${this.#found.length}` : hasTerms ? "not found" : "";
    if (place) output.title = place.section;
    for (const step of this.#steps()) step.hidden = !place;
  }

  /** @param {string[]} terms */
  #showTerms(terms) {
    this.#showPlace();
    partOf(this.root, "[data-terms]").replaceChildren(
      ...terms.map((term, number) => {
        const places = this.#found.filter((place) => place.term === number);
        const item = document.createElement("li");
        item.className = `term-${number + 1}`;
        const sections = new Map();
        for (const { section } of places) sections.set(section, (sections.get(section) ?? 0) + 1);
        item.append(elementWith("b", "", term), " ", elementWith("span", "number", String(places.length)));
        if (places.length)
          item.append(
            " ",
            elementWith("span", "faint small", [...sections].map(([name, count]) => `${name} ${count}`).join(" ")),
          );
        return item;
      }),
    );
    for (const offer of this.root.querySelectorAll("[data-offered]")) {
      offer.hidden = terms.some((term) => term.toLowerCase() === offer.dataset.offered?.toLowerCase());
    }
  }

  #steps() {
    return [partOf(this.root, "[data-found-previous]"), partOf(this.root, "[data-found-next]")];
  }

  /** The address says what is looked for, so that reload and bookmark find it again. */
  #remember() {
    const address = new URL(location.href);
    if (this.input.value.trim()) address.searchParams.set("find", this.input.value.trim());
    else address.searchParams.delete("find");
    address.searchParams.delete("at");
    history.replaceState(history.state, "", address);
  }

  /** What the server marked is marked by painting from now on. */
  #takeOverMarks() {
    for (const mark of this.root.querySelectorAll("mark.term")) {
      mark.removeAttribute("id");
      if (mark.classList.contains("numeral")) mark.className = "numeral";
      else {
        const parent = mark.parentNode;
        mark.replaceWith(...mark.childNodes);
        parent?.normalize();
      }
    }
  }

  #listen() {
    const form = partOf(this.root, "[data-find-form]");
    this.input.addEventListener("input", () => {
      this.#origin ??= scrollY;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        if (termsOf(this.input.value).some((term) => term.length < SHORTEST_TYPED)) return; // one letter is everywhere
        this.find({ reveal: true });
        this.#remember();
      }, TYPING_MS);
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault(); // browsers would empty the field
        this.input.blur();
      }
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (!this.#findNow()) this.step(event.shiftKey ? -1 : 1);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#findNow()) this.step(1);
    });
    this.#steps().forEach((link, at) =>
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.step(at ? 1 : -1);
      }),
    );
    this.root.addEventListener("click", (event) => {
      const offer = event.target.closest("[data-offered]");
      if (!offer || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.input.value = `${this.input.value} ${offer.dataset.offered}`.trim();
      this.find({ reveal: true });
      this.#remember();
    });
  }

  /** Search at once for what is written. Returns whether it was not searched for yet. */
  #findNow() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.input.value === this.#searched) return false;
    this.find({ reveal: true });
    this.#remember();
    return true;
  }
}

/**
 * The text nodes of an element, each with how many characters stand before it.
 * @param {HTMLElement} element
 */
function nodesOf(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  /** @type {[Node, number][]} */
  const nodes = [];
  let before = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push([node, before]);
    before += node.textContent?.length ?? 0;
  }
  return nodes;
}

/**
 * The characters of an element's text as a range of its text nodes.
 * @param {Span} span
 */
function rangeOf({ nodes, start, end }) {
  const [startContainer, beforeStart] = nodes.findLast(([, before]) => before <= start) ?? nodes[0];
  const [endContainer, beforeEnd] = nodes.findLast(([, before]) => before < end) ?? nodes[0];
  return new StaticRange({
    startContainer,
    startOffset: start - beforeStart,
    endContainer,
    endOffset: end - beforeEnd,
  });
}

/**
 * Too many for the arguments of one call.
 * @param {AbstractRange[]} ranges
 */
function highlightOf(ranges) {
  const highlight = new Highlight();
  for (const range of ranges) highlight.add(range);
  return highlight;
}

/**
 * @param {string} name
 * @param {string} className
 * @param {string} text
 */
function elementWith(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** @param {HTMLElement} root */
export function attach(root) {
  if (window.CSS?.highlights === undefined) return; // the form goes to the server, and comes back marked
  new Finder(root);
}
