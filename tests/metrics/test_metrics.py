"""Metrics against closed forms, their floors, and what they do with broken input."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from gancore.config import ConfigError, Dataset, parse_config
from gancore.datasets import Circle, Curve, Moons, Parabola
from gancore.metrics import (
    METRICS,
    METRICS_VERSION,
    Comparison,
    applicable,
    ceilings,
    floors,
    get_metric,
    has_learned,
    metric,
    needs_exact,
    score,
)

QUICK = ["swd", "curve_mean", "curve_p95", "near", "coverage", "max_gap"]
EXACT = ["w1", "w1_excess", "learned"]
FINAL = ["mmd2", "energy", "precision", "recall", "density", "knn_coverage", "js_grid", "c2st"]
KEYS = [*EXACT[:2], *QUICK, *FINAL, EXACT[2]]
"""Of a curve."""
FLOORS = {"w1": {"mean": 0.1, "low": 0.08, "high": 0.12}}
PINNED = {
    "w1": 0.182317729,
    "w1_excess": 0.0823177286,
    "swd": 0.11381885,
    "curve_mean": 0.145948873,
    "curve_p95": 0.223356292,
    "near": 0.202,
    "coverage": 0.1875,
    "max_gap": 0.831204202,
    "mmd2": 0.0367177527,
    "energy": 0.0340356942,
    "precision": 0.127,
    "recall": 0.096,
    "density": 0.1102,
    "knn_coverage": 0.104,
    "js_grid": 0.810379134,
    "c2st": 0.957333333,
    "learned": 0,
}
CURVES = sorted(kind for kind, member in Dataset.registry.items() if issubclass(member, Curve))
every = pytest.mark.parametrize("kind", CURVES)


def make(kind, **fields) -> Curve:
    return Dataset.registry[kind](**fields)  # type: ignore[return-value]


def value(key, dataset, fake, real=None, floor=FLOORS):
    fake = np.asarray(fake, dtype=float)
    real = fake if real is None else np.asarray(real, dtype=float)
    return Comparison(dataset, fake, real, floor).value(key)


def reals(dataset, n=2000, seed=0):
    return dataset.sample(np.random.default_rng(seed), n)


@pytest.fixture(scope="module")
def circle_floors():
    return floors(Circle(), pairs=6)


# The registry --------------------------------------------------------------------------------------------------------


def test_the_keys_and_their_order():
    assert list(applicable(Circle())) == KEYS
    assert [key for key in METRICS if key in KEYS] == KEYS


def test_every_metric_is_described():
    for key, entry in METRICS.items():
        assert entry.key == key and entry.label and entry.definition.endswith(".") and entry.source
        assert entry.better in ("lower", "higher")
    headlines = [key for key, entry in applicable(Circle()).items() if entry.headline]
    assert headlines == ["w1_excess", "curve_p95", "coverage"]


def test_a_misspelled_key_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"metric: 'w_1' is unknown; use one of w1, w1_excess"):
        get_metric("w_1")


def test_a_key_can_be_taken_only_once():
    with pytest.raises(TypeError, match="'w1' is taken by gancore.metrics.optimal_transport"):
        metric("w1", "", "lower", "", "")(lambda comparison: 0.0)


# Optimal transport ---------------------------------------------------------------------------------------------------


def test_w1_of_a_generator_stuck_at_the_centre_is_the_radius():
    assert value("w1", Circle(), np.zeros((1000, 2)), reals(Circle())) == pytest.approx(1, abs=1e-12)


def test_w1_of_a_generator_stuck_on_the_rim_is_the_mean_chord():
    rim = np.tile([[1.0, 0.0]], (1000, 1))
    # The chord 2 sin(θ/2) has mean 4/π and standard deviation 0.62.
    assert value("w1", Circle(), rim, reals(Circle())) == pytest.approx(4 / np.pi, abs=4 * 0.62 / np.sqrt(1000))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60))
def test_w1_is_the_cheapest_pairing(seed, n):
    rng = np.random.default_rng(seed)
    fake, real = rng.normal(size=(2, n, 2))
    costs = cdist(fake, real)
    expected = costs[linear_sum_assignment(costs)].mean()
    assert value("w1", Circle(), fake, real) == pytest.approx(expected, rel=1e-9)


def test_w1_at_full_size_is_the_cheapest_pairing():
    fake, real = np.random.default_rng(0).normal(size=(2, 1000, 2)) * 0.3
    costs = cdist(fake, real)
    assert value("w1", Circle(), fake, real) == pytest.approx(costs[linear_sum_assignment(costs)].mean(), rel=1e-9)


def test_w1_of_a_uniform_disc_is_a_third_of_the_radius():
    """Every point moves outwards to the rim: 1 - E[r] with E[r] = 2/3."""
    rng = np.random.default_rng(0)
    middles = (np.arange(1000) + 0.5) / 1000
    even = Circle().curve(middles) * rng.permutation(np.sqrt(middles))[:, None]
    assert value("w1", Circle(), even, Circle().curve(middles)) == pytest.approx(1 / 3, abs=1e-4)
    drawn = reals(Circle(), 1000, seed=1) * np.sqrt(rng.uniform(size=(1000, 1)))
    # Both sets are drawn here: about half of a real-real floor more, and the mean radius to 0.24/√1000.
    assert value("w1", Circle(), drawn, reals(Circle())) == pytest.approx(1 / 3, abs=0.05)


def test_w1_uses_the_first_thousand_points():
    fake, real = reals(Circle(), seed=1), reals(Circle(), seed=2)
    assert value("w1", Circle(), fake, real) == value("w1", Circle(), fake[:1000], real[:1000])
    assert value("w1", Circle(), fake, real) != value("w1", Circle(), fake[1000:], real[1000:])


def test_distances_of_a_translation_are_known():
    """w1 is its length; swd its mean projection, 2/π of the length."""
    real = reals(Parabola())
    shifted = np.random.default_rng(0).permutation(real[:1000]) + [0.3, -0.4]
    assert value("w1", Parabola(), shifted, real[:1000]) == pytest.approx(0.5, rel=1e-9)
    assert value("swd", Parabola(), shifted, real[:1000]) == pytest.approx(0.5 * 2 / np.pi, rel=1e-3)


def test_distances_of_the_same_points_are_zero():
    real = reals(Moons(), 500)
    for key in ("w1", "swd"):
        assert value(key, Moons(), np.random.default_rng(0).permutation(real), real) == pytest.approx(0, abs=1e-6)


def test_swd_is_never_above_w1():
    fake = np.random.default_rng(4).normal(size=(1000, 2))
    real = reals(Circle(), 1000)
    assert 0 < value("swd", Circle(), fake, real) < value("w1", Circle(), fake, real)


def test_w1_excess_is_measured_from_the_mean_floor():
    real = reals(Circle())
    assert value("w1_excess", Circle(), np.zeros((1000, 2)), real) == pytest.approx(0.9, abs=1e-9)
    with pytest.raises(ConfigError, match="floors: 'w1' is missing"):
        value("w1_excess", Circle(), real, floor={})


def test_a_transport_that_does_not_converge_is_an_error():
    from gancore.metrics.optimal_transport import load

    with (
        mock.patch.object(load(), "emd2", return_value=[0.5, {"warning": "numItermax reached"}]),
        pytest.raises(RuntimeError, match="w1: the exact transport did not converge: numItermax reached"),
    ):
        value("w1", Circle(), np.zeros((10, 2)))


# The support ---------------------------------------------------------------------------------------------------------


def test_distances_to_the_support_of_rings_of_other_radii():
    inner, outer = 0.98 * reals(Circle(), 90), 1.5 * reals(Circle(), 10)
    fake = np.concatenate([inner, outer])
    assert value("curve_mean", Circle(), fake) == pytest.approx((90 * 0.02 + 10 * 0.5) / 100)
    assert value("curve_p95", Circle(), fake) == pytest.approx(0.5)
    assert value("near", Circle(), fake) == pytest.approx(0.9)


def test_the_near_threshold_is_inclusive_at_five_hundredths():
    for radius, expected in ((1.049999, 1.0), (1.050001, 0.0), (0.950001, 1.0), (0.949999, 0.0)):
        assert value("near", Circle(), [[radius, 0.0]]) == expected


def test_coverage_counts_the_cells_hit():
    middles = (np.arange(64) + 0.5) / 64
    assert value("coverage", Circle(), Circle().curve(middles)) == 1
    assert value("coverage", Circle(), Circle().curve(middles[:16])) == 0.25
    assert value("coverage", Circle(), Circle().curve(np.repeat(middles[:1], 99))) == 1 / 64
    assert value("coverage", Circle(), 1.1 * Circle().curve(middles)) == 0, "a far fake covers nothing"


def test_max_gap_of_a_closed_curve_runs_through_the_seam():
    def gap(t):
        return value("max_gap", Circle(), Circle().curve(np.array(t)))

    assert gap([0.2, 0.5, 0.8]) == pytest.approx(0.4)
    assert gap([0.1, 0.5, 0.9]) == pytest.approx(0.4)
    assert gap([0.7]) == 1
    assert value("max_gap", Circle(), [[0.0, 0.0]]) == 1, "nothing near"


def test_max_gap_of_an_open_curve_ends_with_it():
    def gap(t):
        return value("max_gap", Parabola(), Parabola().curve(np.array(t)))

    assert gap([0.0, 0.5, 0.9]) == pytest.approx(0.5)
    assert gap([0.3, 0.5, 0.9]) == pytest.approx(0.4)
    assert gap([0.3, 0.5, 0.6]) == pytest.approx(0.4)
    assert gap([0.3]) == pytest.approx(0.7)
    assert value("max_gap", Parabola(), [[0.0, 9.0]]) == 1, "nothing near"


def test_max_gap_of_the_moons_stays_within_a_moon():
    def gap(t):
        return value("max_gap", Moons(), Moons().curve(np.array(t)))

    upper = np.linspace(0, 0.4999, 200)
    assert gap(upper) == pytest.approx(0.5), "the lower moon is lost"
    assert gap([0.2, 0.4, 0.6, 0.9]) == pytest.approx(0.3), "0.4 and 0.6 are no neighbours"
    assert value("max_gap", Moons(), [[9.0, 9.0]]) == 0.5, "nothing near"


# The verdict ---------------------------------------------------------------------------------------------------------


def test_learned_at_and_beyond_the_thresholds():
    w1, coverage = [0.2, 0.21, 0.2, math.nan], [0.95, 1.0, 0.94, 1.0]
    np.testing.assert_array_equal(has_learned(w1, coverage, 0.1), [True, False, False, False])
    np.testing.assert_array_equal(has_learned(w1, coverage, 0.1, floor_multiple=3), [True, True, False, False])
    np.testing.assert_array_equal(has_learned(w1, coverage, 0.1, min_coverage=0.9), [True, False, True, False])


def test_real_points_have_learned_and_a_collapsed_generator_has_not(circle_floors):
    real = reals(Circle())
    assert score(Circle(), reals(Circle(), seed=1), real, circle_floors)["learned"] == 1
    collapsed = score(Circle(), np.tile([[1.0, 0.0]], (2000, 1)), real, circle_floors)
    assert collapsed["learned"] == 0 and collapsed["near"] == 1 and collapsed["coverage"] == 1 / 64


# Scores --------------------------------------------------------------------------------------------------------------


@every
def test_score_has_every_key_and_ranks_real_above_noise(kind):
    dataset = make(kind)
    real = reals(dataset)
    good = score(dataset, reals(dataset, seed=1), real, FLOORS)
    bad = score(dataset, np.random.default_rng(0).normal(size=(2000, 2)), real, FLOORS)
    assert list(good) == KEYS and all(type(number) is float for number in good.values())
    for key, entry in applicable(dataset).items():
        if key not in ("coverage", "max_gap", "recall"):  # scattered noise passes near everything
            assert (good[key] < bad[key]) == (entry.better == "lower"), key
    assert good["coverage"] == 1 and good["near"] == 1 and good["max_gap"] < 0.01


@every
def test_rarer_snapshots_have_more_metrics(kind):
    dataset = make(kind)
    fake, real = reals(dataset, seed=1), reals(dataset)
    full = score(dataset, fake, real, FLOORS)
    assert all(math.isfinite(number) for number in full.values())
    some, quick = score(dataset, fake, real, FLOORS, "some"), score(dataset, fake, real, {}, "every")
    assert {key for key in KEYS if math.isnan(quick[key])} == {*EXACT, *FINAL}
    assert {key for key in KEYS if math.isnan(some[key])} == set(FINAL)
    assert all(quick[key] == full[key] for key in QUICK) and all(some[key] == full[key] for key in QUICK + EXACT)


@every
def test_scores_do_not_depend_on_the_order_of_points(kind):
    dataset, rng = make(kind), np.random.default_rng(0)
    fake, real = reals(dataset, 1000, seed=1) + rng.normal(size=(1000, 2)) * 0.05, reals(dataset, 1000)
    expected = score(dataset, fake, real, FLOORS)
    shuffled = score(dataset, rng.permutation(fake), rng.permutation(real), FLOORS)
    # The order decides which half the classifier learns from.
    assert shuffled.pop("c2st") == pytest.approx(expected.pop("c2st"), abs=4 * 0.5 / np.sqrt(1000))
    assert shuffled == pytest.approx(expected, abs=1e-6)


@every
@settings(max_examples=5, deadline=None)
@given(scale=st.floats(0.01, 100))
def test_scores_do_not_depend_on_the_scale(kind, scale):
    plain, scaled = make(kind), make(kind, scale=scale)
    rng = np.random.default_rng(0)
    fake, real = plain.sample(rng, 300) + rng.normal(size=(300, 2)) * 0.1, plain.sample(rng, 300)
    expected = score(plain, fake, real, FLOORS)
    assert score(scaled, fake * scale, real * scale, FLOORS) == pytest.approx(expected, abs=1e-6)


def test_a_small_circle_is_judged_as_a_big_one(circle_floors):
    """The same failure, stuck at the centre, scores the same at radius 0.5 and 1."""
    centre = np.zeros((2000, 2))
    small = score(Circle(scale=0.5), centre, 0.5 * reals(Circle()), circle_floors)
    assert small["w1"] == pytest.approx(1) and small["curve_mean"] == pytest.approx(1)


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf, 1e30])
@pytest.mark.parametrize("when", ["every", "some", "last"])
def test_one_fake_that_is_not_finite_spoils_the_score(broken, when):
    fake = reals(Circle(), seed=1)
    fake[7, 1] = broken
    values = score(Circle(), fake, reals(Circle()), FLOORS, when)
    assert list(values) == KEYS and values.pop("learned") == 0
    assert all(math.isnan(number) for number in values.values())


def test_fakes_that_ran_far_away_still_have_numbers():
    fake = np.random.default_rng(0).normal(size=(2000, 2)) * 1e6
    values = score(Moons(), fake, reals(Moons()), FLOORS)
    assert all(math.isfinite(number) for number in values.values())
    assert values["w1"] > 1e5 and values["near"] == 0 and values["learned"] == 0


def test_wrong_input_is_named():
    with pytest.raises(ConfigError, match=r"fake: the shape \(3, 3\) is not allowed; it must be \[n, 2\]"):
        score(Circle(), np.zeros((3, 3)), np.zeros((3, 2)), FLOORS)
    with pytest.raises(ConfigError, match="fake: 3 points against 4 reals"):
        score(Circle(), np.zeros((3, 2)), np.zeros((4, 2)), FLOORS)
    with pytest.raises(ConfigError, match="fake: 19 points are not enough; it must be at least 20"):
        score(Circle(), np.zeros((19, 2)), np.zeros((19, 2)), FLOORS)
    with pytest.raises(ConfigError, match="when: 'always' is not allowed; it must be one of every, some, last"):
        score(Circle(), np.zeros((30, 2)), np.zeros((30, 2)), FLOORS, "always")  # type: ignore[arg-type]


@every
def test_a_score_takes_little_beside_training(kind):
    """Far above what they take (about 1 and 30 ms), far below what a slip in their growth with n would."""
    dataset = make(kind)
    fake, real = reals(dataset, seed=1).astype(np.float32), reals(dataset)
    quick, rest = [], []
    for _ in range(5):
        comparison = Comparison(dataset, dataset.unit(fake), dataset.unit(real), FLOORS)
        for times, keys in ((quick, QUICK), (rest, FINAL)):
            start = time.perf_counter()
            for key in keys:
                comparison.value(key)
            times.append(time.perf_counter() - start)
    assert min(quick) < 0.015 and min(rest) < 0.2


def test_numbers_move_only_with_the_metrics_version():
    """If a value below has to change, or a metric is added, METRICS_VERSION must move with it."""
    rng = np.random.default_rng(7)
    fake = np.column_stack([0.8 * np.cos(t := 2 * np.pi * rng.uniform(size=1500)), 0.9 * np.sin(t) + 0.1])
    values = score(Circle(), fake, Circle().sample(rng, 1500), FLOORS)
    assert METRICS_VERSION == 1
    assert values == pytest.approx(PINNED, rel=1e-5, abs=1e-6)


# Floors --------------------------------------------------------------------------------------------------------------


def test_floors_are_ordered_and_repeatable(circle_floors):
    assert list(circle_floors) == KEYS
    for floor in circle_floors.values():
        assert floor["low"] <= floor["mean"] <= floor["high"]
    assert circle_floors["w1"]["low"] < circle_floors["w1"]["high"]
    assert floors(Circle(), pairs=2) == floors(Circle(), pairs=2)


def test_floors_are_those_of_real_points(circle_floors):
    assert 0.02 < circle_floors["w1"]["mean"] < 0.15, "two samples of 1,000 differ"
    assert circle_floors["w1_excess"]["mean"] == pytest.approx(0, abs=1e-12)
    assert circle_floors["curve_p95"]["high"] < 1e-7
    for key in ("near", "coverage", "learned"):
        assert circle_floors[key] == {"mean": 1.0, "low": 1.0, "high": 1.0}


def test_floors_do_not_depend_on_the_scale_or_the_training_set():
    expected = floors(Circle(), pairs=1)
    again = floors(Circle(scale=0.5, size=200, seed=5), pairs=1)
    for key, floor in expected.items():
        assert again[key] == pytest.approx(floor, abs=1e-6), key


def every_ceiling(kind):
    dataset = make(kind)
    floor = floors(dataset, pairs=1)
    return floor, ceilings(dataset, floor)


@every
def test_ceilings_are_worse_than_floors(kind):
    floor, ceiling = every_ceiling(kind)
    assert list(ceiling) == ["one_point", "mean"] and all(list(values) == KEYS for values in ceiling.values())
    for name, values in ceiling.items():
        assert all(math.isfinite(number) for number in values.values())
        for key, entry in applicable(make(kind)).items():
            loss = values[key] - floor[key]["mean"] if entry.better == "lower" else floor[key]["mean"] - values[key]
            if key in ("curve_mean", "curve_p95", "near"):  # blind to collapse
                assert loss >= -1e-6, (name, key)
            elif key not in ("precision", "density"):  # these prefer a point among many reals to real points
                assert loss > 0.01, (name, key)


def test_ceilings_of_the_circle_are_known(circle_floors):
    ceiling = ceilings(Circle(), circle_floors)
    assert ceiling["mean"]["w1"] == pytest.approx(1) and ceiling["mean"]["curve_p95"] == pytest.approx(1)
    assert ceiling["one_point"]["w1"] == pytest.approx(4 / np.pi, abs=4 * 0.62 / np.sqrt(1000))
    assert ceiling["one_point"]["near"] == 1 and ceiling["one_point"]["coverage"] == 1 / 64
    assert ceilings(Circle(scale=0.5, seed=3), circle_floors) == ceiling


def test_floors_need_a_pair():
    with pytest.raises(ConfigError, match="pairs: 0 is not allowed"):
        floors(Circle(), pairs=0)


# When w1 is computed -------------------------------------------------------------------------------------------------


def test_the_last_snapshot_is_always_exact():
    for data in ({}, {"steps": 1}, {"steps": 10_001}, {"steps": 7, "snapshot_every": 50}, {"batch_size": 8192}):
        config = parse_config(data)
        assert config.steps in needs_exact(config) <= set(config.snapshot_steps)


def test_more_training_earns_more_exact_scores():
    baseline = parse_config({})
    assert needs_exact(baseline) == {10_000}
    eightfold = parse_config({"batch_size": 256})
    chosen = needs_exact(eightfold)
    assert 4 <= len(chosen) <= 8 and min(chosen) >= 0.75 * eightfold.steps
    assert needs_exact(parse_config({"batch_size": 128, "update": {"d_steps": 2}})) == chosen
    assert needs_exact(parse_config({"batch_size": 8192})) == set(eightfold.snapshot_steps)


def test_the_last_quarter_comes_first_and_the_rest_is_spread():
    config = parse_config({"batch_size": 640})  # about 13 seconds of training, 26 snapshots
    chosen = sorted(needs_exact(config))
    late = [step for step in config.snapshot_steps if step > 0.75 * config.steps]
    assert len(chosen) == 13 and set(late) <= set(chosen)
    early = np.diff([step for step in chosen if step not in late])
    assert early.max() <= 2 * early.min()


# Imports -------------------------------------------------------------------------------------------------------------


def test_metrics_never_load_tensorflow_and_wait_with_scipy():
    code = (
        "import sys, numpy as np\nimport gancore.metrics as m\nfrom gancore.datasets import Circle\n"
        "assert not {'scipy', 'ot', 'tensorflow'} & set(sys.modules)\n"
        "m.floors(Circle(), pairs=1)\n"
        "assert 'ot' in sys.modules and not {'tensorflow', 'torch', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
