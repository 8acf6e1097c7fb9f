/** Attaches each behaviour to the elements that ask for it by a data- attribute; pages work without any of them. */
const BEHAVIOURS = {
  "[data-busy]": "./busy-form.js",
  "[data-drop-image]": "./drop-image.js",
  "[data-numeral-pairs]": "./numeral-pairs.js",
  "[data-show-boxes]": "./show-boxes.js",
  "[data-refresh-seconds]": "./refresh.js",
  "[data-reload-seconds]": "./reload.js",
};

for (const [selector, module] of Object.entries(BEHAVIOURS)) {
  const found = document.querySelectorAll(selector);
  if (found.length) {
    const { attach } = await import(module);
    found.forEach(attach);
  }
}
document.documentElement.dataset.attached = ""; // tests wait for it
