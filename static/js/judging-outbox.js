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
import { ask } from "./judging-request.js";

const WAITS_MS = [400, 800, 1500, 3000, 6000, 12_000];
const SENDING_SHOWN_AFTER_MS = 500;

export class Outbox extends EventTarget {
  #prefix;
  #last = 0; // stamp of the newest event of this tab
  #isSending = false;
  #failures = 0;
  #timer = 0;

  /** Events: "changed" whenever its state may look different, "answered" { entry, answer }, "undone-nothing" { entry },
   *  "elsewhere" { entry } when another tab has put or taken away an event. */
  constructor({ assessor, session, stateUrl, token }) {
    super();
    Object.assign(this, { assessor, session, stateUrl, token });
    this.held = null; // { kind, entry, current, detail }: what waits for the assessor
    this.lacksDatabase = false; // whether the server said so last, which is no refusal
    this.#prefix = `judging ${assessor} `;
    addEventListener("storage", (event) => this.#otherTab(event));
    addEventListener("online", () => this.retry());
    addEventListener("focus", () => this.held?.kind === "login" && this.retry());
    document.addEventListener(
      "visibilitychange",
      () => !document.hidden && this.held?.kind === "login" && this.retry(),
    );
  }

  /** All that this assessor has not had acknowledged, in order, of every session. */
  entries() {
    const keys = Object.keys(localStorage)
      .filter((key) => key.startsWith(this.#prefix))
      .sort();
    return keys.map((key) => ({ ...JSON.parse(localStorage.getItem(key)), key }));
  }

  /** "saved", "saving", "unsaved" or "held", and how many events wait. */
  get state() {
    const count = this.entries().length;
    if (!count) return { tone: "saved", count };
    if (this.held) return { tone: "held", count };
    return { tone: this.#failures ? "unsaved" : "saving", count };
  }

  /** What holds of a pair as far as the outbox knows; undefined where it knows nothing. */
  holds(position) {
    const last = this.entries()
      .filter((one) => one.session === this.session && one.position === position)
      .at(-1);
    return last && heldAfter(last);
  }

  /** Keep a judgment { position, url, base, before, values, seconds }, and send it. Returns the event. */
  judge(judgment) {
    return this.#put({ kind: "judgment", ...judgment });
  }

  /** Keep an undo { position, url, takes, before }; position is null where only the server knows what is newest. */
  undo(undo) {
    return this.#put({ kind: "undo", ...undo });
  }

  /** Try at once. */
  retry() {
    this.held = null;
    clearTimeout(this.#timer);
    return this.send();
  }

  /** Of a conflict: say it again on top of what holds. */
  keepMine() {
    const { entry, current } = this.held;
    const renamed = { ...entry, client_id: makeId(), base: current?.client_id ?? null, before: current };
    for (const one of this.entries().filter((one) => one.key > entry.key)) {
      if (one.base === entry.client_id) this.#store({ ...one, base: renamed.client_id });
      if (one.takes === entry.client_id) this.#store({ ...one, takes: renamed.client_id, before: current });
    }
    this.#store(renamed);
    return this.retry();
  }

  /** Of a conflict: leave what holds, and drop what was to be taken back with it. */
  keepTheirs() {
    const { entry, current } = this.held;
    for (const one of this.entries().filter((one) => one.key > entry.key)) {
      if (one.base === entry.client_id) this.#store({ ...one, base: current?.client_id ?? null });
      if (one.takes === entry.client_id) localStorage.removeItem(one.key);
    }
    return this.discard();
  }

  /** The server wants a login, as somebody else was told. */
  needLogin() {
    this.held ??= { kind: "login", entry: { client_id: "" } };
    this.#changed();
  }

  /** Give up the event that is held. */
  discard() {
    localStorage.removeItem(this.held.entry.key);
    return this.retry();
  }

  /** Send all that is kept, unless this tab or another one is at it. */
  async send() {
    if (this.#isSending || this.held) return this.#changed();
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
    for (let next = this.entries()[0]; next && !this.held; next = this.entries()[0]) {
      const goesOn = await this.#sendOne(next);
      if (!goesOn) return;
    }
  }

  async #sendOne(entry) {
    const answer = await ask(entry.url, { body: bodyOf(entry, this.assessor), token: this.token });
    const code = answer.json?.error?.code;
    this.lacksDatabase = answer.status === 503 && code === "database";
    if (answer.status === 200 || answer.status === 201) {
      this.#failures = 0;
      localStorage.removeItem(entry.key);
      this.#tell("answered", { entry, answer: answer.json });
      return true;
    }
    if (answer.status === 400 && code === "nothing-to-undo") {
      localStorage.removeItem(entry.key);
      this.#tell("undone-nothing", { entry });
      return true;
    }
    if (answer.status === 403 && code === "form-expired") return this.#renewToken(entry);
    if (answer.status === 0 || answer.status === 429 || answer.status >= 500) return this.#later();
    this.held = {
      ...why(answer.status, code),
      entry,
      current: answer.json?.current ?? null,
      detail: answer.json?.error?.detail,
    };
    return false;
  }

  /** After a new login the token is another one; it is ours alone if the same person has logged in. */
  async #renewToken(entry) {
    const { status, json } = await ask(this.stateUrl);
    if (status === 200 && json.assessor === this.assessor && json.csrf_token && !this.isRenewed) {
      this.token = json.csrf_token;
      this.isRenewed = true; // once a while: a token that is refused again must not be asked for without end
      setTimeout(() => (this.isRenewed = false), 2000);
      this.#tell("renewed", {});
      return true;
    }
    if (status === 401) this.held = { kind: "login", entry };
    else if (status === 404 || (status === 200 && json.assessor !== this.assessor))
      this.held = { kind: "account", entry };
    else return this.#later();
    return false;
  }

  #later() {
    const wait = WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)];
    this.#failures += 1;
    this.#timer = setTimeout(() => this.send(), wait);
    return false;
  }

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

  #store({ key, ...entry }) {
    localStorage.setItem(key, JSON.stringify(entry));
  }

  #otherTab({ key, newValue, oldValue }) {
    if (!key?.startsWith(this.#prefix)) return;
    this.#failures = 0;
    this.lacksDatabase = false; // whoever sends next will say
    if (this.held && !localStorage.getItem(this.held.entry.key)) this.held = null; // settled in the other tab
    this.#tell("elsewhere", { entry: JSON.parse(newValue ?? oldValue) });
    this.send();
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
  #changed() {
    this.#tell("changed", {});
  }
}

/** What holds of a pair once this event is recorded, with the client_id that the server then gives it. */
export function heldAfter(entry) {
  const said = entry.kind === "undo" ? entry.before : entry.values;
  return said ? { ...said, client_id: entry.client_id } : null;
}

/** A version 4 UUID; crypto.randomUUID is missing where the page comes over plain HTTP from another host. */
export function makeId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [0, 8, 12, 16, 20].map((at, part) => digits.slice(at, [8, 12, 16, 20, 32][part])).join("-");
}

function bodyOf(entry, assessor) {
  const { client_id, base, values, seconds } = entry;
  return entry.kind === "undo" ? { client_id, assessor } : { client_id, base, assessor, seconds, ...values };
}

function why(status, code) {
  if (status === 409) return { kind: "conflict" };
  if (status === 401) return { kind: "login" };
  return { kind: code === "other-account" || status === 404 ? "account" : "refused" };
}

/** Without locks (plain HTTP from another host) two tabs may send the same event; the server takes it once. */
function locked(name, run) {
  return navigator.locks ? navigator.locks.request(name, run) : run();
}
