/** What the judging page says in words: where one is, what was given, whether it is saved; and to those who hear it. */
import { isJudged } from "./judging-form.js";
import { saidOf } from "./judging-trouble.js";

export class Said {
  constructor(root) {
    this.root = root;
  }

  /** To those who hear the page. */
  say(words) {
    this.#write("[data-announce]", words);
  }

  /** In the place of what was given. */
  instead(words) {
    this.#write("[data-given]", words);
  }

  /** How the outbox stands. */
  saved({ tone, count }) {
    const words = {
      saved: "All saved",
      saving: "Saving…",
      unsaved: `Not saved: ${count}`,
      held: `Not saved: ${count}`,
    };
    this.root.querySelector("[data-saved]").dataset.tone = tone === "held" ? "unsaved" : tone;
    this.#write("[data-saved]", words[tone]);
  }

  /** What was given to the pair that is seen, or what is still lacking. */
  given(held, draft, { isClosed, stays }) {
    const lacks = isJudged(draft) ? "all three record it, or Enter." : "the overall grade is missing.";
    if (draft) this.instead(`Not recorded yet: ${lacks}`);
    else
      this.instead(
        held
          ? `You gave: ${saidOf(held)}${isClosed ? "" : `. Another grade replaces it${stays ? ", Enter goes on" : ""}.`}`
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
  pair(position, progress, held) {
    const isNew = progress.isNewTopic(position);
    this.root.classList.toggle("is-new-topic", isNew);
    const [topic, candidate] = ["topic", "candidate"].map((role) =>
      this.root.querySelector(`#${role}-heading`).textContent.trim(),
    );
    const parts = [
      `Pair ${position} of ${Math.max(position, progress.last)}.`,
      progress.isPassedOn(position) && "Another assessor has it now.",
      isNew && `Another topic. ${topic}.`,
      `${candidate}.`,
      held && `You gave ${saidOf(held)}.`,
    ];
    this.say(parts.filter(Boolean).join(" "));
    document.title = `Pair ${position} of ${Math.max(position, progress.last)}, ${this.root.dataset.sessionName} – Patent image search`;
  }

  #write(selector, words) {
    const place = this.root.querySelector(selector);
    if (place.textContent !== words) place.textContent = words;
  }
}
