/**
 * A page for the modules of static/js under Node: elements, storage and events are those of happy-dom, the server is a
 * function that a test gives. Import this before any module of static/js.
 */
import { setImmediate as turn } from "node:timers/promises";

import { Window } from "happy-dom";

const NAMES = [
  "document",
  "location",
  "history",
  "localStorage",
  "sessionStorage",
  "DOMParser",
  "Element",
  "HTMLElement",
  "HTMLFormElement",
  "HTMLTextAreaElement",
  "HTMLInputElement",
  "HTMLSelectElement",
  "HTMLButtonElement",
  "HTMLDetailsElement",
  "HTMLDialogElement",
  "HTMLAnchorElement",
  "HTMLProgressElement",
  "SVGElement",
  "Node",
  "NodeFilter",
  "Event",
  "CustomEvent",
  "EventTarget",
  "KeyboardEvent",
  "StorageEvent",
  "FormData",
  "Image",
  "CSS",
  "getComputedStyle",
  "matchMedia",
];

const listeners = []; // of the page that the test before had open
export const beacons = []; // [address, body] of each beacon that the page has sent

export const window = new Window({ url: "http://localhost:8000/judging/7/?at=1" });
for (const name of NAMES) define(name, window[name]);
define("window", window);
define("addEventListener", (name, run) => {
  listeners.push([name, run]);
  window.addEventListener(name, run);
});
define("navigator", { platform: "Linux" });
define("dispatchEvent", window.dispatchEvent.bind(window));

const documentListeners = [];
const listenToDocument = document.addEventListener.bind(document);
document.addEventListener = (name, run, options) => {
  documentListeners.push([name, run]);
  listenToDocument(name, run, options);
};

/** Let go of what modules listen for on the document; for modules that each test loads or attaches anew. */
export function dropListeners() {
  for (const [name, run] of documentListeners.splice(0)) document.removeEventListener(name, run);
}

// What happy-dom lacks.
Object.defineProperty(window.HTMLOptionElement.prototype, "defaultSelected", {
  get() {
    return this.hasAttribute("selected");
  },
});

/** Start a test from an empty page, with nothing of the one before still at work; or a page after it in the same tab. */
export function clear(html = "", { keepsStorage = false } = {}) {
  for (const [name, run] of listeners.splice(0)) window.removeEventListener(name, run);
  define("navigator", { platform: "Linux", locks: makeLocks(), sendBeacon: (...sent) => beacons.push(sent) });
  beacons.length = 0;
  if (!keepsStorage) {
    localStorage.clear();
    sessionStorage.clear();
  }
  document.body.innerHTML = html;
}

/** Let everything that waits for an answer, but for no timer, go on. */
export async function settled() {
  for (let round = 0; round < 20; round += 1) await turn();
}

/** Say whether the page is hidden, as the browser does. */
export function setHidden(isHidden) {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

/** Tell this page of a change that another tab has made, as the browser does. */
export function storageEvent(key, { newValue = null, oldValue = null }) {
  dispatchEvent(Object.assign(new Event("storage"), { key, newValue, oldValue }));
}

/**
 * Answer every request of the page by this function of { method, address, headers, body }: it returns { status, body },
 * or null where the server cannot be reached. Returns the list of requests, which grows.
 */
export function serve(answer) {
  const requests = [];
  class FakeRequest {
    #request = { headers: {} };

    open(method, address) {
      Object.assign(this.#request, { method, address });
    }

    setRequestHeader(name, value) {
      this.#request.headers[name] = value;
    }

    async send(body) {
      this.#request.body = body ? JSON.parse(body) : null;
      requests.push(this.#request);
      const answered = await answer(this.#request, requests.length);
      if (answered === null) return this.onerror();
      this.status = answered.status;
      this.responseText = typeof answered.body === "string" ? answered.body : JSON.stringify(answered.body ?? {});
      return this.onload();
    }
  }
  define("XMLHttpRequest", FakeRequest);
  return requests;
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** navigator.locks as far as the outbox uses it: one at a time for each name. */
function makeLocks() {
  const last = new Map();
  return {
    request(name, run) {
      const next = (last.get(name) ?? Promise.resolve()).then(run);
      last.set(
        name,
        next.catch(() => {}),
      );
      return next;
    },
  };
}
