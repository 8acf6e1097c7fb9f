// @ts-check
/** The pairs of a session: fetched and decoded before they are needed, then shown in the place of the pair before. */
import { Pane } from "./compare-pane.js";
import { request } from "./judging-request.js";
import { partOf } from "./parts.js";
import { sheetOf } from "./sheet-stage.js";

const DECODED = 3; // pairs ahead whose pictures are decoded
const FETCHED = 40; // pairs ahead that are kept as text, their pictures in the browser's cache: enough for a while offline
const MOST_TEXTS = 120;
/** @typedef {"topic" | "candidate"} Role */
/** @type {Role[]} */
const ROLES = ["topic", "candidate"];

export class Pairs {
  /** @type {Map<number, Promise<string>>} */
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
    const paneOf = (/** @type {Role} */ role) => new Pane(partOf(this.section, `[data-role="${role}"]`));
    this.panes = { topic: paneOf("topic"), candidate: paneOf("candidate") };
    for (const instead of this.section.querySelectorAll("[data-instead]"))
      if (instead.parentElement) partOf(instead.parentElement, ".stage-view").hidden = true;
  }

  get section() {
    return partOf(this.root, "[data-pair]");
  }

  /** Paint the pair that the page came with. */
  async open() {
    await Promise.all(ROLES.map((role) => this.panes[role].show()));
    this.#settle();
  }

  /**
   * Show the pair at a position. Rejects with the status of the answer where it could not be loaded.
   * @param {number} position
   */
  async show(position) {
    const turn = ++this.#turn;
    const next = sectionOf(await this.#text(position));
    if (turn !== this.#turn) return false;
    await Promise.all(ROLES.map((role) => this.#become(role, next)));
    if (turn !== this.#turn) return false;
    for (const name of ["data-position", "data-current", "data-record-url", "data-place-url", "aria-label"]) {
      this.section.setAttribute(name, next.getAttribute(name) ?? "");
    }
    this.#settle();
    return true;
  }

  /**
   * Fetch this pair again when it is shown next.
   * @param {number} position
   */
  forget(position) {
    this.#texts.delete(position);
  }

  /**
   * Get pairs ready in the order given: the first decoded, the others fetched.
   * @param {number[]} positions
   */
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
            warm(svg.dataset.full ?? "", done);
          });
        if (turn !== this.#turn) return;
      }
      this.root.dataset.ahead = String(at + 1); // tests wait for it
    }
  }

  /**
   * Show one role's drawing alone, or both again.
   * @param {string | undefined} role
   */
  enlarge(role) {
    const isAlone = this.section.dataset.alone === role;
    if (isAlone) delete this.section.dataset.alone;
    else this.section.dataset.alone = role;
    this.#settle();
  }

  /** @param {"names" | "boxes"} what */
  toggle(what) {
    const shown = ROLES.map((role) => this.panes[role].overlay).filter((overlay) => overlay.svg);
    if (what === "names") shown[0]?.toggleNames();
    else shown[0]?.toggleBoxes();
    shown.forEach((overlay) => overlay.apply());
  }

  /**
   * Take over what the next pair shows for a role; what is the same stays as it is, zoomed and scrolled.
   * @param {Role} role
   * @param {HTMLElement} next
   */
  #become(role, next) {
    const pane = this.panes[role];
    const article = partOf(next, `[data-role="${role}"]`);
    const [text, nextText] = [this.section, next].map((pair) => partOf(pair, `[data-side-text="${role}"]`));
    if (text.innerHTML !== nextText.innerHTML) {
      text.replaceChildren(...nextText.childNodes);
      text.scrollTop = 0;
    }
    if (article.dataset.pane === pane.key) {
      const [head, nextHead] = [pane.article, article].map((each) => partOf(each, '[data-pane-part="head"]'));
      if (head.textContent !== nextHead.textContent) head.replaceWith(nextHead);
      return null;
    }
    const stage = partOf(pane.article, "[data-stage]");
    const instead = article.querySelector("[data-instead]");
    stage.querySelector("[data-instead]")?.remove();
    if (instead) stage.append(instead);
    partOf(stage, ".stage-view").hidden = Boolean(instead);
    return pane.become(article);
  }

  #settle() {
    for (const role of ROLES) {
      const button = this.panes[role].article.querySelector("[data-large]");
      button?.setAttribute("aria-pressed", String(this.section.dataset.alone === role));
    }
  }

  /**
   * @param {number} position
   * @returns {Promise<string>}
   */
  #text(position) {
    const known = this.#texts.get(position);
    if (known) return known;
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
    if (this.#texts.size > MOST_TEXTS) this.#texts.delete([...this.#texts.keys()][0]);
    return text;
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

/** @param {string} text */
function sectionOf(text) {
  return partOf(new DOMParser().parseFromString(text, "text/html"), "[data-pair]");
}

/**
 * The picture into the browser's cache.
 * @param {string} address
 * @param {(event: unknown) => void} done
 */
function warm(address, done) {
  const image = new Image();
  image.fetchPriority = "low";
  image.onload = image.onerror = done;
  image.src = address;
}
