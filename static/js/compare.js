// @ts-check
/**
 * Drawings side by side: deep zoom that moves them together, names that light in all of them, hits one after the other
 * in the last pane, one drawing laid over the other. Without this behaviour every step is a plain link.
 *
 * <div data-compare data-title data-seen-url> holds parts [data-compare-part="head|names"], which are filled anew with
 * every address, and [data-panes-of] with one <article data-pane="<picture>" data-figure-id> for each picture: parts
 * [data-pane-part="head|foot|keep"] and one [data-stage] with the picture's <svg data-sheet> (see sheet-stage.js), whose
 * boxes bear data-numerals and, for a shared name, data-shared. Links a[data-go] lead to other comparisons and answer
 * with the fragment when HX-Request asks; a[data-quarter] turns its pane. <tr data-shared> is a shared name, [data-lit-said]
 * says which is lit, buttons [data-act] act on all panes. The pane that keys mean bears is-current.
 */
import { Pane } from "./compare-pane.js";
import { SharedView } from "./compare-view.js";
import { addKey } from "./keys.js";
import { sheetOf } from "./sheet-stage.js";

const SEEN_AFTER_MS = 400;
const BLINK_MS = 500;
const MOST_AHEAD = 6;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class Compare {
  #ahead = new Map(); // address → promise of a fragment, fetched before it is asked for
  #wanted = 0; // counts steps, so that a slow one does not overtake
  #lit = 0; // number of the shared name that stays lit
  #seen = new Set(); // figures that the server is still to be told of
  #seenTimer = 0;
  #blinkTimer = 0;

  constructor(root) {
    this.root = root;
    this.together = new SharedView();
    this.panes = this.#articles().map((article) => new Pane(article));
    this.#listen();
  }

  get current() {
    return this.panes.find((pane) => pane.article.classList.contains("is-current")) ?? this.panes[0];
  }

  async open() {
    await Promise.all(this.panes.map((pane) => pane.show()));
    this.#settle();
    this.root.dataset.comparing = ""; // tests wait for it
  }

  /** Show the comparison at this address. */
  async go(href, { push = true } = {}) {
    const turn = ++this.#wanted;
    this.root.setAttribute("aria-busy", "true");
    let next;
    try {
      next = await this.#fetch(href);
    } catch {
      return location.assign(href); // the server's own words: log in, or that it is gone
    }
    if (turn !== this.#wanted) return;
    this.#ahead.delete(addressOf(href));
    if (push && addressOf(href) !== addressOf(location.href)) history.pushState(null, "", href);
    await this.#swap(next);
    if (turn === this.#wanted) this.root.removeAttribute("aria-busy");
  }

  async #swap(next) {
    const focused = document.activeElement?.dataset?.key;
    const [was, will] = [this.panes, this.#articles(next)];
    const free = was.filter((pane) => !will.some((article) => article.dataset.pane === pane.key));
    const shown = [];
    const painted = will.map((article) => {
      const known = was.find((pane) => pane.key === article.dataset.pane && !shown.includes(pane)) ?? free.shift();
      const pane = known ?? new Pane(article);
      shown.push(pane);
      return known ? known.become(article) : pane.show();
    });
    for (const pane of was) if (!shown.includes(pane)) this.#forget(pane);
    const holder = this.root.querySelector("[data-panes-of]");
    const isOrdered = shown.length === was.length && shown.every((pane, at) => pane === was[at]);
    if (!isOrdered) holder.replaceChildren(...shown.map((pane) => pane.article)); // a moved viewer keeps its picture
    this.panes = shown;
    for (const part of ["head", "chooser", "names"]) {
      const [mine, other] = [this.root, next].map((one) => one.querySelector(`[data-compare-part="${part}"]`));
      mine.replaceWith(other);
    }
    this.root.dataset.panes = String(shown.length);
    document.title = next.dataset.title;
    this.#lit = 0;
    if (shown.length !== 2) this.#overlay(false);
    await Promise.all(painted);
    this.#settle();
    if (focused && document.activeElement === document.body)
      this.root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    this.root.dispatchEvent(new CustomEvent("compare:shown", { bubbles: true }));
  }

  #settle() {
    const stages = this.panes.filter((pane) => pane.stage.sheet).map((pane) => pane.stage);
    const fresh = stages.filter((stage) => !this.together.stages.includes(stage));
    this.together.take(stages, () => {});
    fresh.forEach((stage) => this.together.join(stage));
    this.together.apply();
    this.panes.forEach((pane) => pane.overlay.svg && pane.overlay.follow());
    this.#applyTools();
    window.htmx?.process(this.root);
    this.root.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // behaviours look for what is new
    this.#markSeen();
    this.#prefetch();
  }

  #forget(pane) {
    pane.stage.viewer.destroy();
    pane.article.remove();
  }

  #articles(root = this.root) {
    return [...root.querySelectorAll("[data-pane]")];
  }

  #fetch(href) {
    const address = addressOf(href);
    if (!this.#ahead.has(address)) {
      const answer = fetch(address, { headers: { "HX-Request": "true" } }).then(async (response) => {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const compare = page.querySelector("[data-compare]");
        if (!response.ok || response.redirected || !compare) throw new Error(`${address}: ${response.status}`);
        return document.adoptNode(compare);
      });
      answer.catch(() => this.#ahead.delete(address));
      this.#ahead.set(address, answer);
      if (this.#ahead.size > MOST_AHEAD) this.#ahead.delete(this.#ahead.keys().next().value);
    }
    return this.#ahead.get(address);
  }

  /** The next hits and their drawings, before they are asked for. */
  async #prefetch() {
    const now = this.#wanted;
    for (const key of ["j", "k"]) {
      const link = this.root.querySelector(`a[data-go][data-key="${key}"]`);
      if (!link || now !== this.#wanted) continue;
      const next = await this.#fetch(link.href).catch(() => null);
      if (!next || now !== this.#wanted) return;
      const keys = this.panes.map((pane) => pane.key);
      const fresh = this.#articles(next).filter((article) => !keys.includes(article.dataset.pane));
      const going = this.panes.filter(
        (pane) => !this.#articles(next).some((article) => article.dataset.pane === pane.key),
      );
      fresh.forEach((article, at) => {
        const svg = article.querySelector("svg[data-sheet]");
        if (svg) going[at]?.stage.prepare(sheetOf(svg)).catch(() => {});
      });
    }
  }

  #markSeen() {
    for (const { article } of this.panes) if (article.dataset.figureId) this.#seen.add(article.dataset.figureId);
    clearTimeout(this.#seenTimer);
    this.#seenTimer = setTimeout(() => this.#tellSeen(), SEEN_AFTER_MS);
  }

  #tellSeen() {
    if (!this.#seen.size) return;
    const told = [...this.#seen];
    this.#seen.clear();
    const body = new FormData();
    told.forEach((figure) => body.append("figure", figure));
    /** @type {HTMLInputElement} */
    const field = document.querySelector("[name=csrfmiddlewaretoken]");
    const token = field.value;
    fetch(this.root.dataset.seenUrl, {
      method: "POST",
      body,
      keepalive: true,
      headers: { "X-CSRFToken": token, "HX-Request": "true" },
    }).catch(() => told.forEach((figure) => this.#seen.add(figure)));
  }

  /** Light a shared name in all panes, or none. */
  #light(number) {
    const rows = [...this.root.querySelectorAll("tr[data-shared]")];
    for (const row of rows) {
      const isLit = Number(row.dataset.shared) === number;
      row.classList.toggle("is-lit", isLit);
      row.querySelector("[data-shared-light]").setAttribute("aria-pressed", String(isLit && this.#lit === number));
    }
    for (const { overlay } of this.panes) {
      if (!overlay.svg) continue;
      const boxes = [...overlay.svg.querySelectorAll("[data-numerals]")];
      for (const box of boxes) box.classList.toggle("is-lit", number > 0 && Number(box.dataset.shared) === number);
      overlay.svg.classList.toggle("has-lit", number > 0);
      overlay.lit = new Set(boxes.filter((box) => box.classList.contains("is-lit")).map((box) => box.dataset.numerals));
      overlay.follow();
    }
    const place = this.root.querySelector("[data-lit-said]");
    const row = rows.find((one) => one.classList.contains("is-lit"));
    const said = row
      ? `${number}: ${[...row.querySelectorAll(".part")].map((part) => part.textContent).join(", ")}`
      : "";
    if (place && place.textContent !== said) place.textContent = said;
  }

  #keep(number) {
    this.#lit = this.#lit === number ? 0 : number;
    this.#light(number);
    if (!this.#lit) return this.#light(0);
    this.root.querySelector(`tr[data-shared="${number}"]`).scrollIntoView({ block: "nearest" });
    for (const { overlay, stage } of this.panes)
      if (overlay.svg && overlay.lit.size && !this.together.isOn) stage.reveal(overlay.boxesOf(overlay.lit));
  }

  #step(by) {
    const numbers = [...this.root.querySelectorAll("tr[data-shared]")].map((row) => Number(row.dataset.shared));
    if (!numbers.length) return;
    const at = numbers.indexOf(this.#lit);
    this.#lit = 0;
    this.#keep(numbers[at < 0 ? (by > 0 ? 0 : numbers.length - 1) : (at + by + numbers.length) % numbers.length]);
  }

  #overlay(isOn = !this.together.isOverlaid) {
    if (this.together.isOverlaid === isOn) return;
    this.#blink(false);
    this.root.classList.toggle("is-overlaid", isOn);
    this.together.isOverlaid = isOn;
    if (isOn && !this.together.isOn) this.together.toggle();
    this.#mix();
    requestAnimationFrame(() => this.together.reset()); // the panes have another size now
    this.#applyTools();
  }

  /** How much of the second drawing is seen over the first. */
  #mix(share = Number(this.root.querySelector("[data-mix]")?.value ?? 50)) {
    if (this.panes.length !== 2) return;
    const [below, above] = this.panes.map((pane) => pane.article.querySelector("[data-stage]"));
    const isOverlaid = this.together.isOverlaid;
    below.style.opacity = isOverlaid ? String(Math.min(1, (100 - share) / 50)) : "";
    above.style.opacity = isOverlaid ? String(Math.min(1, share / 50)) : "";
  }

  #blink(isOn = !this.#blinkTimer) {
    clearInterval(this.#blinkTimer);
    this.#blinkTimer = 0;
    if (isOn) {
      this.#overlay(true);
      let share = 0;
      this.#mix(share);
      this.#blinkTimer = setInterval(() => this.#mix((share = 100 - share)), BLINK_MS);
    } else {
      this.#mix();
    }
    this.#applyTools();
  }

  #applyTools() {
    const press = (act, on) => this.root.querySelector(`[data-act="${act}"]`)?.setAttribute("aria-pressed", String(on));
    const overlay = this.panes[0]?.overlay;
    press("together", this.together.isOn);
    press("overlay", this.together.isOverlaid);
    press("blink", Boolean(this.#blinkTimer));
    if (overlay) press("names", overlay.hasNames);
    if (overlay) press("boxes", overlay.hasBoxes);
    const mix = this.root.querySelector("[data-mix-of]");
    if (mix) mix.hidden = !this.together.isOverlaid;
  }

  /** Keys act on this pane from now on. */
  #choose(pane) {
    if (!pane) return;
    for (const one of this.panes) one.article.classList.toggle("is-current", one === pane);
  }

  #move(act) {
    const pane = this.current;
    if (!pane?.stage.sheet) return;
    this.together.leader = pane.stage;
    act(pane.stage);
  }

  #turn(pane, link) {
    pane.turn((pane.stage.sheet.turn + 90) % 360);
    this.together.apply();
    const address = link.href;
    history.replaceState(null, "", address);
    this.#wanted += 1;
    this.#ahead.clear();
    this.#fetch(address).then(
      (next) => this.#swap(next),
      () => {},
    ); // the links that lead on from here
    this.#ahead.delete(addressOf(address));
  }

  #toggle(what) {
    const first = this.panes[0]?.overlay;
    if (!first?.svg) return;
    if (what === "names") first.toggleNames();
    else first.toggleBoxes();
    this.panes.forEach((pane) => pane.overlay.svg && pane.overlay.apply());
  }

  #listen() {
    const acts = {
      in: () => this.#move((stage) => stage.zoom(1)),
      out: () => this.#move((stage) => stage.zoom(-1)),
      fit: () =>
        this.together.isOn
          ? this.together.reset()
          : this.panes.forEach((pane) => pane.stage.sheet && pane.stage.frame("sheet")),
      together: () => this.together.toggle(),
      overlay: () => this.#overlay(),
      blink: () => this.#blink(),
      names: () => this.#toggle("names"),
      boxes: () => this.#toggle("boxes"),
      name: () => this.#step(1),
      "name-back": () => this.#step(-1),
    };
    this.root.addEventListener("click", (event) => {
      this.#choose(this.#paneOf(event.target));
      const act = event.target.closest("[data-act]");
      if (act) {
        acts[act.dataset.act]();
        this.#applyTools();
      }
      if (event.target.closest("[data-shared-light]")) this.#keep(Number(event.target.closest("tr").dataset.shared));
      this.#click(event);
    });
    this.root.addEventListener("input", (event) => event.target.matches("[data-mix]") && this.#mix());
    this.root.addEventListener("focusin", (event) => this.#choose(this.#paneOf(event.target)));
    this.root.addEventListener("pointerdown", (event) => this.#choose(this.#paneOf(event.target)), true);
    const pointed = (event) => Number(event.target.closest?.("[data-shared]")?.dataset.shared ?? 0);
    this.root.addEventListener("pointerover", (event) => this.#light(pointed(event) || this.#lit));
    this.root.addEventListener("pointerleave", () => this.#light(this.#lit));
    window.addEventListener("popstate", () => this.go(location.href, { push: false }));
    window.addEventListener("pagehide", () => this.#tellSeen());
    this.#addKeys();
  }

  #click(event) {
    const link = event.target.closest("a[data-go], a[data-quarter]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a new tab is asked for
    event.preventDefault();
    if (link.matches("[data-quarter]")) this.#turn(this.#paneOf(link), link);
    else this.go(link.href);
  }

  #paneOf(element) {
    return this.panes.find((pane) => pane.article.contains(element));
  }

  #addKeys() {
    const group = "This drawing";
    const press = (selector) => () => this.current?.article.querySelector(selector)?.click();
    addKey({ key: "r", label: "Turn by a quarter", group, run: press("[data-quarter]") });
    addKey({ key: "Shift+M", label: "Mirror left to right", group, run: press("[data-mirror]") });
    addKey({
      key: "e",
      label: "Exchange with the next one",
      group,
      run: () => {
        const at = this.panes.indexOf(this.current);
        this.panes[Math.min(at, this.panes.length - 2)]?.article.querySelector("[data-exchange]")?.click();
      },
    });
    addKey({ key: "Delete", label: "Remove", group, run: press("[data-remove]") });
    addKey({ key: "m", label: "More like this", group, run: press("[data-more]") });
    addKey({ key: "f", label: "Search with this figure", group, run: press("[data-search]") });
    for (const [at, letter] of ["A", "B", "C", "D"].entries()) {
      addKey({ key: String(at + 1), label: `Keys act on ${letter}`, group, run: () => this.#choose(this.panes[at]) });
    }
    for (const [key, [right, down]] of Object.entries(ARROWS)) {
      addKey({
        key,
        label: "Move the drawing",
        group: "Compare",
        run: () => this.#move((stage) => stage.pan(right, down)),
      });
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#lit) this.#light((this.#lit = 0));
    });
  }
}

/** The address without the place within the page. */
function addressOf(href) {
  const url = new URL(href, location.href);
  return url.pathname + url.search;
}

export function attach(root) {
  return new Compare(root).open();
}
