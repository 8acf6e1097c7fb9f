import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { clear, dropListeners, window } from "./page.js";

const { attach } = await import("../../static/js/ranking.js");

const HITS = '<li data-figure-id="1"></li><li data-figure-id="2"></li><li data-figure-id="3"></li>';
const PAGE = `<fieldset data-ranking hx-get="/?text=pump"><input type="hidden" name="first" data-first disabled>
  <input type="range" name="weight" min="0" max="100" step="5" value="50"><a href="/?text=pump&weight=63" data-weight="63">63 %</a>
  <input type="radio" name="by" value="weighted"><input type="radio" name="by" value="max" checked>
  <input type="number" name="top" min="1" max="100" value="20"></fieldset>
  <div id="results"><ol data-mosaic>${HITS}</ol><a href="/?top=70" data-more>more</a></div>`;
let sent;
let frames;

const fieldset = () => document.querySelector("[data-ranking]");
const field = (name) => document.querySelector(`[name="${name}"]`);
function frame() {
  for (const run of frames.splice(0)) run();
}
function change(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
function click(selector, more = {}) {
  const event = new window.MouseEvent("click", { bubbles: true, cancelable: true, ...more });
  document.querySelector(selector).dispatchEvent(event);
  return event;
}

beforeEach(() => {
  dropListeners();
  clear(PAGE);
  mock.timers.enable({ apis: ["setTimeout"] });
  frames = [];
  globalThis.requestAnimationFrame = (run) => frames.push(run);
  globalThis.innerHeight = 600;
  // The third hit stands below the window.
  document.querySelectorAll("[data-figure-id]").forEach((hit, at) => {
    hit.getBoundingClientRect = () => ({ top: at * 400 });
  });
  attach(fieldset());
  sent = [];
  fieldset().addEventListener("rank", () => {
    const first = field("first");
    sent.push({
      first: first.disabled ? null : first.value,
      weight: field("weight").value,
      by: document.querySelector('[name="by"]:checked').value,
      top: field("top").value,
    });
  });
});
afterEach(() => mock.timers.reset());

test("while the slider moves the hits in view are ranked once a frame, and all of them once it rests", () => {
  for (const value of [55, 60, 65]) change(field("weight"), value);
  assert.equal(sent.length, 0);
  frame();
  assert.deepEqual(sent, [{ first: "2", weight: "65", by: "weighted", top: "20" }]);
  mock.timers.tick(249);
  frame();
  assert.equal(sent.length, 1);
  mock.timers.tick(1);
  frame();
  assert.deepEqual(sent.slice(1), [{ first: null, weight: "65", by: "weighted", top: "20" }]);
  mock.timers.tick(10_000);
  frame();
  assert.equal(sent.length, 2);
});

test("moving the slider ranks by weight, and says which side has how much", () => {
  change(field("weight"), 70);
  assert.ok(document.querySelector('[value="weighted"]').checked);
  assert.equal(field("weight").getAttribute("aria-valuetext"), "70 percent drawing, 30 percent text");
});

test("another rule ranks all hits at once and leaves the slider where it is", () => {
  const rule = document.querySelector('[value="weighted"]');
  rule.checked = true;
  rule.dispatchEvent(new Event("input", { bubbles: true }));
  frame();
  assert.deepEqual(sent, [{ first: null, weight: "50", by: "weighted", top: "20" }]);
});

test("nothing is ranked while an input is not valid, or before there are hits", () => {
  change(field("top"), "0");
  frame();
  assert.deepEqual(sent, []);
  fieldset().removeAttribute("hx-get");
  change(field("top"), "30");
  frame();
  assert.deepEqual(sent, []);
});

test("the suggested weight moves the slider there, between its usual places, and ranks by weight", () => {
  assert.ok(click("[data-weight]").defaultPrevented);
  frame();
  assert.deepEqual(sent, [{ first: "2", weight: "63", by: "weighted", top: "20" }]);
});

test("a new tab or window gets the link itself", () => {
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }]) {
    assert.ok(!click("[data-weight]", more).defaultPrevented);
    assert.ok(!click("[data-more]", more).defaultPrevented);
  }
  frame();
  assert.deepEqual(sent, []);
  assert.equal(field("weight").value, "50");
});

test("fifty more hits are asked for in place, at most as many as there may be", () => {
  assert.ok(click("[data-more]").defaultPrevented);
  frame();
  click("[data-more]");
  frame();
  assert.deepEqual(
    sent.map(({ top, first }) => [top, first]),
    [
      ["70", null],
      ["100", null],
    ],
  );
});

test("without hits to rank in place, more of them is a plain link", () => {
  fieldset().removeAttribute("hx-get");
  assert.ok(!click("[data-more]").defaultPrevented);
  assert.equal(field("top").value, "20");
});

test("what is below keeps its place until all hits have come", () => {
  const results = document.getElementById("results");
  Object.defineProperty(results, "offsetHeight", { value: 1234 });
  const swap = (first, elt = fieldset()) =>
    document.dispatchEvent(
      new CustomEvent("htmx:beforeSwap", {
        detail: { target: results, requestConfig: { elt, parameters: { first } } },
      }),
    );
  swap("2");
  assert.equal(results.style.minHeight, "1234px");
  swap("", document.body); // another request's answer changes nothing
  assert.equal(results.style.minHeight, "1234px");
  swap(undefined);
  assert.equal(results.style.minHeight, "");
});
