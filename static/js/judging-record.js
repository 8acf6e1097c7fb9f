// @ts-check
/** Judgments as they are recorded: into the outbox, what can be taken back, drafts, and the counts. */
import { isJudged, isSame } from "./judging-form.js";
import { judgmentAfter } from "./judging-outbox.js";

export class JudgmentRecord {
  /**
   * @param {object} parts
   * @param {import("./judging-outbox.js").Outbox} parts.outbox
   * @param {import("./judging-answers.js").Answers} parts.answers
   * @param {import("./judging-memory.js").Memory} parts.memory
   * @param {import("./judging-progress.js").Progress} parts.progress
   */
  constructor({ outbox, answers, memory, progress }) {
    this.outbox = outbox;
    this.answers = answers;
    this.memory = memory;
    this.progress = progress;
  }

  /**
   * Put a judgment into the outbox if it is complete and says something new. Returns whether it is kept, now or before.
   * Throws QuotaExceededError where the browser has no room for it.
   * @param {number} position
   * @param {Judgment} values
   * @param {string} url - where it is sent
   */
  put(position, values, url) {
    const before = this.answers.of(position);
    if (!isJudged(values)) return false;
    if (isSame(values, before)) return true;
    const seconds = Math.round(this.progress.seconds * 100) / 100;
    const base = before?.client_id ?? null;
    const entry = this.outbox.judge({ position, url, base, before, values, seconds });
    if (!isJudged(before)) this.progress.addPace(seconds);
    this.memory.judged({ takes: entry.client_id, position, before });
    this.memory.draft(position, null);
    this.progress.set(position, values);
    this.progress.start();
    return true;
  }

  /**
   * Keep as a draft what cannot be recorded yet for want of a grade.
   * @param {number} position
   * @param {Judgment} values
   */
  putDraft(position, values) {
    this.memory.draft(position, isSame(values, this.answers.of(position)) ? null : values);
  }

  /**
   * Put the undo of the newest judgment into the outbox. Returns its event, without a position where only the server
   * knows which judgment is the newest.
   * @param {string} url - where it is sent
   */
  putUndo(url) {
    const newest = this.memory.takeBack();
    if (newest.position) this.memory.draft(newest.position, null);
    const entry = this.outbox.undo({ ...newest, url });
    if (entry.position) this.progress.set(entry.position, judgmentAfter(entry));
    return entry;
  }

  /**
   * Let a judgment be taken back again, whose undo took back another one.
   * @param {OutboxEntry} undo
   */
  restore({ takes, position, before }) {
    this.memory.judged({ takes, position, before });
  }
}
