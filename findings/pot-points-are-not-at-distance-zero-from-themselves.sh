#!/usr/bin/env bash
# POT 0.9.7.post1.
#
# Expected: ot.dist(x, y, metric="euclidean") is 0 between equal points, as scipy's cdist is, and a cloud moved as a
#   whole has the distances that it had.
# Behaviour: distances are the root of |a|² + |b|² - 2ab, also for two coordinates, which loses half of the digits: the
#   error is the root of the rounding, times the distance from the origin. Points of float32, as networks give them, are
#   not raised to float64. Only where both arguments are one object its diagonal is set to 0, which hides it from the
#   obvious check. No warning.
# Seen: in float32, points with coordinates around 1 are up to 0.0005 from themselves; around 100, 0.06, which is as
#   far as two neighbours are; in float64 around 1e6 a Wasserstein distance of 0.6 is off by 1e-4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q POT==0.9.7.post1 scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import ot
from scipy.spatial.distance import cdist

random = np.random.default_rng(0)
first, second = random.normal(size=(40, 2)), random.normal(size=(40, 2)) + 0.5


def to_itself(points):
    one, equal = (ot.dist(points, other, metric="euclidean") for other in (points, points.copy()))
    assert np.diag(one).max() == 0, "the same object"
    return float(np.diag(equal).max()), float(np.diag(cdist(points, points)).max())


for place in (1, 100):
    seen, exact = to_itself((first + place).astype(np.float32))
    print(f"float32 around {place}: up to {seen:.2g} from themselves, by cdist {exact:g}")
    assert exact == 0 and seen > 1e-4 * place, "the behaviour has changed"
near, far = (float(ot.emd2([], [], ot.dist(first + s, second + s, metric="euclidean"))) for s in (0, 1e6))
exact = float(ot.emd2([], [], cdist(first + 1e6, second + 1e6)))
print(f"Wasserstein distance {near:.6f}; moved by 1e6 {far:.6f}, by cdist {exact:.6f}")
assert abs(exact - near) < 1e-8 and abs(far - near) > 1e-5, "the behaviour has changed"
PYTHON
