// @ts-check
/**
 * Geometry of sheets, apart from any element. A box is [left, top, width, height]; a matrix is [a, b, c, d, e, f] as SVG
 * writes it.
 */
const GAP_PX = 4;

/**
 * A box of the sheet where the matrix puts it in the window.
 * @param {Box} box
 * @param {Matrix} matrix
 * @returns {Box}
 */
export function screenBox([left, top, width, height], [a, b, c, d, e, f]) {
  const [x1, y1] = [a * left + c * top + e, b * left + d * top + f];
  const [x2, y2] = [a * (left + width) + c * (top + height) + e, b * (left + width) + d * (top + height) + f];
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
}

/**
 * Whether the middle of a box of the sheet lies in a window of this size, as the matrix puts it.
 * @param {Box} box
 * @param {Matrix} matrix
 * @param {{ x: number, y: number }} size
 */
export function isInView(box, matrix, { x: width, y: height }) {
  const [left, top, across, down] = screenBox(box, matrix);
  const [x, y] = [left + across / 2, top + down / 2];
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

/**
 * A box with a margin around it, cut off at the edges of a sheet of this size.
 * @param {Box} box
 * @param {number} margin
 * @param {[number, number]} size
 * @returns {Box}
 */
export function grown([left, top, width, height], margin, [widthMost, heightMost]) {
  const [right, bottom] = [Math.min(widthMost, left + width + margin), Math.min(heightMost, top + height + margin)];
  const [x, y] = [Math.max(0, left - margin), Math.max(0, top - margin)];
  return [x, y, right - x, bottom - y];
}

/**
 * The smallest box that holds all of these.
 * @param {Box[]} boxes
 * @returns {Box}
 */
export function around(boxes) {
  const left = Math.min(...boxes.map((box) => box[0]));
  const top = Math.min(...boxes.map((box) => box[1]));
  const right = Math.max(...boxes.map((box) => box[0] + box[2]));
  const bottom = Math.max(...boxes.map((box) => box[1] + box[3]));
  return [left, top, right - left, bottom - top];
}

/**
 * A place for each name { box, width, isLit } beside its box in the room, or null: where there is room without covering
 * a box or another name. Names that are lit come first and always find a place; the others only where hasNames.
 * @param {{ box: Box, width: number, isLit: boolean }[]} names
 * @param {{ room: Box, height: number, hasNames: boolean }} options
 * @returns {(Box | null)[]}
 */
export function placeNames(names, { room, height, hasNames }) {
  /** @type {(Box | null)[]} */
  const found = names.map(() => null);
  /** @type {Box[]} */
  const taken = [];
  const boxes = names.map(({ box }) => box);
  const order = [...names.keys()].sort((one, other) => Number(names[other].isLit) - Number(names[one].isLit));
  for (const at of order) {
    const { box, width, isLit } = names[at];
    if (!width || !(isLit || hasNames)) continue;
    const places = placesBeside(box, width, height);
    const inRoom = places.filter((one) => isWithin(one, room));
    const free = inRoom.find((one) => ![...taken, ...boxes].some((other) => overlap(one, other)));
    const place = free ?? (isLit ? (inRoom[0] ?? places[0]) : null);
    found[at] = place;
    if (place) taken.push(place);
  }
  return found;
}

/**
 * Right, left, below and above, in the order in which they are tried.
 * @param {Box} box
 * @param {number} wide
 * @param {number} high
 * @returns {Box[]}
 */
function placesBeside([left, top, width, height], wide, high) {
  const middle = top + (height - high) / 2;
  const centre = left + (width - wide) / 2;
  return [
    [left + width + GAP_PX, middle, wide, high],
    [left - wide - GAP_PX, middle, wide, high],
    [centre, top + height + 1, wide, high],
    [centre, top - high - 1, wide, high],
  ];
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function isWithin([x1, y1, w1, h1], [x2, y2, w2, h2]) {
  return x1 >= x2 && y1 >= y2 && x1 + w1 <= x2 + w2 && y1 + h1 <= y2 + h2;
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function overlap([x1, y1, w1, h1], [x2, y2, w2, h2]) {
  return x1 < x2 + w2 && x2 < x1 + w1 && y1 < y2 + h2 && y2 < y1 + h1;
}
