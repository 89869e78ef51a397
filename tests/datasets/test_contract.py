"""What every distribution keeps to: its samples, cells, density, even points, placement and modes say one thing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2
from support.distributions import distributions

from gancore.config import Dataset
from gancore.datasets.modes import mode_support
from gancore.metrics import Comparison
from gancore.metrics.mixture import TRUE_HQ
from gancore.parts import Modes, Placement

every = pytest.mark.parametrize("name", distributions())
every_mixture = pytest.mark.parametrize("name", [n for n, d in distributions().items() if d.modes() is not None])
every_density = pytest.mark.parametrize(
    "name", [n for n, d in distributions().items() if d.log_density(np.zeros((1, 2))) is not None]
)
ANGLES = np.linspace(0, np.pi, 5)[:-1]
"""Of lines that points are projected on."""


def unit_samples(dataset: Dataset, n: int, seed: int = 0) -> np.ndarray:
    return dataset.unit(dataset.sample(np.random.default_rng(seed), n))


def largest_gap(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest Kolmogorov-Smirnov statistic of the projections of two sets of points on four lines."""
    worst = 0.0
    for angle in ANGLES:
        one, other = (np.sort(points @ [np.cos(angle), np.sin(angle)]) for points in (ours, theirs))
        both = np.concatenate([one, other])
        shares = [np.searchsorted(values, both, side="right") / len(values) for values in (one, other)]
        worst = max(worst, float(np.abs(shares[0] - shares[1]).max()))
    return worst


@every
def test_samples_lie_on_the_support(name: str) -> None:
    dataset = distributions()[name]
    support = dataset.support()
    if support is None:
        return
    n = 20_000
    distance, cell = support.locate(unit_samples(dataset, n))
    assert cell.min() >= 0 and cell.max() < support.cells
    if dataset.modes() is None:
        assert distance.max() < 1e-6
    else:  # overlapping modes hold more of each other's points
        assert np.mean(distance <= support.near) > TRUE_HQ - 4 * np.sqrt(TRUE_HQ * (1 - TRUE_HQ) / n)


