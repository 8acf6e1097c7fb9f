import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { clear } from "./page.js";

const { forgetTyped, readTyped, unsendTyped, writeTyped } = await import("../../static/js/typed-store.js");

const form = (more = {}) => ({ fields: { "note 0": "a rotor" }, at: 1, ...more });

beforeEach(() => clear());

test("what a user typed is read again by that user alone, and forgotten once another one reads", () => {
  writeTyped("anna", { "/page#form": form() });
  assert.deepEqual(readTyped("anna"), { "/page#form": form() });
  assert.deepEqual(readTyped("berta"), {});
  assert.deepEqual(readTyped("anna"), {});
  assert.equal(sessionStorage.length, 0);
});

test("nothing is ever kept beyond the tab", () => {
  writeTyped("anna", { "/page#form": form() });
  assert.equal(localStorage.length, 0);
});

test("with the last form the name of its user goes too", () => {
  writeTyped("anna", { "/page#form": form() });
  writeTyped("anna", {});
  assert.equal(sessionStorage.length, 0);
  writeTyped("anna", { "/page#form": form() });
  forgetTyped();
  assert.equal(sessionStorage.length, 0);
});

test("what was sent last and not taken is unsent again, and on its way again when it is asked for", () => {
  writeTyped("anna", { "/page#form": form({ sent: true }) });
  unsendTyped();
  assert.equal(readTyped("anna")["/page#form"].sent, false);
  unsendTyped(true);
  assert.equal(readTyped("anna")["/page#form"].sent, true);
});

test("storage that another program has written is taken for empty", () => {
  sessionStorage.setItem("typed", "{broken");
  assert.deepEqual(readTyped("anna"), {});
  unsendTyped();
  assert.equal(sessionStorage.length, 0);
});

test("more than the browser keeps is not kept, and any other fault is told", () => {
  const room = sessionStorage;
  const failing = (name) => ({
    setItem: () => {
      throw new DOMException("fault", name);
    },
  });
  try {
    globalThis.sessionStorage = failing("QuotaExceededError");
    writeTyped("anna", { "/page#form": form() });
    globalThis.sessionStorage = failing("SecurityError");
    assert.throws(() => writeTyped("anna", { "/page#form": form() }), { name: "SecurityError" });
  } finally {
    globalThis.sessionStorage = room;
  }
});
