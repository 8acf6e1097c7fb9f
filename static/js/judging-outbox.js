// @ts-check
/**
 * The outbox of judgments. What an assessor says is kept here, in localStorage, before anything else happens, and leaves
 * when the server has acknowledged it as committed. It holds keys and grades and what was typed as a reason; no pictures.
 *
 * Every event has its own item, so that two tabs never overwrite one another, and its own client_id, so that sending it
 * twice does no harm. Events go out one after the other in their order, whichever tab made them, by whichever tab holds
 * the lock; what another tab has just sent may be seen a moment longer and sent again, which the server takes for the
 * same event. A lost connection, and a server without its database, are tried again for ever; what the server refuses waits
 * for the assessor, and all after it.
 */
import { Emitter } from "./emitter.js";
import { renewToken, sendEvent } from "./judging-server.js";

const WAITS_MS = [400, 800, 1500, 3000, 6000, 12_000];
const SENDING_SHOWN_AFTER_MS = 500;
const RENEWED_MS = 2000;

/**
 * What an event was answered.
 * @typedef {{ position: number, current: Judgment | null }} Answer
 *
 * @typedef {object} OutboxEvents
 * @property {object} changed
 * @property {{ entry: OutboxEntry, answer: Answer }} answered
 * @property {{ entry: OutboxEntry }} undone-nothing
 * @property {object} renewed
 * @property {{ entry: OutboxEntry }} elsewhere
 *
 * @typedef {{ tone: "saved" | "saving" | "unsaved" | "blocked", count: number }} OutboxState
 */

/** @extends {Emitter<OutboxEvents>} */
export class Outbox extends Emitter {
  #prefix;
  #last = 0; // stamp of the newest event of this tab
  #isSending = false;
  #failures = 0;
  #timer = 0;

