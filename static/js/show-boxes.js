/** <input type="checkbox" data-show-boxes> shows the boxes on the page's <svg class="sheet">, or hides them; remembered. */
const KEY = "show-boxes";

export function attach(input) {
  const sheet = document.querySelector("svg.sheet");
  const apply = () => sheet.classList.toggle("without-boxes", !input.checked);
  input.checked = localStorage.getItem(KEY) !== "no";
  input.addEventListener("change", () => {
    localStorage.setItem(KEY, input.checked ? "yes" : "no");
    apply();
  });
  apply();
}
