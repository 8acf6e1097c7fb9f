// @ts-check
/**
 * Several deep-zoom stages that move as one. What they share is a view: how much nearer than whole the drawings are, and
 * how far from their middle. A pane that was moved alone keeps its own difference from then on.
 */

/** zoom: 1 shows the picture whole; x, y: from its middle, in shares of what is seen of it upright. */
const WHOLE = { zoom: 1, x: 0, y: 0 };

export class SharedView {
  #shared = { ...WHOLE };
  /** @type {WeakMap<import("./sheet-stage.js").Stage, typeof WHOLE>} */
  #own = new WeakMap(); // stage → its difference from the shared view
  #isFollowing = false;

  constructor() {
    /** @type {import("./sheet-stage.js").Stage[]} */
    this.stages = [];
    this.isOn = true;
    this.isOverlaid = false;
    /** @type {import("./sheet-stage.js").Stage | null} */
    this.leader = null;
  }

  /**
   * These stages move together from now on; each calls back when somebody has moved it.
   * @param {import("./sheet-stage.js").Stage[]} stages
   * @param {() => void} moved
   */
  take(stages, moved) {
    for (const stage of stages) {
      if (this.#own.has(stage)) continue;
      this.#own.set(stage, { ...WHOLE });
      const lead = () => {
        this.leader = stage;
      };
      for (const event of ["canvas-press", "canvas-scroll", "canvas-pinch", "canvas-double-click"])
        stage.viewer.addHandler(event, lead);
      stage.viewer.addHandler("animation", () => this.#follow(stage, moved));
      stage.viewer.addHandler("resize", () => {
        this.leader = null; // what moves now is the window, not the drawing
        requestAnimationFrame(() => this.apply());
      });
    }
    this.stages = stages;
  }

  /** All whole, and no differences any more. */
  reset() {
    this.leader = null;
    this.#shared = { ...WHOLE };
    for (const stage of this.stages) this.#own.set(stage, { ...WHOLE });
    this.apply();
  }

  /** Moving together again keeps the drawings where they are to each other now. */
  toggle() {
    this.isOn = !this.isOn;
    if (!this.isOn) return;
    const first = this.leader ?? this.stages[0];
    this.#shared = viewOf(first, this.isOverlaid);
    for (const stage of this.stages) {
      const { zoom, x, y } = viewOf(stage, this.isOverlaid);
      const ratio = zoom / this.#shared.zoom;
      this.#own.set(stage, { zoom: ratio, x: x - this.#shared.x / ratio, y: y - this.#shared.y / ratio });
    }
  }

  /**
   * Bring a stage that shows another picture to where the others are.
   * @param {import("./sheet-stage.js").Stage} stage
   */
  join(stage) {
    this.#own.set(stage, { ...WHOLE });
    if (this.isOn) this.#place(stage);
  }

  /** Bring all stages to the shared view. */
  apply() {
    if (this.isOn) this.stages.forEach((stage) => this.#place(stage));
  }

  /**
   * @param {import("./sheet-stage.js").Stage} stage
   * @param {() => void} moved
   */
  #follow(stage, moved) {
    if (this.#isFollowing || stage !== this.leader) return;
    moved();
    if (!this.isOn) return;
    const own = this.#own.get(stage) ?? WHOLE;
    const { zoom, x, y } = viewOf(stage, this.isOverlaid);
    this.#shared = { zoom: zoom / own.zoom, x: (x - own.x) * own.zoom, y: (y - own.y) * own.zoom };
    for (const other of this.stages) if (other !== stage) this.#place(other);
  }

  /** @param {import("./sheet-stage.js").Stage} stage */
  #place(stage) {
    if (!stage.sheet) return;
    const own = this.#own.get(stage) ?? WHOLE;
    const { zoom, x, y } = this.#shared;
    this.#isFollowing = true;
    show(stage, { zoom: zoom * own.zoom, x: own.x + x / own.zoom, y: own.y + y / own.zoom }, this.isOverlaid);
    this.#isFollowing = false;
  }
}

/**
 * The zoom that shows the picture whole, and its size then, turned as it is, in the viewer's units.
 * @param {import("./sheet-stage.js").Stage} stage
 */
function whole(stage) {
  const { width, height } = /** @type {Sheet} */ (stage.sheet); // views are of stages that show one
  const [across, down] = stage.rotation % 180 ? [height, width] : [width, height];
  const aspect = stage.viewer.viewport.getAspectRatio();
  const zoom = Math.min(width / across, width / (down * aspect));
  return { zoom, size: [across / width, down / width], middle: [0.5, height / width / 2], window: 1 / zoom };
}

/**
 * Laid over each other, drawings of different shape must move by the same length: shares of the window, not of each.
 * @param {{ window: number, size: number[] }} at
 * @param {boolean} isOverlaid
 */
function unit(at, isOverlaid) {
  return isOverlaid ? [at.window, at.window] : at.size;
}

/**
 * @param {import("./sheet-stage.js").Stage} stage
 * @param {boolean} isOverlaid
 */
function viewOf(stage, isOverlaid) {
  const at = whole(stage);
  const centre = stage.viewer.viewport.getCenter(true);
  const [x, y] = turned([centre.x - at.middle[0], centre.y - at.middle[1]], stage.rotation);
  const [across, down] = unit(at, isOverlaid);
  return { zoom: stage.viewer.viewport.getZoom(true) / at.zoom, x: x / across, y: y / down };
}

/**
 * @param {import("./sheet-stage.js").Stage} stage
 * @param {typeof WHOLE} view
 * @param {boolean} isOverlaid
 */
function show(stage, { zoom, x, y }, isOverlaid) {
  const at = whole(stage);
  const [across, down] = unit(at, isOverlaid);
  const [right, below] = turned([x * across, y * down], -stage.rotation);
  const { viewport } = stage.viewer;
  viewport.zoomTo(zoom * at.zoom, null, true);
  viewport.panTo(new OpenSeadragon.Point(at.middle[0] + right, at.middle[1] + below), true);
}

/**
 * A direction on the picture as it is seen once the picture is turned clockwise.
 * @param {number[]} direction
 * @param {number} degrees
 */
function turned([x, y], degrees) {
  const quarter = ((degrees + 360) % 360) / 90;
  return [
    [x, y],
    [-y, x],
    [-x, -y],
    [y, -x],
  ][quarter];
}
