// Colours as numbers.

/** @param {string} hex @returns {number[]} */
export const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/**
 * Part of the way from one colour to another.
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} part
 */
export const mixed = (from, to, part) => from.map((value, i) => Math.round(value + (to[i] - value) * part));

/**
 * Whether text of a colour, as a browser computes it, is for a light ground.
 * @param {string} ink
 */
export function forLight(ink) {
  const parts = ink.startsWith("#") ? rgb(ink) : (ink.match(/[\d.]+/g) ?? []).map(Number);
  return parts[0] + parts[1] + parts[2] < 384;
}
