// @ts-check
/**
 * Judging: a grade by one key, and the next pair at once. Without this behaviour the form posts and every step is a link.
 *
 * <div data-judging> as templates/annotations/judge.html writes it: data-session, -assessor, -address, -undo-url,
 * -state-url, -review-url, -login-url, data-places and -topics (see judging-progress.js), perhaps data-asks-facets,
 * -closed, -from-review. It holds <section data-pair>, <form data-judgment>, <form data-undo>, links a[data-step], the
 * places [data-saved], [data-announce], [data-trouble], [data-given], and <dialog data-instructions-dialog>.
 * "judging:shown" is dispatched when a pair is painted.
 */
import { Answers } from "./judging-answers.js";
import { Form, isJudged } from "./judging-form.js";
import { attachInstructions } from "./judging-instructions.js";
import { addJudgingKeys, ignoreRepeats } from "./judging-moves.js";
import { watchLeaving } from "./judging-leaving.js";
import { Memory } from "./judging-memory.js";
import { Outbox } from "./judging-outbox.js";
import { currentOf, Pairs } from "./judging-pairs.js";
import { Place } from "./judging-place.js";
import { Progress } from "./judging-progress.js";
import { JudgmentRecord } from "./judging-record.js";
import { Region } from "./judging-region.js";
import { Status } from "./judging-status.js";
import { Stay } from "./judging-stay.js";
import { showTrouble } from "./judging-trouble.js";
import { partOf } from "./parts.js";

/** @typedef {import("./judging-outbox.js").Answer} Answer */
const LOAD_AGAIN_MS = 2000;

