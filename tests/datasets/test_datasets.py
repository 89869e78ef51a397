"""Contract of every registered dataset, and what is particular to each."""

from __future__ import annotations

import subprocess
import sys
from typing import ClassVar, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree

import gancore
from gancore.config import Dataset
from gancore.datasets import Circle, Curve, Moons, Parabola, SwissRoll

KINDS = sorted(Dataset.registry)
every = pytest.mark.parametrize("kind", KINDS)
every_curve = pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(Dataset.registry[kind], Curve)])


def make(kind: str, **fields) -> Curve:
    return Dataset.registry[kind](**fields)  # type: ignore[return-value]


def dense(curve: Curve, count: int = 200_000) -> tuple[np.ndarray, np.ndarray]:
    """Points on the curve and their coordinates, piece by piece."""
    t = np.concatenate([np.linspace(low, np.nextafter(high, low), count) for low, high in curve.pieces])
    return curve.curve(t), t


# Every dataset -------------------------------------------------------------------------------------------------------


def test_the_four_of_the_question_are_registered():
    assert {"circle", "parabola", "swiss_roll", "moons"} <= set(KINDS)


@every
def test_described_for_people(kind):
    dataset = make(kind)
    assert dataset.label and type(dataset).__doc__
    undescribed = [name for name, info in type(dataset).model_fields.items() if name != "kind" and not info.description]
    assert not undescribed


@every
def test_points_have_the_size_and_type_asked_for(kind):
    for size in (100, 101, 10_000):
        points = make(kind, size=size).points()
        assert points.shape == (size, 2) and points.dtype == np.float32 and np.isfinite(points).all()


@every
def test_points_are_decided_by_the_fields_alone(kind):
    np.random.seed(1)
    first = make(kind, noise=0.1, seed=3).points()
    np.random.seed(2)
    np.testing.assert_array_equal(first, make(kind, noise=0.1, seed=3).points())
    assert not np.array_equal(first, make(kind, noise=0.1, seed=4).points())


@every
@pytest.mark.parametrize("rng", [np.random.default_rng, np.random.RandomState])
def test_sample_draws_from_the_generator_given(kind, rng):
    dataset = make(kind)
    first = dataset.sample(rng(5), 500)
    assert first.shape == (500, 2) and first.dtype == np.float64
    np.testing.assert_array_equal(first, dataset.sample(rng(5), 500))
    assert not np.array_equal(first, dataset.sample(rng(6), 500))


@every_curve
def test_default_points_stay_in_the_question_s_frame(kind):
    points = np.concatenate([make(kind).points(), make(kind).sample(np.random.default_rng(0), 2000)])
    assert np.abs(points).max() < 1.001  # a fresh roll may pass the reference sample's ends by 1e-4
    assert np.ptp(points, axis=0).min() > 0.9


@every_curve
def test_own_samples_lie_on_the_support_and_cover_it(kind):
    dataset = make(kind)
    fresh = dataset.sample(np.random.default_rng(0), 4000)
    support = dataset.support()
    distance, cell = support.locate(fresh)
    assert distance.max() < 1e-7 and support.cells == 64
    share = np.bincount(cell, minlength=64) / 4000
    assert share.min() > 0 and np.abs(share - 1 / 64).max() < 0.012  # six standard deviations
    assert support.locate(dataset.points())[0].max() < 1e-6


@every_curve
def test_coordinate_inverts_curve(kind):
    dataset = make(kind)
    t = np.random.default_rng(0).uniform(size=2000)
    np.testing.assert_allclose(dataset.nearest(dataset.curve(t))[1], t, atol=1e-6)


