/** <input type="range" data-density> sets how large the drawings of the mosaic are; remembered in this browser. */
const KEY = "density";
const WIDTHS_PX = [120, 168, 218, 288, 384];

export function attach(input) {
  const apply = () => {
    const mosaic = document.querySelector("[data-mosaic]");
    mosaic?.style.setProperty("--tile", `${WIDTHS_PX[input.value]}px`);
    mosaic?.classList.toggle("is-dense", input.value < 1);
  };
  input.value = localStorage.getItem(KEY) ?? input.value;
  input.addEventListener("input", () => {
    localStorage.setItem(KEY, input.value);
    apply();
  });
  apply();
}
