#!/usr/bin/env bash
# SciPy 1.17.1.
#
# Expected: of the 70 ways to deal eight values out to two samples of four, two are as extreme as "all ones here, all twos
#   there", so that no exact test says less than 2/70 = 0.029; with ties the documentation calls the p-value "likely to
#   be conservative".
# Behaviour: cramervonmises_2samp, which takes its exact method by itself for small samples, looks the statistic of the
#   midranks up in the distribution of samples without ties. The statistic is larger than any in there: the p-value is 0.
#   Two settings of which four seeds each succeed or fail (1 or 0) are so "proved" different beyond all doubt.
# Seen: p 0.0 for [1, 1, 1, 1] and [2, 2, 2, 2]; 0.029 where the values of a sample differ by a little; 0.029 for both by a
#   permutation of the statistic.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from scipy.stats import cramervonmises_2samp, permutation_test

ones, twos, little = np.ones(4), np.full(4, 2.0), np.arange(4) / 100


def statistic(one, other):
    return cramervonmises_2samp(one, other).statistic


tied = cramervonmises_2samp(ones, twos).pvalue
untied = cramervonmises_2samp(ones + little, twos + little).pvalue
permuted = permutation_test((ones, twos), statistic, alternative="greater").pvalue
print(f"p with ties {tied}, without {untied:.4f}, with ties by permutation {permuted:.4f}; 2/70 = {2 / 70:.4f}")
assert abs(untied - 2 / 70) < 1e-9 and abs(permuted - 2 / 70) < 1e-9
assert tied == 0.0, "the behaviour has changed"
PYTHON
