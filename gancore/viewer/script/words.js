// Numbers in words, as gancore/words has them: halves away from zero, a true minus, no sign on what reads as zero.

/** @type {Map<string, Intl.NumberFormat>} one takes longer to make than to use */
const formats = new Map();

/** @param {Intl.NumberFormatOptions} options */
function style(options) {
  const key = JSON.stringify(options);
  const found = formats.get(key) ?? new Intl.NumberFormat("en-US", options);
  formats.set(key, found);
  return found;
}

/** @param {string} text */
const unsigned = (text) => (/[1-9]/.test(text) ? text.replaceAll("-", "−") : text.replace("-", ""));

/**
 * @param {number | null | undefined} value
 * @returns {value is number}
 */
const known = (value) => Number.isFinite(value);

/** @param {number} value */
export const thousands = (value) => unsigned(style({ maximumFractionDigits: 0 }).format(value));

/**
 * So many decimals.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function fixed(value, digits = 3) {
  if (!known(value)) return "–";
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  return unsigned(style(options).format(value));
}

/**
 * So many significant digits.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function number(value, digits = 3) {
  if (!known(value)) return "–";
  if (Math.abs(value) < 1e-7) return fixed(0, digits);
  const figures = { minimumSignificantDigits: digits, maximumSignificantDigits: digits };
  const parts = style({ ...figures, notation: "scientific" })
    .format(value)
    .split("E");
  const power = +parts[1];
  return unsigned(power >= -4 && power < 6 ? style(figures).format(value) : parts.join("e"));
}

/**
 * A share in percent, never rounded to none or to all.
 * @param {number | null | undefined} value
 */
export function share(value) {
  if (!known(value)) return "–";
  const text = unsigned(style({ style: "percent", useGrouping: false }).format(value));
  if (value > 0 && text === "0%") return "<1%";
  return value < 1 && text === "100%" ? ">99%" : text;
}

/**
 * A number on an axis.
 * @param {number} value
 */
export function short(value) {
  const size = Math.abs(value);
  const [unit, by] = size >= 1e6 ? ["M", 1e6] : size >= 1e3 ? ["k", 1e3] : ["", 1];
  return `${+(value / +by).toPrecision(3)}${unit}`.replaceAll("-", "−");
}

/**
 * How close points come to a distribution, and how much of it they reach: `97% near, 8 of 8 modes`, without what is not
 * known. The Wasserstein excess stands for both where nobody knows where the distribution is: `excess 0.0310`.
 * @param {{ near: string, cells: number, counted: string }} reals
 * @param {number | null} near
 * @param {number | null} coverage
 * @param {number | null} excess
 */
export function closeness({ near: means, cells, counted }, near, coverage, excess) {
  if (!means) return excess === null ? "" : `excess ${number(excess)}`;
  const reached = (/** @type {number} */ value) =>
    counted ? `${Math.round(value * cells * 10) / 10} of ${cells} ${counted}` : `${share(value)} covered`;
  const words = [near === null ? "" : `${share(near)} near`, coverage === null ? "" : reached(coverage)];
  return words.filter(Boolean).join(", ");
}

/**
 * A place in a panel: in the units of the points' file where these are known, by the centre and length of each axis.
 * @param {number[]} units
 * @param {number} x
 * @param {number} y
 */
export function where(units, x, y) {
  if (!units.length) return `At (${fixed(x, 2)}, ${fixed(y, 2)})`;
  const [middleX, middleY, lengthX, lengthY] = units;
  const digits = (/** @type {number} */ size) => Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(size)))));
  const across = fixed(middleX + lengthX * x, digits(lengthX));
  const up = fixed(middleY + lengthY * y, digits(lengthY));
  return `At (${across}, ${up}) in the file's units`;
}
