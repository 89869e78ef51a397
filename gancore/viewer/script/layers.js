// What the final networks say, under the points of a panel; and the density of the points themselves.
/** @import { NetworkLayers } from "./payload.js" */
import { mixed, rgb } from "./colour.js";
import { zeros } from "./contour.js";
import { bytes, points } from "./decode.js";
import { image } from "./dom.js";

/**
 * Decoded layers of a run.
 * @typedef {object} Networks
 * @property {number} step of which these networks are
 * @property {Frame} frame where the discriminator was asked
 * @property {number} size
 * @property {Float32Array} logits [size, size], from the lower side upward
 * @property {number[]} manifold count of curves, and points along each
 * @property {Float32Array} curves
 */

/**
 * A rectangle in a panel's coordinates, which run from -1 to 1.
 * @typedef {object} Frame
 * @property {number} left
 * @property {number} low
 * @property {number} width
 * @property {number} height
 */

/**
 * Where to draw: a square of so many pixels.
 * @typedef {object} Square
 * @property {CanvasRenderingContext2D} context
 * @property {number} side
 */

/** @typedef {typeof import("./shared.js").TONES.light} Tones */

/** @param {NetworkLayers} layers @returns {Networks} */
export function decoded(layers) {
  const { step, size, manifold, reach } = layers;
  const [x, y, across, up] = layers.window;
  const frame = { left: x - across, low: y - up, width: 2 * across, height: 2 * up };
  const logits = Float32Array.from(new Int8Array(bytes(layers.field)), (code) => Math.sinh((code / 127) * reach));
  return { step, frame, size, logits, manifold, curves: points(layers.curves) };
}

/** @param {Square} square */
const placed = ({ side }) => ({
  x: (/** @type {number} */ x) => ((1 + x) * side) / 2,
  y: (/** @type {number} */ y) => ((1 - y) * side) / 2,
});

/**
 * The discriminator's output, from certain of generated over undecided, which is the ground, to certain of real.
 * @param {Square} square
 * @param {Networks} networks
 * @param {Tones} tones
 */
export function drawField(square, networks, tones) {
  const { context, side } = square;
  const { left, low, width, height } = networks.frame;
  const n = networks.size;
  const [ground, real, fake] = [tones.ground, tones.real_field, tones.fake_field].map(rgb);
  const pixels = image(n, (row, column) => {
    const p = 1 / (1 + Math.exp(-networks.logits[(n - 1 - row) * n + column]));
    return [...mixed(ground, p > 0.5 ? real : fake, 2 * Math.abs(p - 0.5)), 255];
  });
  // The outermost values lie on the edge, so their pixels reach half a pixel beyond it.
  const [across, up] = [(width / 2 / (n - 1)) * side, (height / 2 / (n - 1)) * side];
  const { x, y } = placed(square);
  context.imageSmoothingEnabled = true;
  context.drawImage(pixels, x(left) - across / 2, y(low + height) - up / 2, across * n, up * n);
}

/**
 * Where the discriminator is undecided, with ticks to the side that it takes for real: colour alone is lost in grey.
 * @param {Square} square
 * @param {Networks} networks
 * @param {string} ink
 */
export function drawUndecided(square, networks, ink) {
  const { context, side } = square;
  const { size: n, frame } = networks;
  const { x, y } = placed(square);
  const length = Math.max(3.5, side / 45);
  const at = (/** @type {[number, number]} */ [column, row]) => [
    x(frame.left + (column * frame.width) / (n - 1)),
    y(frame.low + (row * frame.height) / (n - 1)),
  ];
  context.strokeStyle = ink;
  context.lineWidth = 1.25;
  context.globalAlpha = 0.9;
  context.beginPath();
  for (const { from, to, up, tick } of zeros(networks.logits, n)) {
    const [[x0, y0], [x1, y1]] = [at(from), at(to)];
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    if (!tick) continue;
    const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
    context.moveTo(mx, my);
    context.lineTo(mx + length * up[0], my - length * up[1]);
  }
  context.stroke();
  context.globalAlpha = 1;
}

/**
 * Where the networks were asked: beyond it nothing is known, which is not that they are undecided there.
 * @param {Square} square
 * @param {Networks} networks
 * @param {string} ink
 */