class Judging {
  #isShown = false; // whether the pair can be judged: never one that was not seen
  #isLeaving = false;
  #isFresh = false; // whether the pair was judged for the first time since it was shown
  #loading = 0; // a timer

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const { assessor = "", session = "", address = "", stateUrl = "", undoUrl = "" } = root.dataset;
    this.status = new Status(root);
    this.memory = new Memory(`${assessor} ${session}`);
    this.position = Number(this.#section.dataset.position);
    this.asksFacets = "asksFacets" in root.dataset;
    this.isClosed = "closed" in root.dataset;
    this.staysHere = "fromReview" in root.dataset;
    this.stay = new Stay(root, { assessor, always: this.asksFacets, changed: () => this.#showState() });
    this.undoUrl = undoUrl;
    const token = partOf(root, "[name=csrfmiddlewaretoken]", HTMLInputElement).value;
    this.outbox = new Outbox({ assessor: Number(assessor), session: Number(session), stateUrl, token });
    this.place = new Place(root, this.outbox);
    this.progress = new Progress(root, `${assessor} ${session}`);
    this.answers = new Answers(this.outbox);
    this.record = new JudgmentRecord(this);
    this.pairs = new Pairs(root, address, (...answer) => this.#received(...answer));
    this.form = new Form(partOf(root, "[data-judgment]", HTMLFormElement));
    this.region = new Region(this.pairs.panes.candidate);
    this.answers.report(this.position, currentOf(this.#section), 0);
  }

  get #section() {
    return partOf(this.root, "[data-pair]");
  }

  async open() {
    for (const { session, position } of this.outbox.entries()) {
      if (session === this.outbox.session && position) this.progress.set(position, this.outbox.latest(position));
    }
    this.#listen();
    addJudgingKeys(this.pairs, { step: (which) => this.#step(which), goOn: () => this.#goOn() });
    attachInstructions(this.root, () => this.progress.start()); // reading them is no judging
    this.outbox.send();
    await this.pairs.open();
    this.#arrived();
    this.root.dataset.ready = ""; // tests wait for it
  }

  /**
   * @param {number} position
   * @param {Judgment | null} judgment
   * @param {number} [askedAt]
   */
  #received(position, judgment, askedAt, isPassedOn = false) {
    if (this.answers.report(position, judgment, askedAt))
      this.progress.set(position, this.answers.of(position), isPassedOn);
  }

  /**
   * Go to another pair, after recording the judgment of this one.
   * @param {number} position
   * @returns {Promise<void>}
   */
  async go(position) {
    if (position < 1 || position > this.progress.states.length) return;
    this.#commit();
    this.region.stop();
    this.position = position;
    this.#isShown = false;
    clearTimeout(this.#loading);
    let isNewest;
    try {
      isNewest = await this.pairs.show(position);
    } catch (status) {
      return this.#loadAgain(position, status);
    }
    if (!isNewest) return;
    this.place.show(position);
    this.#arrived();
  }

  #arrived() {
    this.#isShown = true;
    this.#isFresh = false;
    this.root.removeAttribute("aria-busy");
    this.form.show(this.memory.drafts[this.position] ?? this.answers.of(this.position));
    this.region.show(this.form.values.region);
    this.progress.start();
    this.#showState();
    this.status.pair(this.position, this.progress, this.answers.of(this.position));
    const focused = document.activeElement;
    if (partOf(this.root, ".dock").contains(focused) && focused !== this.form.reason) {
      partOf(this.root, "#candidate-heading").focus({ preventScroll: true }); // Enter must not grade this one too
    }
    this.place.keepSoon();
    this.root.dispatchEvent(new CustomEvent("judging:shown", { bubbles: true, detail: { position: this.position } }));
    this.pairs.prepare(this.progress.ahead(this.position));
  }

  /**
   * @param {number} position
   * @param {unknown} status
   */
  #loadAgain(position, status) {
    this.root.setAttribute("aria-busy", "true");
    if (status === 401) this.outbox.needLogin();
    else this.status.message(`Pair ${position} could not be loaded. Trying again; your judgments are kept.`);
    this.#loading = setTimeout(() => this.go(position), LOAD_AGAIN_MS);
  }

  /**
   * A grade, or "x" that none can be given.
   * @param {number | "x"} value
   */
  #choose(value) {
    if (this.isClosed || !this.#isShown) return;
    const isX = value === "x";
    this.form.set({ grade: isX ? null : value, cannot_judge: isX });
    this.#settle(isX);
  }

  /**
   * @param {"looks" | "works"} name
   * @param {number | null} value
   */
  #facet(name, value) {
    if (this.isClosed || !this.#isShown) return this.form.show(this.form.values);
    this.form.set({ [name]: value });
    return this.#settle(false);
  }

  /**
   * After a change: record the judgment once it is complete enough, and go on from a new pair once all of it is given.
   * @param {boolean} isEnough
   */
  #settle(isEnough) {
    const { values } = this.form;
    const wasJudged = isJudged(this.answers.of(this.position));
    const isComplete =
      isEnough || !this.asksFacets || (values.grade !== null && values.looks !== null && values.works !== null);
    if ((!wasJudged && !isComplete) || !this.#commit()) {
      this.record.putDraft(this.position, this.form.values);
      return this.#showState();
    }
    this.stay.offer();
    if (this.staysHere || this.stay.isOn || (this.asksFacets && wasJudged && !isEnough)) return this.#showState();
    return this.#advance(!wasJudged);
  }

  /** Record what the form says, if it says something new. Returns whether it is kept, now or before. */
  #commit() {
    if (this.isClosed || !this.#isShown) return false;
    const wasJudged = isJudged(this.answers.of(this.position));
    let isKept;
    try {
      isKept = this.record.put(this.position, this.form.values, this.#section.dataset.recordUrl ?? "");
    } catch (error) {
      this.status.message(
        `Not saved: this browser has no storage left (${error instanceof Error ? error.name : error}). Free some, then judge again.`,
      );
      return false;
    }
    this.#isFresh ||= isKept && !wasJudged;
    return isKept;
  }

  /** @param {boolean} wasOpen */
  #advance(wasOpen) {
    if (wasOpen && !this.progress.open) return this.#finish();
    const following = this.progress.beside(this.position, 1);
    if (following) return this.go(following);
    const open = this.progress.nextOpen(this.position);
    if (open) return this.go(open);
    return this.#showState();
  }

  /** All pairs are judged: the page that says so comes once everything is recorded. */
  #finish() {
    this.#showState();
    this.isFinished = true;
    this.status.message("All pairs are judged.");
    this.#leaveWhenSaved();
  }

  #leaveWhenSaved() {
    if (!this.isFinished || this.outbox.entries().length || this.progress.open) return;
    this.#isLeaving = true;
    location.assign(this.root.dataset.address ?? "");
  }

  /** Take the newest judgment back; from the outbox's order the server knows which one that is. */
  #undo() {
    if (this.isClosed) return;
    this.isFinished = false;
    const entry = this.record.putUndo(this.undoUrl);
    if (!entry.position) return;
    this.#isShown = false; // what the form says now is what is taken back
    this.go(entry.position).then(() => this.status.announce(`Undone: pair ${entry.position}.`));
  }

