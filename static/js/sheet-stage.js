// @ts-check
/**
 * Deep zoom of sheets, one at a time, in one OpenSeadragon viewer that lies under the page's own SVG.
 *
 * Sheets come as <svg data-sheet data-size="w h" data-upright data-turn data-figure-box="l t w h" data-preview
 * data-preview-size="w h" data-full>; pixels are those of the stored sheet, angles are degrees clockwise. Each sheet is
 * an image of the viewer's world, all in the same place with only one to be seen: showing another one is a matter of
 * one frame, for the pixels of its preview were decoded when it was made ready.
 */
import { around, grown, isInView } from "./sheet-geometry.js";

const MOST_SHEETS = 20; // kept decoded; a preview takes about 8 MB
const STAYS_AFTER_MS = 250; // who flips on sooner is shown previews alone
const STEP = 1.4; // of zooming by key
const PAN_SHARE = 0.15; // of the window, by an arrow key
const MARGIN = 0.04; // around a framed figure, of its longer side, as on the page without scripts
const MOST_ENLARGED = 3; // pixels of the window that a framed sheet's pixel takes
const CLOSEST = 0.3; // of the sheet's longer side: revealing never zooms nearer than that

/** What an SVG says of its sheet. */
export function sheetOf(svg) {
  const numbers = (name) => svg.dataset[name].split(" ").map(Number);
  const [width, height] = numbers("size");
  return {
    key: svg.dataset.sheet,
    width,
    height,
    upright: Number(svg.dataset.upright),
    turn: Number(svg.dataset.turn),
    figureBox: numbers("figureBox"),
    preview: svg.dataset.preview,
    previewSize: numbers("previewSize"),
    full: svg.dataset.full,
  };
}

export class Stage extends EventTarget {
  #images = new Map(); // key → { image, promise }, the one used last at the end
  #pixels = new Map(); // address → promise of a canvas context, until the viewer takes it
  #framed = "figure"; // or "sheet", or nothing when somebody has moved the sheet
  #staying = 0; // a timer
  #wanted = "figure"; // how it was framed last, which the next sheet is too

