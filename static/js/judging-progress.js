// @ts-check
/** How far an assessor is and how fast: counts from a map of states, and the pace of this sitting. */
import { partOf } from "./parts.js";

const OPEN = ".";
const PASSED_ON = "-"; // another assessor has it; it keeps its position
const KEPT = 200; // newest judgments that make the pace
const LEAST = 3;

export class Progress {
  #since = 0;
  #seconds = 0; // looked at before the page was hidden

  /**
   * root: bears data-places, one sign a pair (0 to 3, x, . for open, - for passed on), and data-topics. key: of this tab's memory.
   * @param {HTMLElement} root
   * @param {string} key
   */
  constructor(root, key) {
    this.root = root;
    this.key = `judging-pace ${key}`;
    this.states = [...(root.dataset.places ?? "")];
    this.topics = (root.dataset.topics ?? "").split(",").map(Number);
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stopClock() : this.#startClock()));
  }

  /** How many pairs are the assessor's. */
  get count() {
    return this.states.filter((state) => state !== PASSED_ON).length;
  }
  /** The last position of these. */
  get last() {
    return this.states.findLastIndex((state) => state !== PASSED_ON) + 1;
  }
  get open() {
    return this.states.filter((state) => state === OPEN).length;
  }

  /**
   * @param {number} position
   * @param {Judgment | null | undefined} judgment
   */
  set(position, judgment, isPassedOn = this.isPassedOn(position)) {
    const state = judgment?.cannot_judge ? "x" : (judgment?.grade ?? (isPassedOn ? PASSED_ON : OPEN));
    this.states[position - 1] = String(state);
  }

  /** @param {number} position */
  isPassedOn(position) {
    return this.states[position - 1] === PASSED_ON;
  }

  /**
   * The assessor's pair after this one, or before it where by is -1; 0 where there is none.
   * @param {number} position
   * @param {number} by
   */
  beside(position, by) {
    let beside = position + by;
    while (this.isPassedOn(beside)) beside += by;
    return beside >= 1 && beside <= this.states.length ? beside : 0;
  }

  /** @param {number} position */
  isOpen(position) {
    return this.states[position - 1] === OPEN;
  }
  /** @param {number} position */
  isNewTopic(position) {
    return this.topics[position - 1] !== this.topics[this.beside(position, -1) - 1];
  }
  /** @param {number} position */
  topicAt(position) {
    return this.topics[position - 1];
  }

  /**
   * The next pair without a judgment after this one, from the start again after the last; 0 where there is none.
   * @param {number} position
   */
  nextOpen(position) {
    const after = this.states.indexOf(OPEN, position);
    return (after >= 0 ? after : this.states.findIndex((state, at) => state === OPEN && at !== position - 1)) + 1;
  }

  /**
   * The pairs to make ready after this one, the likeliest first.
   * @param {number} position
   */
  ahead(position) {
    const after = [];
    for (let next = position + 1; next <= this.last; next += 1) if (!this.isPassedOn(next)) after.push(next);
    const likeliest = [after[0], this.nextOpen(position), this.beside(position, -1), ...after.slice(1)];
    return [...new Set(likeliest)].filter((likely) => likely > 0);
  }

  /** A pair is looked at from now on. */
  start() {
    this.#seconds = 0;
    this.#startClock();
  }

  /** How long it has been looked at, in seconds. */
  get seconds() {
    return this.#seconds + (this.#since ? (performance.now() - this.#since) / 1000 : 0);
  }

  /**
   * Add the seconds that a first judgment took to the pace.
   * @param {number} seconds
   */
  addPace(seconds) {
    sessionStorage.setItem(this.key, JSON.stringify([...this.#paces(), Math.round(seconds * 10) / 10].slice(-KEPT)));
  }

  /**
   * Show the position and the counts.
   * @param {number} position
   */
  show(position) {
    const judged = this.count - this.open;
    const topic = this.topicAt(position);
    const ofTopic = this.states.filter((state, at) => this.topics[at] === topic && state !== PASSED_ON);
    const notice = partOf(this.root, "[data-passed-on]");
    notice.hidden = !this.isPassedOn(position) || "closed" in this.root.dataset;
    this.#write("[data-place]", `Pair ${position} of ${Math.max(position, this.last)}`);
    this.#write("[data-said-of]", `${judged} of ${this.count} judged`);
    const others = new Set(this.topics.filter((one, at) => one !== topic && this.states[at] === OPEN));
    this.#write(
      "[data-topic-of]",
      `this topic ${ofTopic.filter((state) => state !== OPEN).length} of ${ofTopic.length}, ${others.size} more topic${others.size === 1 ? "" : "s"}`,
    );
    const bar = partOf(this.root, "[data-progress]", HTMLProgressElement);
    bar.value = judged;
    this.#write("[data-pace]", this.#pace());
  }

  #pace() {
    const paces = this.#paces().toSorted((one, other) => one - other);
    if (paces.length < LEAST) return "";
    const median = paces[Math.floor(paces.length / 2)];
    const left = (median * this.open) / 60;
    const about = left < 1 ? "under a minute" : left < 90 ? `${Math.round(left)} min` : `${(left / 60).toFixed(1)} h`;
    return this.open ? `${median.toFixed(1)} s each, ${about} left` : `${median.toFixed(1)} s each`;
  }

  /** @returns {number[]} */
  #paces() {
    return JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
  }

  /**
   * @param {string} selector
   * @param {string} text
   */
  #write(selector, text) {
    const place = this.root.querySelector(selector);
    if (place && place.textContent !== text) place.textContent = text;
  }

  #startClock() {
    this.#since = document.hidden ? 0 : performance.now();
  }

  #stopClock() {
    this.#seconds = this.seconds;
    this.#since = 0;
  }
}
