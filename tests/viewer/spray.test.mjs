// Points from a brush, and the drawing that they make.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Drawing, LEVELS, MOST, sprayed } from "../../gancore/viewer/script/spray.js";

// Numbers in [0, 1), the same at every run.
const uniform =
  (seed = 1) =>
  () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };

test("points lie around the way of the brush, and none outside the square", () => {
  const points = sprayed([-1, 0.5], [0, 0.5], 4000, 0.05, uniform());
  const x = points.filter((_, i) => i % 2 === 0);
  const y = points.filter((_, i) => i % 2 === 1);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length / LEVELS;
  assert.equal(x.length, 4000);
  assert.ok(points.every((value) => Number.isInteger(value) && Math.abs(value) <= LEVELS));
  assert.ok(Math.abs(mean(x) + 0.5) < 0.03 && Math.abs(mean(y) - 0.5) < 0.01);
  assert.ok(Math.abs(Math.sqrt(mean(y.map((value) => (value / LEVELS - 0.5) ** 2 * LEVELS))) - 0.05) < 0.005);
});

test("strokes and clearing are taken back one by one", () => {
  const drawing = new Drawing();
  const counts = [];
  for (const act of ["begin", "add", "begin", "add", "clear", "clear", "undo", "undo", "undo", "undo"]) {
    if (act === "add") drawing.add([1, 2, 3, 4]);
    else drawing[act]();
    counts.push(drawing.count);
  }
  assert.deepEqual(counts, [0, 2, 2, 4, 0, 0, 4, 2, 0, 0]);
});

test("a drawing has so many points and no more", () => {
  const drawing = new Drawing();
  drawing.begin();
  drawing.add(new Array(2 * MOST + 10).fill(0));
  assert.equal(drawing.count, MOST);
  assert.equal(drawing.points().length, 2 * MOST);
});
