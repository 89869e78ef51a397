#!/usr/bin/env bash
# POT 0.9.7.post1.
#
# Expected: the larger the penalty reg_m on missing marginals, the closer unbalanced transport comes to the balanced one,
#   which bounds it from above; so a large reg_m is the safe choice where no mass is to be lost.
# Behaviour: mm_unbalanced2 takes steps that become shorter the larger reg_m is, and stops after 1,000 of them wherever it
#   is. It returns a value above the bound, without a warning: one that grows with reg_m for ever.
# Seen: balanced 0.18; with reg_m 1 0.118 and with 10 0.17, both below it; with 100 0.28, with 1,000 1.24, with 10,000 2.3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q POT==0.9.7.post1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import ot

warnings.simplefilter("error")
points = np.random.default_rng(0).normal(size=(20, 2))
equal, costs = np.full(20, 1 / 20), ot.dist(points, points + 0.3)
balanced = float(ot.emd2(equal, equal, costs))
print(f"balanced: {balanced:.3f}")
seen = {}
for penalty in (1, 10, 100, 1_000, 10_000):
    seen[penalty] = float(ot.unbalanced.mm_unbalanced2(equal, equal, costs, penalty))
    print(f"reg_m {penalty:,}: {seen[penalty]:.3f}")
assert seen[1] < seen[10] < balanced
assert balanced < seen[100] < seen[1_000] < seen[10_000] and seen[10_000] > 10 * balanced, "the behaviour has changed"
PYTHON
