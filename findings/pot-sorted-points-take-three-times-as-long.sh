#!/usr/bin/env bash
# POT 0.9.7.post1.
#
# Expected: the order of the points changes nothing in exact transport but the order of the sums; and points that lie side by
#   side on the curve as in memory can only help.
# Behaviour: the value is the same to the last digits, but the network simplex searches the costs in blocks, row by row. With
#   both sets sorted along the circle that they lie on, a block offers exchanges that are all alike, and it makes more of
#   them. Sorted points (a file in the order of an angle, a curve's own points) take two to three times as long.
# Seen: 2,000 points against 200, 23 ms of processor time in random order and 68 ms sorted by angle.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q POT==0.9.7.post1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import time

import numpy as np
import ot
from scipy.spatial.distance import cdist

generator = np.random.default_rng(0)
even = 2 * np.pi * (np.arange(200) + 0.5) / 200
generator.shuffle(even)
taken = dict.fromkeys(("as drawn", "sorted"), 0.0)
for _ in range(10):
    angles = generator.uniform(0, 2 * np.pi, 2_000)
    noise = 0.1 * generator.normal(size=(2_000, 2))
    order = np.argsort(angles)
    fakes = np.c_[np.cos(angles), np.sin(angles)] + noise
    places = np.c_[np.cos(even), np.sin(even)]
    costs = cdist(fakes, places)
    values = []
    for name, matrix in {
        "as drawn": costs,
        "sorted": np.ascontiguousarray(costs[order][:, np.argsort(even)]),
    }.items():
        begun = time.process_time()
        values.append(ot.emd2([], [], matrix, numItermax=10**7))
        taken[name] += time.process_time() - begun
    assert np.ptp(values) < 1e-12, values
print({name: f"{100 * seconds:.0f} ms" for name, seconds in taken.items()})
assert taken["sorted"] > 1.5 * taken["as drawn"], "the behaviour has changed"
PYTHON
