// @ts-check
/** Leaves the judging page only when nothing is lost by it, or when the assessor says so. */

/**
 * Ask before the page is left while something is unsaved; pause() records what there is when it is hidden or left.
 * @param {{ isUnsaved: () => boolean, pause: () => void }} page
 */
export function watchLeaving({ isUnsaved, pause }) {
  addEventListener("beforeunload", (event) => {
    if (isUnsaved()) event.preventDefault();
  });
  addEventListener("pagehide", pause);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) pause();
  });
}