@every
def test_cells_are_equally_probable(name: str) -> None:
    dataset = distributions()[name]
    support = dataset.support()
    if support is None or support.cells == 1:
        return
    counts = np.zeros(support.cells)
    n, parts = 1_000_000, 10
    for seed in range(parts):
        counts += np.bincount(support.locate(unit_samples(dataset, n // parts, seed))[1], minlength=support.cells)
    statistic = float(np.sum((counts - n / support.cells) ** 2) / (n / support.cells))
    assert statistic < chi2.ppf(1 - 1e-4, support.cells - 1)


@every_density
def test_the_density_integrates_to_one(name: str) -> None:
    dataset = distributions()[name]
    modes = dataset.modes()
    (left, low), (right, high) = dataset.extent()
    step, margin, tolerance = max(right - left, high - low) / 1000, 0.01, 1e-2
    if modes is not None:  # of Gaussians a sum over a grid as fine as their deviation is exact to 1e-8
        deviations = np.sqrt(np.linalg.eigvalsh(modes.covariances))
        step, margin, tolerance = float(deviations.min()), 3 * float(deviations.max()), 1e-5
    x, y = np.arange(left - margin, right + margin, step), np.arange(low - margin, high + margin, step)
    total = 0.0
    for column in np.array_split(x, max(1, len(x) * len(y) // 200_000)):
        places = np.stack(np.meshgrid(column, y), axis=-1).reshape(-1, 2)
        density = dataset.log_density(places)
        assert density is not None
        total += float(np.exp(density).sum()) * step**2
    assert total == pytest.approx(1, abs=tolerance)


@every
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_even_points_have_the_distribution_of_samples(name: str, noise: float) -> None:
    dataset = distributions()[name].model_copy(update={"noise": noise})
    even, n = dataset.even(4096), 60_000
    assert even.shape == (4096, 2)
    # Twice the value that one test in 10,000 exceeds by chance, of the random points alone, and what 4,096 can resolve.
    assert largest_gap(even, unit_samples(dataset, n)) < 2.2 / np.sqrt(n) + 0.008
    np.testing.assert_array_equal(even, dataset.even(4096))


@every
def test_even_points_are_shared_out_among_the_cells(name: str) -> None:
    dataset = distributions()[name]
    support = dataset.support()
    if support is None:
        return
    n = 64 * support.cells
    counts = np.bincount(support.locate(dataset.even(n))[1], minlength=support.cells)
    # Random points would stray by 8 of 64; points beside an edge may fall on either side of it.
    assert np.abs(counts - 64).max() < 32 and np.std(counts) < 4


@every
def test_the_mean_and_the_extent_are_those_of_the_patches(name: str) -> None:
    dataset = distributions()[name]
    low, high = dataset.extent()
    size = float((high - low).max())
    np.testing.assert_allclose(dataset.mean()[0], dataset.patches().moments()[0], atol=2e-3 * size)
    box_low, box_high = dataset.patches().box()
    np.testing.assert_allclose([low, high], [box_low, box_high], atol=0.05 * size)
    samples = unit_samples(dataset, 5000)
    assert np.mean((samples >= low - 1e-9) & (samples <= high + 1e-9)) > 0.995


PLACED = Placement(shift_x=-3, shift_y=0.5, rotation=35, stretch_x=2, stretch_y=0.4)


@every
@pytest.mark.parametrize("fit", ["none", "standardise", "box"])
def test_placement_is_undone_exactly(name: str, fit: str) -> None:
    plain = distributions()[name]
    placement = PLACED.model_copy(update={"fit": fit})
    placed = plain.model_copy(update={"placement": placement, "scale": 2.5})
    points = plain.sample(np.random.default_rng(3), 500)
    again = placed.unit(placed.sample(np.random.default_rng(3), 500))
    size = float(np.abs(plain.extent()).max())
    np.testing.assert_allclose(again, plain.unit(points), atol=1e-11 * size)
    assert placed.reach() >= np.quantile(np.abs(placed.points()), 0.99)
    # A point where it belongs, by hand.
    turn = np.deg2rad(35)
    by_hand = (points * [2, 0.4] @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) * 2.5 + [-3, 0.5]
    if fit == "none":
        np.testing.assert_allclose(placed.placed(plain.unit(points)), by_hand, atol=1e-9 * size)
        return
    # Both fits undo shift and scale along each axis, but for the turn.
    fitted = placed.model_copy(
        update={"scale": 1.0, "placement": Placement.model_validate({"rotation": 35, "fit": fit})}
    )
    if fit == "standardise":
        mean, covariance = fitted.placed_patches().moments()
        np.testing.assert_allclose(mean, 0, atol=1e-9)
        np.testing.assert_allclose(np.diagonal(covariance), 1, atol=1e-9)
        assert np.abs(fitted.points().mean(axis=0)).max() < 0.06
        assert np.abs(fitted.points().std(axis=0) - 1).max() < 0.06
    else:
        np.testing.assert_allclose(fitted.placed_patches().box(), [[-1, -1], [1, 1]], atol=1e-9)
        assert np.mean(np.abs(fitted.points()) <= 1.001) > 0.997


@every
def test_noise_along_the_normal_moves_points_off_a_smooth_support_by_as_much(name: str) -> None:
    dataset = distributions()[name]
    if not dataset.directed:
        return
    noisy = dataset.model_copy(update={"noise": 0.01, "noise_along": "normal"})
    clean, moved = (d.sample(np.random.default_rng(5), 4000) for d in (dataset, noisy))
    if not np.array_equal(clean, dataset.sample(np.random.default_rng(5), 4000)):
        return
    away = np.hypot(*(moved - clean).T)
    assert np.sqrt(np.mean(away**2)) == pytest.approx(0.01, rel=0.05)
    assert largest_gap(noisy.even(4096), unit_samples(noisy, 60_000)) < 2.2 / np.sqrt(60_000) + 0.008


@every_mixture
def test_modes_are_given_in_closed_form(name: str) -> None:
    dataset = distributions()[name]
    modes = dataset.modes()
    assert isinstance(modes, Modes)
    assert modes.centres.shape == (len(modes), 2) and modes.covariances.shape == (len(modes), 2, 2)
    assert modes.weights.sum() == pytest.approx(1, abs=1e-12) and (modes.weights > 0).all()
    assert np.linalg.eigvalsh(modes.covariances).min() > 0
    mean = modes.weights @ modes.centres
    spread = np.einsum("k,kij->ij", modes.weights, modes.covariances)
    centred = modes.centres - mean
    covariance = spread + np.einsum("k,ki,kj->ij", modes.weights, centred, centred)
    samples = unit_samples(dataset, 200_000)
    scale = float(np.sqrt(np.trace(covariance)))
    np.testing.assert_allclose(samples.mean(axis=0), mean, atol=0.01 * scale)
    np.testing.assert_allclose(np.cov(samples.T), covariance, atol=0.02 * scale**2)
    np.testing.assert_allclose(dataset.patches().moments()[1], covariance, atol=2e-3 * scale**2)


@every_mixture
def test_metrics_of_modes_are_exact(name: str) -> None:
    dataset = distributions()[name]
    support = mode_support(dataset)
    n, k = 20_000, len(support.modes)
    real = Comparison(dataset, even := dataset.even(n), even, {})
    assert real.value("modes") == real.value("modes_mass") == k
    assert real.value("hq") >= TRUE_HQ - 0.005 and real.value("rev_kl") < 2e-3
    assert support.expected.sum() == pytest.approx(1, abs=1e-3)
    # One mode alone: the divergence is minus the logarithm of what is expected of it.
    for mode in {0, k - 1}:
        centre = np.tile(support.modes.centres[mode], (100, 1))
        one = Comparison(dataset, centre, centre, {})
        assert (one.value("modes"), one.value("hq")) == (1, 1)
        belongs = support.belonging(centre[:1])[1][0]
        assert one.value("rev_kl") == pytest.approx(max(0.0, -np.log(support.expected[belongs])), abs=1e-12)
