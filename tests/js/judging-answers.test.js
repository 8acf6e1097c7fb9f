import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.js";

const { Answers } = await import("../../static/js/judging-answers.js");

const outbox = { waiting: new Map(), latest: (position) => outbox.waiting.get(position) };

test("what waits in the outbox counts before what the server reported", () => {
  const answers = new Answers(outbox);
  assert.equal(answers.of(1), null);
  answers.report(1, { grade: 1 });
  assert.deepEqual(answers.of(1), { grade: 1 });
  outbox.waiting.set(1, { grade: 3 });
  assert.deepEqual(answers.of(1), { grade: 3 });
  outbox.waiting.set(1, null); // taken back
  assert.equal(answers.of(1), null);
});

test("an answer to an older question does not replace a newer one", () => {
  const answers = new Answers({ latest: () => undefined });
  assert.ok(answers.report(1, { grade: 2 }, 500));
  assert.ok(!answers.report(1, { grade: 0 }, 400));
  assert.deepEqual(answers.of(1), { grade: 2 });
  assert.ok(answers.report(1, null, 501));
  assert.equal(answers.of(1), null);
});
