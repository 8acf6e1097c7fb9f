// @ts-check
/**
 * Keys. A link, button or input with data-key="n" (tinykeys syntax, also sequences like "g h") is clicked by that key,
 * a text input focused; data-key-label and data-key-group tell the list that `?` opens what it does. addKey() takes keys
 * that have no element. None fires while somebody types, or with a dialog open over the page; but what is typed in
 * several lines is sent by Ctrl+Enter.
 */
import { createKeybindingsHandler } from "../vendor/tinykeys-3.1.0/tinykeys.module.js";
import { partOf } from "./parts.js";

/**
 * What a key does, where it has no element.
 * @typedef {{ key: string, label: string, group: string, run: (event: KeyboardEvent) => unknown }} Binding
 */

const TYPING =
  'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="range"]), textarea, select, [contenteditable="true"]';
/** @type {Map<string, Binding>} */
const added = new Map(); // by key
const SEQUENCE_MS = 1000;
let listen = (/** @type {KeyboardEvent} */ _event) => {};
/** @type {string | null} */
let bound = null; // the keys that it listens for
let prefixes = new Set(); // first keys of sequences
let begun = -Infinity; // when one of them was pressed last

/**
 * A key without an element; the same key again replaces the first.
 * @param {Binding} binding
 */
export function addKey(binding) {
  added.set(binding.key, binding);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest(TYPING) !== null;
}

/** @param {Node} target */
function isCovered(target) {
  const dialog = document.querySelector("dialog[open]");
  return dialog !== null && !dialog.contains(target);
}

/** @param {string} key */
function elementOf(key) {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const all = document.querySelectorAll("[data-key]");
  const found = [...all].filter((element) => element.dataset.key === key);
  return found.find((element) => element.offsetParent !== null && !element.disabled);
}

/** @param {HTMLElement} element */
function press(element) {
  if (element.matches(TYPING) || element.matches('input[type="range"]')) {
    element.focus();
    if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) element.select();
  } else {
    element.click();
  }
}

/**
 * @param {string} key
 * @param {OnElement<KeyboardEvent>} event
 */
function run(key, event) {
  if (isTyping(event.target) || isCovered(event.target) || event.defaultPrevented) return;
  if (!key.includes(" ") && event.timeStamp - begun < SEQUENCE_MS) return; // the second key of a sequence
  const element = elementOf(key);
  const binding = added.get(key);
  if (!element && !binding) return;
  // A slider moves by its own arrow keys, a link or button is pressed by Enter.
  if (key.startsWith("Arrow") && event.target.matches?.('input[type="range"], input[type="radio"]')) return;
  if (key === "Enter" && event.target.closest?.("a[href], button, summary")) return;
  event.preventDefault();
  if (element) press(element);
  else binding?.run(event);
}

/**
 * tinykeys wants its keys beforehand. They are gathered at each press: pages change in place, and a key pressed before
 * anybody told of the change would be lost.
 */
function bind() {
  const keys = [
    ...new Set([
      ...added.keys(),
      ...[...document.querySelectorAll("[data-key]")].map((element) => element.dataset.key ?? ""),
    ]),
  ];
  const gathered = keys.sort().join("\n");
  if (gathered === bound) return; // a sequence goes on
  bound = gathered;
  const bindings = keys.flatMap((key) =>
    forms(key).map((form) => [form, (/** @type {OnElement<KeyboardEvent>} */ event) => run(key, event)]),
  );
  listen = createKeybindingsHandler(Object.fromEntries(bindings), { timeout: SEQUENCE_MS });
  prefixes = new Set(keys.filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]));
}

/**
 * Signs like "?" need Shift on one keyboard and not on another: what is written counts.
 * @param {string} key
 */
function forms(key) {
  return /^[^A-Za-z0-9 ]$/.test(key) ? [key, `Shift+${key}`] : [key];
}

/**
 * As Enter sends the form of one line, by its first button.
 * @param {OnElement<KeyboardEvent>} event
 */
function send(event) {
  const isAsked =
    event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && !event.defaultPrevented;
  const form = isAsked && event.target instanceof HTMLTextAreaElement ? event.target.form : null;
  const button = [...(form?.elements ?? [])].find(isSubmit);
  if (!form || !button) return; // it is being sent
  event.preventDefault();
  form.requestSubmit(button);
}

/**
 * Whether an element sends its form, and may.
 * @param {Element} element
 * @returns {element is HTMLButtonElement | HTMLInputElement}
 */
function isSubmit(element) {
  const isControl = element instanceof HTMLButtonElement || element instanceof HTMLInputElement;
  return isControl && element.type === "submit" && !element.disabled;
}

/** All keys that work on this page now: label and key by group. */
function working() {
  /** @type {Map<string, Map<string, string>>} */
  const groups = new Map();
  /** @param {string} group @param {string} key @param {string} label */
  const put = (group, key, label) => groups.set(group, (groups.get(group) ?? new Map()).set(key, label));
  for (const { key, label, group } of added.values()) put(group, key, label);
  for (const element of document.querySelectorAll("[data-key][data-key-label]")) {
    const { keyGroup = "Page", key = "", keyLabel = "" } = element.dataset;
    if (element.offsetParent !== null) put(keyGroup, key, keyLabel);
  }
  const isWritten = [...document.querySelectorAll("textarea")].some((area) => area.offsetParent !== null);
  if (isWritten) put("Everywhere", "Ctrl+Enter", "Send the form from a multi-line field");
  return groups;
}

function showList() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys-dialog"));
  partOf(dialog, "[data-keys-list]").replaceChildren(
    ...[...working()].map(([group, keys]) => {
      const section = document.createElement("section");
      const title = document.createElement("h3");
      title.textContent = group;
      const table = document.createElement("dl");
      for (const [key, label] of keys) {
        const row = document.createElement("div");
        const name = document.createElement("dt");
        for (const part of key.split(" ")) {
          const cap = document.createElement("kbd");
          cap.textContent = CAPS[part] ?? part.replace("Shift+", "⇧ ").replace("Alt+", "Alt ");
          name.append(cap, " ");
        }
        const what = document.createElement("dd");
        what.textContent = label;
        row.append(name, what);
        table.append(row);
      }
      section.append(title, table);
      return section;
    }),
  );
  dialog.showModal();
}

/** @type {Record<string, string>} */
const CAPS = { ArrowRight: "→", ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

addKey({ key: "?", label: "Show these keys", group: "Everywhere", run: showList });
document.addEventListener("keydown", (event) => {
  bind();
  listen(event);
  send(event);
  begun = prefixes.has(event.key) && !isTyping(event.target) ? event.timeStamp : -Infinity;
});
for (const button of document.querySelectorAll("[data-keys-open]")) button.addEventListener("click", showList);
