// Numbers from rows of numbers.

/**
 * Lower quartile, median and upper quartile of what is finite.
 * @param {Iterable<number>} values
 * @returns {[number, number, number]}
 */
export function quartiles(values) {
  const sorted = [...values].filter(Number.isFinite).sort((a, b) => a - b);
  if (!sorted.length) return [NaN, NaN, NaN];
  const at = (/** @type {number} */ share) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  };
  return [at(0.25), at(0.5), at(0.75)];
}

/**
 * Centred moving average over an odd number of rows; what is not a number is left out.
 * @param {Float32Array} row
 * @param {number} width
 */
export function smoothed(row, width) {
  if (width <= 1) return row;
  const reach = (width - 1) / 2;
  return Float32Array.from(row, (value, i) => {
    if (!Number.isFinite(value)) return NaN;
    const around = row.subarray(Math.max(0, i - reach), i + reach + 1).filter(Number.isFinite);
    return around.reduce((sum, one) => sum + one, 0) / around.length;
  });
}

/** @param {ArrayLike<number>} values */
export function last(values) {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i])) return values[i];
  return NaN;
}

/**
 * Index of the value that is nearest to another.
 * @param {number[]} values
 * @param {number} to
 */
export const nearest = (values, to) =>
  values.reduce((best, at, i) => (Math.abs(at - to) < Math.abs(values[best] - to) ? i : best), 0);

/**
 * Round numbers along an axis.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) || power;
  const found = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + 1e-9 * step; tick += step)
    found.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  return found;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const within = (value, low, high) => Math.min(high, Math.max(low, value));
