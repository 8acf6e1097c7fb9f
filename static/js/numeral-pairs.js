/**
 * Pointing at a numeral lights its boxes, its name and its sentences, and pointing at a sentence its numerals.
 * A click, or Enter, keeps them lit until the next one; Escape lets go.
 * Within <div data-numeral-pairs>: [data-numerals="12"] is one numeral (box, legend entry or mark),
 * [data-numerals-all="12 14"] a sentence with the numerals it mentions.
 */
export function attach(page) {
  const single = [...page.querySelectorAll("[data-numerals]")];
  const sentences = [...page.querySelectorAll("[data-numerals-all]")];
  let kept = null;

  function numeralsOf(element) {
    if (!element) return [];
    return element.dataset.numerals !== undefined ? [element.dataset.numerals] : element.dataset.numeralsAll.split(" ").filter(Boolean);
  }

  function light(element) {
    const wanted = new Set(numeralsOf(element));
    for (const one of single) one.classList.toggle("is-lit", wanted.has(one.dataset.numerals));
    for (const one of sentences) {
      const pointedAt = element?.dataset.numeralsAll !== undefined ? one === element : numeralsOf(one).some((numeral) => wanted.has(numeral));
      one.classList.toggle("is-lit", pointedAt);
    }
  }

  const pointed = (event) => event.target.closest?.("[data-numerals], [data-numerals-all]");
  page.addEventListener("pointerover", (event) => light(pointed(event) ?? kept));
  page.addEventListener("pointerleave", () => light(kept));
  page.addEventListener("focusin", (event) => light(pointed(event) ?? kept));
  page.addEventListener("click", (event) => {
    const element = pointed(event);
    if (!element) return;
    event.preventDefault(); // without this behaviour the link leads to the other side
    kept = kept === element ? null : element;
    light(kept ?? element);
    if (kept?.closest("svg, .legend")) sentences.find((one) => one.classList.contains("is-lit"))?.scrollIntoView({ block: "nearest" });
  });
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape") light((kept = null));
    if (event.key === "Enter" && event.target.matches("[data-numerals-all]")) event.target.click();
  });
}
