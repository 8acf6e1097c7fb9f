/** Types that the modules of static/js share. Nothing here is loaded by a page. */

/** Libraries that pages load as plain scripts, as far as modules use them; they ship no types. */
declare const OpenSeadragon: OpenSeadragonLibrary;
declare const htmx: {
  process(element: Element): void;
  trigger(element: Element, name: string, detail?: object): void;
};
interface Window {
  htmx?: typeof htmx;
  OpenSeadragon: OpenSeadragonLibrary;
}
interface OpenSeadragonLibrary {
  (options: object): Viewer;
  Point: new (x: number, y: number) => Point;
  LegacyTileSource: new (levels: { url: string; width: number; height: number }[]) => TileSource;
}
interface Point {
  x: number;
  y: number;
}
interface Viewer {
  canvas: HTMLElement;
  viewport: Viewport;
  world: { removeItem(item: TiledImage): void };
  addHandler<E>(name: string, handler: (event: E) => unknown): void;
  removeHandler<E>(name: string, handler: (event: E) => unknown): void;
  addTiledImage(options: object): void;
  forceRedraw(): void;
  destroy(): void;
}
interface Viewport {
  applyConstraints(): void;
  deltaPointsFromPixels(pixels: Point): Point;
  getAspectRatio(): number;
  getCenter(isCurrent: boolean): Point;
  getContainerSize(): Point;
  getZoom(isCurrent: boolean): number;
  panBy(delta: Point): void;
  panTo(centre: Point, immediately: boolean): void;
  pixelFromPoint(point: Point, isCurrent: boolean): Point;
  setRotation(degrees: number, immediately: boolean): void;
  zoomBy(factor: number): void;
  zoomTo(zoom: number, refPoint: Point | null, immediately: boolean): void;
}
interface TiledImage {
  source: TileSource;
  addHandler<E>(name: string, handler: (event: E) => unknown): void;
  setOpacity(opacity: number): void;
  setPosition(position: Point, immediately: boolean): void;
  setPreload(isPreloaded: boolean): void;
  setWidth(width: number, immediately: boolean): void;
  update(isViewportChanged: boolean): void;
}
interface TileSource {
  levels: object[];
  maxLevel: number;
  hasTransparency(): boolean;
  downloadTileStart(job: ImageJob): void;
  downloadTileAbort(): void;
}
interface ImageJob {
  src: string;
  finish(data: object, request: null, dataType: string): void;
  fail(message: string, request: null): void;
}

/** What Alpine adds to each of its components. */
interface AlpineMagics {
  $el: HTMLElement;
  $root: HTMLElement;
  $nextTick(run: () => void): void;
}

/** Pages are HTML: what a selector finds in them is an HTML element. */
interface ParentNode {
  querySelector<E extends Element = HTMLElement>(selectors: string): E | null;
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>;
}
interface Element {
  closest<E extends Element = HTMLElement>(selectors: string): E | null;
}

/** What a person does with an element; its target is HTML, or a shape of an SVG with the same attributes. */
type OnElement<E> = E & { target: HTMLElement & { form?: HTMLFormElement } };

/** What htmx tells with its events, each a part of it. */
interface HtmxDetail {
  elt: HTMLElement;
  target: HTMLElement;
  xhr: XMLHttpRequest;
  requestConfig: { elt: HTMLElement; path: string; verb: string; parameters: Record<string, unknown> };
  pathInfo: { requestPath: string };
  successful: boolean;
  serverResponse: string;
  shouldSwap: boolean;
  loaded: number;
  total: number;
}
type HtmxEvent = CustomEvent<HtmxDetail> & { target: HTMLElement };

interface Document {
  readonly activeElement: HTMLElement | null;
  addEventListener<K extends "click" | "input" | "keydown" | "paste" | "submit">(
    type: K,
    listener: (event: OnElement<DocumentEventMap[K]>) => unknown,
    options?: AddEventListenerOptions,
  ): void;
  addEventListener(
    type: `htmx:${string}`,
    listener: (event: HtmxEvent) => unknown,
    options?: AddEventListenerOptions,
  ): void;
}
interface HTMLElement {
  addEventListener<K extends "click" | "focusin" | "input" | "keydown" | "pointerdown" | "pointerover" | "submit">(
    type: K,
    listener: (event: OnElement<HTMLElementEventMap[K]>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: `htmx:${string}`,
    listener: (event: HtmxEvent) => unknown,
    options?: AddEventListenerOptions,
  ): void;
}

/** [left, top, width, height] */
type Box = [number, number, number, number];

/** [a, b, c, d, e, f] as SVG writes it */
type Matrix = [number, number, number, number, number, number];

/** A stored sheet: sizes and boxes in its pixels, angles in degrees clockwise. */
interface Sheet {
  key: string;
  width: number;
  height: number;
  upright: number;
  turn: number;
  figureBox: Box;
  preview: string;
  previewSize: [number, number];
  full: string;
}

/** A sheet in the viewer's world: its image once it can be painted. */
interface SheetImage {
  image: TiledImage | null;
  promise: Promise<void>;
}

/** What an assessor gives of a pair; client_id is the event that gave it. */
interface Judgment {
  grade: number | null;
  cannot_judge: boolean;
  looks: number | null;
  works: number | null;
  reason: string;
  region: number[] | null;
  client_id?: string;
}

/** An event of the outbox; `key` is its item in localStorage. */
interface OutboxEntry {
  kind: "judgment" | "undo";
  position: number | null;
  url: string;
  base?: string | null;
  takes?: string | null;
  before: Judgment | null;
  values?: Judgment;
  seconds?: number;
  client_id: string;
  session: number;
  key: string;
}

/** Why the outbox sends nothing until the assessor decides. */
interface OutboxProblem {
  kind: string;
  entry: Pick<OutboxEntry, "client_id"> & Partial<OutboxEntry>;
  current?: Judgment | null;
  detail?: string | null;
}
