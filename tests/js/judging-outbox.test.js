import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { clear, serve, settled, storageEvent } from "./page.js";

const { judgmentAfter, makeId, Outbox } = await import("../../static/js/judging-outbox.js");

const VALUES = { grade: 2, cannot_judge: false, looks: null, works: null, reason: "", region: null };
const RECORDED = { status: 201, body: { position: 1, current: null } };
const DATABASE = { status: 503, body: { code: "database", detail: "No database." } };
const EXPIRED = { status: 403, body: { code: "form-expired" } };
const STATE = "/state/";

beforeEach(() => {
  clear();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
});
afterEach(() => mock.timers.reset());

const open = (assessor = 5) => new Outbox({ assessor, session: 7, stateUrl: STATE, token: "first" });
const judge = (outbox, position = 1, more = {}) =>
  outbox.judge({
    position,
    url: `/pairs/${position}/`,
    base: null,
    before: null,
    values: VALUES,
    seconds: 1.5,
    ...more,
  });
const heardBy = (outbox, name) => {
  const heard = [];
  outbox.addEventListener(name, ({ detail }) => heard.push(detail));
  return heard;
};
const positions = (outbox) => outbox.entries().map(({ position }) => position);

test("a judgment is in the browser's storage before the server answers, and leaves it once it is recorded", async () => {
  let answer;
  const requests = serve(() => new Promise((resolve) => (answer = resolve)));
  const outbox = open();
  const answered = heardBy(outbox, "answered");
  const entry = judge(outbox, 3);
  assert.equal(JSON.parse(localStorage.getItem(entry.key)).client_id, entry.client_id);
  await settled();
  assert.deepEqual(positions(outbox), [3]);
  assert.equal(outbox.state.tone, "saving");
  answer({ status: 201, body: { position: 3, current: { ...VALUES, client_id: entry.client_id } } });
  await settled();
  assert.deepEqual(positions(outbox), []);
  assert.deepEqual(outbox.state, { tone: "saved", count: 0 });
  assert.equal(answered[0].entry.client_id, entry.client_id);
  assert.equal(answered[0].answer.position, 3);
  assert.equal(answered[0].answer.current.grade, 2);
  assert.deepEqual(requests[0].body, { client_id: entry.client_id, base: null, assessor: 5, seconds: 1.5, ...VALUES });
  assert.deepEqual([requests[0].method, requests[0].address], ["POST", "/pairs/3/"]);
  assert.equal(requests[0].headers["X-CSRFToken"], "first");
});

test("an event that an earlier version kept goes to the address of the API", async () => {
  const requests = serve(() => RECORDED);
  const outbox = open();
  judge(outbox, 1, { url: "/sessions/7/showings/1/judgments/" });
  judge(outbox, 2, { url: "/api/sessions/7/showings/2/judgments/" });
  await settled();
  assert.deepEqual(
    requests.map(({ address }) => address),
    ["/api/sessions/7/showings/1/judgments/", "/api/sessions/7/showings/2/judgments/"],
  );
  assert.equal(outbox.entries().length, 0);
});

test("an undo says only what is undone by whom", async () => {
  const requests = serve(() => ({ status: 200, body: { position: 4, current: null } }));
  const outbox = open();
  const entry = outbox.undo({ position: 4, url: "/undo/", takes: "a", before: null });
  await settled();
  assert.deepEqual(requests[0].body, { client_id: entry.client_id, assessor: 5 });
  assert.equal(outbox.entries().length, 0);
});

for (const [name, failure] of [
  ["no connection", null],
  ["a server error", { status: 500, body: "" }],
  ["a page instead of JSON", { status: 502, body: "<html>" }],
  ["too many requests", { status: 429 }],
]) {
  test(`after ${name} the same event is sent again, after longer and longer waits, until it is recorded`, async () => {
    let isBack = false;
    const requests = serve(() => (isBack ? RECORDED : failure));
    const outbox = open();
    const entry = judge(outbox);
    await settled();
    let count = 1;
    for (const wait of [400, 800, 1500, 3000, 6000, 12_000, 12_000]) {
      assert.equal(requests.length, count);
      mock.timers.tick(wait - 1);
      await settled();
      assert.equal(requests.length, count, `nothing before ${wait} ms`);
      mock.timers.tick(1);
      await settled();
      count += 1;
    }
    assert.equal(requests.length, count);
    assert.deepEqual(outbox.state, { tone: "unsaved", count: 1 });
    isBack = true;
    mock.timers.tick(12_000);
    await settled();
    assert.deepEqual(outbox.state, { tone: "saved", count: 0 });
    assert.deepEqual(
      requests.map(({ body }) => body),
      Array(count + 1).fill(requests[0].body),
    );
    assert.equal(requests[0].body.client_id, entry.client_id);
  });
}

