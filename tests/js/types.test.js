import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../../static/js/", import.meta.url);

test("every module of static/js is checked for types", () => {
  const modules = readdirSync(folder).filter((name) => name.endsWith(".js"));
  assert.ok(modules.length > 50);
  const unchecked = modules.filter((name) => !readFileSync(new URL(name, folder), "utf8").startsWith("// @ts-check\n"));
  assert.deepEqual(unchecked, []);
});
