// @ts-check
/** The pairs of a session: fetched and decoded before they are needed, then shown in the place of the pair before. */
import { Pane } from "./compare-pane.js";
import { request } from "./judging-request.js";
import { sheetOf } from "./sheet-stage.js";

const DECODED = 3; // pairs ahead whose pictures are decoded
const FETCHED = 40; // pairs ahead that are kept as text, their pictures in the browser's cache: enough for a while offline
const MOST_TEXTS = 120;
const ROLES = ["topic", "candidate"];

export class Pairs {
  #texts = new Map(); // position → promise of the fragment's text
  #turn = 0;

  /**
   * root: holds the <section data-pair> that is shown. received(position, current, askedAt, isPassedOn) is called with
   * the judgment that the server has of a pair, and whether another assessor has the pair now.
   * @param {HTMLElement} root
   * @param {string} address - of the judging page
   * @param {(position: number, current: Judgment | null, askedAt: number, isPassedOn: boolean) => void} received
   */
  constructor(root, address, received) {
    this.root = root;
    this.address = address;
    this.received = received;
    this.panes = Object.fromEntries(
      ROLES.map((role) => [role, new Pane(this.section.querySelector(`[data-role="${role}"]`))]),
    );
    for (const instead of this.section.querySelectorAll("[data-instead]"))
      instead.parentElement.querySelector(".stage-view").hidden = true;
  }

  get section() {
    return this.root.querySelector("[data-pair]");
  }

  /** Paint the pair that the page came with. */
  async open() {
    await Promise.all(ROLES.map((role) => this.panes[role].show()));
    this.#settle();
  }

  /** Show the pair at a position. Rejects with the status of the answer where it could not be loaded. */
  async show(position) {
    const turn = ++this.#turn;
    const next = sectionOf(await this.#text(position));
    if (turn !== this.#turn) return false;
    await Promise.all(ROLES.map((role) => this.#become(role, next)));
    if (turn !== this.#turn) return false;
    for (const name of ["data-position", "data-current", "data-record-url", "data-place-url", "aria-label"]) {
      this.section.setAttribute(name, next.getAttribute(name));
    }
    this.#settle();
    return true;
  }

  /** Fetch this pair again when it is shown next. */
  forget(position) {
    this.#texts.delete(position);
  }

  /** Get pairs ready in the order given: the first decoded, the others fetched. */
  async prepare(positions) {
    const turn = this.#turn;
    this.root.dataset.ahead = "0";
    for (const [at, position] of positions.slice(0, FETCHED).entries()) {
      const text = await this.#text(position).catch(() => null);
      if (turn !== this.#turn || text === null) return;
      const next = sectionOf(text);
      for (const role of ROLES) {
        const svg = next.querySelector(`[data-role="${role}"] svg[data-sheet]`);
        if (!svg || svg.dataset.sheet === this.panes[role].key) continue;
        if (at < DECODED) await this.panes[role].stage.prepare(sheetOf(svg)).catch(() => {});
        else
          await new Promise((done) => {
            warm(svg.dataset.full, done);
          });
        if (turn !== this.#turn) return;
      }
      this.root.dataset.ahead = String(at + 1); // tests wait for it
    }
  }

  /** Show one role's drawing alone, or both again. */
  enlarge(role) {
    const isAlone = this.section.dataset.alone === role;
    if (isAlone) delete this.section.dataset.alone;
    else this.section.dataset.alone = role;
    this.#settle();
  }

  toggle(what) {
    const shown = ROLES.map((role) => this.panes[role].overlay).filter((overlay) => overlay.svg);
    if (what === "names") shown[0]?.toggleNames();
    else shown[0]?.toggleBoxes();
    shown.forEach((overlay) => overlay.apply());
  }

  /** Take over what the next pair shows for a role; what is the same stays as it is, zoomed and scrolled. */
  #become(role, next) {
    const pane = this.panes[role];
    const article = next.querySelector(`[data-role="${role}"]`);
    const [text, nextText] = [this.section, next].map((pair) => pair.querySelector(`[data-side-text="${role}"]`));
    if (text.innerHTML !== nextText.innerHTML) {
      text.replaceChildren(...nextText.childNodes);
      text.scrollTop = 0;
    }
    if (article.dataset.pane === pane.key) {
      const [head, nextHead] = [pane.article, article].map((each) => each.querySelector('[data-pane-part="head"]'));
      if (head.textContent !== nextHead.textContent) head.replaceWith(nextHead);
      return null;
    }
    const stage = pane.article.querySelector("[data-stage]");
    const instead = article.querySelector("[data-instead]");
    stage.querySelector("[data-instead]")?.remove();
    if (instead) stage.append(instead);
    stage.querySelector(".stage-view").hidden = Boolean(instead);
    return pane.become(article);
  }

  #settle() {
    for (const role of ROLES) {
      const button = this.panes[role].article.querySelector("[data-large]");
      button?.setAttribute("aria-pressed", String(this.section.dataset.alone === role));
    }
  }

  #text(position) {
    if (!this.#texts.has(position)) {
      const askedAt = performance.now();
      const text = request(`${this.address}?at=${position}`, { isFragment: true }).then((answer) => {
        const isPair = answer.status === 200 && answer.text.includes("data-pair");
        if (!isPair) throw answer.status;
        const section = sectionOf(answer.text);
        this.received(position, currentOf(section), askedAt, "isPassedOn" in section.dataset);
        return answer.text;
      });
      text.catch(() => this.#texts.delete(position));
      this.#texts.set(position, text);
      if (this.#texts.size > MOST_TEXTS) this.#texts.delete(this.#texts.keys().next().value);
    }
    return this.#texts.get(position);
  }
}

/**
 * The judgment that the server has of the pair in a section, or null.
 * @param {HTMLElement} section
 * @returns {Judgment | null}
 */
export function currentOf(section) {
  return section.dataset.current ? JSON.parse(section.dataset.current) : null;
}

function sectionOf(text) {
  return new DOMParser().parseFromString(text, "text/html").querySelector("[data-pair]");
}

/** The picture into the browser's cache. */
function warm(address, done) {
  const image = new Image();
  image.fetchPriority = "low";
  image.onload = image.onerror = done;
  image.src = address;
}
