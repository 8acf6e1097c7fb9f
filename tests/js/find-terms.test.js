import assert from "node:assert/strict";
import { test } from "node:test";

import { patternOf, termsOf } from "../../static/js/find-terms.js";

const found = (text, terms) => {
  const { pattern, order } = patternOf(terms);
  return [...text.matchAll(pattern)].map((match) => [
    match[0],
    terms[order[match.slice(1).findIndex((words) => words !== undefined)]],
  ]);
};

test("terms are words and phrases in any quotes, each once whatever its case", () => {
  assert.deepEqual(termsOf('rotor "drive  shaft" Rotor “the hub” „das Rad“ «la roue»'), [
    "rotor",
    "drive shaft",
    "the hub",
    "das Rad",
    "la roue",
  ]);
  assert.deepEqual(termsOf('  "" “” '), []);
  assert.deepEqual(termsOf('"never closed'), ["never closed"]);
});

test("at most six terms of at most 120 characters are looked for", () => {
  assert.deepEqual(termsOf("a b c d e f g h"), ["a", "b", "c", "d", "e", "f"]);
  assert.equal(termsOf("x".repeat(500))[0].length, 120);
});

test("where several terms begin, the longest is found, and it says which it was", () => {
  assert.deepEqual(found("Rotor shaft and rotor", ["rotor", "rotor shaft"]), [
    ["Rotor shaft", "rotor shaft"],
    ["rotor", "rotor"],
  ]);
});

test("signs of patterns are looked for as they are written, and any space stands between words", () => {
  assert.deepEqual(found("a.b axb (12)", ["a.b", "(12)"]), [
    ["a.b", "a.b"],
    ["(12)", "(12)"],
  ]);
  assert.deepEqual(found("drive\n  shaft", ["drive shaft"]), [["drive\n  shaft", "drive shaft"]]);
});
