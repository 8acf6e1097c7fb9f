// @ts-check
/**
 * Plots how many sampled figures find less than a similarity. <div data-calibration-plot data-quantiles="[101 numbers]"
 * data-best="0.83" data-title="…">; the table beside it says the same in numbers.
 */
import uPlot from "../vendor/uplot-1.6.32/uPlot.esm.js";

/**
 * What is used of uPlot, which ships no types.
 * @typedef {object} Plot
 * @property {CanvasRenderingContext2D} ctx
 * @property {{ left: number, top: number, width: number, height: number }} bbox
 * @property {(value: number, scale: string, isOfCanvas: boolean) => number} valToPos
 */
const HEIGHT_PX = 240;

/** @param {HTMLElement} box */
export function attach(box) {
  /** @type {number[]} */
  const quantiles = JSON.parse(box.dataset.quantiles ?? "[]");
  const best = box.dataset.best === undefined ? null : Number(box.dataset.best);
  const colour = (/** @type {string} */ name) => getComputedStyle(box).getPropertyValue(name).trim();
  // Equal similarities stand at one place of the axis, which must rise: the last of them counts.
  const points = new Map(quantiles.map((similarity, percentile) => [similarity, percentile]));

  /** @param {Plot} plot */
  function mark(plot) {
    if (best === null) return;
    const { ctx, bbox } = plot;
    const x = Math.round(plot.valToPos(best, "x", true));
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour("--fault");
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = `${12 * devicePixelRatio}px ${colour("--sans")}`;
    const isRight = x > bbox.left + bbox.width / 2;
    ctx.textAlign = isRight ? "right" : "left";
    ctx.fillText("this query's best", x + (isRight ? -6 : 6) * devicePixelRatio, bbox.top + 14 * devicePixelRatio);
    ctx.restore();
  }

  function draw() {
    const ink = colour("--ink");
    const axis = {
      stroke: ink,
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
    };
    const low = Math.min(quantiles[0], best ?? 1);
    const high = Math.max(quantiles[quantiles.length - 1], best ?? -1);
    const room = (high - low) * 0.03 || 0.01;
    const options = {
      width: box.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: [low - room, high + room] }, y: { range: [0, 100] } },
      axes: [
        { ...axis, label: box.dataset.title, labelSize: 24 },
        { ...axis, label: "percentile", size: 48 },
      ],
      series: [{}, { stroke: colour("--accent"), width: 2, points: { show: false } }],
      hooks: { draw: [mark] },
    };
    box.replaceChildren();
    // @ts-expect-error: the library is no class to TypeScript, and ships no types
    new uPlot(options, [[...points.keys()], [...points.values()]], box);
  }

  draw();
  let width = box.clientWidth;
  new ResizeObserver(() => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    draw();
  }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
