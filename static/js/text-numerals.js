// @ts-check
/**
 * Lights every mention of a reference numeral in a text and steps from one to the next.
 *
 * <div data-text-numerals> holds <mark data-numeral="12"> in the text, <tr data-part="12"> with a button
 * [data-numeral-pick="12"] in the list of parts, buttons [data-numeral-step="1"] and "-1", and [data-numeral-said],
 * where it is said what is lit. Escape lets go.
 */
export function attach(root) {
  const mentions = new Map(); // numeral → its marks, in the order of the text
  for (const mark of root.querySelectorAll("[data-numeral]")) {
    const { numeral } = mark.dataset;
    if (mentions.has(numeral)) mentions.get(numeral).push(mark);
    else mentions.set(numeral, [mark]);
  }
  const order = [...root.querySelectorAll("[data-part]")].map((row) => row.dataset.part);
  const said = root.querySelector("[data-numeral-said]");
  let lit = null;
  let at = -1;

  function light(numeral) {
    if (lit === numeral) return;
    for (const [one, isOn] of [
      [lit, false],
      [numeral, true],
    ]) {
      if (one === null) continue;
      for (const mark of mentions.get(one) ?? []) mark.classList.toggle("is-lit", isOn);
      const row = root.querySelector(`[data-part="${CSS.escape(one)}"]`);
      row?.classList.toggle("is-lit", isOn);
      row?.querySelector("[data-numeral-pick]").setAttribute("aria-pressed", String(isOn));
    }
    lit = numeral;
    at = -1;
  }

  function go(place) {
    const marks = mentions.get(lit) ?? [];
    marks[at]?.classList.remove("is-here");
    at = marks.length ? (place + marks.length) % marks.length : -1;
    const name = root.querySelector(`[data-part="${CSS.escape(lit)}"] bdi`)?.textContent ?? "";
    said.textContent = `${lit} ${name}: ${marks.length ? `${at + 1} of ${marks.length}` : "not in the text"}`;
    if (at < 0) return;
    marks[at].classList.add("is-here");
    marks[at].closest("p, h3").scrollIntoView({ block: "nearest" }); // laid out from here on
    marks[at].scrollIntoView({ block: "center" });
    root.querySelector(`[data-part="${CSS.escape(lit)}"]`)?.scrollIntoView({ block: "nearest" });
  }

  function letGo() {
    if (lit === null) return;
    mentions.get(lit)?.[at]?.classList.remove("is-here");
    light(null);
    said.textContent = "";
  }

  function pick(numeral, place) {
    letGo();
    light(numeral);
    go(place);
  }

  root.addEventListener("click", (event) => {
    const picked = event.target.closest("[data-numeral-pick]");
    const mark = event.target.closest("[data-numeral]");
    const step = event.target.closest("[data-numeral-step]");
    if (picked) {
      if (picked.dataset.numeralPick === lit) letGo();
      else pick(picked.dataset.numeralPick, 0);
    } else if (mark) {
      pick(mark.dataset.numeral, mentions.get(mark.dataset.numeral).indexOf(mark));
    } else if (step) {
      const by = Number(step.dataset.numeralStep);
      if (lit === null && order.length) pick(order[0], 0);
      else if (lit !== null) go(at + by);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target !== root.querySelector("[data-find]")) letGo();
  });
}
