// @ts-check
/** Keys of judging that have no button of their own. Those of grades and facets stand on the buttons. */
import { ARROWS } from "./arrows.js";
import { addKey } from "./keys.js";

const ONCE_A_PRESS = /^([0-3xzqwerasdf]|Enter)$/;

/** @typedef {import("./sheet-stage.js").Stage} Stage */

/**
 * pairs: whose drawings are moved. step() goes to another pair, goOn() on with what is given.
 * @param {import("./judging-pairs.js").Pairs} pairs
 * @param {{ step: (which: "on" | "back" | "open") => void, goOn: () => void }} actions
 */
export function addJudgingKeys(pairs, { step, goOn }) {
  const group = "Pairs";
  for (const key of ["j", "ArrowRight"])
    addKey({ key, label: "Next pair, judge this one later", group, run: () => step("on") });
  for (const key of ["k", "ArrowLeft"]) addKey({ key, label: "Previous pair", group, run: () => step("back") });
  addKey({ key: "n", label: "Next unjudged pair", group, run: () => step("open") });
  addKey({ key: "Enter", label: "Continue with the given grades", group, run: goOn });
  addDrawingKeys(pairs);
}

/** Let keys that grade, undo or go on not repeat while they are held down. */
export function ignoreRepeats() {
  document.addEventListener(
    "keydown",
    (event) => {
      const isTyped = event.target instanceof Element && event.target.closest("textarea, input");
      if (event.repeat && ONCE_A_PRESS.test(event.key) && !isTyped) event.preventDefault();
    },
    { capture: true },
  );
}

/**
 * Keys that move the drawings of a pair.
 * @param {import("./judging-pairs.js").Pairs} pairs
 */
export function addDrawingKeys(pairs) {
  const drawings = "Drawings";
  // Their buttons may be out of sight, where keys.js would not press them.
  addKey({
    key: "v",
    label: "Enlarge the candidate’s drawing",
    group: drawings,
    run: () => pairs.enlarge("candidate"),
  });
  addKey({
    key: "Shift+V",
    label: "Enlarge the topic’s drawing",
    group: drawings,
    run: () => pairs.enlarge("topic"),
  });
  addKey({ key: "t", label: "Names of parts on the drawings", group: drawings, run: () => pairs.toggle("names") });
  addKey({ key: "b", label: "Boxes around numerals", group: drawings, run: () => pairs.toggle("boxes") });
  const both = (/** @type {(stage: Stage) => void} */ act) => () =>
    Object.values(pairs.panes).forEach(({ stage }) => stage.sheet && act(stage));
  addKey({ key: "+", label: "Zoom in", group: drawings, run: both((stage) => stage.zoom(1)) });
  addKey({ key: "-", label: "Zoom out", group: drawings, run: both((stage) => stage.zoom(-1)) });
  addKey({ key: "=", label: "Show whole drawings", group: drawings, run: both((stage) => stage.frame("sheet")) });
  for (const [key, [right, down]] of Object.entries(ARROWS)) {
    addKey({
      key: `Shift+${key}`,
      label: "Move the drawings",
      group: drawings,
      run: both((stage) => stage.pan(right, down)),
    });
  }
}
