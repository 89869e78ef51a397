// The line where the discriminator is undecided, as strokes on a canvas that only remembers them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawUndecided } from "../../gancore/viewer/script/layers.js";

/** A canvas' context that remembers where strokes go, by their colour. */
function remembering() {
  const strokes = [];
  let path = [];
  return {
    strokes,
    beginPath: () => {
      path = [];
    },
    moveTo: (x, y) => path.push(["from", x, y]),
    lineTo: (x, y) => path.push(["to", x, y]),
    stroke() {
      strokes.push({ ink: this.strokeStyle, alpha: this.globalAlpha, path });
    },
  };
}

test("the line at .5 is stroked in the ink where the logit is zero, with ticks to the real side", () => {
  const n = 9;
  const side = 200;
  const context = remembering();
  const logits = Float32Array.from({ length: n * n }, (_, i) => (i % n) - 3);
  const frame = { left: -1, low: -1, width: 2, height: 2 };
  drawUndecided({ context, side }, { frame, size: n, logits, step: 0, manifold: [0, 0], curves: logits }, "#123456");
  const [{ ink, alpha, path }, ...others] = context.strokes;
  assert.equal(others.length, 0);
  assert.equal(ink, "#123456");
  assert.ok(alpha >= 0.8, "it stands out on either colour");
  const at = (3 / (n - 1)) * side;
  const along = path.filter(([, x]) => Math.abs(x - at) < 1e-6).map(([, , y]) => y);
  assert.deepEqual([Math.min(...along), Math.max(...along)], [0, side], "from edge to edge");
  const ticks = path.filter(([, x]) => Math.abs(x - at) >= 1e-6);
  assert.ok(ticks.length > 0 && ticks.every(([kind, x]) => kind === "to" && x > at + 3), "real lies to the right");
});

test("a discriminator that decides everywhere has no such line", () => {
  const context = remembering();
  const frame = { left: -1, low: -1, width: 2, height: 2 };
  const logits = new Float32Array(25).fill(0.3);
  drawUndecided({ context, side: 100 }, { frame, size: 5, logits, step: 0, manifold: [0, 0], curves: logits }, "#000");
  assert.deepEqual(
    context.strokes.map(({ path }) => path),
    [[]],
  );
});
