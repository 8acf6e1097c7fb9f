// @ts-check
/**
 * Keys x y a s keep the figure that is looked at. <form data-keep="<figure>"> holds one <button data-keep-key> per key
 * and stands in the card of a hit, an element with data-figure-id, or alone on the page of a figure. Of several cards
 * the one that holds the focus or bears the class is-current is meant. What was done is said in #keep-said, made here,
 * where the answer puts its Undo.
 */
import { addKey } from "./keys.js";
import { partOf } from "./parts.js";

const KEYS = {
  x: "Keep as X, relevant taken alone",
  y: "Keep as Y, relevant in combination",
  a: "Keep as A, background",
  s: "Keep without rating",
};

function meant() {
  const card =
    document.activeElement?.closest("[data-figure-id]") ?? document.querySelector("[data-figure-id].is-current");
  if (card) return card.querySelector("form[data-keep]");
  const forms = document.querySelectorAll("form[data-keep]");
  return forms.length === 1 ? forms[0] : null;
}

/** Where it is said what was done; made when it is first asked for. */
export function region() {
  let said = document.getElementById("keep-said");
  if (!said) {
    said = document.createElement("div");
    said.id = "keep-said";
    said.className = "keep-said";
    said.setAttribute("role", "status");
    document.body.append(said);
  }
  return said;
}

/** @param {string} key */
function press(key) {
  const form = meant();
  if (form) partOf(form, `[data-keep-key="${key}"]`).click();
  else tell("Select a figure first; j goes to the next one.");
}

/** @param {string} text */
export function tell(text) {
  const line = document.createElement("p");
  line.textContent = text;
  region().replaceChildren(line);
}

/** @param {HtmxEvent} event */
function fail(event) {
  if (event.target.matches?.("form[data-keep], #keep-said form"))
    tell("Not saved: the server returned an error. Try again.");
}

/**
 * The form comes anew with its answer: the button that had the focus has it again, or "Keep" where it is gone.
 * @param {HtmxEvent} event
 */
function keepFocus({ detail: { target } }) {
  const focused = document.activeElement;
  if (!target.matches?.("form[data-keep]") || !focused || !target.contains(focused)) return;
  const { keepKey } = focused.dataset;
  const focus = () => {
    const form = document.getElementById(target.id);
    (form?.querySelector(`[data-keep-key="${keepKey}"]`) ?? form?.querySelector('[data-keep-key="s"]'))?.focus();
  };
  document.addEventListener("htmx:afterSwap", focus, { once: true });
}

let isReady = false;

export function attach() {
  region();
  if (isReady) return;
  isReady = true;
  for (const [key, label] of Object.entries(KEYS)) addKey({ key, label, group: "Shortlist", run: () => press(key) });
  document.addEventListener("htmx:beforeSwap", keepFocus);
  document.addEventListener("htmx:responseError", fail);
  document.addEventListener("htmx:sendError", fail);
}
