import assert from "node:assert/strict";
import { test } from "node:test";

import { around, grown, isInView, placeNames, screenBox } from "../../static/js/sheet-geometry.js";

const TWICE = [2, 0, 0, 2, 10, 20];
const QUARTER = [0, 1, -1, 0, 100, 0]; // clockwise: (x, y) to (100 - y, x)

test("a box follows zoom and quarter turns", () => {
  assert.deepEqual(screenBox([1, 2, 3, 4], TWICE), [12, 24, 6, 8]);
  assert.deepEqual(screenBox([10, 20, 30, 40], QUARTER), [40, 10, 40, 30]);
});

test("a box is in view when its middle is", () => {
  const size = { x: 100, y: 100 };
  assert.ok(isInView([0, 0, 10, 10], TWICE, size));
  assert.ok(isInView([40, 30, 10, 10], TWICE, size)); // half of it
  assert.ok(!isInView([41, 30, 10, 10], TWICE, size));
  assert.ok(!isInView([-20, 0, 10, 10], TWICE, size));
});

test("a margin is cut off at the sheet's edges", () => {
  assert.deepEqual(grown([10, 10, 20, 20], 5, [100, 100]), [5, 5, 30, 30]);
  assert.deepEqual(grown([2, 90, 20, 8], 5, [100, 100]), [0, 85, 27, 15]);
});

test("one box holds all", () => {
  assert.deepEqual(
    around([
      [10, 10, 5, 5],
      [0, 12, 2, 30],
    ]),
    [0, 10, 15, 32],
  );
});

const room = [0, 0, 200, 100];
const place = (names, hasNames = true) => placeNames(names, { room, height: 10, hasNames });
const name = (box, isLit = false, width = 30) => ({ box, width, isLit });

test("a name stands right of its box, else left, below or above, where there is room", () => {
  assert.deepEqual(place([name([50, 40, 20, 20])]), [[74, 45, 30, 10]]);
  assert.deepEqual(place([name([175, 40, 20, 20])]), [[141, 45, 30, 10]]);
  assert.deepEqual(place([name([15, 10, 170, 20])]), [[85, 31, 30, 10]]);
  assert.deepEqual(place([name([15, 70, 170, 25])]), [[85, 59, 30, 10]]);
});

test("a name covers no box and no other name; without room it is left out", () => {
  const [first, second] = place([name([50, 40, 20, 20]), name([74, 40, 20, 20])]);
  assert.deepEqual(first, [16, 45, 30, 10]); // its right is taken by the second box
  assert.deepEqual(second, [98, 45, 30, 10]);
  assert.deepEqual(place([name([0, 0, 200, 100])]), [null]);
});

test("a name that is lit comes first and always finds a place, also with names off", () => {
  const full = name([0, 0, 200, 100], true);
  assert.notEqual(place([full], false)[0], null);
  const [plain, lit] = place([name([50, 40, 20, 20]), name([50, 40, 20, 20], true)]);
  assert.deepEqual(lit, [74, 45, 30, 10]);
  assert.deepEqual(plain, [16, 45, 30, 10]);
  assert.deepEqual(place([name([50, 40, 20, 20])], false), [null]);
});

test("a numeral without a name has no place", () => {
  assert.deepEqual(place([name([50, 40, 20, 20], true, 0)]), [null]);
});
