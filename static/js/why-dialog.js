// @ts-check
/**
 * Shows over the hits why one was found. <dialog data-why-dialog> holds <div id="why-body" data-why-body tabindex="-1"
 * autofocus>, which links with hx-target="#why-body" fill; while it waits, and after a failure, it says so. Closing it
 * leads the focus to the hit that was looked at last.
 */
import { partOf } from "./parts.js";

/** @param {HtmxEvent} event */
const ours = (event) => event.detail.target?.id === "why-body";

/** @param {HTMLDialogElement} dialog */
export function attach(dialog) {
  const body = partOf(dialog, "[data-why-body]");
  let address = "";

  /**
   * @param {string} text
   * @param {string} role
   */
  function tell(text, role) {
    const line = document.createElement("p");
    line.setAttribute("role", role);
    line.textContent = text;
    body.replaceChildren(line);
    return line;
  }

  function fail() {
    const line = tell("The server returned an error. ", "alert");
    const again = document.createElement("a");
    again.href = address;
    again.textContent = "Open on its own page";
    line.append(again);
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!ours(event)) return;
    const { elt } = event.detail.requestConfig;
    if (elt instanceof HTMLAnchorElement) address = elt.href;
    if (dialog.open) return;
    tell("Comparing…", "status");
    dialog.showModal();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!ours(event)) return;
    const asked = new URL(event.detail.requestConfig.path, location.href).pathname;
    const answered = new URL(event.detail.xhr.responseURL || location.href, location.href).pathname;
    event.detail.shouldSwap &&= dialog.open; // closed meanwhile
    if (asked === answered) return;
    event.detail.shouldSwap = false; // logged out meanwhile
    location.assign(address);
  });
  document.addEventListener("htmx:responseError", (event) => ours(event) && fail());
  document.addEventListener("htmx:sendError", (event) => ours(event) && fail());
  dialog.addEventListener("close", () => {
    const figure = body.querySelector("[data-why]")?.dataset.why;
    body.replaceChildren();
    document.querySelector(`#hit-${figure ?? "none"} [data-hit-open]`)?.focus();
  });
}
