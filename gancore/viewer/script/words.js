// Numbers in words, as gancore/words.py has them.

/** @param {number} value */
export const thousands = (value) => Math.round(value).toLocaleString("en-US");

/** @param {number | null | undefined} value */
const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

/**
 * So many decimals, a half to the even one as Python has it; by itself a browser rounds it away from zero.
 * @param {number} value
 * @param {number} digits
 */
function even(value, digits) {
  const [, exact = ""] = Math.abs(value).toFixed(100).split(".");
  const tie = /^50*$/.test(exact.slice(digits));
  const below = `${value < 0 ? "-" : ""}${Math.abs(value)
    .toFixed(100)
    .slice(0, digits - 100)
    .replace(/\.$/, "")}`;
  return tie && +below.slice(-1) % 2 === 0 ? below : value.toFixed(digits);
}

/**
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function fixed(value, digits = 3) {
  if (!known(value)) return "–";
  const text = even(Number(value), digits);
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
