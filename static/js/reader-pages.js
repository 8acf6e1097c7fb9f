// @ts-check
/**
 * Pages of figures for the reader: fetched once, their parts read and their sheets decoded, the one used last kept
 * longest.
 */
import { partOf } from "./parts.js";
import { sheetOf } from "./sheet-stage.js";

const MOST_PAGES = 60;

/**
 * The page of a figure. `parts` are the nodes of each [data-reader-part]; isAttached: whether htmx knows them.
 * @typedef {object} ReaderPage
 * @property {Map<string, Node[]>} parts
 * @property {SVGSVGElement} svg
 * @property {Sheet} sheet
 * @property {string} figure
 * @property {string} title
 * @property {string} strip - what the strip beside the sheet shows
 * @property {() => HTMLAnchorElement[]} links - links a[data-flip] of the page
 * @property {boolean} [isAttached]
 * @property {number} [scrolled] - how far its text was scrolled when it was left
 */

export class ReaderPages {
  /** @type {Map<string, { promise: Promise<ReaderPage>, page: ReaderPage | null }>} */
  #pages = new Map(); // by address, the one used last at the end

  /** @param {import("./sheet-stage.js").Stage} stage - decodes their sheets */
  constructor(stage) {
    this.stage = stage;
    /** @type {ReaderPage | null} */
    this.current = null; // is kept, however long ago it came
  }

  /**
   * Keep the page that the reader shows already.
   * @param {string} address
   * @param {ReaderPage} page
   */
  keep(address, page) {
    this.#pages.set(address, { promise: Promise.resolve(page), page });
  }

  /**
   * The page at an address where it has come already, else null.
   * @param {string} address
   */
  loaded(address) {
    return this.#pages.get(address)?.page ?? null;
  }

  /**
   * The page at an address, its sheet decoded. Rejects where the server answers with anything else.
   * @param {string} address
   */
  async load(address) {
    const entry = this.#pages.get(address) ?? this.#fetched(address);
    this.#pages.delete(address);
    this.#pages.set(address, entry);
    this.#forgetOldest();
    const page = await entry.promise;
    await this.stage.prepare(page.sheet);
    return page;
  }

  /** @param {string} address */
  #fetched(address) {
    const promise = fetchPage(address);
    /** @type {{ promise: Promise<ReaderPage>, page: ReaderPage | null }} */
    const entry = { promise, page: null };
    promise.then(
      (page) => {
        entry.page = page;
      },
      () => this.#pages.delete(address), // asked for again when it is wanted again
    );
    return entry;
  }

  #forgetOldest() {
    for (const [address, { page }] of this.#pages) {
      if (this.#pages.size <= MOST_PAGES) return;
      if (!page || page !== this.current) this.#pages.delete(address);
    }
  }
}

/**
 * @param {string} address
 * @returns {Promise<ReaderPage>}
 */
async function fetchPage(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  const read = new DOMParser().parseFromString(await answer.text(), "text/html");
  const reader = read.querySelector("[data-reader]");
  if (!reader) throw new Error(`${address}: no reader`);
  read.querySelector("svg[data-sheet] image")?.remove(); // the stage paints the sheet
  for (const picture of read.querySelectorAll("[data-strip] img")) {
    picture.dataset.src = picture.getAttribute("src") ?? ""; // for when somebody stays
    picture.removeAttribute("src");
  }
  return pageOf(document.adoptNode(reader));
}

/**
 * The page that a <div data-reader> shows.
 * @param {HTMLElement} reader
 * @returns {ReaderPage}
 */
export function pageOf(reader) {
  /** @type {Map<string, Node[]>} */
  const parts = new Map();
  for (const part of reader.querySelectorAll("[data-reader-part]"))
    parts.set(part.dataset.readerPart ?? "", [...part.childNodes]);
  const svg = partOf(reader, "svg[data-sheet]", SVGSVGElement);
  const elements = [...parts.values()].flat().filter((node) => node instanceof Element);
  const { figure = "", title = "" } = reader.dataset;
  return {
    parts,
    svg,
    sheet: sheetOf(svg),
    figure,
    title,
    strip: reader.querySelector("[data-strip]")?.dataset.strip ?? "",
    links: () => elements.flatMap(flipsOf),
  };
}

/**
 * @param {Element} element
 * @returns {HTMLAnchorElement[]}
 */
function flipsOf(element) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const within = element.querySelectorAll("a[data-flip]");
  return element instanceof HTMLAnchorElement && element.matches("a[data-flip]") ? [element, ...within] : [...within];
}