test("events given offline are sent once each and in their order when the connection is back", async () => {
  let isOnline = false;
  const requests = serve(({ address }) =>
    isOnline ? { status: 201, body: { position: Number(address.at(7)) } } : null,
  );
  const outbox = open();
  for (let position = 1; position <= 8; position += 1) judge(outbox, position);
  await settled();
  assert.deepEqual(outbox.state, { tone: "unsaved", count: 8 });
  const tries = requests.length;
  assert.ok(requests.every(({ address }) => address === "/pairs/1/")); // none overtakes the first
  isOnline = true;
  dispatchEvent(new Event("online"));
  await settled();
  const sent = requests.slice(tries).map(({ address }) => address);
  assert.deepEqual(
    sent,
    [1, 2, 3, 4, 5, 6, 7, 8].map((position) => `/pairs/${position}/`),
  );
  assert.equal(outbox.entries().length, 0);
});

test("after a reload what was not sent is still there, and is sent as it was", async () => {
  serve(() => null);
  const before = open();
  const given = [
    judge(before, 1),
    judge(before, 2),
    before.undo({ position: 2, url: "/undo/", takes: "x", before: null }),
  ];
  await settled();
  before.needLogin(); // the page that is left sends nothing more
  const requests = serve(() => RECORDED);
  const after = open();
  assert.deepEqual(positions(after), [1, 2, 2]);
  await after.send();
  assert.deepEqual(
    requests.map(({ body }) => body.client_id),
    given.map(({ client_id }) => client_id),
  );
  assert.equal(after.entries().length, 0);
});

test("an event that was sent while another is put in does not lose the new one", async () => {
  let answer;
  const requests = serve(() => new Promise((resolve) => (answer = resolve)));
  const outbox = open();
  judge(outbox, 1);
  await settled();
  judge(outbox, 2);
  await settled();
  assert.equal(requests.length, 1);
  answer(RECORDED);
  await settled();
  assert.equal(requests.length, 2);
  assert.equal(requests[1].address, "/pairs/2/");
  assert.deepEqual(positions(outbox), [2]);
});

test("a clock that is set back changes no order", async () => {
  serve(() => null);
  const outbox = open();
  judge(outbox, 1);
  mock.timers.setTime(1_700_000_000_000);
  judge(outbox, 2);
  judge(open(), 3); // another tab, whose own count begins anew
  assert.deepEqual(positions(outbox), [1, 2, 3]);
});

test("two tabs share the outbox: each event is one item, and one request is on its way at a time", async () => {
  let [now, most] = [0, 0];
  const taken = [];
  const requests = serve(async ({ body }) => {
    most = Math.max(most, (now += 1));
    await settled();
    now -= 1;
    taken.push(body.client_id);
    return RECORDED;
  });
  const [first, second] = [open(), open()];
  const given = [1, 2, 3, 4].flatMap((position) => [judge(first, position), judge(second, position + 10)]);
  assert.equal(localStorage.length, 8);
  for (let round = 0; round < 40; round += 1) await settled();
  assert.equal(most, 1);
  assert.equal(requests.length, 8);
  assert.deepEqual(new Set(taken), new Set(given.map(({ client_id }) => client_id)));
  assert.equal(localStorage.length, 0);
});

test("what another tab puts in is told and sent", async () => {
  serve(() => null);
  const other = open();
  const entry = judge(other, 9);
  await settled();
  other.needLogin();
  const requests = serve(() => RECORDED);
  const outbox = open();
  const elsewhere = heardBy(outbox, "elsewhere");
  storageEvent("something else", { newValue: "{}" });
  assert.equal(elsewhere.length, 0);
  storageEvent(entry.key, { newValue: localStorage.getItem(entry.key) });
  assert.equal(elsewhere[0].entry.client_id, entry.client_id);
  await settled();
  assert.equal(requests[0].address, "/pairs/9/");
});

test("what blocks this tab is over once another tab has settled it", async () => {
  serve(() => ({ status: 409, body: { current: null } }));
  const outbox = open();
  const entry = judge(outbox);
  await settled();
  assert.equal(outbox.blocked.kind, "conflict");
  const stored = localStorage.getItem(entry.key);
  localStorage.removeItem(entry.key);
  storageEvent(entry.key, { oldValue: stored });
  assert.equal(outbox.blocked, null);
});

