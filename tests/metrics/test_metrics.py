"""Metrics: their list, and scores that hold for every curve, order and scale."""

from __future__ import annotations

import math
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from support import scores
from support.scores import EXACT, FINAL, KEYS, QUICK, REFERENCES, every, make, reals

from gancore.config import ConfigError, Dataset
from gancore.datasets import Circle, Moons
from gancore.metrics import METRICS, METRICS_VERSION, Comparison, applicable, get_metric, has_learned, metric, score

circle_references = scores.circle_references


PINNED = {
    "w1": 0.17748648,
    "w1_excess": 0.0774864801,
    "swd": 0.111113072,
    "curve_mean": 0.145948873,
    "curve_p95": 0.223356292,
    "near": 0.202,
    "coverage": 0.1875,
    "max_gap": 0.831204202,
    "mmd2": 0.037250176,
    "energy": 0.0338947408,
    "precision": 0.127,
    "recall": 0.096,
    "density": 0.1102,
    "knn_coverage": 0.104,
    "js_grid": 0.813350141,
    "c2st": 0.957333333,
    "learned": 0.0,
}
PINNED_ELSEWHERE = {
    "ring": {
        "w1": 0.446791721,
        "coverage": 0.5,
        "modes": 4.0,
        "modes_mass": 0.0,
        "hq": 0.00333333333,
        "rev_kl": 0.747262501,
    },
    "disc": {"w1": 0.158533513, "coverage": 1.0, "outside": 0.25},
}
"""Of what has modes or is an area: metrics that curves lack, and two that all have."""


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


def test_learned_at_and_beyond_the_thresholds():
    excess, coverage = [0.05, 0.051, 0.05, math.nan], [0.95, 1.0, 0.94, 1.0]
    np.testing.assert_array_equal(has_learned(excess, coverage), [True, False, False, False])
    np.testing.assert_array_equal(has_learned(excess, coverage, max_excess=0.06), [True, True, False, False])
    np.testing.assert_array_equal(has_learned(excess, coverage, min_coverage=0.9), [True, False, True, False])
    np.testing.assert_array_equal(has_learned(excess, None), [True, False, True, False])


def test_real_points_have_learned_and_a_collapsed_generator_has_not(circle_references):
    real = reals(Circle())
    assert score(Circle(), reals(Circle(), seed=1), real, circle_references)["learned"] == 1
    collapsed = score(Circle(), np.tile([[1.0, 0.0]], (2000, 1)), real, circle_references)
    assert collapsed["learned"] == 0 and collapsed["near"] == 1 and collapsed["coverage"] == 1 / 64


@every
def test_score_has_every_key_and_ranks_real_above_noise(kind):
    dataset = make(kind)
    real = reals(dataset)
    good = score(dataset, reals(dataset, seed=1), real, REFERENCES)
    bad = score(dataset, np.random.default_rng(0).normal(size=(2000, 2)), real, REFERENCES)
    assert list(good) == KEYS and all(type(number) is float for number in good.values())
    for key, entry in applicable(dataset).items():
        if key not in ("coverage", "max_gap", "recall"):  # scattered noise passes near everything
            assert (good[key] < bad[key]) == (entry.better == "lower"), key
    assert good["coverage"] == 1 and good["near"] == 1 and good["max_gap"] < 0.01


@every
def test_rarer_snapshots_have_more_metrics(kind):
    dataset = make(kind)
    fake, real = reals(dataset, seed=1), reals(dataset)
    full = score(dataset, fake, real, REFERENCES)
    assert all(math.isfinite(number) for number in full.values())
    some, quick = score(dataset, fake, real, REFERENCES, "some"), score(dataset, fake, real, {}, "every")
    assert {key for key in KEYS if math.isnan(quick[key])} == {*EXACT, *FINAL}
    assert {key for key in KEYS if math.isnan(some[key])} == set(FINAL)
    assert all(quick[key] == full[key] for key in QUICK) and all(some[key] == full[key] for key in QUICK + EXACT)


@every
def test_scores_do_not_depend_on_the_order_of_points(kind):
    dataset, rng = make(kind), np.random.default_rng(0)
    fake, real = reals(dataset, 1000, seed=1) + rng.normal(size=(1000, 2)) * 0.05, reals(dataset, 1000)
    expected = score(dataset, fake, real, REFERENCES)
    shuffled = score(dataset, rng.permutation(fake), rng.permutation(real), REFERENCES)
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
    expected = score(plain, fake, real, REFERENCES)
    assert score(scaled, fake * scale, real * scale, REFERENCES) == pytest.approx(expected, abs=1e-6)


