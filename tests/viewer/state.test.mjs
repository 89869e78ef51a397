// What the view says and keeps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sentence } from "../../gancore/viewer/script/notes.js";
import { DEFAULTS } from "../../gancore/viewer/script/shared.js";
import { changed, initial, smoothing } from "../../gancore/viewer/script/state.js";
import { shapeOf } from "../../gancore/viewer/script/swatch.js";

test("only what differs from the defaults is carried", () => {
  const state = initial({ step: 3600, layers: ["field"], smooth: 5, pick: "worst" });
  const carried = Object.entries(changed(state)).filter(([, value]) => value !== null);
  assert.deepEqual(Object.fromEntries(carried), { step: 3600, layers: ["field"], smooth: 5 });
  assert.deepEqual(Object.keys(changed(state)), Object.keys(DEFAULTS));
  assert.equal(smoothing(state), "smoothed over 5 rows");
  assert.equal(smoothing(initial()), "");
});

test("a layer of the final networks says why it is not drawn earlier", () => {
  const panel = (end, drawn) => ({ end, drawn });
  assert.equal(sentence(0, [panel(10_000, false)]), "");
  assert.equal(
    sentence(1, [panel(10_000, false), panel(10_000, false)]),
    "This layer shows the networks at the end of training, step 10,000, since only these are kept; drag the slider to the end to see it.",
  );
  assert.equal(
    sentence(2, [panel(10_000, true)]),
    "These layers show the networks at the end of training, step 10,000.",
  );
  assert.equal(
    sentence(1, [panel(10_000, true), panel(80_000, false)]),
    "This layer shows the networks at the end of each training, between steps 10,000 and 80,000, since only these are kept; " +
      "drag the slider to the end to see it in 1 more panel.",
  );
  assert.match(sentence(3, []), /were not kept/);
  assert.match(sentence(1, [], "each"), /show one seed to see them/);
  assert.match(sentence(1, [], "all"), /one seed's points/);
});

test("variants of one colour differ in shape", () => {
  assert.deepEqual(
    [
      [1, 0],
      [6, 3],
      [2, 2],
    ].map(shapeOf),
    ["circle", "diamond", "square"],
  );
});