test("an ended login blocks, loses nothing, takes more judgments, and sends all after the login", async () => {
  let isLoggedIn = false;
  const requests = serve(() => (isLoggedIn ? RECORDED : { status: 401, body: { code: "login" } }));
  const outbox = open();
  judge(outbox, 1);
  await settled();
  assert.equal(outbox.blocked.kind, "login");
  judge(outbox, 2);
  mock.timers.tick(60_000);
  await settled();
  assert.equal(requests.length, 1); // nothing is sent without a login
  assert.deepEqual(outbox.state, { tone: "blocked", count: 2 });
  isLoggedIn = true;
  dispatchEvent(new Event("focus")); // back from the login in another tab
  await settled();
  assert.equal(outbox.blocked, null);
  assert.equal(outbox.entries().length, 0);
});

for (const [name, answer] of [
  ["another account", { status: 403, body: { code: "other-account", detail: "Not yours." } }],
  ["a session that is not theirs any more", { status: 404, body: {} }],
]) {
  test(`${name} blocks and loses nothing`, async () => {
    serve(() => answer);
    const outbox = open();
    judge(outbox);
    await settled();
    assert.equal(outbox.blocked.kind, "account");
    assert.deepEqual(outbox.state, { tone: "blocked", count: 1 });
    serve(() => RECORDED);
    await outbox.retry();
    assert.equal(outbox.entries().length, 0);
  });
}

test("what one assessor left is neither seen nor sent for another", async () => {
  serve(() => null);
  const mine = open(5);
  judge(mine, 1);
  await settled();
  mine.needLogin();
  const requests = serve(() => RECORDED);
  const theirs = open(55);
  await theirs.send();
  assert.deepEqual(positions(theirs), []);
  assert.equal(requests.length, 0);
  assert.deepEqual(positions(mine), [1]);
});

test("an expired form is renewed for the same assessor, and the event sent again with the new token", async () => {
  const requests = serve(({ address, headers }) => {
    if (address === STATE) return { status: 200, body: { assessor: 5, csrf_token: "second" } };
    return headers["X-CSRFToken"] === "second" ? RECORDED : EXPIRED;
  });
  const outbox = open();
  const renewed = heardBy(outbox, "renewed");
  judge(outbox);
  await settled();
  assert.deepEqual(
    requests.map(({ method, address }) => [method, address]),
    [
      ["POST", "/pairs/1/"],
      ["GET", STATE],
      ["POST", "/pairs/1/"],
    ],
  );
  assert.equal(renewed.length, 1);
  assert.equal(outbox.token, "second");
  assert.equal(outbox.entries().length, 0);
});

test("a token that is refused again and again is not asked for without end", async () => {
  const requests = serve(({ address }) =>
    address === STATE ? { status: 200, body: { assessor: 5, csrf_token: "second" } } : EXPIRED,
  );
  const outbox = open();
  judge(outbox);
  await settled();
  assert.equal(requests.length, 4);
  assert.deepEqual(outbox.state, { tone: "unsaved", count: 1 });
});

for (const [name, state, kind] of [
  ["somebody else has logged in", { status: 200, body: { assessor: 6, csrf_token: "theirs" } }, "account"],
  ["the session is gone", { status: 404, body: {} }, "account"],
  ["nobody is logged in", { status: 401, body: {} }, "login"],
]) {
  test(`an expired form where ${name} blocks, and takes no other token`, async () => {
    const requests = serve(({ address }) => (address === STATE ? state : EXPIRED));
    const outbox = open();
    judge(outbox);
    await settled();
    assert.equal(outbox.blocked.kind, kind);
    assert.equal(outbox.token, "first");
    assert.equal(requests.length, 2);
    assert.equal(outbox.entries().length, 1);
  });
}

test("a conflict waits for the assessor, with what the server has; nothing after it is sent", async () => {
  const current = { ...VALUES, grade: 0, client_id: "theirs" };
  const requests = serve(() => ({ status: 409, body: { code: "stale", current } }));
  const outbox = open();
  const entry = judge(outbox, 1);
  judge(outbox, 2);
  await settled();
  assert.equal(outbox.blocked.kind, "conflict");
  assert.equal(outbox.blocked.entry.client_id, entry.client_id);
  assert.deepEqual(outbox.blocked.current, current);
  mock.timers.tick(60_000);
  await settled();
  assert.equal(requests.length, 1);
});

