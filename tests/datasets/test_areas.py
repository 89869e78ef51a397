"""Areas: what is inside in closed form, how far the outside is, and what the patches cover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import KDTree
from scipy.stats import kstest

import gancore
from gancore.config import ConfigError
from gancore.datasets.area import Area
from gancore.datasets.areas.annulus import Annulus
from gancore.datasets.areas.banana import Banana
from gancore.datasets.areas.disc import Disc
from gancore.datasets.areas.noisy_circle import NoisyCircle
from gancore.datasets.areas.pinwheel import Pinwheel
from gancore.datasets.areas.s_curve import SCurve
from gancore.datasets.areas.square import Checkerboard, Square
from gancore.metrics import METRICS, Comparison, applicable

RNG = np.random.default_rng
AREAS = [
    Disc(),
    Annulus(),
    Annulus(inner=0.2, uniform_in="radius"),
    Square(),
    Checkerboard(),
    Checkerboard(rows=3),
    Banana(),
    Banana(bend=-1.5, thickness=0.1),
    Pinwheel(),
    Pinwheel(arms=8, tangential=0.05, rate=-0.25),
    SCurve(),
    SCurve(width=0.9),
    NoisyCircle(),
]
every = pytest.mark.parametrize("area", AREAS, ids=lambda area: f"{area.kind}-{AREAS.index(area)}")


@every
def test_u_and_v_are_found_again_and_own_points_lie_inside(area: Area) -> None:
    u, v = RNG(0).uniform(size=(2, 20_000))
    points = area.place(u, v)
    np.testing.assert_allclose(area.inverse(points), [u, v], atol=1e-9)
    assert area.inside(points).all() and not area.nearest(points)[0].any()
    low, high = area.extent()
    assert np.mean(((points >= low - 1e-9) & (points <= high + 1e-9)).all(axis=1)) > 0.995


@every
def test_the_distance_outside_is_that_to_the_edge(area: Area) -> None:
    edge = np.concatenate([trace.at(np.linspace(trace.low, trace.high, 20_001)) for trace in area.edge()])
    queries = np.concatenate([RNG(1).uniform(-2.2, 2.2, (1500, 2)), 0.2 * RNG(2).normal(size=(500, 2))])
    distance = area.nearest(queries)[0]
    outside = ~area.inside(queries)
    np.testing.assert_array_equal(distance > 0, outside)
    np.testing.assert_allclose(distance[outside], KDTree(edge).query(queries[outside])[0], atol=2e-4)


@every
def test_patches_cover_the_area_to_a_thousandth(area: Area) -> None:
    patches = area.patches()
    corners = [patches.origin, patches.origin + patches.first, patches.origin + patches.second]
    distance = area.nearest(np.concatenate([*corners, corners[1] + patches.second]))[0]
    assert np.quantile(distance, 0.999) < 1e-3 and distance.max() < 6e-3
    support = area.support()
    counts = np.bincount(support.locate(patches.middle)[1], minlength=support.cells)
    assert np.abs(counts / counts.mean() - 1).max() < 0.15  # whole rows of a ring lie on either side of a cell's edge


@pytest.mark.parametrize(
    "area, size",
    [
        (Disc(), np.pi),
        (Annulus(), 0.64 * np.pi),
        (Square(), 4.0),
        (Checkerboard(), 2.0),
        (Checkerboard(rows=3), 20 / 9),
    ],
)
def test_even_areas_have_their_size_as_density(area: Area, size: float) -> None:
    inside = area.place(np.array([0.3]), np.array([0.6]))
    density = area.log_density(np.concatenate([inside, [[5.0, 5.0]]]))
    assert density is not None
    np.testing.assert_allclose(density[0], -np.log(size))
    assert density[1] == -np.inf


def test_the_squares_of_a_checkerboard() -> None:
    board = Checkerboard(rows=2)
    points = np.array([[-0.5, -0.5], [0.5, 0.5], [0.5, -0.5], [-0.25, 0.5], [1.5, 1.5], [0.0, 0.0]])
    np.testing.assert_allclose(board.nearest(points)[0], [0, 0, 0.5, 0.25, np.sqrt(0.5), 0], atol=1e-12)
    assert board.support().cells == 60


def test_the_radius_of_an_annulus_is_uniform_or_its_area_is() -> None:
    for choice, power in (("radius", 1), ("area", 2)):
        points = Annulus(inner=0.5, uniform_in=choice).sample(RNG(3), 20_000)
        share = (np.hypot(*points.T) ** power - 0.5**power) / (1 - 0.5**power)
        assert kstest(share, "uniform").pvalue > 1e-3


def test_noise_of_an_annulus_can_be_radial_alone() -> None:
    clean, noisy = (Annulus(noise=noise, noise_along="normal").sample(RNG(4), 5000) for noise in (0.0, 0.1))
    np.testing.assert_allclose(np.arctan2(*clean.T), np.arctan2(*noisy.T), atol=1e-12)
    assert np.std(np.hypot(*noisy.T) - np.hypot(*clean.T)) == pytest.approx(0.1, rel=0.05)
    with pytest.raises(ConfigError, match=r"dataset\.noise_along: .*this area has no normal"):
        gancore.parse_config({"dataset": {"kind": "square", "noise_along": "normal"}})


def test_a_noisy_circle_is_z_over_its_length_and_a_tenth_of_z() -> None:
    radius = np.hypot(*NoisyCircle().sample(RNG(5), 20_000).T)
    assert kstest((radius - 1) / 0.1, "rayleigh").pvalue > 1e-3


def test_a_banana_unbent_is_a_normal_distribution_cut_off() -> None:
    points = Banana(bend=0.0, thickness=0.5).sample(RNG(6), 20_000) * 3 / [1, 0.5]
    square = np.square(points).sum(axis=1)
    assert square.max() <= 9 and kstest(-np.expm1(-square / 2) / -np.expm1(-4.5), "uniform").pvalue > 1e-3


def test_arms_of_a_pinwheel_may_not_overlap() -> None:
    with pytest.raises(ConfigError, match=r"dataset\.tangential: 0\.2 is not allowed; with 5 arms .* at most"):
        gancore.parse_config({"dataset": {"kind": "pinwheel", "tangential": 0.2}})


def test_the_share_outside_is_a_metric_of_areas() -> None:
    disc = Disc()
    inside, outside = np.zeros((500, 2)), np.full((1500, 2), 2.0)
    fakes, reals = np.concatenate([inside, outside]), disc.sample(RNG(7), 2000)
    compared = Comparison(disc, fakes, reals, {})
    assert compared.value("outside") == 0.75 and compared.value("near") == 0.25
    assert Comparison(disc, reals, fakes, {}).value("outside") == 0
    assert "outside" in applicable(disc) and "outside" not in applicable(gancore.RunConfig().dataset)
    assert METRICS["outside"].better == "lower"
