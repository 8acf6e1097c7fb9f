// @ts-check
/** How far an assessor is and how fast: counts from a map of states, and the pace of this sitting. */
const OPEN = ".";
const PASSED_ON = "-"; // another assessor has it; it keeps its position
const KEPT = 200; // newest judgments that make the pace
const LEAST = 3;

export class Progress {
  #since = 0;
  #seconds = 0; // looked at before the page was hidden

  /** root: bears data-places, one sign a pair (0 to 3, x, . for open, - for passed on), and data-topics. key: of this tab's memory. */
  constructor(root, key) {
    this.root = root;
    this.key = `judging-pace ${key}`;
    this.states = [...root.dataset.places];
    this.topics = root.dataset.topics.split(",").map(Number);
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#hold() : this.#go()));
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

  set(position, said, isPassedOn = this.isPassedOn(position)) {
    const state = said?.cannot_judge ? "x" : (said?.grade ?? (isPassedOn ? PASSED_ON : OPEN));
    this.states[position - 1] = String(state);
  }

  isPassedOn(position) {
    return this.states[position - 1] === PASSED_ON;
  }

  /** The assessor's pair after this one, or before it where by is -1; 0 where there is none. */
  beside(position, by) {
    let there = position + by;
    while (this.isPassedOn(there)) there += by;
    return there >= 1 && there <= this.states.length ? there : 0;
  }

  isOpen(position) {
    return this.states[position - 1] === OPEN;
  }
  isNewTopic(position) {
    return this.topics[position - 1] !== this.topics[this.beside(position, -1) - 1];
  }
  topicAt(position) {
    return this.topics[position - 1];
  }

  /** The next pair without a judgment after this one, from the start again after the last; 0 where there is none. */
  nextOpen(position) {
    const after = this.states.indexOf(OPEN, position);
    return (after >= 0 ? after : this.states.findIndex((state, at) => state === OPEN && at !== position - 1)) + 1;
  }

  /** The pairs to make ready after this one, the likeliest first. */
  ahead(position) {
    const after = [];
    for (let next = position + 1; next <= this.last; next += 1) if (!this.isPassedOn(next)) after.push(next);
    const likeliest = [after[0], this.nextOpen(position), this.beside(position, -1), ...after.slice(1)];
    return [...new Set(likeliest)].filter((one) => one > 0);
  }

  /** A pair is looked at from now on. */
  start() {
    this.#seconds = 0;
    this.#go();
  }

  /** How long it has been looked at, in seconds. */
  get seconds() {
    return this.#seconds + (this.#since ? (performance.now() - this.#since) / 1000 : 0);
  }

  /** Count a first judgment into the pace. */
  took(seconds) {
    sessionStorage.setItem(this.key, JSON.stringify([...this.#paces(), Math.round(seconds * 10) / 10].slice(-KEPT)));
  }

  /** Write where one is. */
  show(position) {
    const said = this.count - this.open;
    const topic = this.topicAt(position);
    const mine = this.states.filter((state, at) => this.topics[at] === topic && state !== PASSED_ON);
    this.root.querySelector("[data-passed-on]").hidden = !this.isPassedOn(position) || "closed" in this.root.dataset;
    this.#write("[data-place]", `Pair ${position} of ${Math.max(position, this.last)}`);
    this.#write("[data-said-of]", `${said} of ${this.count} judged`);
    const others = new Set(this.topics.filter((one, at) => one !== topic && this.states[at] === OPEN));
    this.#write(
      "[data-topic-of]",
      `this topic ${mine.filter((state) => state !== OPEN).length} of ${mine.length}, ${others.size} more topic${others.size === 1 ? "" : "s"}`,
    );
    this.root.querySelector("[data-progress]").value = said;
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

  #paces() {
    return JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
  }

  #write(selector, text) {
    const place = this.root.querySelector(selector);
    if (place.textContent !== text) place.textContent = text;
  }

  #go() {
    this.#since = document.hidden ? 0 : performance.now();
  }

  #hold() {
    this.#seconds = this.seconds;
    this.#since = 0;
  }
}
