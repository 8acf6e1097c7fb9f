/** Types that the modules of static/js share. Nothing here is loaded by a page. */

/** Libraries that pages load as plain scripts, as far as modules use them. OpenSeadragon ships no types. */
declare const OpenSeadragon: any;
declare const htmx: {
  process(element: Element): void;
  trigger(element: Element, name: string, detail?: object): void;
};
interface Window {
  htmx?: typeof htmx;
  OpenSeadragon: any;
}

/** Pages are HTML: what a selector finds in them is an HTML element. */
interface ParentNode {
  querySelector<E extends Element = HTMLElement>(selectors: string): E | null;
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>;
}
interface Element {
  closest<E extends Element = HTMLElement>(selectors: string): E | null;
}

/** Events of htmx and of our own classes carry a detail. */
interface AnyDetail {
  target: any;
  [name: string]: any;
}
interface Document {
  readonly activeElement: HTMLElement | null;
  addEventListener<K extends "click" | "input" | "keydown" | "paste" | "submit">(
    type: K,
    listener: (event: DocumentEventMap[K] & { target: HTMLElement & { form?: HTMLFormElement } }) => unknown,
    options?: AddEventListenerOptions,
  ): void;
  addEventListener(
    type: `htmx:${string}`,
    listener: (event: CustomEvent<AnyDetail> & { target: HTMLElement }) => unknown,
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
  image: any;
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