  /** @param {{ entry: OutboxEntry, answer: Answer }} detail */
  #answered({ entry, answer }) {
    if (entry.session !== this.outbox.session) return;
    this.#received(answer.position, answer.current);
    if (entry.kind === "undo" && answer.position !== entry.position) this.#undoneElsewhere(entry, answer);
    this.#showState();
    this.#leaveWhenSaved();
  }

  /**
   * The newest judgment was another one than this tab knew of.
   * @param {OutboxEntry} entry
   * @param {Answer} answer
   */
  #undoneElsewhere(entry, answer) {
    if (entry.position) {
      this.record.restore(entry);
      this.#renew(entry.position);
    }
    this.#isShown = false;
    this.go(answer.position).then(() => this.status.announce(`Undone: pair ${answer.position}.`));
  }

  /**
   * Another tab has put a judgment into the outbox, or taken one out.
   * @param {{ entry: OutboxEntry }} detail
   */
  #elsewhere({ entry }) {
    if (entry.session !== this.outbox.session || !entry.position) return;
    if (this.outbox.latest(entry.position) === undefined) return this.#renew(entry.position);
    this.progress.set(entry.position, this.outbox.latest(entry.position));
    this.#showState();
    if (entry.position === this.position && !this.memory.drafts[this.position])
      this.form.show(this.answers.of(this.position));
  }

  /**
   * Ask the server anew for the judgment of a pair.
   * @param {number} position
   */
  async #renew(position) {
    this.pairs.forget(position);
    await this.pairs.prepare([position]);
    this.#showState();
    if (position === this.position && this.#isShown && !this.memory.drafts[position])
      this.form.show(this.answers.of(position));
  }

  #showState() {
    this.status.saved(this.outbox.state);
    showTrouble(partOf(this.root, "[data-trouble]"), this.outbox, () => this.place.loginAddress(this.position));
    if (!this.#isShown) return; // what is written is of the pair that is seen
    this.progress.show(this.position);
    this.status.steps(this.position, this.progress);
    this.status.given(this.answers.of(this.position), this.memory.drafts[this.position], {
      isClosed: this.isClosed,
      stays: this.stay.isOn,
    });
  }

  #listen() {
    const { outbox, form, region } = this;
    form.on("grade", ({ value }) => this.#choose(value));
    form.on("facet", ({ name, value }) => this.#facet(name, value));
    form.on("reason-typed", () => this.record.putDraft(this.position, this.form.values));
    form.on("reason", () => this.#changed());
    form.on("region", (detail) => this.#marked(detail.region));
    region.on("marked", (detail) => this.#marked(detail.region));
    region.on("left", () => this.#left());
    outbox.on("changed", () => this.#showState());
    outbox.on("answered", (detail) => this.#answered(detail));
    outbox.on("elsewhere", (detail) => this.#elsewhere(detail));
    outbox.on("undone-nothing", () => this.status.announce("Nothing to undo."));
    outbox.on("renewed", () => {
      /** @type {NodeListOf<HTMLInputElement>} */
      const fields = document.querySelectorAll("[name=csrfmiddlewaretoken]");
      for (const field of fields) field.value = outbox.token;
    });
    this.root.addEventListener("click", (event) => this.#click(event));
    partOf(this.root, "[data-undo]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#undo();
    });
    ignoreRepeats();
    watchLeaving({
      isUnsaved: () => !this.#isLeaving && outbox.entries().length > 0,
      pause: () => this.#pause(),
    });
  }

  /** Record the judgment and the position when the page is hidden or left. */
  #pause() {
    this.#commit();
    this.place.keep();
  }

  /** @param {OnElement<MouseEvent>} event */
  #click(event) {
    /** @type {HTMLAnchorElement | null} */
    const login = event.target.closest("[data-leaving]");
    if (login) {
      this.#isLeaving = true;
      login.href = this.place.loginAddress(this.position); // judging went on since it was offered
    }
    const large = event.target.closest("[data-large]");
    if (large) this.pairs.enlarge(large.closest("[data-role]")?.dataset.role);
    if (event.target.closest("[data-go-on]")) this.#goOn();
    if (event.target.closest("[data-region-mark]")) this.#mark();
    if (event.target.closest("[data-region-clear]")) this.#marked(null);
    const step = event.target.closest("a[data-step]");
    if (!step || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.#step(step.dataset.step ?? "");
  }

  /** @param {string} which - "on", "back" or "open" */
  #step(which) {
    if (which === "open") {
      this.#commit();
      const open = this.progress.nextOpen(this.position);
      if (open) this.go(open);
      else this.status.announce("All other pairs are judged.");
    } else {
      this.go(this.progress.beside(this.position, which === "on" ? 1 : -1));
    }
  }

  /** Enter: what is given so far is enough. */
  #goOn() {
    if (!this.#isShown) return;
    if (this.#commit()) this.#advance(this.#isFresh);
    else this.status.announce("Give the overall grade.");
  }

  #mark() {
    if (this.isClosed || !this.#isShown) return;
    if (this.region.isMarking) this.region.stop();
    else this.region.start();
    this.status.marking(this.region.isMarking);
  }

  /** @param {number[] | null} region */
  #marked(region) {
    if (this.isClosed || !this.#isShown) return;
    this.form.set({ region });
    this.region.show(region);
    if (this.region.isMarking) this.record.putDraft(this.position, this.form.values);
    else this.#changed();
  }

  #left() {
    this.status.marking(false);
    this.#changed();
  }

  /** A reason or a part was given: of a judged pair it is recorded at once, of another with its grade. */
  #changed() {
    if (isJudged(this.answers.of(this.position))) this.#commit();
    else this.record.putDraft(this.position, this.form.values);
    this.#showState();
  }
}

/** @param {HTMLElement} root */
export function attach(root) {
  return new Judging(root).open();
}
