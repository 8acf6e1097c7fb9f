// @ts-check
/**
 * Walks through hits by keys and acts on the current one. <ol data-mosaic> holds <li data-figure-id>, each with one
 * <a data-hit-open>, links and buttons with data-hit-action="<key>", and perhaps one <details class="hit-others">.
 * The current hit is the one that holds the focus; it bears the class is-current.
 */
import { addKey } from "./keys.js";
import { partOf } from "./parts.js";

const GROUP = "Hits";
const mosaic = () => document.querySelector("[data-mosaic]");
const hits = () => [...(mosaic()?.querySelectorAll(":scope > [data-figure-id]") ?? [])];
const current = () => mosaic()?.querySelector(":scope > .is-current");

/** @param {HTMLElement | null | undefined} hit */
function go(hit) {
  if (!hit) return;
  partOf(hit, "[data-hit-open]").focus({ preventScroll: true });
  hit.scrollIntoView({ block: "nearest" });
}

/** @param {number} by */
function step(by) {
  const all = hits();
  const at = all.findIndex((hit) => hit === current());
  go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

/**
 * From this figure's hit to the next, unless the examiner has gone elsewhere meanwhile.
 * @param {string} figure
 */
export function stepFrom(figure) {
  if (current()?.dataset.figureId === figure) step(1);
}

/** How many hits stand in a row: as many as share the first one's top. */
function columns() {
  const all = hits();
  return Math.max(1, all.filter((hit) => hit.offsetTop === all[0].offsetTop).length);
}

/** @param {string} key */
function act(key) {
  const hit = current() ?? hits()[0];
  if (!hit) return;
  if (hit !== current()) go(hit);
  hit.querySelector(`[data-hit-action="${key}"]`)?.click();
}

/** Opening asks for the other figures, the first time; the link that stands for them until then has the focus. */
function unfold() {
  const hit = current();
  /** @type {HTMLDetailsElement | null | undefined} */
  const others = hit?.querySelector(".hit-others");
  if (!hit || !others) return;
  others.open = !others.open;
  (others.open ? partOf(others, "a") : partOf(hit, "[data-hit-open]")).focus();
}

/**
 * The others have come in place of their link: the first of them takes its focus.
 * @param {HtmxEvent} event
 */
function takeFocus({ detail: { target } }) {
  /** @type {HTMLDetailsElement | null} */
  const others = target.closest(".hit-others");
  if (others?.open && others.contains(document.activeElement)) {
    target.addEventListener("htmx:afterSwap", () => target.querySelector("a")?.focus(), { once: true });
  }
}

const ACTIONS = {
  m: "More like this",
  l: "Less like this",
  f: "Search with this figure",
  q: "Search with a part of this figure",
  c: "Compare with the query",
  w: "Why this hit",
};

function addKeys() {
  /** @type {Record<string, [string, number]>} */
  const moves = {
    j: ["Next hit", 1],
    k: ["Previous hit", -1],
    ArrowRight: ["Next hit", 1],
    ArrowLeft: ["Previous hit", -1],
  };
  for (const [key, [label, by]] of Object.entries(moves)) addKey({ key, label, group: GROUP, run: () => step(by) });
  addKey({ key: "ArrowDown", label: "Hit below", group: GROUP, run: () => step(columns()) });
  addKey({ key: "ArrowUp", label: "Hit above", group: GROUP, run: () => step(-columns()) });
  addKey({ key: "e", label: "Show the other figures of the hit", group: GROUP, run: unfold });
  for (const [key, label] of Object.entries(ACTIONS)) addKey({ key, label, group: GROUP, run: () => act(key) });
}

/** @type {{ figure: string | null, count: number, hadFocus: boolean }} */
let left = { figure: null, count: 0, hadFocus: false }; // where the examiner was when the hits were ranked anew
let wantsMore = false;
let isReady = false;

function watchForSwaps() {
  if (isReady) return;
  isReady = true;
  addKeys();
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "results") return;
    const hadFocus = wantsMore || (mosaic()?.contains(document.activeElement) ?? false);
    // A hit that is not among the first, all that a moving slider asks for, is the current one again with all of them.
    left = { figure: current()?.dataset.figureId ?? left.figure, count: wantsMore ? hits().length : 0, hadFocus };
    wantsMore = false;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-more]")) wantsMore = true;
  });
  // Hits that were looked at meanwhile are faded when the Back button brings back the page as it was.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelector("[data-ranking]")?.dispatchEvent(new CustomEvent("rank"));
  });
}

/** After a new ranking the current hit is still the current one; after "show more" the first new one is. */
function resume() {
  const hit = left.count ? hits()[left.count] : document.getElementById(`hit-${left.figure}`);
  if (!hit) return;
  if (left.hadFocus) go(hit);
  else hit.classList.add("is-current");
}

/** @param {HTMLElement} list */
export function attach(list) {
  list.addEventListener("focusin", (event) => {
    const hit = event.target.closest("[data-mosaic] > [data-figure-id]");
    if (!hit || hit === current()) return;
    current()?.classList.remove("is-current");
    hit.classList.add("is-current");
  });
  list.addEventListener("htmx:beforeSwap", takeFocus);
  watchForSwaps();
  resume();
  // The page of a hit leads back to #hit-<figure>.
  if (left.figure === null && location.hash.startsWith("#hit-")) go(document.getElementById(location.hash.slice(1)));
}
