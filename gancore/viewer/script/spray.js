// Points from a brush: so many a second, spread around where it is and was.

/** Points a second. */
export const RATE = 240;
/** Points that one drawing may have. */
export const MOST = 20_000;
/** Coordinates run from -1 to 1, in whole steps of 1 / LEVELS. */
export const LEVELS = 10_000;

/**
 * @typedef {object} Stroke
 * @property {number[]} points x and y of each point in turn, whole numbers from -LEVELS to LEVELS
 */

/**
 * A normal number and another, by Box and Muller.
 * @param {() => number} random
 * @returns {[number, number]}
 */
export function normals(random) {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/**
 * Points around places between two ends, each anywhere on the way with equal chance; none lies outside the square.
 * @param {[number, number]} from in [-1, 1]²
 * @param {[number, number]} to
 * @param {number} count
 * @param {number} width standard deviation around the way
 * @param {() => number} random uniform in [0, 1)
 * @returns {number[]} x and y of each in turn, as a Stroke has them
 */
export function sprayed(from, to, count, width, random = Math.random) {
  const points = [];
  for (let i = 0; i < count; i++) {
    const at = random();
    const off = normals(random);
    for (const axis of [0, 1]) {
      const value = from[axis] + at * (to[axis] - from[axis]) + width * off[axis];
      points.push(Math.round(LEVELS * Math.min(1, Math.max(-1, value))));
    }
  }
  return points;
}

/** What has been drawn, stroke by stroke, and what was cleared, so that all of it can be undone. */
export class Drawing {
  constructor() {
    /** @type {Stroke[]} */
    this.strokes = [];
    /** @type {Stroke[][]} */
    this.before = [];
  }

  /** Points so far. */
  get count() {
    return this.strokes.reduce((sum, stroke) => sum + stroke.points.length / 2, 0);
  }

  /** A new stroke, empty so far. */
  begin() {
    this.before.push([...this.strokes]);
    this.strokes = [...this.strokes, { points: [] }];
  }

  /** @param {number[]} points added to the last stroke, as far as a drawing may have them */
  add(points) {
    const room = Math.max(0, MOST - this.count);
    this.strokes[this.strokes.length - 1]?.points.push(...points.slice(0, 2 * room));
  }

  clear() {
    if (!this.strokes.length) return;
    this.before.push(this.strokes);
    this.strokes = [];
  }

  /** Takes back the last stroke, or the clearing. */
  undo() {
    this.strokes = this.before.pop() ?? [];
  }

  /** All points, x and y in turn. */
  points() {
    return this.strokes.flatMap((stroke) => stroke.points);
  }
}
