"""Two-sample and neighbour metrics against plain loops, closed forms and the public prdc package."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import pytest
from prdc import compute_prdc

from gancore.datasets import Circle, Curve, Moons
from gancore.metrics import Comparison
from gancore.metrics.two_sample import BANDWIDTHS
from gancore.parts import OfData


def value(key, fake, real, dataset=None):
    return Comparison(dataset or Circle(), np.asarray(fake, float), np.asarray(real, float), {}).value(key)


def kernel(x, y):
    return np.mean([math.exp(-((x - y) ** 2).sum() / (2 * width**2)) for width in BANDWIDTHS])


def negative_distance(x, y):
    return -math.hypot(*(x - y))


@pytest.mark.parametrize(("key", "similarity"), [("mmd2", kernel), ("energy", negative_distance)])
@pytest.mark.parametrize("width", [0.03, 0.5, 3.0])
def test_unbiased_statistics_are_those_of_a_plain_loop(key, similarity, width, monkeypatch):
    """Of the pairs of fakes without each with itself, and of all pairs of even points."""
    n = 25
    monkeypatch.setattr("gancore.metrics.two_sample.SUBSET", n)
    monkeypatch.setattr("gancore.metrics.base.SUBSET", n)
    circle = Circle(noise=width / 100)  # one that nothing is kept of
    fake, even = np.random.default_rng(n).normal(size=(n, 2)) * width, circle.even(n)
    within = np.mean([similarity(fake[i], fake[j]) for i in range(n) for j in range(n) if i != j])
    of_all = np.mean([similarity(x, y) for x in even for y in even])
    across = np.mean([similarity(x, y) for x in fake for y in even])
    assert value(key, fake, fake, circle) == pytest.approx(within + of_all - 2 * across, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("key", ["mmd2", "energy"])
def test_unbiased_statistics_of_real_against_real_are_zero_on_average(key):
    rng = np.random.default_rng(0)
    values = [value(key, Circle().sample(rng, 60), Circle().sample(rng, 60)) for _ in range(400)]
    error = np.std(values) / np.sqrt(len(values))
    assert abs(np.mean(values)) < 3 * error, "0 is within its standard error"
    assert 3 * error < 0.01, "which self-pairs (about 2/60 of the kernel, or of the mean chord) would leave"
    assert min(values) < 0, "and nothing is clipped"


def test_energy_of_a_far_point_is_twice_its_distance():
    """Less what the circle's own points are apart on average, 4/π."""
    fake = np.tile([[3000.0, 4000.0]], (30, 1))
    assert value("energy", fake, fake) == pytest.approx(10_000 - 4 / np.pi, abs=1e-3)


def test_mmd2_of_a_far_cloud_is_that_of_the_widths():
    """Beyond every bandwidth only the pairs within count: the cloud is one point, of kernel 1."""
    far = np.full((30, 2), 50.0)
    angle = 2 * np.pi * np.arange(1, 10_000) / 10_000
    within = np.mean([np.exp(-((2 * np.sin(angle / 2)) ** 2) / (2 * width**2)).mean() for width in BANDWIDTHS])
    assert value("mmd2", far, far) == pytest.approx(1 + within, abs=1e-4)


def test_only_the_first_thousand_points_are_paired():
    rng = np.random.default_rng(0)
    fake, real = rng.normal(size=(2, 1200, 2))
    for key in ("mmd2", "energy", "precision", "recall", "density", "knn_coverage"):
        assert value(key, fake, real) == value(key, fake[:1000], real[:1000]) != value(key, fake[200:], real[200:])