def test_a_small_circle_is_judged_as_a_big_one(circle_references):
    """The same failure, stuck at the centre, scores the same at radius 0.5 and 1."""
    centre = np.zeros((2000, 2))
    small = score(Circle(scale=0.5), centre, 0.5 * reals(Circle()), circle_references)
    assert small["w1"] == pytest.approx(1) and small["curve_mean"] == pytest.approx(1)


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf, 1e30])
@pytest.mark.parametrize("when", ["every", "some", "last"])
def test_one_fake_that_is_not_finite_spoils_the_score(broken, when):
    fake = reals(Circle(), seed=1)
    fake[7, 1] = broken
    values = score(Circle(), fake, reals(Circle()), REFERENCES, when)
    assert list(values) == KEYS and values.pop("learned") == 0
    assert all(math.isnan(number) for number in values.values())


def test_fakes_that_ran_far_away_still_have_numbers():
    fake = np.random.default_rng(0).normal(size=(2000, 2)) * 1e6
    values = score(Moons(), fake, reals(Moons()), REFERENCES)
    assert all(math.isfinite(number) for number in values.values())
    assert values["w1"] > 1e5 and values["near"] == 0 and values["learned"] == 0


def test_wrong_input_is_named():
    with pytest.raises(ConfigError, match=r"fake: the shape \(3, 3\) is not allowed; it must be \[n, 2\]"):
        score(Circle(), np.zeros((3, 3)), np.zeros((3, 2)), REFERENCES)
    with pytest.raises(ConfigError, match="fake: 3 points against 4 reals"):
        score(Circle(), np.zeros((3, 2)), np.zeros((4, 2)), REFERENCES)
    with pytest.raises(ConfigError, match="fake: 19 points are not enough; it must be at least 20"):
        score(Circle(), np.zeros((19, 2)), np.zeros((19, 2)), REFERENCES)
    with pytest.raises(ConfigError, match="when: 'always' is not allowed; it must be one of every, some, last"):
        score(Circle(), np.zeros((30, 2)), np.zeros((30, 2)), REFERENCES, "always")  # type: ignore[arg-type]


@every
def test_a_score_takes_little_beside_training(kind):
    """Far above what they take (about 0.3 and 3 times the table of all distances), far below what a slip in their
    growth with n would."""
    dataset = make(kind)
    fake, real = reals(dataset, seed=1).astype(np.float32), reals(dataset)
    table, quick, rest = [], [], []
    for _ in range(5):
        comparison = Comparison(dataset, dataset.unit(fake), dataset.unit(real), REFERENCES)
        for times, work in (
            (table, lambda: cdist(fake, real)),
            (quick, lambda: [comparison.value(key) for key in QUICK]),  # noqa: B023
            (rest, lambda: [comparison.value(key) for key in FINAL]),  # noqa: B023
        ):
            start = time.process_time()
            work()
            times.append(time.process_time() - start)
    assert min(quick) < 2 * min(table) and min(rest) < 25 * min(table)


def test_numbers_move_only_with_the_metrics_version():
    """If a value below has to change, or a metric is added, METRICS_VERSION must move with it."""
    rng = np.random.default_rng(7)
    fake = np.column_stack([0.8 * np.cos(t := 2 * np.pi * rng.uniform(size=1500)), 0.9 * np.sin(t) + 0.1])
    values = score(Circle(), fake, Circle().sample(rng, 1500), REFERENCES)
    assert METRICS_VERSION == 2
    assert values == pytest.approx(PINNED, rel=1e-5, abs=1e-6)


def test_every_metric_is_pinned():
    assert {*PINNED}.union(*PINNED_ELSEWHERE.values()) == {*METRICS}


@pytest.mark.parametrize("kind", PINNED_ELSEWHERE)
def test_numbers_of_modes_and_areas_move_only_with_the_metrics_version(kind):
    dataset, rng = Dataset.registry[kind](), np.random.default_rng(7)
    fake = 0.6 * rng.normal(size=(1500, 2))
    values = score(dataset, fake, dataset.sample(rng, 1500), REFERENCES)  # type: ignore[arg-type, attr-defined]
    pinned = PINNED_ELSEWHERE[kind]
    assert {key: values[key] for key in pinned} == pytest.approx(pinned, rel=1e-5, abs=1e-6)


def test_metrics_never_load_tensorflow_and_wait_with_scipy():
    code = (
        "import sys, numpy as np\nimport gancore.metrics as m\nfrom gancore.datasets import Circle\n"
        "assert not {'scipy', 'ot', 'tensorflow'} & set(sys.modules)\n"
        "m.references(Circle(), pairs=1)\n"
        "assert 'ot' in sys.modules and not {'tensorflow', 'torch', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
