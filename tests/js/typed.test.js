import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { clear, dropListeners, settled, window } from "./page.js";

const { readTyped, writeTyped } = await import("../../static/js/typed-store.js");

const PAGE = "/judging/7/?at=1";
const FORM = `<form id="note" method="post" action="/notes/"><input name="title"><input name="title"><textarea name="text">as it was</textarea>
  <input type="checkbox" name="box"><select name="kind"><option selected>one</option><option>two</option></select>
  <input type="password" name="secret"><input type="hidden" name="token" value="t"><input type="file" name="file">
  <div hx-get="/rank/"><input name="weight"></div></form>`;
let count = 0;

/** Load the page as the browser does, with what the tab has kept. */
async function load(html = FORM, { user = "anna" } = {}) {
  dropListeners();
  const kept = sessionStorage.getItem("typed");
  clear(`<nav data-user="${user}"></nav><i data-login="/login/"></i>${html}`);
  if (kept !== null) sessionStorage.setItem("typed", kept);
  window.history.replaceState(null, "", PAGE);
  await import(`../../static/js/typed.js?load=${(count += 1)}`);
}

const field = (name, at = 0) => document.querySelectorAll(`#note [name="${name}"]`)[at];
function type(element, value) {
  if (element.type === "checkbox") element.checked = value;
  else element.value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
}
const submit = (selector = "#note") => {
  const event = new Event("submit", { bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
};
const answer = (status, verb = "post") =>
  document.dispatchEvent(
    new CustomEvent("htmx:beforeOnLoad", {
      detail: { elt: document.getElementById("note"), xhr: { status }, requestConfig: { verb } },
    }),
  );
const forms = () => readTyped("anna");

beforeEach(() => sessionStorage.clear());

test("what was typed is back after a reload, in each field it was typed into, with a notice", async () => {
  await load();
  type(field("title", 1), "second of the name");
  type(field("text"), "a rotor");
  type(field("box"), true);
  type(field("kind"), "two");
  await load();
  assert.equal(field("title", 0).value, "");
  assert.equal(field("title", 1).value, "second of the name");
  assert.equal(field("text").value, "a rotor");
  assert.equal(field("box").checked, true);
  assert.equal(field("kind").value, "two");
  assert.ok(document.querySelector("[data-typed-said]"));
});

test("passwords, hidden fields and what answers each change by itself are never kept", async () => {
  await load();
  for (const name of ["secret", "token", "weight"]) type(field(name), "hidden words");
  assert.doesNotMatch(sessionStorage.getItem("typed") ?? "", /hidden words/);
  type(field("text"), "a rotor");
  for (const name of ["secret", "token", "weight"]) type(field(name), "hidden words");
  assert.doesNotMatch(sessionStorage.getItem("typed"), /hidden words/);
  assert.equal(localStorage.length, 0);
});

test("forms that only read, and what was typed back to what the page says, are not kept", async () => {
  await load(`<form id="find" method="get"><input name="q"></form>${FORM}`);
  type(document.querySelector("#find input"), "rotor");
  type(field("text"), "a rotor");
  assert.deepEqual(Object.keys(forms()), [`${PAGE}#note`]);
  type(field("text"), "as it was");
  assert.deepEqual(forms(), {});
});

test("what was sent and answered by another page is done with", async () => {
  await load();
  type(field("text"), "a rotor");
  submit();
  assert.equal(forms()[`${PAGE}#note`].sent, true);
  await load();
  assert.equal(field("text").value, "as it was");
  assert.deepEqual(forms(), {});
});

test("what was sent and not taken, as a page of a fault says, is put back on its page", async () => {
  await load();
  type(field("text"), "a rotor");
  submit();
  await load("<p data-typed-unsent></p>");
  await load();
  assert.equal(field("text").value, "a rotor");
});

test("an answer to a script ends what was typed, a fault and a read do not", async () => {
  await load();
  type(field("text"), "a rotor");
  for (const [status, verb] of [
    [500, "post"],
    [401, "post"],
    [200, "get"],
  ]) {
    answer(status, verb);
    assert.equal(forms()[`${PAGE}#note`].fields["text 0"], "a rotor");
  }
  answer(200);
  assert.deepEqual(forms(), {});
});

test("what another user typed is gone as soon as one opens a page", async () => {
  await load();
  type(field("text"), "a rotor");
  await load(FORM, { user: "berta" });
  assert.equal(field("text").value, "as it was");
  await load();
  assert.equal(field("text").value, "as it was");
});

test("logging out forgets what was typed", async () => {
  await load(`<form id="logout" method="post" data-user="anna"></form>${FORM}`);
  type(field("text"), "a rotor");
  submit("#logout");
  assert.equal(sessionStorage.length, 0);
});

test("what is older than any session is forgotten", async () => {
  const at = Date.now() - 12 * 3600 * 1000 - 1;
  writeTyped("anna", { [`${PAGE}#note`]: { fields: { "text 0": "old" }, at } });
  await load();
  assert.equal(field("text").value, "as it was");
  assert.deepEqual(forms(), {});
});

test("where a script changes the query string alone, what was typed goes along", async () => {
  await load();
  type(field("text"), "a rotor");
  window.history.replaceState(null, "", "/judging/7/?at=2");
  answer(200, "get");
  assert.deepEqual(Object.keys(forms()), ["/judging/7/?at=2#note"]);
});

test("discarding it resets the form and forgets it", async () => {
  await load();
  type(field("text"), "a rotor");
  await load();
  document.querySelector("[data-typed-said] button").click();
  assert.equal(field("text").value, "as it was");
  assert.equal(document.querySelector("[data-typed-said]"), null);
  assert.deepEqual(forms(), {});
});

test("a form that is put in place later gets back what was typed into it, its closed parts opened", async () => {
  await load();
  type(field("text"), "a rotor");
  await load("<div id='place'></div>");
  const place = document.getElementById("place");
  place.innerHTML = `<details><summary></summary>${FORM}</details>`;
  place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  assert.equal(field("text").value, "a rotor");
  assert.ok(place.querySelector("details").open);
});

/** Let the form carry these files, as a person chose them. */
function chooseFiles(...names) {
  Object.defineProperty(field("file"), "files", { value: names.map((name) => ({ name })) });
}

test("files that a script could not send for want of a login are named afterwards; they are not kept", async () => {
  await load();
  type(field("text"), "a pump");
  chooseFiles("sketch.png", "plan.pdf");
  answer(401);
  assert.deepEqual(forms()[`${PAGE}#note`].files, ["sketch.png", "plan.pdf"]);
  await load();
  assert.equal(field("text").value, "a pump");
  const notice = document.querySelector("[data-typed-said]");
  assert.equal(notice.getAttribute("role"), "status");
  assert.match(notice.textContent, /Not sent: sketch\.png, plan\.pdf\./);
});

test("files of a form without any text are named as well", async () => {
  await load();
  chooseFiles("sketch.png");
  submit();
  await load("<p data-typed-unsent></p>");
  await load();
  const words = document.querySelector("[data-typed-said]").textContent;
  assert.match(words, /^Not sent: sketch\.png\./);
});

async function fetched(response, { html = FORM } = {}) {
  window.fetch = async () => response;
  const assigned = mock.method(location, "assign", () => {});
  const reloaded = mock.method(location, "reload", () => {});
  await load(html);
  let result;
  window.fetch("/notes/").then((one) => (result = one));
  await settled();
  assigned.mock.restore();
  reloaded.mock.restore();
  return {
    result,
    assigned: assigned.mock.calls.map((call) => String(call.arguments[0])),
    reloads: reloaded.mock.callCount(),
  };
}
const response = (status, more = {}, headers = {}) => ({
  status,
  redirected: false,
  url: "",
  headers: new Headers(headers),
  ...more,
});

test("a script whose session has ended is led to the login, and from there back to the page", async () => {
  const login = "http://localhost:8000/login/?next=%2Fjudging%2F7%2F%3Fat%3D1";
  for (const ended of [
    response(401),
    response(200, { redirected: true, url: "http://localhost:8000/login/?next=/notes/" }),
  ]) {
    const { result, assigned } = await fetched(ended);
    assert.deepEqual(assigned, [login]);
    assert.equal(result, undefined); // nobody goes on with an answer that is none
  }
});

test("a script that speaks JSON, and a page that stays, deal with the end of a session themselves", async () => {
  const json = await fetched(response(401, {}, { "Content-Type": "application/json" }));
  assert.deepEqual([json.assigned, json.result.status], [[], 401]);
  const stays = await fetched(response(401), { html: `<i data-stays></i>${FORM}` });
  assert.deepEqual([stays.assigned, stays.result.status], [[], 401]);
});

test("an expired form loads the page again, any other answer goes to whoever asked", async () => {
  const expired = await fetched(response(403, {}, { "HX-Refresh": "true" }));
  assert.deepEqual([expired.reloads, expired.result], [1, undefined]);
  const forbidden = await fetched(response(403));
  assert.deepEqual([forbidden.reloads, forbidden.result.status], [0, 403]);
});
