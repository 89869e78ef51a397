// Numbers in words, as gancore/words.py has them.

/** @param {number} value */
export const thousands = (value) => Math.round(value).toLocaleString("en-US");

/** @param {number | null | undefined} value */
const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

/**
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function fixed(value, digits = 3) {
  if (!known(value)) return "–";
  const text = Number(value).toFixed(digits);
  return Number(text) ? text.replace("-", "−") : text.replace("-", "");
}

/** @param {number | null | undefined} value */
export function share(value) {
  if (!known(value)) return "–";
  const part = Number(value);
  if (part > 0 && part < 0.005) return "<1%";
  return part >= 0.995 && part < 1 ? ">99%" : `${Math.floor(100 * part + 0.5)}%`;
}

/**
 * A number on an axis.
 * @param {number} value
 */
export function short(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`;
  if (size >= 1e3) return `${+(value / 1e3).toPrecision(3)}k`;
  return `${+value.toPrecision(3)}`.replace("-", "−");
}

/**
 * "a", "a and b", "a, b and c".
 * @param {string[]} parts
 */
export const listed = (parts) => [parts.slice(0, -1).join(", "), ...parts.slice(-1)].filter(Boolean).join(" and ");