export function drawReach(square, networks, ink) {
  const { context, side } = square;
  const { left, low, width, height } = networks.frame;
  const { x, y } = placed(square);
  if (left < -0.97 && low < -0.97 && left + width > 0.97 && low + height > 0.97) return;
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.globalAlpha = 0.45;
  context.setLineDash([3, 3]);
  context.strokeRect(x(left), y(low + height), (width * side) / 2, (height * side) / 2);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * The gradient of the logit, which pushes generated points.
 * @param {Square} square
 * @param {Networks} networks
 * @param {string} ink
 */
export function drawArrows(square, networks, ink) {
  const { context } = square;
  const { size: n, frame, logits } = networks;
  const { x, y } = placed(square);
  const [across, up] = [frame.width / (n - 1), frame.height / (n - 1)];
  const stride = Math.max(1, Math.round((n - 1) / 12));
  const at = (/** @type {number} */ row, /** @type {number} */ column) => logits[row * n + column];
  const arrows = [];
  for (let row = stride; row < n - 1; row += stride)
    for (let column = stride; column < n - 1; column += stride) {
      const dx = (at(row, column + 1) - at(row, column - 1)) / (2 * across);
      const dy = (at(row + 1, column) - at(row - 1, column)) / (2 * up);
      const [left, low] = [frame.left + column * across, frame.low + row * up];
      arrows.push({ left, low, dx, dy, size: Math.hypot(dx, dy) });
    }
  const largest = Math.max(...arrows.map((arrow) => arrow.size), 1e-9);
  const length = 0.9 * stride * Math.min(across, up);
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.globalAlpha = 0.75;
  for (const { left, low, dx, dy, size } of arrows) {
    // Square roots, so that weak gradients show beside strong ones.
    const scale = (length * Math.sqrt(size / largest)) / (size || 1);
    const [x0, y0, x1, y1] = [x(left), y(low), x(left + dx * scale), y(low + dy * scale)];
    const angle = Math.atan2(y1 - y0, x1 - x0);
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    for (const turn of [2.6, -2.6]) {
      context.moveTo(x1, y1);
      context.lineTo(x1 + 3.5 * Math.cos(angle + turn), y1 + 3.5 * Math.sin(angle + turn));
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * Images of latent circles under the generator.
 * @param {Square} square
 * @param {Networks} networks
 * @param {string} ink
 */
export function drawManifold(square, networks, ink) {
  const { context } = square;
  const { x, y } = placed(square);
  const [count, length] = networks.manifold;
  context.strokeStyle = ink;
  context.lineWidth = 1.1;
  context.globalAlpha = 0.7;
  for (let curve = 0; curve < count; curve++) {
    context.beginPath();
    for (let i = 0; i < length; i++) {
      const at = 2 * (curve * length + i);
      context.lineTo(x(networks.curves[at]), y(networks.curves[at + 1]));
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * @param {Square} square
 * @param {Float32Array} cloud
 * @param {Tones} tones
 */
export function drawDensity({ context, side }, cloud, tones) {
  const n = 40;
  const counts = new Float32Array(n * n);
  for (let i = 0; i < cloud.length; i += 2) {
    const column = Math.floor(((cloud[i] + 1) / 2) * n);
    const row = Math.floor(((1 - cloud[i + 1]) / 2) * n);
    if (row >= 0 && row < n && column >= 0 && column < n) counts[row * n + column]++;
  }
  const smooth = blurred(blurred(counts, n, 1), n, n);
  const largest = smooth.reduce((most, value) => Math.max(most, value), 1e-9);
  const colour = rgb(tones.density);
  const pixels = image(n, (row, column) => [...colour, 255 * Math.sqrt(smooth[row * n + column] / largest)]);
  context.imageSmoothingEnabled = true;
  context.drawImage(pixels, 0, 0, side, side);
}

/**
 * A binomial blur of width 5 along rows (stride 1) or columns (stride n).
 * @param {Float32Array} values
 * @param {number} n
 * @param {number} stride
 */
function blurred(values, n, stride) {
  const kernel = [1, 4, 6, 4, 1];
  const found = new Float32Array(values.length);
  for (let line = 0; line < n; line++)
    for (let i = 0; i < n; i++) {
      const start = stride === 1 ? line * n : line;
      for (let k = -2; k <= 2; k++) {
        const j = i + k;
        if (j >= 0 && j < n) found[start + i * stride] += (kernel[k + 2] / 16) * values[start + j * stride];
      }
    }
  return found;
}
