// @ts-check
/**
 * Alpine's component of a note: <form x-data="note" data-note="<entry>"> with one textarea and the hidden field
 * started_from, sent by htmx. What is typed is saved by itself after a pause. `said` and `tone` tell how it stands,
 * `isOffered` whether saving by hand makes sense. typed.js puts back what a lost session took; then the note that it
 * was written upon, which this remembers, is compared, and not the one that somebody may have written since.
 */
import { partOf } from "./parts.js";

const PAUSE_MS = 900;

/** @param {string} page */
export function note(page) {
  return {
    said: "",
    tone: "",
    isOffered: false,
    form: /** @type {HTMLFormElement} */ (/** @type {unknown} */ (null)), // init() sets it
    key: "", // of this tab's memory: the note that was written upon
    sent: "", // the text that is on its way
    timer: 0,

    init() {
      this.form = /** @type {HTMLFormElement} */ (/** @type {AlpineMagics} */ (/** @type {object} */ (this)).$el);
      this.key = `note-${page}-${this.form.dataset.note}`;
      this.form.addEventListener("htmx:configRequest", () => (this.sent = this.area().value));
      this.form.addEventListener("htmx:beforeRequest", () => this.become("Saving…", "is-saving", false));
      this.form.addEventListener("htmx:afterRequest", (event) => this.answered(/** @type {HtmxEvent} */ (event)));
      window.addEventListener("pagehide", () => this.hand());
      if (this.isChoosing()) this.become("Not saved: see below", "is-fault", false);
      else if (this.area().value !== this.area().defaultValue) this.typed();
      else sessionStorage.removeItem(this.key);
    },

    area() {
      return partOf(this.form, "textarea", HTMLTextAreaElement);
    },

    /** Two texts are shown; only a button decides between them. */
    isChoosing() {
      return this.form.querySelector(".between-choice") !== null;
    },

    /**
     * @param {string} said
     * @param {string} tone
     * @param {boolean} isOffered
     */
    become(said, tone, isOffered) {
      Object.assign(this, { said, tone, isOffered });
      this.form.classList.toggle("is-unsaved", tone === "is-unsaved" || tone === "is-fault");
    },

    typed() {
      const base = partOf(this.form, "[name=started_from]", HTMLInputElement);
      if (this.tone !== "is-unsaved" && this.tone !== "is-saving") {
        base.value = sessionStorage.getItem(this.key) ?? base.value;
        sessionStorage.setItem(this.key, base.value);
      }
      if (this.isChoosing()) return;
      this.become("Not saved yet", "is-unsaved", true);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), PAUSE_MS);
    },

    /** @param {KeyboardEvent} event */
    keyed(event) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.save();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.save();
        const entry = this.form.closest("[data-entry]");
        (entry?.querySelector("[data-entry-open]") ?? entry)?.focus();
      }
    },

    left() {
      this.save();
    },

    save() {
      clearTimeout(this.timer);
      if (this.tone === "is-unsaved" && !this.isChoosing()) this.form.requestSubmit();
    },

    /** The page goes away: hand over what is unsaved without waiting for an answer. */
    hand() {
      if (this.tone === "is-unsaved" && !this.isChoosing())
        navigator.sendBeacon(this.form.action, new FormData(this.form));
    },

    /** @param {HtmxEvent} event */
    answered(event) {
      if (event.target !== this.form) return;
      const { status } = event.detail.xhr;
      if (status === 200) this.succeeded();
      else if (status === 409 || status === 400) this.become("Not saved: see below", "is-fault", false);
      else if (status === 403 || status === 404)
        this.become("Not saved: you may no longer edit this. Copy your text.", "is-fault", true);
      else this.become("Not saved: the server did not respond. Save again.", "is-fault", true);
    },

    succeeded() {
      sessionStorage.removeItem(this.key);
      const area = this.area();
      // Theirs, or both, came back in a textarea of its own, which says by itself what the server has.
      if (area.value === this.sent || area.value === area.defaultValue) {
        area.defaultValue = area.value;
        this.become("Saved", "is-saved", false);
      } else {
        this.become("", "", false);
        this.typed();
      }
    },
  };
}
