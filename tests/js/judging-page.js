/** The judging page for tests of judging.js: its elements as templates/annotations/judge.html has them, and its server. */
import { setImmediate as turn } from "node:timers/promises";

import { clear, serve, window } from "./page.js";

// Drawings are not painted here: every pane says instead that there is none.
window.OpenSeadragon = () => ({ canvas: document.createElement("div"), addHandler() {} });
Object.defineProperty(window.HTMLElement.prototype, "offsetParent", {
  get() {
    return this.closest("[hidden]") ? null : document.body; // there is no layout here
  },
});
const { attach } = await import("../../static/js/judging.js");

export const ADDRESS = "/judging/7/";
const LATE = 30; // turns of the loop after which nothing of the page waits any more
const GRADES = [0, 1, 2, 3]
  .map((grade) => `<button name="grade" value="${grade}" data-key="${grade}">${grade}</button>`)
  .join("");
const FACETS = [
  ["looks", "qwer"],
  ["works", "asdf"],
].map(([name, keys]) =>
  [...keys].map((key, at) => `<input type="radio" name="${name}" value="${at}" data-key="${key}">`),
);

const side = (role, position) => `<article data-role="${role}" data-pane="${role}-${position}" data-figure-id="1">
    <header data-pane-part="head"><h2 id="${role}-heading" tabindex="-1">${role} ${position}</h2></header>
    <div data-stage><p data-instead>No drawing</p></div><button data-large></button></article>
    <div data-side-text="${role}">text of ${role} ${position}</div>`;

/** The pair at a position, with what the server has of it. */
const pairOf = (position, { judgments, passedOn }) => {
  const current = judgments[position];
  return `<section data-pair data-position="${position}" ${passedOn.includes(position) ? "data-is-passed-on" : ""}
    data-current='${current ? JSON.stringify(current) : ""}'
    data-record-url="/record/${position}/" data-place-url="/place/${position}/" aria-label="Pair ${position}">
    ${side("topic", 1)}${side("candidate", position)}</section>`;
};

/** One sign a pair, as the server writes it. */
const placesOf = ({ count, judgments, passedOn }) =>
  Array.from({ length: count }, (_, at) => {
    const judgment = judgments[at + 1];
    return judgment?.cannot_judge ? "x" : (judgment?.grade ?? (passedOn.includes(at + 1) ? "-" : "."));
  }).join("");

const pageOf = (
  position,
  page,
) => `<div data-judging data-session="7" data-session-name="Pumps" data-assessor="${page.assessor}" data-address="${ADDRESS}"
    data-undo-url="/undo/" data-state-url="/state/" data-review-url="/review/" data-login-url="/login/"
    data-places="${placesOf(page)}" data-topics="${page.topics}" ${page.flags}>
  <a data-step="back"></a><a data-step="on"></a><a data-step="open"></a><b data-place></b><progress data-progress max="9"></progress>
  <b data-said-of></b><b data-topic-of></b><b data-pace></b><b data-saved></b>
  <input type="checkbox" data-stay data-key="y">
  <form data-undo><input type="hidden" name="csrfmiddlewaretoken" value="first"><button data-key="z"></button></form>
  <a data-instructions></a><a data-review></a><div data-announce></div><div data-trouble role="alert" hidden></div><p data-passed-on></p>
  ${pairOf(position, page)}
  <form class="dock" data-judgment>${page.flags.includes("data-asks-facets") ? FACETS.flat().join("") : ""}
    <div class="grades">${GRADES}<button name="cannot_judge" value="true" data-key="x">x</button></div>
    <textarea name="reason" data-key="c"></textarea><i data-region-said></i>
    ${'<input type="number" name="region" min="0" max="10000">'.repeat(4)}
    <button type="button" data-region-mark data-key="m"></button><button type="button" data-region-clear hidden></button>
    <button type="button" data-go-on hidden></button><span data-given></span></form>
  <dialog data-instructions-dialog></dialog></div>`;

const USUAL = { count: 6, topics: "1,1,1,2,2,2", assessor: 5, flags: "", judgments: {}, passedOn: [] };

/**
 * Open the page at a pair of a session whose judgments the server has by position. `record` answers what is sent, null
 * as it is where the server cannot be reached; `loaded` may answer the request for a pair instead. Returns the requests.
 */
export async function open(position = 1, options = {}) {
  const { keepsStorage = false, record = () => null, loaded = () => undefined, ...more } = options;
  const page = { ...USUAL, ...more };
  clear(pageOf(position, page), { keepsStorage });
  window.history.replaceState(null, "", `${ADDRESS}?at=${position}`);
  const requests = serve(async (request) => {
    if (request.method === "POST") return record(request);
    const at = Number(new URL(request.address, "http://localhost").searchParams.get("at"));
    const answer = await loaded(at);
    return answer === undefined ? { status: 200, body: pairOf(at, page) } : answer;
  });
  await attach(root());
  await settled();
  return requests;
}

export const root = () => document.querySelector("[data-judging]");
export const find = (selector) => root().querySelector(selector);
export const text = (name) => find(`[data-${name}]`).textContent;
export const position = () => Number(find("[data-pair]").dataset.position);
/** The grade whose button is pressed, "x", or none. */
export function given() {
  const button = find('.grades [aria-pressed="true"]');
  return button && (button.name === "cannot_judge" ? "x" : Number(button.value));
}

/** Press keys one after the other, each where the focus is, and let the page go on after each. */
export async function press(...keys) {
  for (const key of keys) {
    pressDown(key);
    await settled();
  }
}

export function pressDown(key, more = {}) {
  const target = document.activeElement ?? document.body;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  event.getModifierState ??= () => false;
  target.dispatchEvent(event);
  return event;
}

/** Type a reason and leave it by Enter, as its field does. */
export async function giveReason(words) {
  const field = find("[name=reason]");
  await press("c");
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.addEventListener("blur", () => field.dispatchEvent(new Event("change", { bubbles: true })), { once: true });
  await press("Enter");
}

/** What waits in the outbox, the oldest first. */
export function waiting() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith("judging "));
  return keys.toSorted().map((key) => JSON.parse(localStorage.getItem(key)));
}

/** By position the values that were put into the outbox last. */
export function judged() {
  return Object.fromEntries(
    waiting()
      .filter((entry) => entry.kind === "judgment")
      .map((entry) => [entry.position, entry.values]),
  );
}

export async function settled() {
  for (let round = 0; round < LATE; round += 1) await turn();
}
