// Arrays from base64 text, as gancore/viewer/packing.py wrote them.
/** @import { Numbers } from "./payload.js" */
import { LARGEST, MISSING, REACH } from "./shared.js";

/** @param {string} text */
export function bytes(text) {
  const raw = atob(text);
  const data = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) data[i] = raw.charCodeAt(i);
  return data.buffer;
}

/**
 * Coordinates, x and y in turn, from -1 to 1 through a panel; what is missing is NaN.
 * @param {string} text
 */
export function points(text) {
  const codes = new Uint16Array(bytes(text));
  const scale = (2 * REACH) / LARGEST;
  return Float32Array.from(codes, (code) => (code === MISSING ? NaN : code * scale - REACH));
}

/** @param {Numbers} packed */
export function numbers({ middle, unit, low, high, codes }) {
  const scale = (high - low) / LARGEST;
  const bend = (/** @type {number} */ code) => middle + unit * Math.sinh(low + code * scale);
  return Float32Array.from(new Uint16Array(bytes(codes)), (code) => (code === MISSING ? NaN : bend(code)));
}

/** @param {string} text */
export const wholes = (text) => Array.from(new Uint32Array(bytes(text)));
