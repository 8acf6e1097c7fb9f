// @ts-check
/** The judging page's status in words: the position, the judgment, whether it is saved, and announcements to screen readers. */
import { isJudged } from "./judging-form.js";
import { describe } from "./judging-trouble.js";

export class Status {
  constructor(root) {
    this.root = root;
  }

  /** Announce to screen readers. */
  announce(words) {
    this.#write("[data-announce]", words);
  }

  /** Show a message in place of the judgment. */
  message(words) {
    this.#write("[data-given]", words);
  }

  /** How the outbox stands. */
  saved({ tone, count }) {
    const words = {
      saved: "All saved",
      saving: "Saving…",
      unsaved: `Not saved: ${count}`,
      blocked: `Not saved: ${count}`,
    };
    this.root.querySelector("[data-saved]").dataset.tone = tone === "blocked" ? "unsaved" : tone;
    this.#write("[data-saved]", words[tone]);
  }

  /** What was given to the pair that is seen, or what is still lacking. */
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

  /** Where the links lead from a pair. */
  steps(position, progress) {
    const to = {
      back: progress.beside(position, -1),
      on: progress.beside(position, 1),
      open: progress.nextOpen(position),
    };
    for (const link of this.root.querySelectorAll("[data-step]")) {
      const there = to[link.dataset.step];
      link.classList.toggle("is-off", !there);
      if (there) link.href = `?at=${there}`;
      else link.removeAttribute("href");
    }
    this.root.querySelector("[data-review]").href =
      `${this.root.dataset.reviewUrl}?around=${position}#pair-${position}`;
  }

  /** A pair that has just come. */
  pair(position, progress, judgment) {
    const isNew = progress.isNewTopic(position);
    this.root.classList.toggle("is-new-topic", isNew);
    const [topic, candidate] = ["topic", "candidate"].map((role) =>
      this.root.querySelector(`#${role}-heading`).textContent.trim(),
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

  #write(selector, words) {
    const place = this.root.querySelector(selector);
    if (place.textContent !== words) place.textContent = words;
  }
}
