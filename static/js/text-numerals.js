// @ts-check
/**
 * Lights every mention of a reference numeral in a text and steps from one to the next.
 *
 * <div data-text-numerals> holds <mark data-numeral="12"> in the text, <tr data-part="12"> with a button
 * [data-numeral-pick="12"] in the list of parts, buttons [data-numeral-step="1"] and "-1", and [data-numeral-said],
 * where it is said what is lit. Escape lets go.
 */
import { partOf } from "./parts.js";

/** @param {HTMLElement} root */
export function attach(root) {
  /** @type {Map<string, HTMLElement[]>} */
  const mentions = new Map(); // numeral → its marks, in the order of the text
  for (const mention of root.querySelectorAll("[data-numeral]")) {
    const { numeral = "" } = mention.dataset;
    const marks = mentions.get(numeral);
    if (marks) marks.push(mention);
    else mentions.set(numeral, [mention]);
  }
  const order = [...root.querySelectorAll("[data-part]")].map((row) => row.dataset.part ?? "");
  const said = partOf(root, "[data-numeral-said]");
  /** @type {string | null} */
  let lit = null;
  let at = -1;

  /** @param {string} numeral */
  const rowOf = (numeral) => root.querySelector(`[data-part="${CSS.escape(numeral)}"]`);

  /**
   * @param {string | null} numeral
   * @param {boolean} isOn
   */
  function mark(numeral, isOn) {
    if (numeral === null) return;
    for (const mention of mentions.get(numeral) ?? []) mention.classList.toggle("is-lit", isOn);
    const row = rowOf(numeral);
    row?.classList.toggle("is-lit", isOn);
    row?.querySelector("[data-numeral-pick]")?.setAttribute("aria-pressed", String(isOn));
  }

  /** @param {string | null} numeral */
  function light(numeral) {
    if (lit === numeral) return;
    mark(lit, false);
    mark(numeral, true);
    lit = numeral;
    at = -1;
  }

  /**
   * @param {string} numeral
   * @param {number} place
   */
  function go(numeral, place) {
    const marks = mentions.get(numeral) ?? [];
    marks[at]?.classList.remove("is-here");
    at = marks.length ? (place + marks.length) % marks.length : -1;
    const row = rowOf(numeral);
    const name = row?.querySelector("bdi")?.textContent ?? "";
    said.textContent = `${numeral} ${name}: ${marks.length ? `${at + 1} of ${marks.length}` : "not in the text"}`;
    if (at < 0) return;
    marks[at].classList.add("is-here");
    marks[at].closest("p, h3")?.scrollIntoView({ block: "nearest" }); // laid out from here on
    marks[at].scrollIntoView({ block: "center" });
    row?.scrollIntoView({ block: "nearest" });
  }

  function letGo() {
    if (lit === null) return;
    mentions.get(lit)?.[at]?.classList.remove("is-here");
    light(null);
    said.textContent = "";
  }

  /**
   * @param {string} numeral
   * @param {number} place
   */
  function pick(numeral, place) {
    letGo();
    light(numeral);
    go(numeral, place);
  }

  root.addEventListener("click", (event) => {
    const picked = event.target.closest("[data-numeral-pick]");
    const mention = event.target.closest("[data-numeral]");
    const step = event.target.closest("[data-numeral-step]");
    if (picked) {
      const { numeralPick = "" } = picked.dataset;
      if (numeralPick === lit) letGo();
      else pick(numeralPick, 0);
    } else if (mention) {
      const { numeral = "" } = mention.dataset;
      pick(numeral, (mentions.get(numeral) ?? []).indexOf(mention));
    } else if (step) {
      const by = Number(step.dataset.numeralStep);
      if (lit === null && order.length) pick(order[0], 0);
      else if (lit !== null) go(lit, at + by);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target !== root.querySelector("[data-find]")) letGo();
  });
}
