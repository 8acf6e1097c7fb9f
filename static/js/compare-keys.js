// @ts-check
/** Keys of the comparison that have no button of their own, or one in each pane. */
import { ARROWS } from "./arrows.js";
import { addKey } from "./keys.js";

const LETTERS = ["A", "B", "C", "D"];

/**
 * press(selector) clicks what the current pane has of it, exchange() exchanges this pane with the next one, choose(at)
 * makes a pane the current one, pan(right, down) moves its drawing.
 * @param {{ press(selector: string): void, exchange(): void, choose(at: number): void, pan(right: number, down: number): void }} actions
 */
export function addCompareKeys({ press, exchange, choose, pan }) {
  const group = "This drawing";
  addKey({ key: "r", label: "Rotate by 90°", group, run: () => press("[data-quarter]") });
  addKey({ key: "Shift+M", label: "Mirror left to right", group, run: () => press("[data-mirror]") });
  addKey({ key: "e", label: "Swap with the next drawing", group, run: exchange });
  addKey({ key: "Delete", label: "Remove", group, run: () => press("[data-remove]") });
  addKey({ key: "m", label: "More like this", group, run: () => press("[data-more]") });
  addKey({ key: "f", label: "Search with this figure", group, run: () => press("[data-search]") });
  for (const [at, letter] of LETTERS.entries())
    addKey({ key: String(at + 1), label: `Keys act on ${letter}`, group, run: () => choose(at) });
  for (const [key, [right, down]] of Object.entries(ARROWS))
    addKey({ key, label: "Move the drawing", group: "Compare", run: () => pan(right, down) });
}
