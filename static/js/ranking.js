// @ts-check
/**
 * A change of the ranking ranks at once: <fieldset data-ranking> holds inputs, among them the slider "weight", the radio
 * buttons "by" and <input name="first" data-first disabled>; it gets the event "rank", which htmx sends, at most once a
 * frame and only where the inputs are valid. While the slider moves only the hits down to the window's lower edge are
 * asked for (`first`), the others when it rests. Moving the slider chooses the weighted ranking, the only one it has a
 * say in. <a data-weight="63"> moves the slider there. "Show more" adds to the input "top".
 */
import { partOf } from "./parts.js";

const STEP = 50;
const REST_MS = 250;

/** How many hits reach into the window or stand above it. */
function hitsInView() {
  const hits = document.querySelectorAll("[data-mosaic] > [data-figure-id]");
  return [...hits].filter((hit) => hit.getBoundingClientRect().top < innerHeight).length;
}

/** @param {HTMLElement} fieldset */
export function attach(fieldset) {
  const weight = partOf(fieldset, '[name="weight"]', HTMLInputElement);
  const top = partOf(fieldset, '[name="top"]', HTMLInputElement);
  const first = partOf(fieldset, "[data-first]", HTMLInputElement);
  let isAsked = false;
  let resting = 0; // the timer that asks for all hits

  function say() {
    const text = 100 - Number(weight.value);
    weight.setAttribute("aria-valuetext", `${weight.value} percent drawing, ${text} percent text`);
    weight.title = `${weight.value} % drawing, ${text} % text`;
  }

  /** @param {number} count */
  function send(count) {
    first.disabled = !count;
    first.value = String(count);
    fieldset.dispatchEvent(new CustomEvent("rank"));
    first.disabled = true;
  }

  function rank(isMoving = false) {
    clearTimeout(resting);
    if (isMoving) resting = setTimeout(() => rank(), REST_MS);
    if (isAsked || !fieldset.hasAttribute("hx-get")) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      send(isMoving ? hitsInView() : 0);
    });
  }

  fieldset.addEventListener("input", ({ target }) => {
    if (target === weight) partOf(fieldset, '[name="by"][value="weighted"]', HTMLInputElement).checked = true;
    say();
    /** @type {NodeListOf<HTMLInputElement>} */
    const inputs = fieldset.querySelectorAll("input");
    if ([...inputs].every((input) => input.checkValidity())) rank(target === weight);
  });
  fieldset.addEventListener("click", (event) => {
    const link = event.target.closest("[data-weight]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window is wanted
    event.preventDefault();
    weight.step = "1"; // between the slider's usual places
    weight.value = link.dataset.weight ?? "";
    weight.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-more]") || !fieldset.hasAttribute("hx-get")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window is wanted
    event.preventDefault();
    top.value = String(Math.min(Number(top.value) + STEP, Number(top.max)));
    rank();
  });
  // The first hits alone are shorter than all of them: what is below keeps its place until they have come.
  document.addEventListener("htmx:beforeSwap", ({ detail: { target, requestConfig } }) => {
    if (target.id !== "results" || requestConfig?.elt !== fieldset) return;
    const isPart = Boolean(requestConfig.parameters.first);
    target.style.minHeight = isPart ? `${target.offsetHeight}px` : "";
  });
  // The Back button may bring back what the browser remembers of the inputs instead of what the page says.
  say();
}
