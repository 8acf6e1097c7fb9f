// @ts-check
/**
 * The page of a shortlist. <div data-shortlist="<key of the list and its reader>"> holds <ol data-entries> of
 * <li data-entry="<key>" data-revision>, each perhaps with a form[data-move-form] of buttons named `to`, a
 * form[data-remove-form], a form[data-note], [data-pin-new], and links [data-entry-open] and [data-entry-action="<key>"].
 * Notes and pins are Alpine's components "note" and "drawing". The entry with the focus bears the class is-current.
 */
import Alpine from "../vendor/alpine-csp-3.17.4/module.esm.min.js";
import { region, tell } from "./keep-keys.js";
import { addKey } from "./keys.js";
import { partOf } from "./parts.js";
import { note } from "./shortlist-note.js";
import { drawing } from "./shortlist-pins.js";

const GROUP = "Figures of the shortlist";
const list = () => partOf(document, "[data-entries]");
const entries = () => [...list().querySelectorAll(":scope > [data-entry]")];
const current = () => list().querySelector(":scope > .is-current");
/** @type {Promise<unknown>} */
let moving = Promise.resolve(); // one move after the other, as they were asked for
let unanswered = 0; // moves: until all are answered, the page is ahead of the server

/** @param {HTMLElement | null} entry */
function go(entry) {
  if (!entry) return;
  (entry.querySelector("[data-entry-open]") ?? entry).focus({ preventScroll: true });
  entry.scrollIntoView({ block: "nearest" });
}

/** @param {number} by */
function step(by) {
  const all = entries();
  const at = all.findIndex((entry) => entry === current());
  go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

/** @param {(entry: HTMLElement) => void} act */
function onCurrent(act) {
  return () => {
    const entry = current() ?? entries()[0];
    if (!entry) return;
    if (entry !== current()) go(entry);
    act(entry);
  };
}

function renumber() {
  const all = entries();
  all.forEach((entry, at) => (partOf(entry, "[data-place]").textContent = String(at + 1)));
  partOf(document, "[data-entry-count]").textContent = String(all.length);
  partOf(document, "[data-nothing-kept]").hidden = all.length > 0;
}

/**
 * Put entries into this order of keys; what has the focus keeps it.
 * @param {(string | number)[]} order
 */
function arrange(order) {
  const focused = document.activeElement;
  const byKey = new Map(entries().map((entry) => [entry.dataset.entry, entry]));
  let at = list().firstElementChild;
  for (const key of order.map(String)) {
    const entry = byKey.get(key);
    if (!entry) continue;
    if (at && entry === at) at = at.nextElementSibling;
    else list().insertBefore(entry, at);
  }
  renumber();
  if (focused instanceof HTMLElement && focused !== document.activeElement && list().contains(focused))
    focused.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} entry
 * @param {string} to - "up", "down", "first" or "last"
 */
function move(entry, to) {
  /** @type {HTMLFormElement | null} */
  const form = entry.querySelector("[data-move-form]");
  if (!form) return;
  const keys = entries().map((one) => one.dataset.entry ?? "");
  const at = entries().indexOf(entry);
  const last = keys.length - 1;
  /** @type {Record<string, number>} */
  const places = { up: Math.max(at - 1, 0), down: Math.min(at + 1, last), first: 0, last };
  const place = places[to];
  keys.splice(place, 0, ...keys.splice(at, 1));
  arrange(keys);
  entry.scrollIntoView({ block: "nearest" });
  tell(`Moved to position ${place + 1} of ${keys.length}.`);
  unanswered += 1;
  moving = moving.then(() => send(form, to));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} to
 */
async function send(form, to) {
  const body = new FormData(form);
  body.set("to", to);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    /** @type {{ order: number[] }} */
    const { order } = await answer.json();
    if (unanswered === 1 && order.some((key, at) => String(key) !== entries()[at]?.dataset.entry)) await renew();
  } catch {
    tell("Not moved: the server returned an error. Reload the page and try again.");
  } finally {
    unanswered -= 1;
  }
}

/** Show the list as it stands now; entries that did not change, and notes that are being written, stay as they are. */
async function renew() {
  const answer = await fetch(location.pathname);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser()
    .parseFromString(await answer.text(), "text/html")
    .querySelectorAll("[data-entries] > [data-entry]");
  const wanted = new Map([...fresh].map((entry) => [entry.dataset.entry ?? "", entry]));
  for (const entry of entries()) {
    const now = wanted.get(entry.dataset.entry ?? "");
    if (!now) entry.remove();
    else if (now.dataset.revision !== entry.dataset.revision && !entry.querySelector("[data-note].is-unsaved"))
      replace(entry, now);
  }
  for (const [key, entry] of wanted) {
    if (entries().some((one) => one.dataset.entry === key)) continue;
    list().append(entry);
    enliven(entry);
  }
  arrange([...wanted.keys()]);
}

