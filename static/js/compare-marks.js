// @ts-check
/**
 * Marks up to four hits of a mosaic and lays them side by side: `b` marks the current hit, Shift+C compares the marked.
 *
 * <ol data-mosaic> holds <li data-figure-id>, each with one <a data-hit-action="c"> that leads to its comparison with the
 * query. Marks are kept for the query until the tab is closed; the bar that tells them is made here.
 */
import { addKey } from "./keys.js";
import { partOf } from "./parts.js";

/** @typedef {{ figure: string, picture: string }} Mark */
const MOST = 4;
const LETTERS = "ABCD";
const hits = () => [...document.querySelectorAll("[data-mosaic] > [data-figure-id]")];

function comparison() {
  /** @type {HTMLAnchorElement | null} */
  const link = document.querySelector('[data-mosaic] [data-hit-action="c"]');
  return link ? new URL(link.href) : null;
}

function key() {
  return `compare-marks-${comparison()?.searchParams.get("query")}`;
}
/** @returns {Mark[]} */
function marked() {
  return JSON.parse(sessionStorage.getItem(key()) ?? "[]");
}

/** @param {Mark[]} marks */
function put(marks) {
  sessionStorage.setItem(key(), JSON.stringify(marks));
  show();
}

function mark() {
  const hit = document.querySelector("[data-mosaic] > .is-current") ?? hits()[0];
  if (!hit || !comparison()) return;
  const { figureId = "" } = hit.dataset;
  const marks = marked();
  if (marks.some((one) => one.figure === figureId)) return put(marks.filter((one) => one.figure !== figureId));
  if (marks.length === MOST)
    return say(`${MOST} hits are marked already: compare them with Shift+C, or take a mark off with b.`);
  put([...marks, { figure: figureId, picture: partOf(hit, "img").getAttribute("src") ?? "" }]);
}

function compareMarked() {
  const link = document.querySelector("[data-compare-marked]");
  if (link) link.click();
  else say(marked().length ? "Mark a second hit with b to compare the two." : "Mark hits with b first.");
}

/** @param {string} text */
function say(text) {
  partOf(bar(), "[data-marks-said]").textContent = text;
  bar().hidden = false;
}

function bar() {
  let found = document.getElementById("compare-marks");
  if (!found) {
    found = document.createElement("div");
    found.id = "compare-marks";
    found.className = "compare-marks";
    found.setAttribute("role", "group");
    found.setAttribute("aria-label", "Hits marked for comparison");
    found.hidden = true;
    const pictures = document.createElement("span");
    pictures.className = "marked-pictures";
    const said = document.createElement("span");
    said.dataset.marksSaid = "";
    said.setAttribute("role", "status");
    const toolbar = document.createElement("span");
    toolbar.className = "marked-tools";
    found.append(pictures, said, toolbar);
    document.body.append(found);
  }
  return found;
}

function show() {
  const marks = marked();
  for (const hit of hits()) {
    const at = marks.findIndex((one) => one.figure === hit.dataset.figureId);
    hit.classList.toggle("is-marked", at >= 0);
    let badge = hit.querySelector(".marked-as");
    if (at < 0) badge?.remove();
    else {
      if (!badge) {
        badge = document.createElement("span");
        badge.className = "marked-as";
        hit.append(badge);
      }
      badge.textContent = LETTERS[at];
      badge.setAttribute("role", "img");
      badge.setAttribute("aria-label", `marked ${LETTERS[at]} for comparison`);
    }
  }
  bar().hidden = !marks.length;
  partOf(bar(), ".marked-pictures").replaceChildren(
    ...marks.map((one) => {
      const image = document.createElement("img");
      [image.src, image.alt] = [one.picture, ""];
      return image;
    }),
  );
  partOf(bar(), "[data-marks-said]").textContent = marks.length ? `${marks.length} of at most ${MOST} marked` : "";
  partOf(bar(), ".marked-tools").replaceChildren(...tools(marks));
}

/** @param {Mark[]} marks */
function tools(marks) {
  const made = [];
  const address = comparison();
  if (address && marks.length > 1) {
    address.searchParams.delete("figure");
    address.searchParams.set("picture", "none");
    for (const one of marks) address.searchParams.append("figure", one.figure);
    const link = document.createElement("a");
    [link.href, link.textContent] = [address.href, "Compare"];
    link.dataset.compareMarked = "";
    made.push(link);
  }
  if (marks.length) {
    const clear = document.createElement("button");
    [clear.type, clear.textContent, clear.className] = ["button", "Clear", "quiet"];
    clear.addEventListener("click", () => put([]));
    made.push(clear);
  }
  return made;
}

export function attach() {
  show();
  addKey({ key: "b", label: "Mark for comparison, or unmark", group: "Hits", run: mark });
  addKey({ key: "Shift+C", label: "Compare the marked hits", group: "Hits", run: compareMarked });
}
