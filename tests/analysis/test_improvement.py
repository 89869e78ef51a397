"""The p value of an improvement, against every way to deal the values to the two sides."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import PermutationMethod, mannwhitneyu

from gancore.analysis.estimates import probability_of_improvement


def enumerated(one: np.ndarray, other: np.ndarray) -> float:
    """Twice the smaller tail of U over all splits of the pooled values, ties counted half, at most 1."""
    pooled, size = np.concatenate([one, other]), len(other)

    def wins(chosen: tuple[int, ...]) -> float:
        there = np.isin(np.arange(len(pooled)), chosen)
        ahead = np.sign(pooled[there][:, None] - pooled[~there][None, :])
        return float((ahead + 1).sum() / 2)

    all_of_them = np.array([wins(chosen) for chosen in itertools.combinations(range(len(pooled)), size)])
    seen = wins(tuple(range(len(one), len(pooled))))
    return min(1.0, 2 * min((all_of_them <= seen + 1e-9).mean(), (all_of_them >= seen - 1e-9).mean()))


def test_three_seeds_that_all_learned_against_three_that_did_not_cannot_be_surer_than_a_tenth() -> None:
    assert probability_of_improvement([0.0, 0, 0], [1, 1, 1], "higher") == (1.0, pytest.approx(0.1))


@pytest.mark.parametrize("sizes", [(1, 1), (1, 4), (3, 3), (4, 3), (5, 5), (2, 7)])
def test_it_is_the_share_of_all_splits(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(sizes)
    kinds = {
        "all differ": lambda n: rng.normal(size=n),
        "0 or 1": lambda n: rng.integers(0, 2, n).astype(float),
        "some tied": lambda n: rng.integers(0, 4, n).astype(float),
    }
    for name, draw in kinds.items():
        for _ in range(4):
            one, other = draw(sizes[0]), draw(sizes[1])
            for better in ("lower", "higher"):
                p = probability_of_improvement(one, other, better)[1]
                assert p == pytest.approx(enumerated(one, other), abs=1e-12), (name, one, other)


def test_it_is_scipy_s_where_scipy_counts_every_way() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=8), rng.normal(size=64) + 0.5
    assert probability_of_improvement(one, other, "lower")[1] == pytest.approx(
        mannwhitneyu(other, one, method="exact").pvalue, rel=1e-9
    )
    some, more = rng.integers(0, 3, 8).astype(float), rng.integers(0, 3, 8).astype(float)
    counted = mannwhitneyu(more, some, method=PermutationMethod(n_resamples=20_000)).pvalue
    assert probability_of_improvement(some, more, "lower")[1] == pytest.approx(counted, abs=1e-12)


def test_many_seeds_take_the_normal_approximation_with_its_correction_for_ties() -> None:
    one, other = np.array([0.0] * 14 + [1.0] * 6), np.array([0.0] * 8 + [1.0] * 12)
    chance, p = probability_of_improvement(one, other, "higher")
    assert chance == pytest.approx(0.7 * 0.6 + (0.7 * 0.4 + 0.3 * 0.6) / 2)
    assert p == pytest.approx(mannwhitneyu(other, one, method="asymptotic").pvalue)
