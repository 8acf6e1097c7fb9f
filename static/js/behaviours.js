// @ts-check
/**
 * Attaches each behaviour to the elements that ask for it by a data- attribute; pages work without any of them. Content
 * that was put in place later announces itself by the event "htmx:load", so no behaviour imports this module.
 */
/** @type {Record<string, () => Promise<{ attach(element: HTMLElement): unknown }>>} */
const BEHAVIOURS = {
  "[data-adjudicating]": () => import("./adjudicating.js"),
  "[data-busy]": () => import("./busy-form.js"),
  "[data-calibration-plot]": () => import("./calibration-plot.js"),
  "[data-compare]": () => import("./compare.js"),
  "[data-density]": () => import("./density.js"),
  "[data-bring]": () => import("./bring.js"),
  "[data-crop]": () => import("./crop-picture.js"),
  "[data-evaluation-options]": () => import("./evaluation-options.js"),
  "[data-filters]": () => import("./filters.js"),
  "[data-judging]": () => import("./judging.js"),
  "[data-keep]": () => import("./keep-keys.js"),
  "[data-mosaic]": () => import("./mosaic.js"),
  "ol[data-mosaic]": () => import("./compare-marks.js"),
  "[data-copy]": () => import("./copy-text.js"),
  "[data-find-in-text]": () => import("./find-in-text.js"),
  "[data-text-numerals]": () => import("./text-numerals.js"),
  "[data-step-on]": () => import("./step-on.js"),
  "[data-queue]": () => import("./queue-choice.js"),
  "[data-ranking]": () => import("./ranking.js"),
  "[data-shortlist]": () => import("./shortlist.js"),
  "[data-refresh-seconds]": () => import("./refresh.js"),
  "[data-reader]": () => import("./sheet-reader.js"),
  "[data-reload-seconds]": () => import("./reload.js"),
  "[data-why]": () => import("./why.js"),
  "[data-why-dialog]": () => import("./why-dialog.js"),
  "[data-save-search]": () => import("./save-search.js"),
  "[data-walk]": () => import("./walk.js"),
};
/** @type {WeakMap<Element, Set<string>>} */
const attached = new WeakMap(); // element → selectors whose behaviour it has

/**
 * Attach behaviours to an element and all within it, each once; for content that was swapped in.
 * @param {Document | HTMLElement} root
 */
async function attachWithin(root) {
  for (const [selector, load] of Object.entries(BEHAVIOURS)) {
    const found = [
      ...root.querySelectorAll(selector),
      ...(root instanceof HTMLElement && root.matches(selector) ? [root] : []),
    ];
    const fresh = found.filter((element) => !attached.get(element)?.has(selector));
    if (!found.length) continue; // what another call attaches just now is waited for too
    for (const element of fresh) attached.set(element, new Set([...(attached.get(element) ?? []), selector]));
    const { attach } = await load();
    fresh.forEach(attach);
  }
}

// What comes in place is given to htmx a moment after it is seen; who is quicker must not send it the browser's own way.
document.addEventListener(
  "click",
  ({ target }) => {
    const element = target.closest("[hx-get], [hx-post]");
    if (element) window.htmx?.process(element);
  },
  { capture: true },
);
document.addEventListener("htmx:load", (event) => attachWithin(event.target));
await import("./typed.js");
await import("./keys.js");
await attachWithin(document);
document.documentElement.dataset.attached = ""; // tests wait for it
