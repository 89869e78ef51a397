"""Estimates and intervals over seeds: arrays in, arrays out; the seed is the unit everywhere."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

LEVEL = 0.95
"""Confidence of every interval before correction."""
DRAWS = 10_000
"""Bootstrap draws."""
MIN_SEEDS = 3
"""Fewer seeds give no t interval."""
MIN_BOOTSTRAP = 5
"""Fewer seeds give no bootstrap interval: of 4 seeds even the whole range of draws held the truth 87% of the time."""
MAX_MORE = 1_000
"""More seeds than this are not worth naming."""
EXACT = 8
"""Values on a side up to which a rank test counts every way to deal them out."""
POWER = 0.8
"""Chance of deciding that the seeds asked for are meant to give."""


class Estimates(NamedTuple):
    """Means over seeds of E contrasts, leading axes kept: every field is [..., E]."""

    estimate: Array
    low: Array
    """Lower end of the corrected interval; NaN where there are too few seeds."""
    high: Array
    p: Array
    """Two-sided, uncorrected."""
    p_holm: Array
    """Holm-corrected over the E contrasts."""
    alpha: Array
    """The error that the corrected interval allows: it covers with 1 − alpha."""
    deviation: Array
    """Standard deviation over seeds."""
    seeds: NDArray[np.int64]
    """Seeds that each is the mean of."""


def iqm_interval(values: ArrayLike, seed: int = 0, draws: int = DRAWS, level: float = LEVEL) -> tuple[float, float]:
    """Bootstrap interval of the interquartile mean of values [seeds] or [seeds, strata]; seeds are drawn whole.

    A percentile interval with Student's quantile in place of the normal one, because a plain one is too narrow for
    few seeds (Hesterberg 2015, section 3.2, whose further factor √(n / (n − 1)) proved more than it takes here). Of
    6,000 simulated studies, normal, lognormal or two-peaked, it held the population's value in 96% with 10 seeds,
    95–97% with 6 to 20 and 94% with 5; a plain percentile interval in 93–94% with 10 and 90% with 5, and the trimmed
    mean's t interval in 88% where there are two peaks. NaN values are left out; below MIN_BOOTSTRAP seeds both ends
    are NaN.
    """
    from scipy.special import ndtr, stdtrit

    table = np.asarray(values, np.float64)
    table = table.reshape(len(table), -1) if table.size else np.empty((0, 1))
    table = table[np.isfinite(table).all(axis=1)]
    seeds = len(table)
    if seeds < MIN_BOOTSTRAP:
        return math.nan, math.nan
    drawn = table[_resampled(seeds, seed, draws)].reshape(draws, -1)
    tail = float(ndtr(stdtrit(seeds - 1, (1 - level) / 2)))
    low, high = np.quantile(middle_mean(drawn), [tail, 1 - tail])
    return float(low), float(high)


@lru_cache(maxsize=2)
def _resampled(seeds: int, seed: int, draws: int) -> NDArray[np.int64]:
    """Which seeds each draw has [draws, seeds]: the same for all variants and metrics."""
    drawn = np.random.default_rng(seed).integers(0, seeds, (draws, seeds))
    drawn.flags.writeable = False
    return drawn


def middle_mean(values: Array) -> Array:
    """Interquartile mean [...] of values [..., n] (Agarwal et al. 2021, section 4.3; n // 4 cut at either end)."""
    size = values.shape[-1]
    cut = size // 4
    # Sorting a few seeds takes a third of the time of setting their quarters aside.
    ordered = np.sort(values, axis=-1)
    return ordered[..., cut : size - cut].mean(axis=-1)


def success_interval(successes: int, runs: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a success rate (Wilson 1927); NaN without runs."""
    from scipy.special import ndtri

    if not runs:
        return math.nan, math.nan
    # scipy.stats has it too, at 50 MB of a server's memory and 0.3 s of its first page.
    z = float(ndtri((1 + level) / 2))
    rate, spread = successes / runs, z * z / runs
    centre = rate + spread / 2
    reach = z * math.sqrt(rate * (1 - rate) / runs + spread / (4 * runs))
    low, high = (centre - reach) / (1 + spread), (centre + reach) / (1 + spread)
    return (low if successes else 0.0), (high if successes < runs else 1.0)


def contrasts(contrast: ArrayLike, level: float = LEVEL) -> Estimates:
    """Means over seeds of contrasts [..., E, seeds], tested and corrected together over E; NaN is a seed left out.

    Every seed gives each contrast one value, so what a seed does to all cells alike cancels. The interval is
    Student's t over seeds. In 20,000 simulated 2⁴ studies of 10 seeds, with normal, lognormal and two-peaked outcomes,
    it held a main effect 95% of the time (94.9–95.0), and 3–5% of studies without any effect decided one of ten: a
    mean over 8 cells minus one over 8 others is close to normal even where a cell is not. Two runs a seed are not: the
    interval then held a difference 94–97% of the time, yet 87% where one variant nearly always fails and the other
    hardly ever, so its ends are rough there though its sign is not. A percentile bootstrap of 10 contrasts held 90%,
    and a sign-flip test of 10 has 1,024 outcomes, too coarse for ten effects.

    The corrected interval is Holm's step-down one: the j-th smallest of m p values gets 1 − (1 − level) / (m − j + 1),
    and all from the first that is not rejected on get that one's. So an interval leaves out zero exactly where
    p_holm ≤ 1 − level. Contrasts that are the same for all seeds (a 0/1 metric) have no spread to judge by: their p is
    the smallest that signs alone allow, 2^(1 − seeds), and a p too large for a verdict leaves no interval either.
    Contrasts with fewer than MIN_SEEDS seeds have NaN for all but the estimate, and do not count in the correction.
    """
    from scipy.special import stdtr, stdtrit

    values = np.asarray(contrast, np.float64)
    there = np.isfinite(values)
    seeds = there.sum(axis=-1)
    filled = np.where(there, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=-1) / seeds
        squares = (np.where(there, values - mean[..., None], 0.0) ** 2).sum(axis=-1)
        deviation = np.where(seeds >= MIN_SEEDS, np.sqrt(squares / (seeds - 1)), np.nan)
        flat = deviation <= 1e-12 * np.abs(filled).max(axis=-1, initial=0)
        error = np.where(flat, 1.0, deviation) / np.sqrt(seeds)
        tails = np.multiply(2.0, cast("Array", stdtr(seeds - 1.0, -np.abs(mean) / error)))
        p = np.where(flat, np.where(mean == 0, 1.0, 2.0 ** (1.0 - seeds)), tails)
        p_holm, alpha = holm(p, 1 - level)
        reach = np.where(
            flat, np.where((mean == 0) | (p <= alpha), 0.0, np.nan), -stdtrit(seeds - 1.0, alpha / 2) * error
        )
    return Estimates(mean, mean - reach, mean + reach, p, p_holm, alpha, np.where(flat, 0.0, deviation), seeds)


def holm(p: ArrayLike, error: float = 1 - LEVEL) -> tuple[Array, Array]:
    """Holm's corrected p values, and the error of each matching interval, for p [..., m] (Holm 1979).

    NaN is no test: it stays NaN and does not count.
    """
    values = np.asarray(p, np.float64)
    order = np.argsort(values, axis=-1)  # NaN last
    ordered = np.take_along_axis(values, order, -1)
    count: NDArray[np.int64] = np.isfinite(values).sum(axis=-1, keepdims=True)
    left = count - np.arange(int(values.shape[-1]))
    climbing = np.maximum.accumulate(np.minimum(ordered * np.maximum(left, 1), 1), axis=-1)
    rejected = (climbing <= error).sum(axis=-1, keepdims=True)
    share = np.where(np.isfinite(ordered), error / np.maximum(np.maximum(left, count - rejected), 1), np.nan)
    adjusted, shares = np.empty_like(values), np.empty_like(values)
    np.put_along_axis(adjusted, order, climbing, -1)
    np.put_along_axis(shares, order, share, -1)
    return adjusted, shares


def improvement_chance(before: ArrayLike, after: ArrayLike, better: Literal["lower", "higher"]) -> float:
    """Chance that a run of ``after`` [m] beats one of ``before`` [n], ties half; NaN where either has no finite value.

    The first of what ``probability_of_improvement`` gives, without loading scipy.stats.
    """
    one, other = (np.asarray(values, np.float64) for values in (before, after))
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    if not one.size or not other.size:
        return math.nan
    ahead = np.sign(other[:, None] - one[None, :]) * (-1.0 if better == "lower" else 1.0)
    return float((ahead + 1).mean() / 2)


def probability_of_improvement(
    before: ArrayLike, after: ArrayLike, better: Literal["lower", "higher"]
) -> tuple[float, float]:
    """Chance that a run of ``after`` [m] beats one of ``before`` [n], ties half, and its two-sided p value.

    Mann and Whitney's test (1947). With at most EXACT values on either side p is that of all ways to deal the values
    that there are to the two sides, ties among them; with more on both, the normal approximation with its corrections
    for ties and continuity. NaN where either has no finite value.
    """
    one, other = (np.asarray(values, np.float64) for values in (before, after))
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    if not one.size or not other.size:
        return math.nan, math.nan
    chance = improvement_chance(one, other, better)
    if np.ptp(np.concatenate([one, other])) == 0:
        return chance, 1.0
    if min(one.size, other.size) <= EXACT:
        return chance, _exact_p(one, other)
    from scipy.stats import mannwhitneyu

    return chance, float(mannwhitneyu(other, one, method="asymptotic").pvalue)


def _exact_p(one: Array, other: Array) -> float:
    """Two-sided p of the rank sum of the smaller side over all ways to choose it: twice the smaller tail, at most 1.

    Middle ranks are doubled, so that ties leave whole numbers, and the ways to reach every sum are counted value by
    value. Scipy counts them where no values are tied alone, and else approximates, which for few seeds of a 0/1 metric
    says .047 where .1 is the least that is possible.
    """
    few = min(one, other, key=len)
    pooled = np.concatenate([one, other])
    ranks = (pooled[:, None] > pooled).sum(axis=1) + (pooled[:, None] >= pooled).sum(axis=1) + 1
    ways = np.zeros((few.size + 1, int(ranks.sum()) + 1))
    ways[0, 0] = 1
    for rank in ranks.tolist():
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    mine = int(ranks[: one.size].sum() if few is one else ranks[one.size :].sum())
    counts = ways[-1]
    tail = min(counts[: mine + 1].sum(), counts[mine:].sum())
    return float(min(1.0, 2 * tail / counts.sum()))


def more_seeds(estimate: float, deviation: float, seeds: int, alpha: float, power: float = POWER) -> float:
    """Seeds to add so that the corrected interval leaves out zero with this chance, if the estimate is the truth.

    The smallest n with (t(1 − alpha/2) + t(power)) · deviation / √n ≤ |estimate|, minus the seeds there are; at least
    1, infinite beyond MAX_MORE, NaN where there is no spread to plan by.
    """
    from scipy.special import stdtrit

    if not all(math.isfinite(value) for value in (estimate, deviation, alpha)):
        return math.nan
    if deviation == 0:
        # Only the signs speak: 2^(1 − n) has to fall to alpha.
        return math.inf if estimate == 0 else float(max(1, math.ceil(1 - math.log2(alpha)) - seeds))
    counts = np.arange(max(MIN_SEEDS, seeds + 1), seeds + MAX_MORE + 1)
    reach = -(stdtrit(counts - 1, alpha / 2) + stdtrit(counts - 1, 1 - power)) * deviation / np.sqrt(counts)
    enough = counts[reach <= abs(estimate)]
    return float(enough[0] - seeds) if enough.size else math.inf
