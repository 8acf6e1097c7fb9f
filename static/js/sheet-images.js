// @ts-check
/**
 * Sheets as images of one viewer's world, all in the same place with only one to be seen. The pixels of a sheet's preview
 * are decoded when it is prepared; its larger picture is loaded for those who stay.
 */
const MOST_SHEETS = 20; // kept decoded; a preview takes about 8 MB

export class SheetImages {
  /** @type {Map<string, SheetImage>} */
  #images = new Map(); // by the sheet's key, the one used last at the end
  /** @type {Map<string, Promise<CanvasRenderingContext2D>>} */
  #pixels = new Map(); // by address, until the viewer takes them

  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
  }

  /**
   * Whether the sheet can be shown in the next frame.
   * @param {Sheet} sheet
   */
  isReady(sheet) {
    return Boolean(this.#images.get(sheet.key)?.image);
  }

  /**
   * Decode the sheet's picture ahead and give it to the viewer.
   * @param {Sheet} sheet
   * @returns {Promise<void>}
   */
  prepare(sheet) {
    const known = this.#images.get(sheet.key);
    if (known) {
      this.#touch(sheet.key, known);
      return known.promise;
    }
    const first = levelsOf(sheet)[0].url;
    const pixels = decode(first);
    this.#pixels.set(first, pixels);
    /** @type {SheetImage} */
    const entry = { image: null, promise: Promise.resolve() };
    entry.promise = pixels.then(() => this.#add(sheet, entry));
    entry.promise.catch(() => this.#images.delete(sheet.key)); // asked for again when it is wanted again
    this.#images.set(sheet.key, entry);
    return entry.promise;
  }

  /**
   * Let a prepared sheet be seen, and no other.
   * @param {Sheet} sheet
   */
  show(sheet) {
    const shown = this.#images.get(sheet.key);
    if (!shown) throw new Error(`Sheet ${sheet.key} was not prepared.`);
    this.#touch(sheet.key, shown);
    for (const { image } of this.#images.values()) image?.setOpacity(image === shown.image ? 1 : 0);
    this.#forgetOldest(sheet.key);
  }

  /**
   * Let the viewer load the sheet's larger picture where its view wants it. Returns whether it was not let before.
   * @param {Sheet} sheet
   */
  sharpen(sheet) {
    const image = this.#images.get(sheet.key)?.image;
    if (!image || image.source.maxLevel > 0) return false;
    image.source.maxLevel = image.source.levels.length - 1;
    image.update(true);
    return true;
  }

  /**
   * Put the sheet among the viewer's images, unseen. Resolves when its smallest picture can be painted.
   * @param {Sheet} sheet
   * @param {SheetImage} entry
   * @returns {Promise<void>}
   */
  #add(sheet, entry) {
    return new Promise((resolve, reject) => {
      const source = this.#source(sheet);
      source.maxLevel = 0; // its larger picture is for those who stay
      /** @type {TiledImage | null} */
      let item = null;
      const forget = () => {
        this.viewer.removeHandler("tile-loaded", loaded);
        this.viewer.removeHandler("tile-load-failed", failed);
      };
      const ready = () => {
        if (entry.image || !item) return;
        forget();
        item.setPreload(false);
        item.setPosition(new OpenSeadragon.Point(0, 0), true);
        item.setWidth(1, true);
        entry.image = item;
        resolve();
      };
      /** @param {{ tiledImage: object, promise: Promise<unknown> }} event */
      const loaded = ({ tiledImage, promise }) => {
        if (tiledImage === item) promise.then(ready); // not returned: the viewer would wait for it, and it for the viewer
      };
      /** @param {{ tiledImage: object, message: string }} event */
      const failed = ({ tiledImage, message }) => {
        if (tiledImage !== item) return;
        forget();
        if (item) this.viewer.world.removeItem(item);
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
        success: (/** @type {{ item: TiledImage }} */ event) => {
          item = event.item;
          // What the viewer still has of a sheet that was there before is not loaded again.
          item.addHandler(
            "fully-loaded-change",
            (/** @type {{ fullyLoaded: boolean }} */ { fullyLoaded }) => fullyLoaded && ready(),
          );
        },
        error: (/** @type {{ message: string }} */ { message }) => {
          forget();
          reject(new Error(message));
        },
      });
    });
  }

  /** @param {Sheet} sheet */
  #source(sheet) {
    const source = new OpenSeadragon.LegacyTileSource(levelsOf(sheet));
    source.hasTransparency = () => false; // spares drawing each sheet twice
    source.downloadTileStart = (/** @type {ImageJob} */ job) => {
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

  /**
   * @param {string} key
   * @param {SheetImage} entry
   */
  #touch(key, entry) {
    this.#images.delete(key);
    this.#images.set(key, entry);
  }

  /** @param {string} shown */
  #forgetOldest(shown) {
    for (const [key, { image }] of this.#images) {
      if (this.#images.size <= MOST_SHEETS) return;
      if (!image || key === shown) continue;
      this.#images.delete(key);
      this.viewer.world.removeItem(image);
    }
  }
}

/**
 * The pictures of a sheet by rising size; a small sheet is its own preview.
 * @param {Sheet} sheet
 */
function levelsOf({ width, height, preview, previewSize, full }) {
  const whole = { url: full, width, height };
  return previewSize[0] < width ? [{ url: preview, width: previewSize[0], height: previewSize[1] }, whole] : [whole];
}

/**
 * A canvas context that holds the picture; the browser decodes it beside the page's own thread.
 * @param {string} address
 */
async function decode(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const bitmap = await createImageBitmap(await answer.blob());
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context;
}
