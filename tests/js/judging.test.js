import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import {
  ADDRESS,
  find,
  given,
  giveReason,
  judged,
  open,
  position,
  press,
  pressDown,
  root,
  settled,
  text,
  waiting,
} from "./judging-page.js";
import { beacons, storageEvent } from "./page.js";

const VALUES = { grade: null, cannot_judge: false, looks: null, works: null, reason: "", region: null };
const grade = (value, more = {}) => ({ ...VALUES, grade: value, ...more });
/** The server's answer to a judgment, whose address ends in the pair's position. */
const recorded = ({ address, body }) => ({
  status: 201,
  body: { position: Number(address.match(/(\d+)\/$/)[1]), current: body },
});
const problem = (status, code, detail = null) => ({ status, body: { code, detail } });

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

/** By position the grade, or "x", that was put into the outbox last. */
const grades = () =>
  Object.fromEntries(Object.entries(judged()).map(([at, values]) => [at, values.cannot_judge ? "x" : values.grade]));

test("a grade by its key is kept in the browser, and the next pair comes at once", async () => {
  await open();
  await press("2");
  assert.equal(position(), 2);
  assert.equal(location.search, "?at=2");
  assert.equal(given(), null);
  assert.equal(text("said-of"), "1 of 6 judged");
  await press("x", "0");
  assert.deepEqual(judged(), { 1: grade(2), 2: grade(null, { cannot_judge: true }), 3: grade(0) });
  assert.deepEqual(
    waiting().map(({ base, session, url }) => [base, session, url]),
    [1, 2, 3].map((at) => [null, 7, `/record/${at}/`]),
  );
  assert.ok(waiting().every(({ seconds }) => seconds >= 0));
  assert.equal(text("saved"), "Not saved: 3");
});

test("an earlier grade is shown, and another one replaces it", async () => {
  const before = { ...grade(2), client_id: "earlier" };
  await open(3, { judgments: { 2: before } });
  await press("k");
  assert.equal(position(), 2);
  assert.equal(given(), 2);
  assert.equal(text("given"), "You gave: 2 relevant. Another grade replaces it.");
  await press("0");
  assert.equal(position(), 3);
  assert.equal(waiting()[0].base, "earlier");
  assert.deepEqual(waiting()[0].before, before);
  assert.deepEqual(grades(), { 2: 0 });
  await press("k", "0"); // the same again is no new judgment
  assert.equal(waiting().length, 1);
});

test("n leads to the next pair that is not judged, and says so where there is none", async () => {
  await open(1, { judgments: { 1: grade(1), 3: grade(1), 5: grade(1), 6: grade(1) } });
  await press("n", "n");
  assert.equal(position(), 4);
  await press("2");
  assert.equal(position(), 5);
  await press("n");
  assert.equal(position(), 2);
  await press("n");
  assert.equal(position(), 2);
  assert.doesNotMatch(text("announce"), /^Pair|^$/);
});

test("a reason never stops, stays with its pair, and is recorded with the grade", async () => {
  await open();
  await giveReason("3 vanes, 2 ports");
  assert.deepEqual(waiting(), []);
  await press("j");
  assert.equal(find("[name=reason]").value, "");
  await press("k");
  assert.equal(find("[name=reason]").value, "3 vanes, 2 ports");
  await press("3");
  assert.equal(position(), 2);
  assert.equal(find("[name=reason]").value, "");
  assert.deepEqual(judged(), { 1: grade(3, { reason: "3 vanes, 2 ports" }) });
});

test("a reason given to a judged pair is recorded at once, and typed.js keeps none of it", async () => {
  await open(2, { judgments: { 2: { ...grade(1), client_id: "earlier" } } });
  let heard = 0;
  root().addEventListener("input", () => (heard += 1));
  await giveReason("belated");
  assert.deepEqual(judged(), { 2: grade(1, { reason: "belated" }) });
  assert.equal(position(), 2);
  assert.equal(heard, 0);
});

