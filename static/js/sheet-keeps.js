// @ts-check
/**
 * Remembers the newest <form data-keep="<figure>"> of every figure that was kept while reading, for pages of figures
 * that were fetched before. The server's answer to an undo may be for a figure that is no longer shown.
 */
export class Keeps {
  /** @type {Map<string, string>} */
  #newest = new Map(); // figure → its form as the server wrote it last

  constructor() {
    document.addEventListener("htmx:beforeSwap", ({ detail }) => {
      const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html");
      const form = answer.querySelector("form[data-keep]");
      if (!form) return;
      const isElsewhere = !document.getElementById(form.id);
      if (isElsewhere && form.hasAttribute("hx-swap-oob")) {
        form.remove(); // there is no place for it now
        detail.serverResponse = answer.body.innerHTML;
      }
      form.removeAttribute("hx-swap-oob");
      this.#newest.set(form.dataset.keep ?? "", form.outerHTML);
    });
  }

  /**
   * Put the newest form in place of an older one within these nodes; true when it had to be.
   * @param {Node[]} nodes
   */
  renew(nodes) {
    for (const node of nodes) {
      const form = node instanceof Element ? node.querySelector("form[data-keep]") : null;
      const newest = form && this.#newest.get(form.dataset.keep ?? "");
      if (!newest) continue;
      const template = document.createElement("template");
      template.innerHTML = newest;
      form.replaceWith(template.content);
      return true;
    }
    return false;
  }
}