  /**
   * Events: "changed" whenever its state may look different, "answered" { entry, answer }, "undone-nothing" { entry },
   * "renewed" after a new token, "elsewhere" { entry } when another tab has put or taken away an event.
   * @param {{ assessor: number, session: number, stateUrl: string, token: string }} options
   */
  constructor({ assessor, session, stateUrl, token }) {
    super();
    this.assessor = assessor;
    this.session = session;
    this.stateUrl = stateUrl;
    this.token = token;
    /** @type {OutboxProblem | null} */
    this.blocked = null; // why nothing is sent until the assessor decides
    this.lacksDatabase = false; // whether the last answer was 503 for want of it
    this.#prefix = `judging ${assessor} `;
    addEventListener("storage", (event) => this.#otherTab(event));
    addEventListener("online", () => this.retry());
    addEventListener("focus", () => this.blocked?.kind === "login" && this.retry());
    document.addEventListener(
      "visibilitychange",
      () => !document.hidden && this.blocked?.kind === "login" && this.retry(),
    );
  }

  /**
   * All that this assessor has not had acknowledged, in order, of every session.
   * @returns {OutboxEntry[]}
   */
  entries() {
    const keys = Object.keys(localStorage)
      .filter((key) => key.startsWith(this.#prefix))
      .sort();
    return keys.map((key) => ({ ...JSON.parse(localStorage.getItem(key) ?? "{}"), key }));
  }

  /**
   * "saved", "saving", "unsaved" or "blocked", and how many events wait.
   * @returns {OutboxState}
   */
  get state() {
    const count = this.entries().length;
    if (!count) return { tone: "saved", count };
    if (this.blocked) return { tone: "blocked", count };
    return { tone: this.#failures ? "unsaved" : "saving", count };
  }

  /**
   * The newest judgment of a pair that waits here, null after an undo; undefined where none waits.
   * @param {number} position
   */
  latest(position) {
    const last = this.entries()
      .filter((one) => one.session === this.session && one.position === position)
      .at(-1);
    return last && judgmentAfter(last);
  }

  /**
   * Keep a judgment { position, url, base, before, values, seconds }, and send it. Returns the event.
   * @param {Pick<OutboxEntry, "position" | "url" | "base" | "before" | "values" | "seconds">} judgment
   */
  judge(judgment) {
    return this.#put({ kind: "judgment", ...judgment });
  }

  /**
   * Keep an undo { position, url, takes, before }; position is null where only the server knows what is newest.
   * @param {Pick<OutboxEntry, "position" | "url" | "takes" | "before">} undo
   */
  undo(undo) {
    return this.#put({ kind: "undo", ...undo });
  }

  /** Try at once. */
  retry() {
    this.blocked = null;
    clearTimeout(this.#timer);
    return this.send();
  }

  /** Settle a conflict: record this assessor's judgment on top of the server's. */
  keepMine() {
    if (!this.blocked) return undefined;
    const { current = null } = this.blocked;
    const entry = /** @type {OutboxEntry} */ (this.blocked.entry); // a conflict is always of one
    const renamed = { ...entry, client_id: makeId(), base: current?.client_id ?? null, before: current };
    for (const one of this.entries().filter(({ key }) => key > entry.key)) {
      if (one.base === entry.client_id) this.#store({ ...one, base: renamed.client_id });
      if (one.takes === entry.client_id) this.#store({ ...one, takes: renamed.client_id, before: current });
    }
    this.#store(renamed);
    return this.retry();
  }

  /** Settle a conflict: leave the server's judgment, and drop the undo of the one that is given up. */
  keepTheirs() {
    if (!this.blocked) return undefined;
    const { current = null } = this.blocked;
    const entry = /** @type {OutboxEntry} */ (this.blocked.entry); // a conflict is always of one
    for (const one of this.entries().filter(({ key }) => key > entry.key)) {
      if (one.base === entry.client_id) this.#store({ ...one, base: current?.client_id ?? null });
      if (one.takes === entry.client_id) localStorage.removeItem(one.key);
    }
    return this.discard();
  }

  /** Wait for a login: another request was answered by 401. */
  needLogin() {
    this.blocked ??= { kind: "login", entry: { client_id: "" } };
    this.#changed();
  }

  /** Give up the event that blocks the others. */
  discard() {
    if (this.blocked?.entry.key) localStorage.removeItem(this.blocked.entry.key);
    return this.retry();
  }

  /** Send all that is kept, unless this tab or another one is at it. */
  async send() {
    if (this.#isSending || this.blocked) return this.#changed();
    this.#isSending = true;
    clearTimeout(this.#timer);
    const shown = setTimeout(() => this.#changed(), SENDING_SHOWN_AFTER_MS);
    try {
      await locked(`judging-outbox-${this.assessor}`, () => this.#sendAll());
    } finally {
      this.#isSending = false;
      clearTimeout(shown);
      this.#changed();
    }
  }

  async #sendAll() {
    for (let next = this.entries()[0]; next && !this.blocked; next = this.entries()[0]) {
      const goesOn = await this.#sendOne(next);
      if (!goesOn) return;
    }
  }

  /**
   * Send one event. Returns whether the next may follow.
   * @param {OutboxEntry} entry
   */
  async #sendOne(entry) {
    const { outcome, ...answer } = await sendEvent(entry, this);
    this.lacksDatabase = answer.lacksDatabase;
    if (outcome === "recorded" || outcome === "nothing-to-undo") {
      this.#failures = 0;
      localStorage.removeItem(entry.key);
      if (outcome === "recorded") this.emit("answered", { entry, answer });
      else this.emit("undone-nothing", { entry });
      return true;
    }
    if (outcome === "form-expired") return this.#renewToken(entry);
    if (outcome === "later") return this.#later();
    this.blocked = { kind: outcome, entry, current: answer.current, detail: answer.detail };
    return false;
  }

  /**
   * After a new login the token is another one; it is ours alone if the same person has logged in.
   * @param {OutboxEntry} entry
   */
  async #renewToken(entry) {
    const { outcome, token } = await renewToken(this.stateUrl, this.assessor);
    if (outcome === "later" || (outcome === "renewed" && this.isRenewed)) return this.#later();
    if (outcome !== "renewed") {
      this.blocked = { kind: outcome, entry };
      return false;
    }
    this.token = token;
    this.isRenewed = true; // once a while: a token that is refused again must not be asked for without end
    setTimeout(() => (this.isRenewed = false), RENEWED_MS);
    this.emit("renewed", {});
    return true;
  }

  #later() {
    const wait = WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)];
    this.#failures += 1;
    this.#timer = setTimeout(() => this.send(), wait);
    return false;
  }

  /** @param {Omit<OutboxEntry, "client_id" | "session" | "key">} event */
  #put(event) {
    const stored = this.entries().at(-1)?.key.slice(this.#prefix.length).split("-")[0] ?? 0;
    this.#last = Math.max(Date.now(), this.#last + 1, Number(stored) + 1); // a clock that was set back changes no order
    const id = makeId();
    const entry = {
      ...event,
      client_id: id,
      session: this.session,
      key: `${this.#prefix}${String(this.#last).padStart(15, "0")}-${id.slice(0, 8)}`,
    };
    this.#store(entry);
    this.send();
    return entry;
  }

  /** @param {OutboxEntry} entry */
  #store({ key, ...entry }) {
    localStorage.setItem(key, JSON.stringify(entry));
  }

  /** @param {StorageEvent} event */
  #otherTab({ key, newValue, oldValue }) {
    if (!key?.startsWith(this.#prefix)) return;
    this.#failures = 0;
    this.lacksDatabase = false; // whoever sends next will say
    if (this.blocked && !localStorage.getItem(this.blocked.entry.key ?? "")) this.blocked = null; // settled in the other tab
    this.emit("elsewhere", { entry: JSON.parse(newValue ?? oldValue ?? "{}") });
    this.send();
  }

  #changed() {
    this.emit("changed", {});
  }
}

/**
 * The judgment of a pair once this event is recorded, with the client_id that the server then gives it.
 * @param {OutboxEntry} entry
 * @returns {Judgment | null}
 */
export function judgmentAfter(entry) {
  const values = entry.kind === "undo" ? entry.before : entry.values;
  return values ? { ...values, client_id: entry.client_id } : null;
}

/** A version 4 UUID; crypto.randomUUID is missing where the page comes over plain HTTP from another host. */
export function makeId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [0, 8, 12, 16, 20].map((at, part) => digits.slice(at, [8, 12, 16, 20, 32][part])).join("-");
}

/**
 * Without locks (plain HTTP from another host) two tabs may send the same event; the server takes it once.
 * @param {string} name
 * @param {() => Promise<void>} run
 */
function locked(name, run) {
  return navigator.locks ? navigator.locks.request(name, run) : run();
}
