// @ts-check
/**
 * Walks through a list by keys. <div data-walk="Query"> holds any number of data-walk-item, each with one
 * data-walk-open, which takes the focus, and perhaps elements with data-walk-action="<key>": a link or button is
 * clicked by that key, a <details> opened and its data-walk-first focused. The item with the focus bears is-current.
 */
import { addKey } from "./keys.js";
import { partOf } from "./parts.js";

const NAMES = { c: "Compare with current hits", n: "New figures since the last run", r: "Rename", Delete: "Delete" };
/** @type {HTMLElement | null} */
let walked = null; // one list a page

const items = () => [...(walked?.querySelectorAll("[data-walk-item]") ?? [])];
const current = () => walked?.querySelector("[data-walk-item].is-current");

/** @param {HTMLElement | null | undefined} item */
function go(item) {
  if (!item) return;
  partOf(item, "[data-walk-open]").focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

/** @param {number} by */
function step(by) {
  const all = items();
  const at = all.findIndex((item) => item === current());
  go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

/** @param {string} key */
function act(key) {
  const item = current();
  const element = item?.querySelector(`[data-walk-action="${key}"]`);
  if (!element) return;
  if (!(element instanceof HTMLDetailsElement)) return element.click();
  element.open = true;
  const first = partOf(element, "[data-walk-first]");
  first.focus();
  if (first instanceof HTMLInputElement || first instanceof HTMLTextAreaElement) first.select();
}

/**
 * Escape in an opened part closes it, and goes back to its item.
 * @param {OnElement<KeyboardEvent>} event
 */
function close(event) {
  if (event.key !== "Escape") return;
  /** @type {HTMLDetailsElement | null} */
  const opened = event.target.closest("details[data-walk-action]");
  if (!opened) return;
  event.preventDefault();
  opened.open = false;
  const item = opened.closest("[data-walk-item]");
  go(item);
}

/** @param {HTMLElement} list */
export function attach(list) {
  walked = list;
  const group = `${list.dataset.walk} by ${list.dataset.walk}`;
  /** @type {Record<string, [string, number]>} */
  const moves = { j: ["Next", 1], k: ["Previous", -1], ArrowDown: ["Next", 1], ArrowUp: ["Previous", -1] };
  for (const [key, [label, by]] of Object.entries(moves)) addKey({ key, label, group, run: () => step(by) });
  for (const [key, label] of Object.entries(NAMES)) {
    if (list.querySelector(`[data-walk-action="${key}"]`)) addKey({ key, label, group, run: () => act(key) });
  }
  list.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-walk-item]");
    if (!item || item === current()) return;
    current()?.classList.remove("is-current");
    item.classList.add("is-current");
  });
  list.addEventListener("keydown", close);
  // A page that was left at an item comes back to it.
  if (location.hash.length > 1) go(document.getElementById(location.hash.slice(1))?.closest("[data-walk-item]"));
}