  /** box: the element that the viewer fills. Events: "moved" with every painted frame, "framed" when the view changes its kind. */
  constructor(box) {
    super();
    this.sheet = null;
    claimStyle();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.viewer = window.OpenSeadragon({
      element: box,
      drawer: "canvas",
      prefixUrl: "",
      showNavigationControl: false,
      keyboardNavEnabled: false,
      immediateRender: true,
      blendTime: 0,
      animationTime: calm ? 0 : 0.3,
      springStiffness: 9,
      visibilityRatio: 0.2,
      minZoomImageRatio: 0.6,
      maxZoomPixelRatio: 6,
      minPixelRatio: 0.5,
      preload: true,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    });
    this.viewer.canvas.setAttribute("role", "group");
    this.viewer.canvas.setAttribute("aria-label", "Sheet, moved by arrow keys");
    this.viewer.addHandler("update-viewport", () => this.dispatchEvent(new Event("moved")));
    this.viewer.addHandler("resize", () => this.sheet && this.#framed && this.frame(this.#framed));
    for (const move of ["canvas-drag", "canvas-scroll", "canvas-pinch", "canvas-double-click"]) {
      this.viewer.addHandler(move, () => this.#leaveFrame());
    }
  }

  get framed() {
    return this.#framed;
  }
  get rotation() {
    return (this.sheet.upright + this.sheet.turn) % 360;
  }

  /** Whether the sheet can be shown in the next frame. */
  isReady(sheet) {
    return Boolean(this.#images.get(sheet.key)?.image);
  }

  /** Decode the sheet's picture ahead and give it to the viewer. */
  async prepare(sheet) {
    const known = this.#images.get(sheet.key);
    if (known) {
      this.#touch(sheet.key, known);
      return known.promise;
    }
    const first = levelsOf(sheet)[0].url;
    this.#pixels.set(first, decode(first));
    const entry = { image: null };
    entry.promise = this.#pixels.get(first).then(() => this.#add(sheet, entry));
    entry.promise.catch(() => this.#images.delete(sheet.key)); // asked for again when it is wanted again
    this.#images.set(sheet.key, entry);
    return entry.promise;
  }

  /** Show a prepared sheet, framed as the last one was. */
  show(sheet, framed = this.#wanted) {
    const entry = this.#images.get(sheet.key);
    this.#touch(sheet.key, entry);
    for (const { image } of this.#images.values()) image?.setOpacity(image === entry.image ? 1 : 0);
    this.sheet = sheet;
    this.viewer.viewport.setRotation(this.rotation, true);
    this.frame(framed);
    this.viewer.forceRedraw();
    this.#forgetOldest();
    clearTimeout(this.#staying);
    this.#staying = setTimeout(() => this.#sharpen(), STAYS_AFTER_MS);
  }

  /** Let the viewer load the sheet's larger picture where this view wants it. */
  #sharpen() {
    const image = this.#images.get(this.sheet.key)?.image;
    if (!image || image.source.maxLevel > 0) return;
    image.source.maxLevel = image.source.levels.length - 1;
    image.update(true);
    this.viewer.forceRedraw();
  }

  turn(degrees) {
    this.sheet.turn = degrees;
    this.viewer.viewport.setRotation(this.rotation, true);
    this.frame(this.#wanted);
  }

  /** Frame the "figure" or the whole "sheet" at once. */
  frame(what) {
    const { width, height, figureBox } = this.sheet;
    const margin = what === "figure" ? MARGIN * Math.max(figureBox[2], figureBox[3]) : 0;
    this.#fit(what === "figure" ? grown(figureBox, margin, [width, height]) : [0, 0, width, height], true);
    this.#framed = this.#wanted = what;
    this.dispatchEvent(new Event("framed"));
  }

  zoom(direction) {
    this.#leaveFrame();
    this.viewer.viewport.zoomBy(direction > 0 ? STEP : 1 / STEP);
    this.viewer.viewport.applyConstraints();
  }

  /** Move the window over the sheet: right and down are 1, 0 or -1. */
  pan(right, down) {
    const { viewport } = this.viewer;
    const size = viewport.getContainerSize();
    const pixels = new OpenSeadragon.Point(right * size.x * PAN_SHARE, down * size.y * PAN_SHARE);
    this.#leaveFrame();
    viewport.panBy(viewport.deltaPointsFromPixels(pixels));
    viewport.applyConstraints();
  }

  /** Bring boxes [left, top, width, height] into view where one of them is not. */
  reveal(boxes) {
    const { viewport } = this.viewer;
    const [matrix, size] = [this.matrix(), viewport.getContainerSize()];
    if (!boxes.length || boxes.every((box) => isInView(box, matrix, size))) return;
    const { width, height } = this.sheet;
    const wanted = around(boxes);
    const longest = Math.max(wanted[2], wanted[3]);
    const margin = Math.max(0.1 * longest, (CLOSEST * Math.max(width, height) - longest) / 2);
    this.#leaveFrame();
    this.#fit(grown(wanted, margin, [width, height]), false);
  }

  /**
   * [a, b, c, d, e, f] that takes a pixel of the sheet to where it is in the window, as SVG writes a matrix.
   * @returns {Matrix}
   */
  matrix() {
    const at = (x, y) => this.viewer.viewport.pixelFromPoint(new OpenSeadragon.Point(x, y), true);
    const [zero, along, down] = [at(0, 0), at(1, 0), at(0, 1)];
    const scale = 1 / this.sheet.width;
    return [
      (along.x - zero.x) * scale,
      (along.y - zero.y) * scale,
      (down.x - zero.x) * scale,
      (down.y - zero.y) * scale,
      zero.x,
      zero.y,
    ];
  }

  #fit([left, top, width, height], immediately) {
    const { viewport } = this.viewer;
    const unit = this.sheet.width;
    const [across, along] = this.rotation % 180 ? [height, width] : [width, height];
    const most = (MOST_ENLARGED * unit) / viewport.getContainerSize().x;
    const zoom = Math.min(unit / across, unit / (along * viewport.getAspectRatio()), most);
    const centre = new OpenSeadragon.Point((left + width / 2) / unit, (top + height / 2) / unit);
    viewport.zoomTo(zoom, null, immediately);
    viewport.panTo(centre, immediately);
  }

  #leaveFrame() {
    this.#sharpen();
    if (!this.#framed) return;
    this.#framed = null;
    this.dispatchEvent(new Event("framed"));
  }

  /** The sheet among the viewer's images, unseen; resolves when its smallest picture can be painted. */
  #add(sheet, entry) {
    return new Promise((resolve, reject) => {
      const source = this.#source(sheet);
      source.maxLevel = 0; // its larger picture is for those who stay
      let item = null;
      const forget = () => {
        this.viewer.removeHandler("tile-loaded", loaded);
        this.viewer.removeHandler("tile-load-failed", failed);
      };
      const ready = () => {
        if (entry.image) return;
        forget();
        item.setPreload(false);
        item.setPosition(new OpenSeadragon.Point(0, 0), true);
        item.setWidth(1, true);
        entry.image = item;
        resolve();
      };
      const loaded = ({ tiledImage, promise }) => {
        if (tiledImage === item) promise.then(ready); // not returned: the viewer would wait for it, and it for the viewer
      };
      const failed = ({ tiledImage, message }) => {
        if (tiledImage !== item) return;
        forget();
        this.viewer.world.removeItem(item);
        reject(new Error(message));
      };
      this.viewer.addHandler("tile-loaded", loaded);
      this.viewer.addHandler("tile-load-failed", failed);
      this.viewer.addTiledImage({
        // Wider than any view, until its picture is there: what is out of view is not loaded.
        tileSource: source,
        opacity: 0,
        preload: true,
        width: 100,
        x: -50,
        y: (-50 * sheet.height) / sheet.width,
        success: (event) => {
          item = event.item;
          // What the viewer still has of a sheet that was there before is not loaded again.
          item.addHandler("fully-loaded-change", ({ fullyLoaded }) => fullyLoaded && ready());
        },
        error: ({ message }) => {
          forget();
          reject(new Error(message));
        },
      });
    });
  }

  #source(sheet) {
    const source = new OpenSeadragon.LegacyTileSource(levelsOf(sheet));
    source.hasTransparency = () => false; // spares drawing each sheet twice
    source.downloadTileStart = (job) => {
      const pixels = this.#pixels.get(job.src) ?? decode(job.src);
      this.#pixels.delete(job.src); // from here on it is the viewer's
      pixels.then(
        (context) => job.finish(context, null, "context2d"),
        (error) => job.fail(String(error), null),
      );
    };
    source.downloadTileAbort = () => {}; // an answer that nobody waits for any more does no harm
    return source;
  }

  #touch(key, entry) {
    this.#images.delete(key);
    this.#images.set(key, entry);
  }

  #forgetOldest() {
    for (const [key, { image }] of this.#images) {
      if (this.#images.size <= MOST_SHEETS) return;
      if (!image || key === this.sheet.key) continue;
      this.#images.delete(key);
      this.viewer.world.removeItem(image);
    }
  }
}

/** OpenSeadragon adds a rule of its own to the page, which the policy forbids; reader.css holds that rule. */
function claimStyle() {
  const style = document.createElementNS("urn:nothing", "style"); // it looks for an element of this name
  style.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(style);
}

/** The pictures of a sheet by rising size; a small sheet is its own preview. */
function levelsOf({ width, height, preview, previewSize, full }) {
  const whole = { url: full, width, height };
  return previewSize[0] < width ? [{ url: preview, width: previewSize[0], height: previewSize[1] }, whole] : [whole];
}

/** A canvas context that holds the picture; the browser decodes it beside the page's own thread. */
async function decode(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const bitmap = await createImageBitmap(await answer.blob());
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context;
}
