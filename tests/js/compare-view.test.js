import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { clear } from "./page.js";

globalThis.OpenSeadragon = {
  Point: class {
    constructor(x, y) {
      Object.assign(this, { x, y });
    }
  },
};
globalThis.requestAnimationFrame = (run) => run();
const { SharedView } = await import("../../static/js/compare-view.js");

/** A stage whose viewer remembers where it was brought; the window is `aspect` times as wide as high. */
function stageOf({ width = 1000, height = 1000, rotation = 0, aspect = 1 } = {}) {
  const handlers = new Map();
  const at = { zoom: 1, x: 0.5, y: height / width / 2 };
  const viewport = {
    getAspectRatio: () => aspect,
    getCenter: () => ({ x: at.x, y: at.y }),
    getZoom: () => at.zoom,
    zoomTo: (zoom) => Object.assign(at, { zoom }),
    panTo: ({ x, y }) => Object.assign(at, { x, y }),
  };
  const viewer = { viewport, addHandler: (name, run) => handlers.set(name, run) };
  return {
    at,
    viewer,
    rotation,
    sheet: { width, height },
    /** A person moves this drawing. */
    move(to) {
      handlers.get("canvas-press")();
      Object.assign(at, to);
      handlers.get("animation")();
    },
    /** It moves without a person. */
    settle: () => handlers.get("animation")(),
    resize: () => handlers.get("resize")(),
  };
}

function viewOf(...stages) {
  const view = new SharedView();
  view.take(stages, () => (moves += 1));
  view.apply();
  return view;
}

const near = (actual, expected) => {
  for (const [name, value] of Object.entries(expected))
    assert.ok(Math.abs(actual[name] - value) < 1e-9, `${name}: ${actual[name]}, not ${value}`);
};
let moves;

beforeEach(() => {
  clear();
  moves = 0;
});

test("at first each drawing is seen whole, whatever its shape", () => {
  const [square, wide, high] = [stageOf(), stageOf({ height: 500 }), stageOf({ height: 2000 })];
  viewOf(square, wide, high);
  near(square.at, { zoom: 1, x: 0.5, y: 0.5 });
  near(wide.at, { zoom: 1, x: 0.5, y: 0.25 });
  near(high.at, { zoom: 0.5, x: 0.5, y: 1 });
});

test("what a person does to one drawing is done to the others, in shares of each drawing", () => {
  const [one, other] = [stageOf(), stageOf({ height: 2000 })];
  viewOf(one, other);
  one.move({ zoom: 3, x: 0.75, y: 0.5 });
  near(other.at, { zoom: 1.5, x: 0.75, y: 1 });
  assert.equal(moves, 1);
});

test("a drawing that was brought along leads nobody, and neither does a window of another size", () => {
  const [one, other] = [stageOf(), stageOf()];
  viewOf(one, other);
  one.move({ zoom: 2 });
  other.at.zoom = 7;
  other.settle();
  near(one.at, { zoom: 2 });
  other.resize(); // brings all back to what they share
  near(other.at, { zoom: 2 });
  one.at.zoom = 9;
  one.settle();
  near(other.at, { zoom: 2 });
});

test("a drawing that was turned moves as it is seen", () => {
  for (const [rotation, x, y] of [
    [90, 0.5, 0.25],
    [180, 0.25, 0.5],
    [270, 0.5, 0.75],
    [-90, 0.5, 0.75],
  ]) {
    const [one, turned] = [stageOf(), stageOf({ rotation })];
    viewOf(one, turned);
    one.move({ zoom: 2, x: 0.75, y: 0.5 });
    near(turned.at, { zoom: 2, x, y });
  }
});

test("moved alone, a drawing keeps its difference when they move together again", () => {
  const [one, other] = [stageOf(), stageOf()];
  const view = viewOf(one, other);
  view.toggle();
  assert.equal(view.isOn, false);
  other.move({ zoom: 2, x: 0.6, y: 0.5 });
  near(one.at, { zoom: 1, x: 0.5 });
  view.toggle();
  one.move({ zoom: 3, x: 0.5, y: 0.5 });
  near(other.at, { zoom: 6 });
  view.reset();
  near(other.at, { zoom: 1, x: 0.5, y: 0.5 });
});

test("a drawing that comes later is brought to where the others are, unless each moves alone", () => {
  const [one, late] = [stageOf(), stageOf()];
  const view = viewOf(one);
  one.move({ zoom: 4, x: 0.25, y: 0.25 });
  view.take([one, late], () => {});
  view.join(late);
  near(late.at, { zoom: 4, x: 0.25, y: 0.25 });
  view.toggle();
  const alone = stageOf();
  view.take([one, alone], () => {});
  view.join(alone);
  near(alone.at, { zoom: 1 });
});

test("laid over each other, drawings of different shape move by the same length", () => {
  const [square, high] = [stageOf(), stageOf({ height: 2000 })];
  const view = viewOf(square, high);
  view.isOverlaid = true;
  square.move({ zoom: 2, x: 0.75, y: 0.5 });
  near(high.at, { zoom: 1, x: 1, y: 1 }); // a quarter of the window either way
});

test("a pane without a drawing is left alone", () => {
  const [one, empty] = [stageOf(), stageOf()];
  empty.sheet = null;
  viewOf(one, empty);
  one.move({ zoom: 2 });
  near(empty.at, { zoom: 1 });
});
