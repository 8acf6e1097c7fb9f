// @ts-check
/** An EventTarget whose own events are known by name, each with its detail. */

/** @template {Record<string, object>} Details - what each event tells, by its name */
export class Emitter extends EventTarget {
  /**
   * @template {keyof Details & string} Name
   * @param {Name} name
   * @param {Details[Name]} detail
   */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /**
   * @template {keyof Details & string} Name
   * @param {Name} name
   * @param {(detail: Details[Name]) => unknown} run
   */
  on(name, run) {
    this.addEventListener(name, (event) => run(/** @type {CustomEvent<Details[Name]>} */ (event).detail));
  }
}
