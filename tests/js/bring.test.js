import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { clear, dropListeners, window } from "./page.js";

const { attach } = await import("../../static/js/bring.js");

const PAGE = `<form><input id="text"><div data-bring><div class="drop"><input type="file" multiple>
  <button data-bring-send>Send</button></div><p data-bring-state hidden></p>
  <progress data-bring-progress max="1" hidden></progress><div data-bring-fault></div></div></form>`;
const PNG = { name: "pump.png", type: "image/png" };
const TIFF = { name: "pump.TIF", type: "" };
const WORDS = { name: "words.docx", type: "application/msword" };
let sent;

class Carried {
  files = [];
  items = { add: (file) => this.files.push(file) };
}
globalThis.DataTransfer = Carried;

const part = (selector = "") => document.querySelector(`[data-bring] ${selector}`.trim());
const fault = () => part("[data-bring-fault]").textContent;
/** An event that carries files or text, on the page or on an element; whether the script took it from the browser. */
function carry(name, { files = [], types = [], on = document.body, more = {} }) {
  const carried = { files, types: files.length ? ["Files", ...types] : types };
  const event = new Event(name, { bubbles: true, cancelable: true });
  on.dispatchEvent(Object.assign(event, { dataTransfer: carried, clipboardData: carried }, more));
  return event.defaultPrevented;
}

/** The server's answer, before it is put in place; whether it is. */
function answer(status, serverResponse = "") {
  const detail = { xhr: { status }, serverResponse, shouldSwap: status < 400 };
  part().dispatchEvent(new CustomEvent("htmx:beforeSwap", { detail }));
  return detail.shouldSwap;
}

beforeEach(() => {
  dropListeners();
  clear(PAGE);
  let files = [];
  // A browser's field takes the files of a DataTransfer, and forgets them with its value.
  Object.defineProperties(part("input"), {
    files: {
      get: () => files,
      set: (given) => {
        files = [...given];
      },
    },
    value: {
      set: () => {
        files = [];
      },
      get: () => files[0]?.name ?? "",
    },
  });
  sent = [];
  attach(part());
  part().addEventListener("bring", () => sent.push(part("input").files.map((file) => file.name)));
});

test("files dropped anywhere on the page are sent at once, and what is no drawing is left out", () => {
  assert.ok(carry("dragover", { files: [PNG] }));
  assert.ok(part(".drop").classList.contains("is-over"));
  assert.ok(carry("drop", { files: [PNG, WORDS, TIFF] }));
  assert.deepEqual(sent, [["pump.png", "pump.TIF"]]);
  assert.ok(!part(".drop").classList.contains("is-over"));
  assert.match(part("[data-bring-state]").textContent, /pump\.png, pump\.TIF/);
  assert.equal(part("[data-bring-progress]").hidden, false);
});

test("text goes where it is dropped", () => {
  for (const name of ["dragover", "drop"]) assert.ok(!carry(name, { types: ["text/plain"] }));
  assert.ok(!part(".drop").classList.contains("is-over"));
  assert.deepEqual(sent, []);
});

test("leaving the window with a file ends what was shown for it", () => {
  carry("dragover", { files: [PNG] });
  carry("dragleave", { files: [PNG], more: { relatedTarget: document.body } });
  assert.ok(part(".drop").classList.contains("is-over"));
  carry("dragleave", { files: [PNG], more: { relatedTarget: null } });
  assert.ok(!part(".drop").classList.contains("is-over"));
});

test("a pasted drawing is sent at once, also while the focus is in a field", () => {
  assert.ok(carry("paste", { files: [PNG] }));
  assert.ok(carry("paste", { files: [PNG], on: document.getElementById("text") }));
  assert.deepEqual(sent, [["pump.png"], ["pump.png"]]);
});

test("text goes where it is pasted, also where a picture of it comes along", () => {
  const on = document.getElementById("text");
  assert.ok(!carry("paste", { types: ["text/plain"], on }));
  assert.ok(!carry("paste", { files: [PNG], types: ["text/plain"], on }));
  assert.ok(!carry("paste", { types: ["text/plain"] }));
  assert.deepEqual(sent, []);
});

test("where nothing of it is a drawing it says what is taken, and sends nothing", () => {
  carry("drop", { files: [WORDS] });
  assert.match(fault(), /TIFF, PNG/);
  assert.equal(part("[role=alert]").className, "fault");
  assert.deepEqual(sent, []);
});

test("choosing files sends them, choosing none does not", () => {
  part("input").files = [PNG];
  part("input").dispatchEvent(new Event("change"));
  assert.deepEqual(sent, [["pump.png"]]);
  part("input").value = "";
  part("input").dispatchEvent(new Event("change"));
  assert.equal(sent.length, 1);
  const button = part("[data-bring-send]");
  assert.deepEqual([button.hidden, button.type], [true, "button"]); // Enter in a field must not press it
});

test("how far the file is gets shown, and that it is read once all of it was sent", () => {
  carry("drop", { files: [PNG] });
  const progress = (loaded, total) =>
    part().dispatchEvent(new CustomEvent("htmx:xhr:progress", { detail: { loaded, total } }));
  progress(1, 0); // of unknown size
  assert.equal(part("progress").getAttribute("value"), null);
  progress(30, 100);
  assert.equal(part("progress").value, 0.3);
  progress(100, 100);
  assert.equal(part("progress").getAttribute("value"), null);
  assert.match(part("[data-bring-state]").textContent, /Reading/);
});

test("the server's reason is put in place, and the next file is sent without it", () => {
  carry("drop", { files: [PNG] });
  assert.ok(answer(400, "<p class='fault'>damaged</p>"));
  assert.ok(part("[data-bring-state]").hidden && part("progress").hidden);
  assert.equal(part("input").value, "");
  part("[data-bring-fault]").innerHTML = "<p>damaged</p>"; // as htmx puts it
  carry("drop", { files: [TIFF] });
  assert.equal(fault(), "");
  assert.equal(sent.length, 2);
});

test("any other answer shows a fault, and no page is put into the form", () => {
  for (const [status, body] of [
    [400, "<!doctype html><html></html>"],
    [500, ""],
    [200, "<html>login</html>"],
  ]) {
    carry("drop", { files: [PNG] });
    assert.ok(!answer(status, body));
    assert.notEqual(fault(), "");
    assert.ok(part("progress").hidden);
  }
  carry("drop", { files: [PNG] });
  assert.ok(!answer(204)); // leads elsewhere
  assert.equal(fault(), "");
});

test("a server out of reach shows a fault, and a page that comes back is as it was left", () => {
  carry("drop", { files: [PNG] });
  part().dispatchEvent(new CustomEvent("htmx:sendError"));
  assert.notEqual(fault(), "");
  carry("drop", { files: [PNG] });
  window.dispatchEvent(new Event("pageshow"));
  assert.ok(part("[data-bring-state]").hidden && part("progress").hidden);
  assert.equal(part("input").value, "");
});
