// @ts-check
/**
 * After a hit was rated, on to the next one, as long as <input type="checkbox" data-step-on> is marked; remembered in
 * this browser. A hit is rated when the form that keeps it, <form data-keep>, was answered.
 */
import { stepFrom } from "./mosaic.js";

const KEY = "step-on";
let isReady = false;

/** @param {HTMLInputElement} input */
export function attach(input) {
  input.checked = localStorage.getItem(KEY) === "yes";
  input.addEventListener("change", () => localStorage.setItem(KEY, input.checked ? "yes" : "no"));
  if (isReady) return;
  isReady = true;
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    /** @type {HTMLInputElement | null} */
    const box = document.querySelector("[data-step-on]");
    const isOn = box?.checked;
    const kept = detail.pathInfo.requestPath.match(/\/figures\/(\d+)\/keep\/$/); // its form was exchanged for the answer's
    if (isOn && detail.successful && kept) stepFrom(kept[1]);
  });
}
