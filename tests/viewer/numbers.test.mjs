// Numbers of the view: what is decoded, counted, and drawn from them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { forLight, mixed, rgb } from "../../gancore/viewer/script/colour.js";
import { zeros } from "../../gancore/viewer/script/contour.js";
import { numbers, points, wholes } from "../../gancore/viewer/script/decode.js";
import { heights } from "../../gancore/viewer/script/plot.js";
import { last, nearest, quartiles, smoothed, ticks } from "../../gancore/viewer/script/statistics.js";
import { closeness, fixed, number, share, short, where } from "../../gancore/viewer/script/words.js";

// What Python packed and said, and what it started from; pytest writes it (tests/viewer/test_viewer_script.py).
const path = process.env.GANCORE_VECTORS;
const known = path ? JSON.parse(readFileSync(path, "utf-8")) : null;
const skip = known ? false : "GANCORE_VECTORS is not set";

const close = (found, wanted, within) =>
  wanted.forEach((value, i) => {
    if (value === null) assert.ok(Number.isNaN(found[i]), `${i}: ${found[i]} is not NaN`);
    else assert.ok(Math.abs(found[i] - value) <= within, `${i}: ${found[i]} is not ${value}`);
  });

test("what Python packed is unpacked", { skip }, () => {
  close(points(known.points.packed), known.points.values, 1e-4);
  close(numbers(known.numbers.packed), known.numbers.values, 1e-3);
  assert.deepEqual(wholes(known.wholes.packed), known.wholes.values);
});

test("numbers read as Python writes them", { skip }, () => {
  for (const [value, words] of known.percent) assert.equal(share(value), words, `share of ${value}`);
  for (const [value, digits, words] of known.fixed) assert.equal(fixed(value, digits), words, `${value}, ${digits}`);
});

test("what is not known is a dash, and axes are short", () => {
  assert.deepEqual([share(null), share(undefined), fixed(NaN)], ["–", "–", "–"]);
  assert.deepEqual([10_000, 2_500_000, -0.25, 0].map(short), ["10k", "2.5M", "−0.25", "0"]);
  const told = [54.123, 1, -0.001234, 1e-9, -2.5e-5, 12_345_678].map((value) => number(value));
  assert.deepEqual(told, ["54.1", "1.00", "−0.00123", "0.000", "−2.50e−5", "1.23e7"]);
});

test("quartiles leave out what is not finite", () => {
  assert.deepEqual(quartiles([4, NaN, 1, 3, Infinity, 2]), [1.75, 2.5, 3.25]);
  assert.deepEqual(quartiles(new Float32Array([7])), [7, 7, 7]);
  assert.ok(quartiles([NaN]).every(Number.isNaN));
});

test("smoothing is a centred mean that stays within the row", () => {
  const row = new Float32Array([1, 2, NaN, 4, 9]);
  assert.deepEqual([...smoothed(row, 3)], [1.5, 1.5, NaN, 6.5, 6.5]);
  assert.equal(smoothed(row, 1), row);
});

test("the last and the nearest", () => {
  assert.equal(last([1, 2, NaN]), 2);
  assert.ok(Number.isNaN(last([])));
  assert.equal(nearest([0, 200, 400], 290), 1);
});

test("ticks are round and within the axis", () => {
  assert.deepEqual(ticks(0, 10_000, 5), [0, 2000, 4000, 6000, 8000, 10_000]);
  assert.deepEqual(ticks(-0.4, 0.9, 4), [0, 0.5]);
});

test("one exploding run does not flatten the others", () => {
  const calm = Array.from({ length: 999 }, (_, i) => i / 999);
  const line = { low: [...calm, 1e6], high: calm, rows: [] };
  const [low, high] = heights([line], false, false);
  assert.equal(low, 0);
  assert.ok(high < 1.1);
  assert.deepEqual(heights([], true, false), [0, 100]);
  assert.deepEqual(heights([], false, false), [0, 1]);
});

test("colours are mixed, and an ink tells its ground", () => {
  assert.deepEqual(mixed(rgb("#000000"), rgb("#ff8040"), 0.5), [128, 64, 32]);
  assert.ok(forLight("rgb(28, 33, 40)") && forLight("#1c2128"));
  assert.ok(!forLight("rgb(230, 232, 236)"));
});

test("the line at zero lies where the field is zero, and its ticks point to where the field grows", () => {
  const n = 9;
  const field = Float32Array.from({ length: n * n }, (_, i) => (i % n) - 3.25);
  const found = zeros(field, n, 2);
  assert.equal(found.length, n - 1);
  for (const { from, to, up } of found) {
    assert.ok(Math.abs(from[0] - 3.25) < 1e-6 && Math.abs(to[0] - 3.25) < 1e-6);
    assert.deepEqual(up, [1, 0]);
  }
  const ticked = found.filter(({ tick }) => tick).map(({ from, to }) => (from[1] + to[1]) / 2);
  assert.deepEqual(ticked, [0.5, 2.5, 4.5, 6.5]);
});

test("a circle's line closes, and a saddle's two lines do not cross", () => {
  const n = 33;
  const circle = Float32Array.from({ length: n * n }, (_, i) => Math.hypot((i % n) - 16, Math.floor(i / n) - 16) - 9.7);
  const ends = new Map();
  for (const { from, to } of zeros(circle, n))
    for (const end of [from, to]) {
      const key = end.map((at) => at.toFixed(4)).join();
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
  assert.ok(ends.size > 30 && [...ends.values()].every((count) => count === 2));
  const pieces = (corners) => zeros(corners, 2).map(({ from, to }) => [from, to]);
  assert.deepEqual(pieces([3, -1, -1, 3]), [
    [
      [0.75, 0],
      [1, 0.25],
    ],
    [
      [0.25, 1],
      [0, 0.75],
    ],
  ]);
  assert.equal(zeros([1, 2, 3, 4], 2).length, 0);
});

test("a caption speaks of what the distribution has", () => {
  const circle = { near: "within 0.05 of the curve", cells: 64, counted: "" };
  const ring = { near: "within 0.03 of a mode", cells: 8, counted: "modes" };
  assert.equal(closeness(circle, 0.97, 0.5, 0.01), "97% near, 50% covered");
  assert.equal(closeness(ring, 0.97, 0.9375, 0.01), "97% near, 7.5 of 8 modes");
  assert.equal(closeness(ring, 0.999, 1, null), ">99% near, 8 of 8 modes");
  assert.equal(closeness(circle, null, null, 0.01), "");
  const own = { near: "", cells: 0, counted: "" };
  assert.equal(closeness(own, null, null, 0.031), "excess 0.0310");
  assert.equal(closeness(own, null, null, -0.0021), "excess −0.00210");
  assert.equal(closeness(own, null, null, null), "");
});

test("a place in a panel is in the units of the points' file where these are known", () => {
  assert.equal(where([], 0.5, -0.25), "At (0.50, −0.25)");
  assert.equal(where([5000, 0, 2, 0.001], 0.5, -0.5), "At (5001.00, −0.00050) in the file's units");
});
