// @ts-check
/**
 * Saves the search as it stands in the address: the slider changes the address without a new page.
 * <details data-save-search> holds a form with one <input name="question"> and one <input name="name">.
 */
export function attach(part) {
  const form = part.querySelector("form");
  const name = form.elements.namedItem("name");
  // At once, not when "toggle" comes: what is typed next is the name.
  part.querySelector("summary").addEventListener("click", (event) => {
    event.preventDefault();
    part.open = !part.open;
    if (part.open) name.focus();
  });
  part.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    part.open = false;
    part.querySelector("summary").focus();
  });
  form.addEventListener("submit", () => {
    if (location.search.length > 1) form.elements.namedItem("question").value = location.search.slice(1);
  });
}
