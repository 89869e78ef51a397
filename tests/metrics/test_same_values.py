"""What scores are computed from in pieces, or looked up once, is what plain numpy makes of it, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.config import RunConfig, with_changes
from gancore.metrics import Comparison, two_sample
from gancore.metrics.two_sample import BANDWIDTHS, TINY


def plain_kernel(distances: np.ndarray) -> float:
    """The mean kernel over all distances at once."""
    values = np.square(distances.astype(np.float32)) * np.float32(-0.5 / BANDWIDTHS[-1] ** 2)
    np.maximum(np.exp(np.maximum(values, -80, out=values), out=values), TINY, out=values)
    means = [float(values.mean())]
    for _ in BANDWIDTHS[1:]:
        for _ in range(2):
            np.square(values, out=values)
        np.maximum(values, TINY, out=values)
        means.append(float(values.mean()))
    return float(np.mean(means))


@pytest.mark.parametrize("scale", [0.01, 1.0, 1e6])
@pytest.mark.parametrize("shape", [(3,), (190,), (20, 20), (300, 301), (400, 400)])
def test_a_kernel_in_pieces_has_the_sum_of_the_whole(
    shape: tuple[int, ...], scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    distances = scale * np.abs(np.random.default_rng(1).normal(size=shape))
    for together in (2**16, 2**12):
        monkeypatch.setattr(two_sample, "TOGETHER", together)
        assert two_sample._kernel(distances) == plain_kernel(distances)


@pytest.mark.parametrize("n", [20, 21, 100, 1999, 2000])
def test_the_95_percent_distance_is_numpys(n: int) -> None:
    circle = RunConfig().dataset
    fake = np.random.default_rng(n).normal(size=(n, 2))
    comparison = Comparison(circle, fake, fake, {})
    assert comparison.value("curve_p95") == float(np.percentile(comparison.distance, 95))


@pytest.mark.parametrize("changes", [{"kind": "grid"}, {"kind": "ring", "imbalance": 5.0}, {"kind": "gaussian"}])
def test_modes_that_several_metrics_ask_for_give_what_the_support_says(changes: dict[str, object]) -> None:
    dataset = with_changes(RunConfig(), {f"dataset.{name}": value for name, value in changes.items()}).dataset
    fake = np.random.default_rng(2).normal(size=(500, 2))
    comparison = Comparison(dataset, fake, fake, {})
    distance, cell = comparison.support.locate(fake)
    assert np.array_equal(comparison.located[0], distance) and np.array_equal(comparison.located[1], cell)
    assert comparison.support is comparison.modes and comparison.belonging[0] is comparison.located[0]
