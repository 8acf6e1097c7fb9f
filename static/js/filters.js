// @ts-check
/**
 * Filters by keys. <details data-filters> or <form data-filters> holds the board of filters, which htmx fills anew.
 * Opened by its key it takes the focus; Escape closes it. Each list [data-filter-values] of links is walked by arrow
 * keys, also from the input before it. After a link of a list has narrowed a filter, the focus is on what lies below.
 */
import { partOf } from "./parts.js";

const LIST = "[data-filter-values]";

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/**
 * @param {HTMLElement | null | undefined} list
 * @returns {HTMLElement[]}
 */
function links(list) {
  return list ? [...list.querySelectorAll("a")] : [];
}

/**
 * The link an arrow key leads to from here: within a list, from an input into the list of its field, or back.
 * @param {HTMLElement} target
 * @param {string} key
 */
function destination(target, key) {
  const list = target.closest(LIST);
  if (!list) {
    const opensList = key === "ArrowDown" && target.matches('input:not([type="date"], [type="checkbox"])');
    return opensList ? links(target.closest(".filter-field")?.querySelector(LIST))[0] : undefined;
  }
  const all = links(list);
  const at = all.indexOf(target);
  const step = STEPS[key];
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (step === undefined) return undefined;
  return at + step < 0 ? list.closest(".filter-field")?.querySelector("input") : all[at + step];
}

/** @param {HTMLElement} root */
export function attach(root) {
  const details = root instanceof HTMLDetailsElement ? root : null;
  /** @type {{ list?: string, field?: string } | null} */
  let from = null; // the field whose link was followed

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && details?.open) {
      event.preventDefault();
      details.open = false;
      partOf(details, "summary").focus();
      return;
    }
    const next = destination(event.target, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  root.addEventListener("toggle", () => {
    if (details?.open && !root.contains(document.activeElement))
      root.querySelector("input:not([type=hidden])")?.focus();
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[hx-get]");
    from = link && { list: link.closest(LIST)?.parentElement?.id, field: link.closest("[id^=values-]")?.id };
  });
  root.addEventListener("htmx:afterSettle", () => {
    if (!from || root.contains(document.activeElement)) return void (from = null);
    const field = from.field ? document.getElementById(from.field) : null;
    const inputs = root.querySelector("input:not([type=hidden])");
    const next = field?.querySelector(`${LIST} a`) ?? field?.closest(".filter-field")?.querySelector("input") ?? inputs;
    from = null;
    next?.focus();
  });
}
