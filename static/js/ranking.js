/**
 * A change of the ranking ranks at once: <fieldset data-ranking> holds inputs, among them the slider "weight" and the
 * radio buttons "by"; it gets the event "rank", which htmx sends, at most once a frame and only where the inputs are
 * valid. Moving the slider chooses the weighted ranking, the only one it has a say in. "Show more" adds to the input "top".
 */
const STEP = 50;

export function attach(fieldset) {
  const weight = fieldset.querySelector('[name="weight"]');
  const top = fieldset.querySelector('[name="top"]');
  let isAsked = false;

  function say() {
    weight.setAttribute("aria-valuetext", `${weight.value} percent drawing, ${100 - weight.value} percent text`);
    weight.title = `${weight.value} % drawing, ${100 - weight.value} % text`;
  }

  function rank() {
    if (isAsked || !fieldset.hasAttribute("hx-get")) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      fieldset.dispatchEvent(new CustomEvent("rank"));
    });
  }

  fieldset.addEventListener("input", (event) => {
    if (event.target === weight) fieldset.querySelector('[name="by"][value="weighted"]').checked = true;
    say();
    if ([...fieldset.querySelectorAll("input")].every((input) => input.checkValidity())) rank();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-more]") || !fieldset.hasAttribute("hx-get")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window is wanted
    event.preventDefault();
    top.value = Math.min(Number(top.value) + STEP, Number(top.max));
    rank();
  });
  // The Back button may bring back what the browser remembers of the inputs instead of what the page says.
  say();
}
