// @ts-check
/** What this tab remembers of judging: judgments that can be taken back, newest last, and what cannot be recorded yet. */
const MOST_UNDONE = 300;

/**
 * A judgment that can be taken back: its event, its pair, and what the pair had before.
 * @typedef {object} TakenJudgment
 * @property {string | null | undefined} takes
 * @property {number | null} position
 * @property {Judgment | null} before
 */

export class Memory {
  /**
   * key: of the assessor and the session.
   * @param {string} key
   */
  constructor(key) {
    this.key = key;
  }

  /**
   * By position what was said of a pair without a grade.
   * @returns {Record<number, Judgment>}
   */
  get drafts() {
    return this.#read("drafts", {});
  }

  /**
   * Keep what is said of a pair, or with null forget it.
   * @param {number} position
   * @param {Judgment | null} values
   */
  draft(position, values) {
    const { [position]: _, ...others } = this.drafts;
    this.#write("drafts", values ? { ...others, [position]: values } : others);
  }

  /**
   * A judgment { takes, position, before } that can be taken back.
   * @param {TakenJudgment} judgment
   */
  judged(judgment) {
    this.#write("undo", [...this.#read("undo", []), judgment].slice(-MOST_UNDONE));
  }

  /**
   * The newest of them, forgotten by this; its fields are null where only the server knows it.
   * @returns {TakenJudgment}
   */
  takeBack() {
    const all = this.#read("undo", []);
    this.#write("undo", all.slice(0, -1));
    return all.at(-1) ?? { takes: null, position: null, before: null };
  }

  /**
   * @param {string} name
   * @param {unknown} otherwise
   */
  #read(name, otherwise) {
    return JSON.parse(sessionStorage.getItem(`judging-${name} ${this.key}`) ?? "null") ?? otherwise;
  }
  /**
   * @param {string} name
   * @param {unknown} value
   */
  #write(name, value) {
    sessionStorage.setItem(`judging-${name} ${this.key}`, JSON.stringify(value));
  }
}
