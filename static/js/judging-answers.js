// @ts-check
/** The judgment of each pair: the one that waits in the outbox, else the one that the server reported last. */
export class Answers {
  /** @type {Map<number, { judgment: Judgment | null, askedAt: number }>} */
  #reported = new Map(); // position → { judgment, askedAt }

  /** @param {{ latest(position: number): Judgment | null | undefined }} outbox */
  constructor(outbox) {
    this.outbox = outbox;
  }

  /**
   * The judgment of a pair, or null.
   * @param {number} position
   */
  of(position) {
    const waiting = this.outbox.latest(position);
    return waiting === undefined ? (this.#reported.get(position)?.judgment ?? null) : waiting;
  }

  /**
   * Take over what the server reports. Returns false for an answer to an older question than the one known.
   * @param {number} position
   * @param {Judgment | null} judgment
   */
  report(position, judgment, askedAt = performance.now()) {
    if ((this.#reported.get(position)?.askedAt ?? -1) > askedAt) return false;
    this.#reported.set(position, { judgment, askedAt });
    return true;
  }
}