test("with facets the third of three leads on, and Enter goes on without the rest", async () => {
  await open(1, { flags: "data-asks-facets" });
  await press("e", "a");
  assert.equal(position(), 1);
  assert.match(text("given"), /Not recorded yet/);
  await press("1");
  assert.equal(position(), 2);
  await press("3", "r");
  assert.equal(position(), 2);
  await press("Enter");
  assert.equal(position(), 3);
  await press("x");
  assert.equal(position(), 4);
  await press("Enter");
  assert.equal(position(), 4);
  assert.doesNotMatch(text("announce"), /^Pair|^$/);
  await press("k", "k", "k");
  assert.equal(position(), 1);
  await press("q", "3"); // of a judged pair a change is recorded, and one stays
  assert.equal(position(), 1);
  await press("Enter");
  assert.equal(position(), 2);
  assert.deepEqual(judged(), {
    1: grade(3, { looks: 0, works: 0 }),
    2: grade(3, { looks: 3 }),
    3: grade(null, { cannot_judge: true }),
  });
});

test("a facet pressed again is taken off, and a draft outlives a reload", async () => {
  await open(1, { flags: "data-asks-facets" });
  await press("e", "a", "a");
  await open(1, { flags: "data-asks-facets", keepsStorage: true });
  assert.equal(find('[name="looks"][value="2"]').checked, true);
  assert.equal(find('[name="works"]:checked'), null);
  assert.deepEqual(waiting(), []);
});

test("undo takes judgments back one by one, and the pair is judged anew", async () => {
  await open();
  await press("3", "3", "3");
  assert.equal(position(), 4);
  for (const at of [3, 2]) {
    await press("z");
    assert.equal(position(), at);
    assert.equal(given(), null);
    assert.match(text("announce"), new RegExp(`pair ${at}\\.`));
  }
  assert.equal(text("said-of"), "1 of 6 judged");
  const [one, two, three, ...undone] = waiting();
  assert.deepEqual(
    undone.map(({ kind, position: at, takes, url }) => [kind, at, takes, url]),
    [
      ["undo", 3, three.client_id, "/undo/"],
      ["undo", 2, two.client_id, "/undo/"],
    ],
  );
  assert.equal(one.position, 1);
  await press("1");
  assert.deepEqual(waiting().at(-1).values, grade(1));
});

test("undo of a change gives back what was there before", async () => {
  await open(1, { judgments: { 1: { ...grade(1), client_id: "earlier" } } });
  await press("2", "z");
  assert.equal(position(), 1);
  assert.equal(given(), 1);
  assert.equal(text("given"), "You gave: 1 marginally relevant. Another grade replaces it.");
});

test("an undo that only the server knows leads to the pair it took back", async () => {
  const judgments = { 1: grade(3), 2: grade(3) };
  const record = () => {
    delete judgments[2];
    return { status: 200, body: { position: 2, current: null } };
  };
  await open(6, { judgments, record });
  await press("z");
  assert.equal(position(), 2);
  assert.match(text("announce"), /pair 2\./);
  assert.equal(text("said-of"), "1 of 6 judged");
});

test("undo without anything to take back says so", async () => {
  await open(1, { record: () => problem(400, "nothing-to-undo") });
  await press("z");
  assert.doesNotMatch(text("announce"), /pair|^$/);
  assert.equal(text("saved"), "All saved");
  assert.deepEqual(waiting(), []);
});

test("a key that repeats while it is held grades nothing more", async () => {
  await open();
  pressDown("2");
  for (let count = 0; count < 5; count += 1) {
    await settled();
    assert.ok(pressDown("2", { repeat: true }).defaultPrevented);
  }
  await settled();
  assert.deepEqual(grades(), { 1: 2 });
  assert.equal(position(), 2);
});

test("a grade pressed before the pair is seen grades nothing", async () => {
  let answer;
  await open(1, { loaded: (at) => (at === 4 ? new Promise((resolve) => (answer = resolve)) : undefined) });
  await press("j", "j", "j", "3");
  assert.equal(position(), 3);
  answer(undefined);
  await settled();
  assert.equal(position(), 4);
  assert.deepEqual(waiting(), []);
});

