// @ts-check
/**
 * What is refused is shown, too. <form data-evaluation-options hx-target="#evaluation" hx-select="#evaluation">: the
 * answer to options that cannot be measured is a page with the reason; of one without #evaluation, the page itself.
 */
let listens = false; // one listener for all forms that are swapped in

export function attach() {
  if (listens) return;
  listens = true;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status < 400 || !detail.requestConfig.elt.matches("[data-evaluation-options]")) return;
    if (detail.xhr.responseText.includes('id="evaluation"')) detail.shouldSwap = true;
    else location.assign(detail.xhr.responseURL);
  });
}
