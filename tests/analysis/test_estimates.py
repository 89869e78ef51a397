"""Estimates against hand calculation, textbooks and SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from support.analyses import FACTORIAL

from gancore.analysis.effects import effects_of, paired_cells, single_views
from gancore.analysis.estimates import (
    contrasts,
    holm,
    iqm_interval,
    more_seeds,
    probability_of_improvement,
    success_interval,
)
from gancore.analysis.verdicts import verdict
from gancore.studies import parse_study


def test_holm_is_the_step_down_rule_and_its_intervals_agree() -> None:
    p = np.array([0.001, 0.04, 0.01, 0.02, np.nan])
    adjusted, alpha = holm(p)
    assert adjusted[:4] == pytest.approx([0.004, 0.04, 0.03, 0.04])
    assert alpha[:4] == pytest.approx([0.05 / 4, 0.05, 0.05 / 3, 0.05 / 2])
    assert np.isnan(adjusted[4]) and np.isnan(alpha[4])
    adjusted, alpha = holm([0.001, 0.3, 0.03])
    assert adjusted == pytest.approx([0.003, 0.3, 0.06])
    assert alpha == pytest.approx([0.05 / 3, 0.05 / 2, 0.05 / 2])  # all that are left get the first one's that is not


def test_contrasts_are_students_t_and_leave_seeds_out() -> None:
    values = np.array([[1.0, 2, 4, 3, np.nan], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [1, 2, np.nan, np.nan, np.nan]])
    found = contrasts(values)
    assert found.seeds.tolist() == [4, 5, 5, 2]
    assert found.estimate.tolist() == [2.5, 0, 1, 1.5]
    assert found.p[0] == pytest.approx(stats.ttest_1samp([1, 2, 4, 3], 0).pvalue)
    low, high = stats.t.interval(1 - found.alpha[0], 3, 2.5, stats.sem([1, 2, 4, 3]))
    assert (found.low[0], found.high[0]) == (pytest.approx(low), pytest.approx(high))
    assert (found.low[1], found.high[1], found.p[1]) == (0, 0, 1)  # no effect at all is no decision
    assert found.p[2] == 2**-4  # five seeds that agree are not proof
    assert np.isnan(found.low[2]) and np.isnan(found.low[3]) and np.isnan(found.p_holm[3])
    agreeing = contrasts(np.ones((1, 10)))
    assert (agreeing.low[0], agreeing.high[0]) == (1, 1)
    assert np.isnan(contrasts(np.ones((2, 0))).estimate).all()


def test_other_estimates_by_hand() -> None:
    assert success_interval(0, 10) == (0, pytest.approx(0.2775, abs=1e-4))
    assert all(math.isnan(end) for end in success_interval(0, 0))
    assert probability_of_improvement([3.0, 4], [1, 3], "lower") == (
        pytest.approx(3.5 / 4),
        pytest.approx(0.4, abs=0.3),
    )
    assert probability_of_improvement([3.0, 4], [1, 3], "higher")[0] == pytest.approx(0.5 / 4)
    assert probability_of_improvement([1.0, 1], [1, 1], "lower") == (0.5, 1)
    assert math.isnan(probability_of_improvement([np.nan], [1.0], "lower")[0])
    assert all(math.isnan(end) for end in iqm_interval(np.arange(4.0)))
    low, high = iqm_interval(np.arange(10.0))
    assert low < 4.5 < high
    assert iqm_interval(np.arange(10.0)) == (low, high)  # the same draws every time
    # Seeds are drawn whole: two strata that cancel within a seed leave nothing to vary.
    seeds = np.linspace(-1, 1, 8)
    assert (
        iqm_interval(np.stack([seeds, -seeds], axis=1))[1] < 0.5 * iqm_interval(np.concatenate([seeds, -seeds]))[1] + 1
    )
    assert math.isinf(more_seeds(0.0, 1.0, 10, 0.005))
    assert math.isinf(more_seeds(1e-6, 1.0, 10, 0.005))
    assert math.isnan(more_seeds(np.nan, np.nan, 2, np.nan))
    assert more_seeds(1.0, 0.0, 3, 0.005) == 6  # 2^(1 - 9) is the first below 0.005
    assert more_seeds(0.5, 1.0, 10, 0.05) > more_seeds(0.8, 1.0, 10, 0.05) >= 1


@pytest.mark.parametrize(
    ("low", "high", "direction", "said"),
    [
        (0.1, 0.2, "higher", "supported"),
        (0.1, 0.2, "lower", "refuted"),
        (-0.2, -0.1, "lower", "supported"),
        (-0.2, -0.1, "higher", "refuted"),
        (-0.1, 0.1, "lower", "undecided"),
        (0.0, 0.1, "higher", "undecided"),
        (math.nan, math.nan, "lower", "undecided"),
    ],
)
def test_a_verdict_is_an_interval_against_zero(low: float, high: float, direction: str, said: str) -> None:
    assert verdict(low, high, direction) == said  # type: ignore[arg-type]


def test_effects_are_the_textbooks() -> None:
    """y = 10 + 3a + 2b − 4ab, with a and b 0 or 1."""
    design = parse_study(FACTORIAL).design
    cells = np.array(design.cells)
    values = 10 + 3 * cells[:, 0] + 2 * cells[:, 1] - 4 * cells[:, 0] * cells[:, 1]
    effects = effects_of(design)
    found = {effect.name: float(effect.weights @ values) for effect in effects}
    assert list(found) == ["a", "b", "c", "d", "a × b", "a × c", "a × d", "b × c", "b × d", "c × d"]
    wanted = dict.fromkeys(found, 0.0) | {"a": 1.0, "b": 0.0, "a × b": -2.0}
    assert found == pytest.approx(wanted)
    assert len(paired_cells(design, "a", 1)) == 8
    views = single_views(design, "a", 1)
    alone, last = ([design.cells[n] for n in views[name] or ()] for name in ("alone", "last"))
    assert alone == [(0, 0, 0, 0), (1, 0, 0, 0)]
    assert last == [(0, 1, 1, 1), (1, 1, 1, 1)]


def test_a_half_fraction_keeps_main_effects_apart_and_names_what_it_mixes() -> None:
    half = parse_study(FACTORIAL.replace("seeds = 10", 'seeds = 10\ndesign = "half"')).design
    assert len(half.cells) == 8
    assert {(0, 0, 0, 0), (1, 1, 1, 1)} <= set(half.cells)
    effects = effects_of(half)
    assert [effect.name for effect in effects if effect.kind == "main"] == ["a", "b", "c", "d"]
    assert all(not effect.aliases for effect in effects if effect.kind == "main")
    mixed = {effect.name: effect.aliases for effect in effects if effect.kind == "interaction"}
    assert mixed == {"a × b": ("c × d",), "a × c": ("b × d",), "a × d": ("b × c",)}
    cells = np.array(half.cells)
    values = 3 * cells[:, 0] - 2 * cells[:, 3]
    assert {e.name: float(e.weights @ values) for e in effects if e.kind == "main"} == pytest.approx(
        {"a": 3, "b": 0, "c": 0, "d": -2}
    )
    assert single_views(half, "a", 1) == {"alone": None, "last": None}


@pytest.mark.parametrize(("successes", "runs"), [(0, 10), (1, 10), (7, 10), (10, 10), (0, 1), (31, 64)])
def test_success_intervals_are_scipy_s(successes, runs):
    wanted = stats.binomtest(successes, runs).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(success_interval(successes, runs), (wanted.low, wanted.high), rtol=1e-12, atol=1e-15)


def test_the_chance_of_improvement_is_mann_whitney_s():
    from gancore.analysis.estimates import improvement_chance

    rng = np.random.default_rng(0)
    for better in ("lower", "higher"):
        one, other = rng.integers(0, 5, 9).astype(float), rng.integers(1, 6, 7).astype(float)
        wanted = probability_of_improvement(one, other, better)[0]
        assert improvement_chance(one, other, better) == pytest.approx(wanted, abs=1e-12)
    assert np.isnan(improvement_chance([np.nan], [1.0], "lower"))