test("a pair that cannot be loaded is asked for again, and what was judged is kept", async () => {
  let isOnline = false;
  await open(1, { loaded: () => (isOnline ? undefined : null) });
  await press("1");
  assert.equal(position(), 1);
  assert.equal(root().getAttribute("aria-busy"), "true");
  assert.match(text("given"), /^Pair 2 /);
  assert.deepEqual(grades(), { 1: 1 });
  isOnline = true;
  mock.timers.tick(2000);
  await settled();
  assert.equal(position(), 2);
  assert.equal(root().getAttribute("aria-busy"), null);
});

test("a pair that needs a login first offers it, and leads back to this pair", async () => {
  await open(1, { loaded: () => ({ status: 401, body: {} }) });
  await press("j");
  assert.equal(find("[data-trouble] a").getAttribute("href"), "/login/?next=%2Fjudging%2F7%2F%3Fat%3D2");
});

test("the next pair is told to those who hear it, and the focus leaves a grade that was clicked", async () => {
  await open(3);
  find('.grades [value="2"]').focus();
  find('.grades [value="2"]').click();
  await settled();
  assert.equal(position(), 4);
  assert.match(text("announce"), /^Pair 4 of 6\. .+ topic 1\. candidate 4\.$/);
  assert.equal(document.activeElement.id, "candidate-heading"); // Enter would grade this pair as well
  assert.ok(root().classList.contains("is-new-topic"));
  assert.match(document.title, /^Pair 4 of 6, Pumps/);
  await press("k");
  assert.equal(text("announce"), "Pair 3 of 6. candidate 3. You gave 2 relevant.");
  assert.ok(!root().classList.contains("is-new-topic"));
});

test("after the last pair come those left for later, and the end once all is recorded", async () => {
  const judgments = Object.fromEntries([1, 3, 4, 5].map((at) => [at, { ...grade(1), client_id: `${at}` }]));
  let answer;
  const record = (request) => new Promise((resolve) => (answer = () => resolve(recorded(request))));
  const assigned = mock.method(location, "assign", () => {});
  await open(6, { judgments, record });
  await press("2");
  assert.equal(position(), 2); // left for later
  answer();
  await settled();
  await press("3");
  assert.equal(text("given"), "All pairs are judged.");
  assert.equal(assigned.mock.callCount(), 0);
  answer();
  await settled();
  assert.deepEqual(
    assigned.mock.calls.map((call) => call.arguments),
    [[ADDRESS]],
  );
  assigned.mock.restore();
});

test("pairs that another assessor has are stepped over, and counted nowhere", async () => {
  await open(1, { passedOn: [2, 3, 6] });
  assert.equal(text("place"), "Pair 1 of 5");
  assert.equal(text("said-of"), "0 of 3 judged");
  await press("3");
  assert.equal(position(), 4);
  assert.equal(text("topic-of"), "this topic 0 of 2, 0 more topics");
  await press("k");
  assert.equal(position(), 1);
  await press("j");
  assert.equal(position(), 4);
  assert.deepEqual(grades(), { 1: 3 });
});

test("a pair that another assessor has says so, and what is given all the same is kept", async () => {
  await open(2, { passedOn: [2] });
  assert.equal(find("[data-passed-on]").hidden, false);
  assert.match(text("announce"), /^Pair 2 of 6\. .+ candidate 2\.$/);
  await press("1");
  assert.equal(position(), 3);
  assert.equal(find("[data-passed-on]").hidden, true);
  assert.deepEqual(grades(), { 2: 1 });
});

test("where one stays on a pair its grade may change until Enter goes on, and this is remembered", async () => {
  await open();
  assert.ok(find("[data-go-on]").hidden);
  await press("y", "2");
  assert.equal(position(), 1);
  assert.match(text("given"), /2 relevant.*Enter/);
  await giveReason("the same valve");
  assert.equal(position(), 1);
  await press("Enter");
  assert.equal(position(), 2);
  find('.grades [value="3"]').focus();
  find('.grades [value="3"]').click();
  await settled();
  assert.equal(document.activeElement, find("[data-go-on]")); // so that Enter goes on after a click too
  await press("1");
  find("[data-go-on]").click();
  await settled();
  assert.equal(position(), 3);
  assert.deepEqual(judged(), { 1: grade(2, { reason: "the same valve" }), 2: grade(1) });
  await open(3, { keepsStorage: true });
  assert.ok(find("[data-stay]").checked);
  await press("x");
  assert.equal(position(), 3);
  await press("Enter", "y", "0");
  assert.equal(position(), 5);
  assert.deepEqual(grades(), { 1: 2, 2: 1, 3: "x", 4: 0 });
});

