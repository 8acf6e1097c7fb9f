// @ts-check
/**
 * Alpine's component of a drawing with pins: <section x-data="drawing"> holds the drawing's <svg data-size="width height">
 * with <a data-pin> for each pin and <g data-frame><rect>, and <details> that each hold a form with note, left, top,
 * width and height in percent. Opening one shows its frame, which mouse, pen and arrow keys change.
 * Pointing at a pin lights its note, and the reverse.
 */
const STEP = 1; // percent
const SMALLEST = 1;
const SIDES = ["left", "top", "width", "height"];

export function drawing() {
  return {
    isMarking: false,
    marking: "",
    details: null,
    from: null, // where the pointer went down, and the frame then

    init() {
      const open = this.$el.querySelector(".pin-edit[open]");
      if (open) this.start(open);
    },

    toggled(event) {
      const details = event.target;
      if (!details.classList.contains("pin-edit")) return;
      if (details.open) this.start(details);
      else if (details === this.details) this.stop();
    },

    start(details) {
      if (this.details === details) return;
      for (const other of this.$root.querySelectorAll(".pin-edit[open]")) if (other !== details) other.open = false;
      this.details = details;
      this.isMarking = true;
      this.marking = "is-marking";
      this.paint();
      for (const field of details.querySelectorAll("input[type=number]"))
        field.addEventListener("input", () => this.paint());
      // Alpine shows the frame at the next painting.
      this.$nextTick(() => requestAnimationFrame(() => this.frame()?.focus({ preventScroll: true })));
    },

    stop() {
      this.details = null;
      this.isMarking = false;
      this.marking = "";
    },

    cancel() {
      const details = this.details;
      if (!details) return;
      details.querySelector("form").reset();
      details.open = false;
      details.querySelector("summary").focus();
    },

    frame() {
      return this.$root.querySelector("[data-frame]");
    },

    field(name) {
      return this.details.querySelector(`[name=${name}]`);
    },

    numbers() {
      return SIDES.map((name) => Number(this.field(name).value));
    },

    put(numbers) {
      SIDES.forEach((name, at) => (this.field(name).value = String(Math.round(numbers[at] * 100) / 100)));
      this.paint();
    },

    paint() {
      const [width, height] = this.$root.querySelector("svg").dataset.size.split(" ").map(Number);
      const rect = this.frame().querySelector("rect");
      const shares = this.numbers();
      const parts = {
        x: shares[0] * width,
        y: shares[1] * height,
        width: shares[2] * width,
        height: shares[3] * height,
      };
      for (const [name, part] of Object.entries(parts)) rect.setAttribute(name, part / 100);
    },

    /** Where the pointer is, in percent of the drawing, within it. */
    at(event) {
      const box = this.$root.querySelector("svg").getBoundingClientRect();
      const within = (part, whole) => Math.min(100, Math.max(0, (100 * part) / whole));
      return [within(event.clientX - box.left, box.width), within(event.clientY - box.top, box.height)];
    },

    begin(event) {
      if (!this.isMarking || event.button !== 0) return;
      event.preventDefault();
      this.from = { at: this.at(event), numbers: this.numbers() };
      event.currentTarget?.setPointerCapture?.(event.pointerId);
    },

    draw(event) {
      if (!this.from) return;
      const [x, y] = this.at(event);
      const [left, top] = this.from.at;
      this.put([Math.min(x, left), Math.min(y, top), Math.abs(x - left), Math.abs(y - top)]);
    },

    drawn() {
      if (!this.from) return;
      const [, , width, height] = this.numbers();
      // A click is no frame.
      if (width < SMALLEST || height < SMALLEST) this.put(this.from.numbers);
      this.from = null;
      this.field("note").focus();
    },

    steer(event) {
      if (event.key === "Enter") {
        event.preventDefault();
        this.field("note").focus();
        return;
      }
      if (event.key === "Escape") {
        event.stopPropagation();
        this.cancel();
        return;
      }
      const [across, down] =
        { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [];
      if (across === undefined || event.altKey) return;
      event.preventDefault();
      const [left, top, width, height] = this.numbers();
      const within = (value, least, most) => Math.min(Math.max(value, least), most);
      if (event.shiftKey)
        this.put([left, top, within(width + across, SMALLEST, 100 - left), within(height + down, SMALLEST, 100 - top)]);
      else this.put([within(left + across, 0, 100 - width), within(top + down, 0, 100 - height), width, height]);
    },

    light(event) {
      const pin = event.target.closest?.("[data-pin]")?.dataset.pin;
      for (const one of this.$root.querySelectorAll("[data-pin]"))
        one.classList.toggle("is-lit", one.dataset.pin === pin);
    },

    unlight() {
      for (const one of this.$root.querySelectorAll("[data-pin]")) one.classList.remove("is-lit");
    },
  };
}
