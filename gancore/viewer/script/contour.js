// Where a field of numbers on a square grid is zero.

/**
 * A piece of the line, in cells of the grid, and the direction in which the field grows there.
 * @typedef {object} Piece
 * @property {[number, number]} from x and y
 * @property {[number, number]} to
 * @property {[number, number]} up of length 1
 * @property {boolean} tick whether a tick belongs here, so that ticks are spread evenly
 */

/**
 * The line at zero, by marching squares.
 * @param {ArrayLike<number>} values [n, n], row by row
 * @param {number} n
 * @param {number} [spread] cells from tick to tick, at least
 * @returns {Piece[]}
 */
export function zeros(values, n, spread = 3) {
  /** @type {Piece[]} */
  const found = [];
  /** @type {number[][]} */
  const ticks = [];
  for (let row = 0; row + 1 < n; row++)
    for (let column = 0; column + 1 < n; column++) {
      const [a, b, c, d] = [0, 1, n + 1, n].map((to) => values[row * n + column + to]);
      /** @type {[number, number][]} */
      const crossed = [];
      const cut = (/** @type {number} */ one, /** @type {number} */ other) => one / (one - other);
      if (a > 0 !== b > 0) crossed.push([column + cut(a, b), row]);
      if (b > 0 !== c > 0) crossed.push([column + 1, row + cut(b, c)]);
      if (c > 0 !== d > 0) crossed.push([column + 1 - cut(c, d), row + 1]);
      if (d > 0 !== a > 0) crossed.push([column, row + 1 - cut(d, a)]);
      if (crossed.length < 2) continue;
      const right = b + c - a - d;
      const top = c + d - a - b;
      const size = Math.hypot(right, top) || 1;
      // A saddle is crossed four times: which pairs belong together, its middle says.
      const pairs = crossed.length === 4 && a + b + c + d > 0 === a > 0 ? [0, 1, 2, 3] : [3, 0, 1, 2];
      const ends = crossed.length === 4 ? pairs.map((i) => crossed[i]) : crossed;
      for (let i = 0; i + 1 < ends.length; i += 2) {
        const middle = [(ends[i][0] + ends[i + 1][0]) / 2, (ends[i][1] + ends[i + 1][1]) / 2];
        const tick = ticks.every(([x, y]) => Math.hypot(x - middle[0], y - middle[1]) >= spread);
        if (tick) ticks.push(middle);
        found.push({ from: ends[i], to: ends[i + 1], up: [right / size, top / size], tick });
      }
    }
  return found;
}