test("another assessor of the same browser is not made to stay", async () => {
  await open();
  await press("y");
  await open(1, { keepsStorage: true, assessor: 6 });
  assert.ok(!find("[data-stay]").checked);
});

test("where one stays, Enter after the last pair leads to the end", async () => {
  const judgments = Object.fromEntries([1, 2, 3, 4, 6].map((at) => [at, grade(1)]));
  const assigned = mock.method(location, "assign", () => {});
  await open(5, { judgments, record: recorded });
  await press("y", "2");
  assert.equal(assigned.mock.callCount(), 0);
  await press("Enter");
  assert.deepEqual(assigned.mock.calls[0].arguments, [ADDRESS]);
  assigned.mock.restore();
});

test("a closed session is looked at and not changed", async () => {
  await open(1, { flags: "data-closed", judgments: { 1: { ...grade(2), client_id: "earlier" } } });
  assert.equal(text("given"), "You gave: 2 relevant");
  await press("3", "z", "x");
  assert.equal(position(), 1);
  await press("j");
  assert.equal(position(), 2);
  assert.deepEqual(waiting(), []);
});

test("who came from the review stays on the pair that was changed", async () => {
  await open(5, { flags: "data-from-review" });
  await press("3");
  assert.equal(position(), 5);
  assert.deepEqual(grades(), { 5: 3 });
});

test("after a reload what was not sent is shown, counted, and changed before it is sent", async () => {
  await open();
  await press("3", "2", "1");
  await open(2, { keepsStorage: true });
  assert.equal(given(), 2);
  assert.equal(text("said-of"), "3 of 6 judged");
  assert.equal(text("saved"), "Not saved: 3");
  await press("0");
  assert.deepEqual(grades(), { 1: 3, 2: 0, 3: 1 });
  assert.equal(waiting().at(-1).base, waiting()[1].client_id);
});

test("leaving is asked about while something waits, and only then", async () => {
  await open();
  const leave = () => {
    const event = new Event("beforeunload", { cancelable: true });
    dispatchEvent(event);
    return event.defaultPrevented;
  };
  assert.ok(!leave());
  await press("1");
  assert.ok(leave());
});

test("the place is kept after a while, and at once when the page is left", async () => {
  await open();
  await press("j");
  mock.timers.tick(1999);
  assert.equal(beacons.length, 0);
  mock.timers.tick(1);
  assert.deepEqual([beacons.length, beacons[0][0]], [1, "/place/2/"]);
  assert.equal(beacons[0][1].get("csrfmiddlewaretoken"), "first");
  await press("j");
  dispatchEvent(new Event("pagehide"));
  assert.equal(beacons[1][0], "/place/3/");
});

test("what another tab judges is shown here as well", async () => {
  await open(2);
  await press("k");
  const entry = { kind: "judgment", position: 1, url: "/record/1/", base: null, before: null, seconds: 1 };
  const stored = JSON.stringify({ ...entry, values: grade(2), client_id: "other", session: 7 });
  localStorage.setItem("judging 5 9", stored);
  storageEvent("judging 5 9", { newValue: stored });
  await settled();
  assert.equal(given(), 2);
  assert.equal(text("said-of"), "1 of 6 judged");
  assert.equal(text("given"), "You gave: 2 relevant. Another grade replaces it.");
});

/** Judge a pair where the server answers so; returns the words and buttons of what the assessor is to decide. */
async function troubleAfter(answer) {
  let now = answer;
  const requests = await open(1, { record: () => now });
  await press("2");
  const trouble = find("[data-trouble]");
  assert.equal(position(), 2); // one goes on meanwhile
  assert.equal(text("saved"), "Not saved: 1");
  return {
    trouble,
    requests,
    words: trouble.querySelector("p").textContent,
    buttons: [...trouble.querySelectorAll("button, a")].map((button) => button.textContent),
    async choose(at, answered) {
      now = answered;
      trouble.querySelectorAll("button")[at].click();
      await settled();
      assert.ok(trouble.hidden);
      assert.deepEqual(waiting(), []);
      assert.equal(text("saved"), "All saved");
    },
  };
}

