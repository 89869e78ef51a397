#!/usr/bin/env bash
# rliable 1.2.0, arch 7.2.0.
#
# Expected: get_interval_estimates with a random_state gives the same interval every time, which is what the argument is
#   documented for; and the interquartile mean leaves out a quarter of the runs at either end.
# Behaviour: the draws come from numpy's global state, whatever is given. And the count of runs left out is rounded
#   down: of 3 runs none, so that their "IQM" is their mean, outlier and all; of 5 runs a fifth at either end, of 7 a
#   seventh. Nothing says which share it was.
# Seen: two calls with random_state=RandomState(0) differ; scores 0, 0 and 9 have the IQM 3.0, and 0, 0, 0 and 9 have 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q rliable==1.2.0 arch==7.2.0 "pandas==2.3.3" numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from rliable import library, metrics

scores = {"gan": np.random.default_rng(0).normal(size=(5, 1))}


def interval():
    state = np.random.RandomState(0)
    _, ends = library.get_interval_estimates(
        scores, lambda runs: np.array([metrics.aggregate_iqm(runs)]), reps=500, random_state=state
    )
    return ends["gan"].ravel().tolist()


first, second = interval(), interval()
seeded = []
for _ in range(2):
    np.random.seed(0)
    seeded.append(interval())
three, four = (metrics.aggregate_iqm(np.array(runs)[:, None]) for runs in ([0.0, 0.0, 9.0], [0.0, 0.0, 0.0, 9.0]))
print("two intervals from one state:", np.round(first, 3), np.round(second, 3))
print("IQM of 0, 0, 9:", three, "- of 0, 0, 0, 9:", four)
assert first != second and seeded[0] == seeded[1], "the behaviour has changed"
assert three == 3.0 and four == 0.0, "the behaviour has changed"
PYTHON
