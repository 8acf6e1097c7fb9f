import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { clear } from "./page.js";
import { Emitter } from "../../static/js/emitter.js";
import { partOf } from "../../static/js/parts.js";

beforeEach(() => clear("<form><input data-weight></form>"));

test("a part is found, of the kind that is asked for", () => {
  assert.equal(partOf(document, "form").localName, "form");
  assert.equal(partOf(document, "[data-weight]", HTMLInputElement).type, "text");
});

test("where a part is missing, or another kind of element, the selector is named", () => {
  assert.throws(() => partOf(document, "[data-top]"), /\[data-top\]/);
  assert.throws(() => partOf(document, "[data-weight]", HTMLButtonElement), /\[data-weight\]/);
});

test("who listens for an event gets its detail", () => {
  const emitter = new Emitter();
  const heard = [];
  emitter.on("grade", (detail) => heard.push(detail));
  emitter.emit("grade", { value: 3 });
  emitter.emit("reason", {});
  assert.deepEqual(heard, [{ value: 3 }]);
});