test("without a database it is said that all is kept, and Try again sends it", async () => {
  const { words, buttons, choose } = await troubleAfter(problem(503, "database"));
  assert.match(words, /kept in this browser and sent again/);
  assert.deepEqual(buttons, ["Try again"]);
  await choose(0, { status: 201, body: { position: 1, current: grade(2) } });
});

test("another person's login is told, and nothing goes to them", async () => {
  const { buttons, requests, choose } = await troubleAfter(problem(400, "other-account"));
  assert.deepEqual(buttons, ["Try again"]);
  assert.equal(requests.find(({ method }) => method === "POST").body.assessor, 5);
  await choose(0, { status: 201, body: { position: 1, current: grade(2) } });
});

test("an ended login is told, takes more judgments, and its link leads back to the pair one is at", async () => {
  const { trouble } = await troubleAfter(problem(401, "login"));
  await press("1");
  assert.equal(position(), 3);
  assert.deepEqual(grades(), { 1: 2, 2: 1 });
  const link = trouble.querySelector("a");
  link.addEventListener("click", (event) => event.preventDefault());
  link.click();
  assert.equal(link.getAttribute("href"), "/login/?next=%2Fjudging%2F7%2F%3Fat%3D3");
  const event = new Event("beforeunload", { cancelable: true });
  dispatchEvent(event);
  assert.ok(!event.defaultPrevented); // the login is no leaving that loses something
});

for (const [at, kept] of [
  [0, 0],
  [1, 2],
]) {
  test(`a judgment given elsewhere meanwhile is shown beside one's own; ${kept} is kept`, async () => {
    const current = { ...grade(0), client_id: "theirs" };
    const conflict = problem(409, "conflict");
    const { words, buttons, choose, requests } = await troubleAfter({
      ...conflict,
      body: { ...conflict.body, current },
    });
    assert.match(words, /^Pair 1 .* There: 0 not relevant\. Here: 2 relevant\.$/);
    assert.deepEqual(
      buttons.map((label) => label.at(-1)),
      ["0", "2"],
    );
    const before = requests.filter(({ method }) => method === "POST").length;
    await choose(at, { status: 201, body: { position: 1, current: grade(2) } });
    assert.equal(requests.filter(({ method }) => method === "POST").length - before, at); // theirs needs no word more
    await press("k");
    if (kept) assert.equal(given(), kept);
  });
}

test("a judgment that the server refuses is given up or tried again, with the reason of the server", async () => {
  const { words, buttons, choose } = await troubleAfter(problem(403, "session-closed", "This session is closed."));
  assert.match(words, /^Pair 1, 2 relevant, .*This session is closed\.$/);
  assert.equal(buttons.length, 2);
  await choose(1, null);
});

test("edges of a part are typed, and those outside of the drawing are not taken", async () => {
  await open(1, { judgments: { 1: { ...grade(1), client_id: "earlier" } } });
  const edges = [...root().querySelectorAll("[name=region]")];
  const type = async (...values) => {
    edges.forEach((edge, at) => (edge.value = values[at]));
    edges[3].dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
  };
  await type("0", "0", "", "");
  await type("6000", "0", "5000", "2500");
  assert.deepEqual(waiting(), []);
  assert.notEqual(edges[3].validationMessage, "");
  await type("0", "0", "5000", "2500");
  assert.deepEqual(judged(), { 1: grade(1, { region: [0, 0, 5000, 2500] }) });
  assert.equal(edges[3].validationMessage, "");
  find("[data-region-clear]").click();
  await settled();
  assert.deepEqual(judged(), { 1: grade(1) });
});

test("what the browser has no room for is said not to be kept", async () => {
  await open();
  const room = localStorage;
  globalThis.localStorage = new Proxy(room, {
    get: (target, name) =>
      name === "setItem"
        ? () => {
            throw new DOMException("full", "QuotaExceededError");
          }
        : Reflect.get(target, name, target),
  });
  try {
    pressDown("2");
    await settled();
  } finally {
    globalThis.localStorage = room;
  }
  assert.equal(position(), 1);
  assert.deepEqual(waiting(), []);
});
