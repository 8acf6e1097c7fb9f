import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { clear, setHidden } from "./page.js";

const { Progress } = await import("../../static/js/judging-progress.js");

const PLACES = `<div id="root" data-places="2.-x..-." data-topics="1,1,1,1,2,2,3,3"><p data-passed-on></p><b data-place></b>
  <b data-said-of></b><b data-topic-of></b><progress data-progress max="6"></progress><b data-pace></b></div>`;
const root = () => document.getElementById("root");
const text = (name) => root().querySelector(`[data-${name}]`).textContent;
let progress;

beforeEach(() => {
  clear(PLACES);
  setHidden(false);
  progress = new Progress(root(), "5 7");
});

test("pairs that another assessor has are counted nowhere and stepped over", () => {
  assert.equal(progress.count, 6);
  assert.equal(progress.open, 4);
  assert.equal(progress.last, 8);
  assert.equal(progress.beside(2, 1), 4);
  assert.equal(progress.beside(4, -1), 2);
  assert.equal(progress.beside(8, 1), 0);
  assert.equal(progress.beside(1, -1), 0);
});

test("the next open pair comes after this one, and from the start again after the last", () => {
  assert.equal(progress.nextOpen(2), 5);
  assert.equal(progress.nextOpen(8), 2);
  for (const position of [2, 5, 6]) progress.set(position, { grade: 0 });
  assert.equal(progress.nextOpen(1), 8);
  assert.equal(progress.nextOpen(8), 0); // itself is no next one
});

test("a judgment, a word that none can be given, and taking back change the counts", () => {
  progress.set(2, { grade: 0, cannot_judge: false });
  assert.equal(progress.states[1], "0");
  progress.set(5, { grade: null, cannot_judge: true });
  assert.equal(progress.states[4], "x");
  assert.equal(progress.open, 2);
  progress.set(5, null);
  assert.ok(progress.isOpen(5));
  assert.equal(progress.open, 3);
});

test("a pair that was passed on stays so unless the server says otherwise", () => {
  progress.set(3, null);
  assert.ok(progress.isPassedOn(3));
  progress.set(3, null, false);
  assert.ok(progress.isOpen(3));
  progress.set(3, null, true);
  assert.ok(progress.isPassedOn(3));
});

test("a new topic is told from the assessor's own pair before", () => {
  assert.ok(progress.isNewTopic(1));
  assert.ok(!progress.isNewTopic(4));
  assert.ok(progress.isNewTopic(5));
  assert.ok(progress.isNewTopic(8)); // 7 has its topic, and is passed on
});

test("what is made ready ahead: the next, the next open, the one before, then all that follow, each once", () => {
  assert.deepEqual(progress.ahead(2), [4, 5, 1, 6, 8]);
  assert.deepEqual(progress.ahead(8), [2, 6]);
  assert.deepEqual(progress.ahead(1), [2, 4, 5, 6, 8]);
});

test("place, counts and topics are written", () => {
  progress.show(2);
  assert.equal(text("place"), "Pair 2 of 8");
  assert.equal(text("said-of"), "2 of 6 judged");
  assert.equal(text("topic-of"), "this topic 2 of 3, 2 more topics");
  assert.equal(root().querySelector("progress").value, 2);
  assert.equal(text("pace"), "");
  assert.ok(root().querySelector("[data-passed-on]").hidden);
  progress.show(3);
  assert.ok(!root().querySelector("[data-passed-on]").hidden);
});

test("the pace is the median of this sitting, shown from the third judgment, with the time left", () => {
  for (const seconds of [100, 10]) progress.addPace(seconds);
  progress.show(1);
  assert.equal(text("pace"), "");
  progress.addPace(30.04);
  progress.show(1);
  assert.equal(text("pace"), "30.0 s each, 2 min left");
  assert.deepEqual(JSON.parse(sessionStorage.getItem("judging-pace 5 7")), [100, 10, 30]);
  for (const position of [2, 5, 6, 8]) progress.set(position, { grade: 1 });
  progress.show(1);
  assert.equal(text("pace"), "30.0 s each");
});

test("time counts only while the page is seen", () => {
  let now = 1000;
  const clock = mock.method(performance, "now", () => now);
  try {
    progress.start();
    now += 2000;
    setHidden(true);
    now += 60_000;
    assert.equal(progress.seconds, 2);
    setHidden(false);
    now += 500;
    assert.equal(progress.seconds, 2.5);
    progress.start();
    assert.equal(progress.seconds, 0);
  } finally {
    clock.mock.restore();
  }
});
