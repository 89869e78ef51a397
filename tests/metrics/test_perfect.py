"""Perfect generators are learned, on every distribution; their scores have less noise than two samples have."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from support.perfect import Fakes, coverage_at_least, draws_of, surely_learned, w1_along_a_tree, w1_at_most

from gancore.benchmarks.ruler import sharpness
from gancore.config import Dataset
from gancore.datasets import Circle, Moons
from gancore.metrics import Comparison, applicable, optimal_transport, references, score
from gancore.metrics.verdict import MAX_EXCESS

KINDS = sorted(Dataset.registry)
FEW = 6
MANY = 1000
POOL = 50_000
"""Perfect fakes that the many draws are made of."""


def drawn(dataset: Dataset, rng: np.random.Generator, known: dict) -> Comparison:
    """One batch of perfect fakes, which is noisier than the three of the last snapshot."""
    fake = dataset.unit(dataset.ideal(rng, 2000))
    return Comparison(dataset, fake, fake, known)


@cache
def few(kind: str) -> tuple[list[Comparison], dict[str, dict[str, float]]]:
    """A few perfect draws of a kind, whose w1 is exact, and its mean over them as the reference."""
    dataset, rng = Dataset.registry[kind](), np.random.default_rng(0)
    found = [drawn(dataset, rng, {}) for _ in range(FEW)]
    return found, {"w1": {"mean": float(np.mean([one.value("w1") for one in found]))}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_perfect_generators_are_all_learned(kind: str) -> None:
    """Of the 30 kinds and more there are 180 draws at least; without a failure among them, at least 98.3% of all
    perfect draws are learned (Clopper and Pearson's lower 95% bound, 0.05 ** (1 / 180)). The slow test has more."""
    found, reference = few(kind)
    assert len(KINDS) >= 30
    for one in found:
        assert Comparison(one.dataset, one.fake, one.fake, reference).value("learned") == 1, kind
        fakes, draw = Fakes.of(one.dataset, one.fake), np.arange(len(one.fake))[None]
        assert one.value("w1") <= w1_at_most(fakes, draw)[0] + 1e-12, "the slow test relies on it"
        assert w1_at_most(fakes, draw)[0] <= w1_along_a_tree(fakes, draw)[0] + 1e-12
        least = coverage_at_least(fakes, draw)
        assert least is None or one.value("coverage") >= least[0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_perfect_generators_are_learned_in_999_of_1000_draws(kind: str) -> None:
    """Bounds show of nearly all draws that they are learned; the others are scored."""
    dataset, rng = Dataset.registry[kind](), np.random.default_rng(1)
    fakes = Fakes.of(dataset, dataset.unit(dataset.ideal(rng, POOL)))
    draws, (_, reference) = draws_of(rng, POOL, MANY), few(kind)
    sure = surely_learned(fakes, draws, reference)
    scored = [fakes.compared(draw, reference).value("learned") == 1 for draw in draws[~sure]]
    assert len(draws) == MANY and sum(sure) + sum(scored) >= 0.999 * MANY


def test_what_is_not_learned_is_not_shown_to_be() -> None:
    """Half of a circle, and a circle beside the true one."""
    circle, known = Circle(), references(Circle(), pairs=2)
    whole = circle.sample(np.random.default_rng(0), 2000)
    for fake in (np.abs(whole), whole + 0.2):
        assert not surely_learned(Fakes.of(circle, fake), np.arange(2000)[None], known).any()


@pytest.mark.parametrize("dataset", [Moons(noise=1.0), Circle(noise=0.5), Dataset.registry["grid"](noise=0.2)])
def test_noise_is_part_of_the_distribution(dataset: Dataset) -> None:
    rng = np.random.default_rng(0)
    found = drawn(dataset, rng, {"w1": {"mean": 0.0}})
    assert found.value("coverage") >= 0.95 and found.value("near") > 0.98


@pytest.mark.parametrize("spacing", [2.0, 5.0])
def test_the_threshold_follows_a_wide_distribution(spacing: float) -> None:
    """The chance imbalance of modes moves w1 by more than 0.05 where they lie far apart."""
    wide, rng = Dataset.registry["grid"](spacing=spacing), np.random.default_rng(2)
    found = [drawn(wide, rng, {}) for _ in range(6)]
    w1 = [one.value("w1") for one in found]
    reference = {"w1": {"mean": float(np.mean(w1))}}
    assert np.ptp(w1) > MAX_EXCESS / 2
    assert all(Comparison(wide, one.fake, one.fake, reference).value("learned") for one in found)


def test_w1_has_at_most_about_half_of_the_noise_of_two_samples() -> None:
    """The ratio of the standard deviations is ½ in the mean; 60 draws each show it to within 13%. Fewer points do."""
    dataset, rng, transport = Circle(), np.random.default_rng(3), optimal_transport.load()
    before, after = [], []
    for _ in range(60):
        one, other, fake = (dataset.sample(rng, n) for n in (200, 200, 400))
        before.append(transport.emd2([], [], cdist(one, other), numItermax=10**7))
        after.append(Comparison(dataset, fake, fake, {}).value("w1"))
    assert np.std(after) < 0.7 * np.std(before) and np.mean(after) < 0.7 * np.mean(before)


def test_more_fakes_make_the_score_of_the_last_snapshot_sharper() -> None:
    rng, circle = np.random.default_rng(4), Circle()
    fakes = [circle.sample(rng, 900) for _ in range(20)]
    sharp = [Comparison(circle, fake[:300], fake[:300], {}, fake[300:]).value("w1") for fake in fakes]
    plain = [Comparison(circle, fake[:300], fake[:300], {}).value("w1") for fake in fakes]
    assert np.std(sharp) < np.std(plain)
    whole, known = circle.sample(rng, 6000), {"w1": {"mean": 0.03}}
    assert score(circle, whole, whole, known)["w1"] != score(circle, whole, whole, known, "some")["w1"], (
        "the last is of all that are given"
    )


def test_fakes_that_are_not_finite_are_no_success_wherever_they_are() -> None:
    fake = Circle().sample(np.random.default_rng(0), 2000)
    more = fake.copy()
    more[7, 1] = np.inf
    values = score(Circle(), fake, fake, {"w1": {"mean": 0.03}}, more=more)
    assert values["learned"] == 0 and all(np.isnan(v) for key, v in values.items() if key != "learned")
    assert list(values) == list(applicable(Circle()))


def test_the_reals_are_for_the_last_snapshot_alone() -> None:
    fake = Circle().sample(np.random.default_rng(0), 2000)
    known = {"w1": {"mean": 0.03}}
    some = score(Circle(), fake, None, known, "some")
    assert some == pytest.approx(score(Circle(), fake, fake[::-1], known, "some"), nan_ok=True)
    with pytest.raises(ValueError, match="real: None is not allowed at the last snapshot"):
        score(Circle(), fake, None, known)


def test_the_bench_says_what_a_score_costs() -> None:
    two, snapshot, last = sharpness(Circle(), 2, pairs=1)
    assert two.what == "1,000 against 1,000 reals" and two.learned is None and two.mean > snapshot.mean
    assert snapshot.learned == last.learned == 1 and 0 < snapshot.milliseconds < last.milliseconds
