import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { clear, window } from "./page.js";

window.HTMLElement.prototype.scrollIntoView = () => {};
let attach;
let stepFrom;
let count = 0;

const hit = (
  figure,
) => `<li data-figure-id="${figure}" id="hit-${figure}"><a href="#${figure}" data-hit-open>${figure}</a>
  <a href="#more" data-hit-action="m" id="more-${figure}"></a>
  <details class="hit-others"><summary></summary><div><a href="#others" id="others-${figure}">others</a></div></details></li>`;
const list = (...figures) => `<ol data-mosaic>${figures.map(hit).join("")}</ol>`;
const results = () => document.getElementById("results");
const mosaic = () => document.querySelector("[data-mosaic]");
const current = () => document.querySelector(".is-current")?.dataset.figureId;
const focused = () => document.activeElement.closest("[data-figure-id]")?.dataset.figureId;

function press(...keys) {
  for (const key of keys) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    event.getModifierState ??= () => false;
    (document.activeElement ?? document.body).dispatchEvent(event);
  }
}

/** Put other hits in place, as htmx does with an answer. */
function swap(html) {
  document.dispatchEvent(new CustomEvent("htmx:beforeSwap", { detail: { target: results() } }));
  results().innerHTML = html;
  attach(mosaic());
}

beforeEach(async () => {
  clear(`<div id="results">${list(1, 2, 3, 4, 5)}</div><a href="#" data-more>more</a><input id="field">`);
  // Three hits in a row.
  document.querySelectorAll("[data-figure-id]").forEach((one, at) => {
    Object.defineProperty(one, "offsetTop", { value: Math.floor(at / 3) });
  });
  ({ attach, stepFrom } = await import(`../../static/js/mosaic.js?load=${(count += 1)}`)); // it remembers the last swap
  attach(mosaic());
});

test("hits are walked in both directions, to the side and down, and not beyond the ends", () => {
  press("j");
  assert.deepEqual([current(), focused()], ["1", "1"]);
  press("j", "ArrowRight");
  assert.equal(current(), "3");
  press("k", "ArrowLeft", "k");
  assert.equal(current(), "1");
  press("ArrowDown");
  assert.equal(current(), "4");
  press("ArrowDown");
  assert.equal(current(), "5");
  press("ArrowUp");
  assert.equal(current(), "2");
  assert.equal(document.querySelectorAll(".is-current").length, 1);
});

test("the hit that gets the focus is the current one", () => {
  press("j");
  document.querySelector("#hit-4 [data-hit-open]").focus();
  assert.equal(current(), "4");
});

test("a key acts on the current hit, on the first one where there is none, and does nothing that a hit lacks", () => {
  const clicked = [];
  document.addEventListener("click", ({ target }) => clicked.push(target.id));
  press("m");
  assert.deepEqual([clicked, current()], [["more-1"], "1"]);
  press("j", "m", "w");
  assert.deepEqual(clicked, ["more-1", "more-2"]);
});

test("the other figures of a hit are one key away, and the same key leads back to it", () => {
  press("j", "e");
  assert.ok(document.querySelector("#hit-1 details").open);
  assert.equal(document.activeElement.id, "others-1");
  press("e");
  assert.ok(!document.querySelector("#hit-1 details").open);
  assert.equal(document.activeElement, document.querySelector("#hit-1 [data-hit-open]"));
});

test("once the other figures have come, the first of them has the focus of the link that stood for them", () => {
  press("j", "e");
  const place = document.querySelector("#hit-1 .hit-others div");
  place.dispatchEvent(new CustomEvent("htmx:beforeSwap", { bubbles: true, detail: { target: place } }));
  place.innerHTML = '<a href="#a" id="came">first</a><a href="#b">second</a>';
  place.dispatchEvent(new CustomEvent("htmx:afterSwap"));
  assert.equal(document.activeElement.id, "came");
});

test("stepping on from a figure leads to the next, unless the examiner has gone elsewhere", () => {
  press("j");
  stepFrom("1");
  assert.equal(current(), "2");
  stepFrom("1");
  assert.equal(current(), "2");
});

test("after a new ranking the current hit is the current one wherever it stands now, with the focus it had", () => {
  press("j", "j");
  swap(list(3, 1, 2));
  assert.deepEqual([current(), focused()], ["2", "2"]);
  document.getElementById("field").focus();
  swap(list(2, 3, 1));
  assert.equal(current(), "2");
  assert.equal(document.activeElement.id, "field");
});

test("a hit that is not among the first of a moving slider is the current one again with all of them", () => {
  press("j", "k", "ArrowDown");
  assert.equal(current(), "4");
  swap(list(1, 2));
  assert.equal(current(), undefined);
  swap(list(1, 2, 4));
  assert.equal(current(), "4");
});

test("after more hits the first new one is the current one", () => {
  press("j");
  document.querySelector("[data-more]").click();
  swap(list(1, 2, 3, 4, 5, 6, 7));
  assert.deepEqual([current(), focused()], ["6", "6"]);
});

test("an answer that goes elsewhere changes nothing", () => {
  press("j", "j");
  document.dispatchEvent(new CustomEvent("htmx:beforeSwap", { detail: { target: document.body } }));
  assert.equal(current(), "2");
});
