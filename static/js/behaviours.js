/** Attaches each behaviour to the elements that ask for it by a data- attribute; pages work without any of them. */
const BEHAVIOURS = {
  "[data-adjudicating]": "./adjudicating.js",
  "[data-busy]": "./busy-form.js",
  "[data-calibration-plot]": "./calibration-plot.js",
  "[data-compare]": "./compare.js",
  "[data-density]": "./density.js",
  "[data-bring]": "./bring.js",
  "[data-crop]": "./crop-picture.js",
  "[data-evaluation-options]": "./evaluation-options.js",
  "[data-filters]": "./filters.js",
  "[data-judging]": "./judging.js",
  "[data-keep]": "./keep-keys.js",
  "[data-mosaic]": "./mosaic.js",
  "ol[data-mosaic]": "./compare-marks.js",
  "[data-copy]": "./copy-text.js",
  "[data-find-in-text]": "./find-in-text.js",
  "[data-text-numerals]": "./text-numerals.js",
  "[data-step-on]": "./step-on.js",
  "[data-queue]": "./queue-choice.js",
  "[data-ranking]": "./ranking.js",
  "[data-shortlist]": "./shortlist.js",
  "[data-refresh-seconds]": "./refresh.js",
  "[data-reader]": "./sheet-reader.js",
  "[data-reload-seconds]": "./reload.js",
  "[data-why]": "./why.js",
  "[data-why-dialog]": "./why-dialog.js",
  "[data-save-search]": "./save-search.js",
  "[data-walk]": "./walk.js",
};
const attached = new WeakMap(); // element → selectors whose behaviour it has

/** Attach behaviours to an element and all within it, each once; for content that was swapped in. */
export async function attachWithin(root) {
  for (const [selector, module] of Object.entries(BEHAVIOURS)) {
    const found = [...root.querySelectorAll(selector), ...(root.matches?.(selector) ? [root] : [])];
    const fresh = found.filter((element) => !attached.get(element)?.has(selector));
    if (!found.length) continue; // what another call attaches just now is waited for too
    for (const element of fresh) attached.set(element, new Set([...(attached.get(element) ?? []), selector]));
    const { attach } = await import(module);
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
