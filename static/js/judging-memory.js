// @ts-check
/** What this tab remembers of judging: judgments that can be taken back, newest last, and what cannot be recorded yet. */
const MOST_UNDONE = 300;

export class Memory {
  /** key: of the assessor and the session. */
  constructor(key) {
    this.key = key;
  }

  /** By position what was said of a pair without a grade. */
  get drafts() {
    return this.#read("drafts", {});
  }

  /** Keep what is said of a pair, or with null forget it. */
  draft(position, values) {
    const { [position]: _, ...others } = this.drafts;
    this.#write("drafts", values ? { ...others, [position]: values } : others);
  }

  /** A judgment { takes, position, before } that can be taken back. */
  judged(one) {
    this.#write("undo", [...this.#read("undo", []), one].slice(-MOST_UNDONE));
  }

  /** The newest of them, forgotten by this; its fields are null where only the server knows it. */
  takeBack() {
    const all = this.#read("undo", []);
    this.#write("undo", all.slice(0, -1));
    return all.at(-1) ?? { takes: null, position: null, before: null };
  }

  #read(what, otherwise) {
    return JSON.parse(sessionStorage.getItem(`judging-${what} ${this.key}`)) ?? otherwise;
  }
  #write(what, value) {
    sessionStorage.setItem(`judging-${what} ${this.key}`, JSON.stringify(value));
  }
}
