// What a reader has chosen. It is plain, so that an address can carry it.
import { DEFAULTS } from "./shared.js";

/**
 * @typedef {object} State
 * @property {number | null} step None: the last one
 * @property {string} left
 * @property {string} right
 * @property {string} x
 * @property {string} spread
 * @property {number} smooth
 * @property {string} curves
 * @property {string | null} highlight
 * @property {string[]} layers
 * @property {string[]} off
 * @property {number[] | null} range
 * @property {string | null} pick
 */

/** @typedef {"left" | "right"} Side */

/** @type {Side[]} */
export const SIDES = ["left", "right"];

/**
 * @param {Partial<State>} [given]
 * @returns {State}
 */
export const initial = (given = {}) => ({ ...DEFAULTS, pick: null, ...given });

/**
 * What differs from the defaults; null where nothing does.
 * @param {State} state
 * @returns {Record<string, unknown>}
 */
export function changed(state) {
  /** @type {Record<string, unknown>} */
  const usual = DEFAULTS;
  const now = /** @type {Record<string, unknown>} */ ({ ...state });
  return Object.fromEntries(
    Object.keys(usual).map((name) => [name, String(now[name] ?? "") === String(usual[name] ?? "") ? null : now[name]]),
  );
}

/** @param {State} state */
export const smoothing = ({ smooth }) => (smooth > 1 ? `smoothed over ${smooth} rows` : "");