async function inConflict() {
  const current = { ...VALUES, grade: 0, client_id: "theirs" };
  serve(() => ({ status: 409, body: { current } }));
  const outbox = open();
  const entry = judge(outbox, 1);
  judge(outbox, 1, { base: entry.client_id, values: { ...VALUES, grade: 3 } });
  outbox.undo({ position: 1, url: "/undo/", takes: entry.client_id, before: null });
  await settled();
  return { outbox, entry, requests: serve(() => RECORDED) };
}

test("keeping one's own sends it as a new event upon the server's, and what builds upon it follows", async () => {
  const { outbox, entry, requests } = await inConflict();
  await outbox.keepMine();
  const [mine, next, undo] = requests.map(({ body }) => body);
  assert.notEqual(mine.client_id, entry.client_id);
  assert.equal(mine.base, "theirs");
  assert.equal(mine.grade, 2);
  assert.equal(next.base, mine.client_id);
  assert.equal(next.grade, 3);
  assert.deepEqual(Object.keys(undo), ["client_id", "assessor"]);
  assert.equal(outbox.entries().length, 0);
});

test("keeping what is there drops one's own and its undo, and what builds upon it builds upon the server's", async () => {
  const { outbox, requests } = await inConflict();
  await outbox.keepTheirs();
  assert.equal(requests.length, 1);
  assert.deepEqual([requests[0].body.base, requests[0].body.grade], ["theirs", 3]);
  assert.equal(outbox.entries().length, 0);
});

test("a refusal, as of a closed session, waits with its reason; giving it up sends the others", async () => {
  const refusal = { status: 403, body: { code: "session-closed", detail: "The session is closed." } };
  serve(({ address }) => (address === "/pairs/1/" ? refusal : RECORDED));
  const outbox = open();
  judge(outbox, 1);
  judge(outbox, 2);
  await settled();
  assert.equal(outbox.blocked.kind, "refused");
  assert.equal(outbox.blocked.detail, "The session is closed.");
  assert.deepEqual(positions(outbox), [1, 2]);
  await outbox.discard();
  await settled();
  assert.deepEqual(positions(outbox), []);
  assert.equal(outbox.blocked, null);
});

test("without its database the server is asked again, and nothing is blocked", async () => {
  serve(() => DATABASE);
  const outbox = open();
  judge(outbox);
  await settled();
  assert.equal(outbox.lacksDatabase, true);
  assert.equal(outbox.blocked, null);
  assert.deepEqual(outbox.state, { tone: "unsaved", count: 1 });
  serve(() => RECORDED);
  await outbox.retry();
  assert.equal(outbox.lacksDatabase, false);
  assert.equal(outbox.entries().length, 0);
});

test("an undo of nothing is told and done with", async () => {
  serve(() => ({ status: 400, body: { code: "nothing-to-undo" } }));
  const outbox = open();
  const nothing = heardBy(outbox, "undone-nothing");
  outbox.undo({ position: null, url: "/undo/", takes: null, before: null });
  await settled();
  assert.equal(nothing.length, 1);
  assert.equal(outbox.entries().length, 0);
});

test("a judgment that the browser has no room for is not said to be kept", () => {
  serve(() => RECORDED);
  const outbox = open();
  const room = localStorage;
  globalThis.localStorage = {
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  try {
    assert.throws(() => judge(outbox), { name: "QuotaExceededError" });
  } finally {
    globalThis.localStorage = room;
  }
  assert.equal(outbox.entries().length, 0);
});

test("the newest waiting judgment of a pair is known, and an undo gives back what was before", async () => {
  serve(() => null);
  const outbox = open();
  assert.equal(outbox.latest(1), undefined);
  const first = judge(outbox, 1);
  assert.deepEqual(outbox.latest(1), { ...VALUES, client_id: first.client_id });
  const undo = outbox.undo({ position: 1, url: "/undo/", takes: first.client_id, before: null });
  assert.equal(outbox.latest(1), null);
  const before = { ...VALUES, grade: 0, client_id: "old" };
  assert.deepEqual(judgmentAfter({ ...undo, before }), { ...before, client_id: undo.client_id });
});

test("identifiers are random version 4 UUIDs", () => {
  const made = new Set(Array.from({ length: 50 }, makeId));
  assert.equal(made.size, 50);
  for (const id of made) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