/**
 * @param {HTMLElement} entry
 * @param {HTMLElement} now
 */
function replace(entry, now) {
  const hadFocus = entry.contains(document.activeElement);
  entry.replaceWith(now);
  enliven(now);
  if (hadFocus) go(now);
}

/**
 * What came from another page works here; Alpine sees it by itself.
 * @param {HTMLElement} entry
 */
function enliven(entry) {
  htmx.process(entry);
  htmx.trigger(entry, "htmx:load", { elt: entry });
}

/** @type {HTMLElement | null} */
let neighbour = null; // of the entry that is being removed

/** @param {HtmxEvent} event */
function removing({ detail }) {
  if (!detail.elt.matches("[data-remove-form]")) return;
  const entry = detail.elt.closest("[data-entry]");
  neighbour = /** @type {HTMLElement | null} */ (entry?.nextElementSibling ?? entry?.previousElementSibling ?? null);
}

/** @param {HtmxEvent} event */
function removed({ detail }) {
  if (!detail.requestConfig.elt.matches("[data-remove-form]")) return;
  if (!detail.successful) return tell("Not removed: the server returned an error. Reload the page and try again.");
  renumber();
  go(neighbour);
}

function addKeys() {
  /** @param {string} key @param {string} label @param {() => void} run */
  const add = (key, label, run) => addKey({ key, label, group: GROUP, run });
  add("j", "Next figure", () => step(1));
  add("k", "Previous figure", () => step(-1));
  add(
    "o",
    "Open the figure",
    onCurrent((entry) => entry.querySelector("[data-entry-open]")?.click()),
  );
  add(
    "e",
    "In Espacenet",
    onCurrent((entry) => entry.querySelector('[data-entry-action="e"]')?.click()),
  );
  add(
    "r",
    "In the European Patent Register",
    onCurrent((entry) => entry.querySelector('[data-entry-action="r"]')?.click()),
  );
  if (!document.querySelector("[data-move-form]")) return;
  add(
    "n",
    "Write its note",
    onCurrent((entry) => entry.querySelector("[data-note] textarea")?.focus()),
  );
  add(
    "p",
    "Add a pin to its drawing",
    onCurrent((entry) => entry.querySelector("[data-pin-new]")?.click()),
  );
  add(
    "Alt+ArrowUp",
    "Move up",
    onCurrent((entry) => move(entry, "up")),
  );
  add(
    "Alt+ArrowDown",
    "Move down",
    onCurrent((entry) => move(entry, "down")),
  );
  add(
    "Alt+Home",
    "Move to the top",
    onCurrent((entry) => move(entry, "first")),
  );
  add(
    "Alt+End",
    "Move to the end",
    onCurrent((entry) => move(entry, "last")),
  );
  add(
    "Delete",
    "Remove from the shortlist",
    onCurrent((entry) => entry.querySelector("[data-remove-form] button")?.click()),
  );
}

/** @param {HTMLElement} page */
export function attach(page) {
  Alpine.data("note", () => note(page.dataset.shortlist ?? ""));
  Alpine.data("drawing", drawing);
  Alpine.start();
  page.addEventListener("focusin", (event) => {
    const entry = event.target.closest("[data-entry]");
    if (!entry || entry === current()) return;
    current()?.classList.remove("is-current");
    entry.classList.add("is-current");
  });
  page.addEventListener("submit", (event) => {
    const entry = event.target.closest("[data-entry]");
    if (!entry || !event.target.matches("[data-move-form]")) return;
    event.preventDefault();
    if (event.submitter instanceof HTMLButtonElement) move(entry, event.submitter.value);
  });
  page.addEventListener("htmx:beforeRequest", removing);
  page.addEventListener("htmx:afterRequest", removed);
  // What was sent in vain comes back with its reason, in place.
  page.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if ((xhr.status === 409 || xhr.status === 400) && event.target.closest("[data-entry]"))
      event.detail.shouldSwap = true;
  });
  document.body.addEventListener("shortlist-changed", renew);
  if (location.hash.startsWith("#entry-")) go(document.getElementById(location.hash.slice(1)));
  region();
  addKeys();
}