@every_curve
def test_distance_and_coordinate_match_brute_force(kind):
    dataset = make(kind)
    support, t = dense(dataset)
    rng = np.random.default_rng(1)
    # Around, at the middle (where many support points are equally far), and beside the support.
    queries = np.concatenate(
        [
            rng.uniform(-2, 2, size=(1500, 2)),
            rng.normal(size=(100, 2)) * 0.1,
            dataset.sample(rng, 1500) + rng.normal(size=(1500, 2)) * 0.02,
            dataset.curve(np.array([0.0, 0.25, 0.5, 0.75, 1.0])),
        ]
    )
    expected, index = KDTree(support).query(queries)
    distance, coordinate = dataset.nearest(queries)
    np.testing.assert_allclose(distance, expected, atol=5e-5)
    beside = slice(1600, 3100)
    gap = np.abs(coordinate - t[index])[beside]
    assert np.quantile(np.minimum(gap, 1 - gap) if dataset.closed else gap, 0.99) < 1e-3
    assert coordinate.min() >= 0 and coordinate.max() < 1
    np.testing.assert_array_equal(dataset.support().locate(queries)[0], distance)
    np.testing.assert_array_equal(dataset.support().locate(queries)[1], np.floor(coordinate * 64))


@every_curve
def test_ends_meet_exactly_where_the_curve_is_closed(kind):
    dataset = make(kind)
    start, end = dataset.curve(np.array([0.0, np.nextafter(1, 0)]))
    assert (np.hypot(*(start - end)) < 1e-9) == dataset.closed


@every
@settings(max_examples=15, deadline=None)
@given(scale=st.floats(0.01, 100), seed=st.integers(0, 2**31 - 1), noise=st.sampled_from([0.0, 0.2]))
def test_scale_multiplies_every_point(kind, scale, seed, noise):
    plain = make(kind, seed=seed, size=100, noise=noise)
    scaled = make(kind, seed=seed, size=100, noise=noise, scale=scale)
    np.testing.assert_allclose(scaled.points(), plain.points() * scale, rtol=1e-5, atol=1e-6 * scale)
    fresh = plain.sample(np.random.default_rng(seed), 50)
    again = scaled.unit(scaled.sample(np.random.default_rng(seed), 50))
    np.testing.assert_allclose(again, fresh, atol=1e-12)
    if plain.support() is not None:
        np.testing.assert_allclose(scaled.support().locate(again)[0], plain.support().locate(fresh)[0], atol=1e-12)


@every
def test_noise_has_the_deviation_asked_for_before_scaling(kind):
    clean = make(kind, scale=3.0).sample(np.random.RandomState(7), 20_000)
    noisy = make(kind, scale=3.0, noise=0.2).sample(np.random.RandomState(7), 20_000)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.6, rtol=0.03)


# Particular ones -----------------------------------------------------------------------------------------------------


def scaled_like_the_question(points):
    points = points - points.min(axis=0)
    return points / points.max(axis=0) * 2 - 1


def test_swiss_roll_equals_scikit_learn():
    from sklearn.datasets import make_swiss_roll

    points, _ = make_swiss_roll(10_000, noise=0, random_state=0)
    expected = scaled_like_the_question(points[:, [0, 2]]).astype(np.float32)
    np.testing.assert_array_equal(SwissRoll().points(), expected)


def test_moons_equal_scikit_learn():
    from sklearn.datasets import make_moons

    points, _ = make_moons(10_000, shuffle=False, noise=None, random_state=0)
    np.testing.assert_array_equal(Moons().points(), scaled_like_the_question(points).astype(np.float32))


def test_moons_grid_ignores_the_seed_unless_there_is_noise():
    np.testing.assert_array_equal(Moons(seed=1).points(), Moons(seed=2).points())


def test_every_seed_and_size_share_one_scaling():
    """Each lies on the same support, although its own extremes differ."""
    for dataset in (SwissRoll(seed=9, size=150), Moons(size=151)):
        assert type(dataset)().nearest(dataset.points())[0].max() < 1e-6


def test_circle_in_closed_form():
    circle = Circle(center_x=2, center_y=-1)
    queries = np.array([[2.0, -1.0], [5.0, -1.0], [2.0, -0.5], [2.0, -3.0], [1.5, -1.0]])
    np.testing.assert_allclose(circle.nearest(queries)[0], [1, 2, 0.5, 1, 0.5])
    np.testing.assert_allclose(circle.nearest(queries)[1][1:], [0, 0.25, 0.75, 0.5])


