// @ts-check
/** The judging page's status in words: the position, the judgment, whether it is saved, and announcements to screen readers. */
import { isJudged } from "./judging-form.js";
import { describe } from "./judging-trouble.js";
import { partOf } from "./parts.js";

/** @typedef {import("./judging-progress.js").Progress} Progress */

export class Status {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /**
   * Announce to screen readers.
   * @param {string} words
   */
  announce(words) {
    this.#write("[data-announce]", words);
  }

  /**
   * Show a message in place of the judgment.
   * @param {string} words
   */
  message(words) {
    this.#write("[data-given]", words);
  }

  /**
   * How the outbox stands.
   * @param {import("./judging-outbox.js").OutboxState} state
   */
  saved({ tone, count }) {
    const words = {
      saved: "All saved",
      saving: "Saving…",
      unsaved: `Not saved: ${count}`,
      blocked: `Not saved: ${count}`,
    };
    partOf(this.root, "[data-saved]").dataset.tone = tone === "blocked" ? "unsaved" : tone;
    this.#write("[data-saved]", words[tone]);
  }

  /**
   * What was given to the pair that is seen, or what is still lacking.
   * @param {Judgment | null} judgment
   * @param {Judgment | undefined} draft
   * @param {{ isClosed: boolean, stays: boolean }} options
   */
  given(judgment, draft, { isClosed, stays }) {
    const lacks = isJudged(draft) ? "give all three grades, or press Enter." : "give the overall grade.";
    if (draft) this.message(`Not recorded yet: ${lacks}`);
    else
      this.message(
        judgment
          ? `You gave: ${describe(judgment)}${isClosed ? "" : `. Another grade replaces it${stays ? ", Enter continues" : ""}.`}`
          : "",
      );
  }

  /**
   * Whether a part of the candidate is being marked.
   * @param {boolean} isMarking
   */
  marking(isMarking) {
    partOf(this.root, "[data-region-mark]").setAttribute("aria-pressed", String(isMarking));
  }

  /**
   * Where the links lead from a pair.
   * @param {number} position
   * @param {Progress} progress
   */
  steps(position, progress) {
    /** @type {Record<string, number>} */
    const to = {
      back: progress.beside(position, -1),
      on: progress.beside(position, 1),
      open: progress.nextOpen(position),
    };
    /** @type {NodeListOf<HTMLAnchorElement>} */
    const links = this.root.querySelectorAll("[data-step]");
    for (const link of links) {
      const there = to[link.dataset.step ?? ""];
      link.classList.toggle("is-off", !there);
      if (there) link.href = `?at=${there}`;
      else link.removeAttribute("href");
    }
    partOf(this.root, "[data-review]", HTMLAnchorElement).href =
      `${this.root.dataset.reviewUrl}?around=${position}#pair-${position}`;
  }

  /**
   * A pair that has just come.
   * @param {number} position
   * @param {Progress} progress
   * @param {Judgment | null} judgment
   */
  pair(position, progress, judgment) {
    const isNew = progress.isNewTopic(position);
    this.root.classList.toggle("is-new-topic", isNew);
    const [topic, candidate] = ["topic", "candidate"].map((role) =>
      partOf(this.root, `#${role}-heading`).textContent?.trim(),
    );
    const parts = [
      `Pair ${position} of ${Math.max(position, progress.last)}.`,
      progress.isPassedOn(position) && "Reassigned to another assessor.",
      isNew && `New topic. ${topic}.`,
      `${candidate}.`,
      judgment && `You gave ${describe(judgment)}.`,
    ];
    this.announce(parts.filter(Boolean).join(" "));
    document.title = `Pair ${position} of ${Math.max(position, progress.last)}, ${this.root.dataset.sessionName} – Patent image search`;
  }

  /**
   * @param {string} selector
   * @param {string} words
   */
  #write(selector, words) {
    const place = partOf(this.root, selector);
    if (place.textContent !== words) place.textContent = words;
  }
}
