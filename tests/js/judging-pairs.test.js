import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { clear, serve, settled, window } from "./page.js";

// Drawings are not painted here: every pane says instead that there is none.
window.OpenSeadragon = () => ({ canvas: document.createElement("div"), addHandler() {} });
const { currentOf, Pairs } = await import("../../static/js/judging-pairs.js");

const side = (
  role,
  position,
) => `<article data-role="${role}" data-pane="${role}-${position}" data-figure-id="${position}">
    <h2 data-pane-part="head">${role} ${position}</h2><div data-stage><p data-instead>No drawing</p></div>
    <button data-large></button></article><div data-side-text="${role}">text of ${role} ${position}</div>`;
const pair = (position, current = null, more = "") =>
  `<section data-pair ${more} data-position="${position}" data-current='${current ? JSON.stringify(current) : ""}'
    data-record-url="/record/${position}/" data-place-url="/place/${position}/" aria-label="Pair ${position}">
    ${side("topic", 1)}${side("candidate", position)}</section>`;
const positionIn = ({ address }) => Number(new URL(address, "http://localhost").searchParams.get("at"));
let received;

function open() {
  received = [];
  return new Pairs(document.getElementById("root"), "/judging/7/", (...answer) => received.push(answer));
}

beforeEach(() => clear(`<div id="root">${pair(1)}</div>`));

test("a pair takes the place of the one before, with its addresses and its judgment", async () => {
  const requests = serve((request) => ({ status: 200, body: pair(positionIn(request), { grade: 2 }) }));
  const pairs = open();
  assert.equal(await pairs.show(4), true);
  assert.deepEqual([requests[0].method, requests[0].address], ["GET", "/judging/7/?at=4"]);
  assert.equal(requests[0].headers["HX-Request"], "true");
  const { dataset } = pairs.section;
  assert.deepEqual([dataset.position, dataset.recordUrl, dataset.placeUrl], ["4", "/record/4/", "/place/4/"]);
  assert.equal(pairs.section.getAttribute("aria-label"), "Pair 4");
  assert.deepEqual(currentOf(pairs.section), { grade: 2 });
  assert.equal(pairs.section.querySelector('[data-side-text="candidate"]').textContent, "text of candidate 4");
  assert.equal(pairs.panes.candidate.key, "candidate-4");
  const [position, current, askedAt, isPassedOn] = received[0];
  assert.deepEqual([position, current, isPassedOn], [4, { grade: 2 }, false]);
  assert.ok(askedAt > 0);
});

test("what is the same in the next pair stays in its place", async () => {
  serve((request) => ({ status: 200, body: pair(positionIn(request)) }));
  const pairs = open();
  const head = pairs.panes.topic.article.querySelector("h2");
  const text = pairs.section.querySelector('[data-side-text="topic"]').firstChild;
  await pairs.show(2);
  assert.equal(pairs.panes.topic.article.querySelector("h2"), head);
  assert.equal(pairs.section.querySelector('[data-side-text="topic"]').firstChild, text);
});

test("a slow pair does not take the place of one that was asked for later", async () => {
  const answers = new Map();
  serve((request) => new Promise((resolve) => answers.set(positionIn(request), resolve)));
  const pairs = open();
  const [slow, quick] = [pairs.show(2), pairs.show(3)];
  await settled();
  answers.get(3)({ status: 200, body: pair(3) });
  assert.equal(await quick, true);
  answers.get(2)({ status: 200, body: pair(2) });
  assert.equal(await slow, false);
  assert.equal(pairs.section.dataset.position, "3");
});

test("pairs are fetched once, in the order given, and shown later without a request", async () => {
  const requests = serve((request) => ({ status: 200, body: pair(positionIn(request)) }));
  const pairs = open();
  await pairs.prepare([3, 2, 5]);
  assert.deepEqual(requests.map(positionIn), [3, 2, 5]);
  assert.equal(pairs.root.dataset.ahead, "3");
  serve(() => null); // offline from here on
  assert.equal(await pairs.show(5), true);
  assert.equal(pairs.section.dataset.position, "5");
});

test("no more than forty pairs are fetched ahead", async () => {
  const requests = serve((request) => ({ status: 200, body: pair(positionIn(request)) }));
  await open().prepare(Array.from({ length: 60 }, (_, at) => at + 2));
  assert.equal(requests.length, 40);
});

test("a pair that could not be had says its status, and is asked for again the next time", async () => {
  serve(() => null);
  const pairs = open();
  await assert.rejects(pairs.show(2), (status) => status === 0);
  serve(() => ({ status: 401, body: {} }));
  await assert.rejects(pairs.show(2), (status) => status === 401);
  serve(() => ({ status: 200, body: "<p>another page</p>" }));
  await assert.rejects(pairs.show(2), (status) => status === 200);
  assert.equal(pairs.section.dataset.position, "1");
  serve(() => ({ status: 200, body: pair(2) }));
  assert.equal(await pairs.show(2), true);
});

test("a pair that was forgotten is asked for anew, as another assessor may have it by now", async () => {
  serve(() => ({ status: 200, body: pair(2) }));
  const pairs = open();
  await pairs.prepare([2]);
  const requests = serve(() => ({ status: 200, body: pair(2, { grade: 1 }, "data-is-passed-on") }));
  await pairs.prepare([2]);
  assert.equal(requests.length, 0);
  pairs.forget(2);
  await pairs.prepare([2]);
  assert.equal(requests.length, 1);
  assert.deepEqual(received.at(-1).toSpliced(2, 1), [2, { grade: 1 }, true]);
});

test("one drawing is shown alone, and both again by the same button", () => {
  const pairs = open();
  const pressed = () =>
    Object.values(pairs.panes).map(({ article }) => article.querySelector("button").getAttribute("aria-pressed"));
  pairs.enlarge("candidate");
  assert.equal(pairs.section.dataset.alone, "candidate");
  assert.deepEqual(pressed(), ["false", "true"]);
  pairs.enlarge("topic");
  assert.deepEqual(pressed(), ["true", "false"]);
  pairs.enlarge("topic");
  assert.equal(pairs.section.dataset.alone, undefined);
});