def test_circle_centre_moves_with_the_scale():
    points = Circle(center_x=2, center_y=-1, scale=0.5).points()
    np.testing.assert_allclose(np.hypot(points[:, 0] - 1, points[:, 1] + 0.5), 0.5, rtol=1e-6)


def test_circle_just_below_the_seam_stays_below_one():
    assert Circle().nearest(np.array([[1.0, -1e-300]]))[1][0] < 1


def test_parabola_beyond_its_ends_is_nearest_to_them():
    distance, coordinate = Parabola().nearest([[1.5, 1.5], [-1.0, 3.0], [0.0, -1.0], [0.0, 0.25]])
    # From (-1, 3) the foot of the perpendicular, -1.5, would lie past the end.
    np.testing.assert_allclose(distance, [np.sqrt(0.5), 2, 1, 0.25], atol=1e-12)
    np.testing.assert_allclose(coordinate, [1, 0, 0.5, 0.5], atol=1e-12)


def test_parabola_above_its_centre_of_curvature():
    """From (0, b), b > 1/2, the nearest points are at x² = b - 1/2, at distance √(b - 1/4)."""
    b = np.linspace(0.5, 1.4, 50)
    np.testing.assert_allclose(Parabola().nearest(np.column_stack([0 * b, b]))[0], np.sqrt(b - 0.25), atol=1e-6)


def test_moons_split_the_coordinate_at_one_half():
    moons = Moons()
    upper, lower = np.split(moons.points(), 2)
    assert moons.nearest(upper)[1].max() < 0.5 <= moons.nearest(lower)[1].min()


def test_moons_are_not_joined_across_the_jump():
    """The middle of the chord between one moon's end and the other's start is far from both."""
    moons = Moons()
    end, start = moons.curve(np.array([np.nextafter(0.5, 0), 0.5]))
    assert moons.nearest((end + start)[None] / 2)[0][0] > 0.2


def test_a_new_curve_needs_only_its_formula(monkeypatch):
    """The generic search agrees with the circle's closed form, its seam included."""
    monkeypatch.setattr(Dataset, "registry", dict(Dataset.registry))

    class Ring(Curve):
        """A circle without its closed form."""

        kind: Literal["ring_of_this_test"] = "ring_of_this_test"
        label: ClassVar[str] = "Ring"
        closed: ClassVar[bool] = True

        def curve(self, t):
            return Circle().curve(t)

    rng = np.random.default_rng(3)
    queries = np.concatenate([rng.uniform(-2, 2, size=(2000, 2)), Circle().curve(rng.uniform(-0.01, 0.01, 500))])
    distance, coordinate = Ring().nearest(queries)
    expected, angle = Circle().nearest(queries)
    np.testing.assert_allclose(distance, expected, atol=1e-6)
    assert coordinate.min() >= 0 and coordinate.max() < 1
    turn = np.abs(coordinate - angle)
    assert np.minimum(turn, 1 - turn).max() < 1e-4
    assert Ring().curve(np.array([0.0])).shape == (1, 2)


def test_a_kind_can_be_taken_only_once():
    with pytest.raises(TypeError, match="'circle' is taken by gancore.datasets.circle"):

        class Again(Curve):
            kind: Literal["circle"] = "circle"


def test_settings_out_of_bounds_are_named():
    for changes in ({"center_x": 6}, {"scale": 0}, {"radius": 1}):
        (name,) = changes
        with pytest.raises(gancore.ConfigError, match=rf"dataset\.{name}"):
            gancore.parse_config({"dataset": {"kind": "circle", **changes}})


def test_using_the_datasets_loads_neither_scikit_learn_nor_scipy():
    code = (
        "import sys\nfrom gancore.config import Dataset\nimport gancore.datasets\n"
        "for kind in Dataset.registry.values(): kind().points(), kind().outline(10), kind().support()\n"
        "gancore.datasets.Moons().nearest(gancore.datasets.Moons().points())\n"
        "assert not {'sklearn', 'scipy', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