CLOUDS = {
    "real points": lambda rng, real: Circle().sample(rng, 1000),
    "a blurred circle": lambda rng, real: Circle().sample(rng, 1000) + 0.03 * rng.normal(size=(1000, 2)),
    "an arc": lambda rng, real: Circle().curve(rng.uniform(0, 0.3, 1000)) * 1.01,
    "scattered noise": lambda rng, real: rng.normal(size=(1000, 2)),
    "far away": lambda rng, real: 100 + rng.normal(size=(1000, 2)),
    "almost one point": lambda rng, real: real[:1] + 1e-3 * rng.normal(size=(1000, 2)),
}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_neighbour_metrics_are_those_of_prdc(cloud, capsys):
    rng = np.random.default_rng(3)
    real = Circle().sample(rng, 1000)
    fake = CLOUDS[cloud](rng, real)
    expected = compute_prdc(real_features=real, fake_features=fake, nearest_k=5)
    for ours, theirs in zip(
        ("precision", "recall", "density", "knn_coverage"),
        ("precision", "recall", "density", "coverage"),
        strict=True,
    ):
        assert value(ours, fake, real) == pytest.approx(expected[theirs], abs=1e-12), ours


def test_neighbour_metrics_of_a_collapsed_generator():
    real = Circle().sample(np.random.default_rng(0), 1000)
    fake = np.repeat(real[:1], 1000, 0)
    assert value("precision", fake, real) == 1
    assert value("recall", fake, real) == 0, "its balls have no inside"
    assert value("knn_coverage", fake, real) < 0.02


class Spot(Curve):
    """On the circle's grid half of the points in one cell, half in another; or all in the first."""

    label: ClassVar[str] = "Spot"
    both: OfData[bool] = False

    def curve(self, t):
        return Circle().curve(t)

    def even(self, n):
        first = np.tile([[0.01, 0.01]], (n, 1))
        return np.where(np.arange(n)[:, None] < n // 2, first, [0.51, 0.51]) if self.both else first


def test_the_grid_of_known_shares():
    here, there = [[0.01, 0.01]], [[0.51, 0.51]]

    def apart(fake, both):
        return value("js_grid", fake, fake, Spot(both=both))

    assert apart(here * 40, False) == apart(here * 20 + there * 20, True) == 0
    assert apart(there * 40, False) == pytest.approx(1)
    # H(3/4, 1/4) - (H(1/2, 1/2) + 0) / 2 with H in bits
    assert apart(here * 20 + there * 20, False) == apart(here * 40, True) == pytest.approx(0.8112781 - 0.5)


def test_the_grid_is_a_window_around_the_support():
    """30 cells over 2.5, so 1/12 each; everything outside falls into one more cell."""

    def share(x, y=0.01):
        return value("js_grid", [[x, y]] * 20, [[x, y]] * 20, Spot()) == 0

    assert share(0.001) and share(1 / 12 - 0.001) and not share(-0.001) and not share(1 / 12 + 0.001)
    for x in (1e9, -1.26):
        assert value("js_grid", [[x, 0]] * 20, [[0, 0]] * 20) == pytest.approx(1)
    moved = Circle(center_x=4)
    fake = np.random.default_rng(0).normal(size=(500, 2)) * 0.7
    expected = value("js_grid", fake, fake)
    assert value("js_grid", fake + [4, 0], fake, moved) == pytest.approx(expected, abs=1e-2)


def test_the_classifier_tells_apart_what_differs_and_nothing_else():
    rng = np.random.default_rng(0)
    real, same = Moons().sample(rng, 2000), Moons().sample(rng, 2000)
    # 2,000 answers, each right with probability one half (neighbours make them a little dependent).
    assert value("c2st", same, real) == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(2000))
    ring = Circle().sample(rng, 2000)
    assert value("c2st", 1.1 * Circle().sample(rng, 2000), ring) > 0.99, "a thin support shows every shift"
    assert value("c2st", np.zeros((2000, 2)), ring) == 1
    wide, narrow = rng.normal(size=(2000, 2)), rng.normal(size=(2000, 2)) * 0.5
    # Half the integral of the larger of the two densities of the radius: what the best possible classifier reaches.
    r, step = np.linspace(0, 8, 20001, retstep=True)
    best = np.maximum(r * np.exp(-(r**2) / 2), 4 * r * np.exp(-2 * r**2)).sum() * step / 2
    assert best - 0.06 < value("c2st", wide, narrow) < best + 0.03
