import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { clear, window } from "./page.js";

Object.defineProperty(window.HTMLElement.prototype, "offsetParent", {
  get() {
    return this.closest("[hidden]") ? null : document.body; // there is no layout here
  },
});
const { addKey } = await import("../../static/js/keys.js");

let clicked;
const LIST = `<dialog id="keys-dialog"><div data-keys-list></div></dialog>`;

function open(html) {
  clear(html + LIST);
  clicked = [];
  for (const element of document.querySelectorAll("button, a")) {
    element.addEventListener("click", (event) => {
      event.preventDefault();
      clicked.push(element.id);
    });
  }
}

function press(key, { on = document.body, timeStamp, ...more } = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  event.getModifierState ??= () => false;
  if (timeStamp !== undefined) Object.defineProperty(event, "timeStamp", { value: timeStamp });
  on.dispatchEvent(event);
  return event;
}

beforeEach(() => open(""));

test("a key clicks the element that bears it, also one that has come since", () => {
  open('<button id="next" data-key="n"></button>');
  assert.ok(press("n").defaultPrevented);
  document.body.insertAdjacentHTML("beforeend", '<button id="late" data-key="l"></button>');
  document.getElementById("late").addEventListener("click", () => clicked.push("late"));
  press("l");
  assert.deepEqual(clicked, ["next", "late"]);
  assert.ok(!press("u").defaultPrevented);
});

test("of several elements the first one that is seen and enabled is clicked", () => {
  open(`<button id="hidden" data-key="n" hidden></button><button id="disabled" data-key="n" disabled></button>
    <button id="seen" data-key="n"></button><button id="second" data-key="n"></button>`);
  press("n");
  assert.deepEqual(clicked, ["seen"]);
});

test("a text input is focused by its key, not clicked", () => {
  open('<input id="search" data-key="s">');
  press("s");
  assert.equal(document.activeElement.id, "search");
});

test("no key fires while somebody types, except that it is typed", () => {
  open(`<button id="next" data-key="n"></button><input id="field"><textarea id="area"></textarea><select id="choice"></select>
    <input type="checkbox" id="box">`);
  for (const id of ["field", "area", "choice"])
    assert.ok(!press("n", { on: document.getElementById(id) }).defaultPrevented);
  assert.deepEqual(clicked, []);
  press("n", { on: document.getElementById("box") });
  assert.deepEqual(clicked, ["next"]);
});

test("a dialog over the page takes the page's keys, and keeps its own", () => {
  open(`<button id="next" data-key="n"></button><dialog open><button id="own" data-key="o"></button></dialog>`);
  press("n");
  press("o", { on: document.getElementById("own") });
  assert.deepEqual(clicked, ["own"]);
});

test("a key without an element runs, the newest that was added for it; an element comes first", () => {
  const ran = [];
  addKey({ key: "x", label: "Old", group: "Test", run: () => ran.push("old") });
  addKey({ key: "x", label: "New", group: "Test", run: () => ran.push("new") });
  press("x");
  assert.deepEqual(ran, ["new"]);
  open('<button id="mine" data-key="x"></button>');
  press("x");
  assert.deepEqual([ran, clicked], [["new"], ["mine"]]);
});

test("a sequence is its two keys one after the other, and its second key alone does nothing else then", () => {
  open('<a id="go" href="#" data-key="g h"></a><button id="alone" data-key="h"></button>');
  press("h", { timeStamp: 1000 });
  assert.deepEqual(clicked, ["alone"]);
  press("g", { timeStamp: 5000 });
  press("h", { timeStamp: 5200 });
  assert.deepEqual(clicked, ["alone", "go"]);
  press("h", { timeStamp: 9000 });
  assert.deepEqual(clicked, ["alone", "go", "alone"]);
});

test("a sign that one keyboard writes with Shift works with and without it", () => {
  const ran = [];
  addKey({ key: "+", label: "More", group: "Test", run: () => ran.push("+") });
  press("+");
  press("+", { shiftKey: true, getModifierState: () => true });
  assert.equal(ran.length, 2);
});

test("a letter with Shift or Ctrl is another key", () => {
  open('<button id="next" data-key="n"></button>');
  press("N", { shiftKey: true });
  press("n", { ctrlKey: true });
  assert.deepEqual(clicked, []);
});

test("Enter on a link or button, and arrows on a slider, are left to the browser", () => {
  const ran = [];
  for (const key of ["Enter", "ArrowRight"]) addKey({ key, label: key, group: "Test", run: () => ran.push(key) });
  open('<button id="one"></button><input type="range" id="slider"><p id="text"></p>');
  press("Enter", { on: document.getElementById("one") });
  press("ArrowRight", { on: document.getElementById("slider") });
  assert.deepEqual(ran, []);
  for (const key of ["Enter", "ArrowRight"]) press(key, { on: document.getElementById("text") });
  assert.deepEqual(ran, ["Enter", "ArrowRight"]);
});

test("Ctrl+Enter sends the form of what is written in several lines, by its first enabled button", () => {
  open(`<form><textarea id="area"></textarea><button type="submit" id="off" disabled></button>
    <button type="submit" id="send"></button></form>`);
  const sent = [];
  const form = document.querySelector("form");
  form.requestSubmit = (button) => sent.push(button.id);
  const area = document.getElementById("area");
  press("Enter", { on: area });
  press("Enter", { on: area, ctrlKey: true, isComposing: true });
  assert.deepEqual(sent, []);
  assert.ok(press("Enter", { on: area, ctrlKey: true }).defaultPrevented);
  press("Enter", { on: area, metaKey: true });
  assert.deepEqual(sent, ["send", "send"]);
  document.getElementById("send").disabled = true; // it is being sent
  press("Enter", { on: area, ctrlKey: true });
  assert.equal(sent.length, 2);
});

test("the list of keys tells those that work now, by group", () => {
  open(`<button data-key="n" data-key-label="Next one" data-key-group="Pairs"></button>
    <button data-key="z" data-key-label="Not seen" hidden></button><textarea></textarea>`);
  const dialog = document.getElementById("keys-dialog");
  let isShown = false;
  dialog.showModal = () => (isShown = true);
  press("?");
  assert.ok(isShown);
  const list = dialog.textContent;
  assert.match(list, /Pairs.*Next one/s);
  assert.match(list, /Everywhere.*Ctrl\+Enter/s);
  assert.doesNotMatch(list, /Not seen/);
});
