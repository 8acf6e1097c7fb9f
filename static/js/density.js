// @ts-check
/**
 * <input type="range" data-density> sets how large the drawings of the mosaic are, as do the keys + and -. It is kept in
 * a cookie, so that the next page is laid out so from the start.
 */
import { addKey } from "./keys.js";

const YEAR_SECONDS = 31_536_000;

/** @param {HTMLInputElement} input */
export function attach(input) {
  const apply = () => {
    const mosaic = document.querySelector("[data-mosaic]");
    if (!mosaic) return;
    mosaic.className = mosaic.className.replace(/tiles-\d/, `tiles-${input.value}`);
    mosaic.querySelector(":scope > .is-current")?.scrollIntoView({ block: "nearest" });
  };
  const change = (/** @type {number} */ by) => {
    input.value = String(Number(input.value) + by); // the browser keeps it within its bounds
    input.dispatchEvent(new Event("input"));
  };
  input.addEventListener("input", () => {
    document.cookie = `density=${input.value}; path=/; max-age=${YEAR_SECONDS}; SameSite=Lax`;
    apply();
  });
  addKey({ key: "+", label: "Larger drawings", group: "Hits", run: () => change(1) });
  addKey({ key: "-", label: "Smaller drawings", group: "Hits", run: () => change(-1) });
}
