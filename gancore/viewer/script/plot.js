// Lines and bands on a chart's canvas.
/** @import { Line } from "./series.js" */

/**
 * From values to pixels, and where the axes end.
 * @typedef {object} Scale
 * @property {(value: number) => number} x
 * @property {(value: number) => number} y
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {number} x0
 * @property {number} x1
 */

/**
 * @param {number} width
 * @param {number} height
 * @param {number[]} xs
 * @param {number[]} ys
 * @returns {Scale}
 */
export function scaled(width, height, [x0, x1], [y0, y1]) {
  const [left, right, top, bottom] = [46, width - 16, 8, height - 34];
  return {
    x: (value) => left + ((value - x0) / (x1 - x0 || 1)) * (right - left),
    y: (value) => bottom - ((value - y0) / (y1 - y0 || 1)) * (bottom - top),
    left,
    right,
    top,
    bottom,
    x0,
    x1,
  };
}

/**
 * A line through what is finite.
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 * @param {Scale} scale
 * @param {{ colour: string, dash?: number[], width?: number, alpha?: number }} look
 */
export function line(context, xs, ys, scale, { colour, dash = [1, 0], width = 2, alpha = 1 }) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.globalAlpha = alpha;
  context.setLineDash(dash[1] ? dash : []);
  context.beginPath();
  for (let i = 0; i < xs.length; i++) if (Number.isFinite(ys[i])) context.lineTo(scale.x(xs[i]), scale.y(ys[i]));
  context.stroke();
  context.setLineDash([]);
  // A point without neighbours is no line, and a metric may be known at the last step alone.
  context.fillStyle = colour;
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(ys[i]) || Number.isFinite(ys[i - 1]) || Number.isFinite(ys[i + 1])) continue;
    context.beginPath();
    context.arc(scale.x(xs[i]), scale.y(ys[i]), width + 1.5, 0, 7);
    context.fill();
  }
  context.globalAlpha = 1;
}

/**
 * Between the lower and the upper quartile.
 * @param {CanvasRenderingContext2D} context
 * @param {Line} one
 * @param {Scale} scale
 * @param {string} colour
 * @param {number} [alpha]
 */
export function band(context, one, scale, colour, alpha = 0.14) {
  const kept = one.x.map((_, i) => i).filter((i) => Number.isFinite(one.low[i]) && Number.isFinite(one.high[i]));
  context.fillStyle = colour;
  context.globalAlpha = alpha;
  context.beginPath();
  for (const i of kept) context.lineTo(scale.x(one.x[i]), scale.y(one.high[i]));
  for (const i of kept.reverse()) context.lineTo(scale.x(one.x[i]), scale.y(one.low[i]));
  context.closePath();
  context.fill();
  context.globalAlpha = 1;
}

/**
 * Lowest and highest of what charts show together, so that small multiples share their axes.
 * @param {Line[]} lines
 * @param {boolean} percent
 * @param {boolean} seeds whether every seed is drawn
 */
export function heights(lines, percent, seeds) {
  if (percent) return [0, 100];
  const ys = lines
    .flatMap((one) => (seeds ? one.rows.flatMap((row) => Array.from(row)) : [...one.low, ...one.high]))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (!ys.length) return [0, 1];
  // One exploding run must not flatten all others.
  const top = ys[Math.floor(0.995 * (ys.length - 1))];
  const low = Math.min(0, ys[Math.floor(0.005 * (ys.length - 1))]);
  return [low, top > low ? low + 1.06 * (top - low) : low + 1];
}
