"""Analysis: intervals hold their rates in simulated studies, failures count, verdicts follow their rule."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated import FACTORS
from support.frames import claim_frame

from gancore.analysis import (
    Analysis,
    analysis_of,
    analyze,
    claim_variants,
    confounds,
    frame_of,
    plain_analysis,
    tidy,
)
from gancore.analysis.effects import effects_of, paired_cells, per_seed, single_views
from gancore.analysis.estimates import (
    contrasts,
    holm,
    iqm_interval,
    middle_mean,
    more_seeds,
    probability_of_improvement,
    success_interval,
)
from gancore.analysis.verdicts import verdict
from gancore.config import ConfigError
from gancore.report.markdown import markdown_report
from gancore.report.options import TableOptions
from gancore.store import Store
from gancore.studies import Study, load_study, parse_study, shipped_studies

STUDIES, SEEDS = 1_000, 10
MANY = 10_000
"""Where a study is cheap, so that 5% and 6% can be told apart."""
FACTORIAL = """
name = "sim"
title = "Simulated"
question = "Is it?"
seeds = 10
"""
FACTORIAL += FACTORS + "".join(f'[[claim]]\ntext = "{name} helps"\nfactor = "{name}"\n' for name in "abcd")
NAMED = """
name = "named"
title = "Named"
question = "Is it?"
seeds = 10
[[variant]]
name = "baseline"
[[variant]]
name = "small"
set = {"generator.hidden" = [16, 32]}
[[variant]]
name = "big"
set = {batch_size = 256, "latent.dim" = 2}
[[claim]]
text = "small helps"
from = "baseline"
to = "small"
"""


def within(rate: float, expected: float, runs: int = STUDIES) -> bool:
    """Whether a simulated rate is what ``runs`` draws of the expected one would give, but for 1 in 1,000."""
    low, high = stats.binom.ppf([0.0005, 0.9995], runs, expected) / runs
    return bool(low <= rate <= high)


def at_most(rate: float, limit: float, runs: int = STUDIES) -> bool:
    """Whether a simulated rate is no more than the limit, with the binomial error of 1 in 1,000 allowed."""
    return bool(rate <= stats.binom.ppf(0.999, runs, limit) / runs)


def outcomes(kind: str, rng: np.random.Generator, shape: tuple[int, ...], bad: float | np.ndarray = 0.5) -> np.ndarray:
    """Metric values as GANs give them; ``bad`` is the share of failures where there are two peaks."""
    if kind == "normal":
        return rng.normal(0.1, 0.03, shape)
    if kind == "lognormal":
        return rng.lognormal(-2, 1, shape)
    if kind == "learned":
        return (rng.random(shape) < bad).astype(np.float64)
    return np.where(rng.random(shape) < bad, rng.normal(0.3, 0.03, shape), rng.normal(0.03, 0.01, shape))


KINDS = ["normal", "lognormal", "bimodal"]


def weights() -> np.ndarray:
    """[10 effects, 16 cells] of the 2⁴."""
    return np.array([effect.weights for effect in effects_of(parse_study(FACTORIAL).design)])


# -- simulated studies: error rates, power and coverage


@pytest.mark.parametrize("kind", [*KINDS, "learned"])
@pytest.mark.parametrize("shared", [0.0, 0.1])
def test_without_an_effect_at_most_5_percent_of_studies_decide_anything(kind: str, shared: float) -> None:
    """Any of ten effects, ``shared`` the spread that a seed gives all its cells."""
    rng = np.random.default_rng(1)
    values = outcomes(kind, rng, (MANY, 16, SEEDS)) + rng.normal(0, shared, (MANY, 1, SEEDS))
    found = contrasts(per_seed(values, weights()))
    decided = (found.low > 0) | (found.high < 0)
    assert (decided == (found.p_holm <= 0.05)).all()
    for part in (decided[:STUDIES], decided):
        assert at_most(part.any(axis=1).mean(), 0.05, len(part))
        assert at_most(part[:, :4].any(axis=1).mean(), 0.03, len(part))  # the four claims are four of the ten
    # The check can fail: without the correction it does.
    assert not at_most((found.p[:STUDIES] <= 0.05).any(axis=1).mean(), 0.05)


@pytest.mark.parametrize("kind", [*KINDS, "learned"])
@pytest.mark.parametrize("seeds", [3, 5, SEEDS])
def test_named_variants_without_an_effect_decide_nothing_either(kind: str, seeds: int) -> None:
    """Eight variants against one baseline: the contrasts share it, and each is of two runs a seed only."""
    values = outcomes(kind, np.random.default_rng(2), (MANY, 9, seeds), bad=0.8)
    against = np.hstack([-np.ones((8, 1)), np.eye(8)])
    found = contrasts(per_seed(values, against))
    assert at_most(((found.low > 0) | (found.high < 0)).any(axis=1).mean(), 0.05, MANY)


@pytest.mark.parametrize("size", [0.6, 1.2])
def test_a_known_effect_is_found_at_the_planned_rate(size: float) -> None:
    """One main effect among ten: found as often as Student's t test at 0.05 / 10 finds it, and never reversed."""
    rng = np.random.default_rng(3)
    cells = np.array(parse_study(FACTORIAL).design.cells)
    values = rng.normal(0, 1, (STUDIES, 16, SEEDS)) - size * cells[:, [1]]
    found = contrasts(per_seed(values, weights()))
    noncentral = size / (0.5 / math.sqrt(SEEDS))  # a contrast of 8 cells and 8 has a deviation of 1/2
    limit = stats.t.isf(0.005 / 2, SEEDS - 1)
    planned = stats.nct.sf(limit, SEEDS - 1, noncentral)
    said = [verdict(low, high, "lower") for low, high in zip(found.low[:, 1], found.high[:, 1], strict=True)]
    assert within(said.count("supported") / STUDIES, planned)
    assert said.count("refuted") == 0
    others = np.delete((found.low > 0) | (found.high < 0), 1, axis=1).any(axis=1).mean()
    assert at_most(others, 0.05)


@pytest.mark.parametrize("estimate", [0.1, 0.3])
def test_the_seeds_asked_for_decide_four_times_in_five(estimate: float) -> None:
    alpha, deviation = 0.05 / 10, 0.5
    seeds = 5 + int(more_seeds(estimate, deviation, 5, alpha))
    values = np.random.default_rng(4).normal(estimate, deviation, (4 * STUDIES, seeds))
    t = values.mean(1) / (values.std(1, ddof=1) / math.sqrt(seeds))
    rate = (stats.t.sf(t, seeds - 1) <= alpha / 2).mean()
    assert 0.77 <= rate <= 0.85
    fewer = stats.nct.sf(
        stats.t.isf(alpha / 2, seeds // 2 - 1), seeds // 2 - 1, estimate / deviation * (seeds // 2) ** 0.5
    )
    assert fewer < 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_main_effect_intervals_cover_at_their_rate(kind: str) -> None:
    """With a true effect, and cells whose spread and shape differ with the level."""
    rng = np.random.default_rng(5)
    design = parse_study(FACTORIAL).design
    at = np.array(design.cells)[:, 1] == 1
    values = np.empty((STUDIES, 16, SEEDS))
    values[:, ~at] = outcomes(kind, rng, (STUDIES, 8, SEEDS), 0.8)
    values[:, at] = 0.6 * outcomes(kind, rng, (STUDIES, 8, SEEDS), 0.3)
    mean = {"normal": (0.1, 0.1), "lognormal": (math.exp(-1.5),) * 2, "bimodal": (0.246, 0.111)}[kind]
    found = contrasts(per_seed(values, weights()[1:2]))  # alone in its family: an interval of 95%
    truth = 0.6 * mean[1] - mean[0]
    covered = ((found.low <= truth) & (truth <= found.high)).mean()
    assert within(covered, 0.95), covered
    # The check can fail: a percentile bootstrap of the same ten contrasts is too narrow.
    contrast = per_seed(values, weights()[1:2])[:, 0]
    drawn = contrast[:, rng.integers(0, SEEDS, (500, SEEDS))].mean(-1)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
    assert not within(((low <= truth) & (truth <= high)).mean(), 0.95)


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_of_two_variants_cover_at_their_rate(kind: str) -> None:
    rng = np.random.default_rng(6)
    before, after = (outcomes(kind, rng, (STUDIES, SEEDS), bad) for bad in (0.7, 0.3))
    truth = -0.4 * 0.27 if kind == "bimodal" else 0.0
    found = contrasts((after - before)[:, None])
    covered = ((found.low <= truth) & (truth <= found.high)).mean()
    # Two runs a seed are far from normal where outcomes are: the interval may then be too wide, never too narrow.
    assert within(covered, 0.95) or (kind == "lognormal" and covered > 0.95), covered


def test_a_variant_that_nearly_always_fails_has_rough_ends_but_the_right_sign() -> None:
    """The documented limit: 87% coverage, and no wrong verdict."""
    rng = np.random.default_rng(6)
    before, after = (outcomes("bimodal", rng, (MANY, SEEDS), bad) for bad in (0.9, 0.1))
    found = contrasts((after - before)[:, None])
    covered = ((found.low <= -0.8 * 0.27) & (found.high >= -0.8 * 0.27)).mean()
    assert 0.85 < covered < 0.95
    assert not (found.low > 0).any()
    assert (found.high < 0).mean() > 0.95


@pytest.mark.parametrize(("kind", "bad"), [("normal", 0), ("lognormal", 0), ("bimodal", 0.2), ("bimodal", 0.5)])
@pytest.mark.parametrize("seeds", [6, SEEDS])
def test_interquartile_mean_intervals_cover_at_their_rate(kind: str, bad: float, seeds: int) -> None:
    rng = np.random.default_rng(7)
    truth = middle_mean(outcomes(kind, rng, (1_000_000,), bad))
    studies = outcomes(kind, rng, (STUDIES, seeds), bad)
    ends = np.array([iqm_interval(values, seed, draws=2_000) for seed, values in enumerate(studies)])
    covered = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
    assert within(covered, 0.95), covered
    if seeds == 6:  # The check can fail: there a plain percentile interval does.
        drawn = middle_mean(studies[:, rng.integers(0, seeds, (2_000, seeds))])
        low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
        assert not within(((low <= truth) & (truth <= high)).mean(), 0.95)


def test_success_intervals_cover_at_their_rate() -> None:
    """Wilson's interval covers with 95% on average over success rates, not for each (Brown, Cai, DasGupta 2001)."""
    rng = np.random.default_rng(8)
    ends = np.array([success_interval(k, SEEDS) for k in range(SEEDS + 1)])
    rates = rng.random(20 * STUDIES)
    counts = rng.binomial(SEEDS, rates)
    covered = ((ends[counts, 0] <= rates) & (rates <= ends[counts, 1])).mean()
    assert 0.94 <= covered <= 0.965


# -- estimates by hand


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


# -- whole analyses


def runs(study: Study, values: np.ndarray, **changed: object) -> pd.DataFrame:
    """A frame like ``run_table``'s; values [variants, seeds]; ``changed``: (variant number, seed) → status."""
    states: dict = changed.get("states", {})  # type: ignore[assignment]
    rows = [
        {
            "variant": variant.name,
            "label": variant.label,
            "seed": seed,
            "run_id": f"{i}-{seed}",
            "status": states.get((i, seed), "finished"),
            "learned": float(values[i, seed] < 0.1),
            "w1_excess": math.nan if states.get((i, seed)) == "missing" else values[i, seed],
        }
        for i, variant in enumerate(study.variants)
        for seed in range(values.shape[1])
    ]
    return pd.DataFrame(rows)


def said(study: Study, analysis: Analysis) -> str:
    """The report in Markdown."""
    return markdown_report(study, {analysis.metric: analysis}, TableOptions())


def simulated(study: Study, effect: Callable[[tuple[int, ...]], float], noise: float = 0.02) -> np.ndarray:
    rng = np.random.default_rng(9)
    means = [effect(variant.levels or (0,)) for variant in study.variants]
    return np.array(means)[:, None] + rng.normal(0, noise, (len(means), SEEDS)) + rng.normal(0, 0.05, SEEDS)


def test_claims_of_a_factorial_get_three_views_and_a_verdict() -> None:
    study = parse_study(FACTORIAL)
    # a helps throughout, b hurts, c only helps beside d, d does nothing alone.
    values = simulated(study, lambda c: 0.5 - 0.1 * c[0] + 0.1 * c[1] - 0.2 * c[2] * c[3])
    analysis = analysis_of(study, runs(study, values))
    claims = claim_frame(analysis).set_index("text")
    assert claims["verdict"].to_dict() == {
        "a helps": "supported",
        "b helps": "refuted",
        "c helps": "supported",
        "d helps": "supported",
    }
    assert claims.loc["a helps", "average"] == pytest.approx(-0.1, abs=0.02)
    assert claims.loc["c helps", ["alone_verdict", "last_verdict"]].tolist() == ["undecided", "supported"]
    assert claims.loc["c helps", "last"] == pytest.approx(-0.2, abs=0.03)
    assert claims.loc["c helps", "alone"] == pytest.approx(0, abs=0.03)
    assert claims["n"].tolist() == [10] * 4
    assert claims.loc["b helps", "confounds"] == ("real samples seen: 320,000 against 2,560,000",)
    effects = frame_of(analysis.effects).set_index("effect")
    assert effects.loc["c × d", "estimate"] == pytest.approx(-0.1, abs=0.02)
    assert len(effects) == 10
    assert frame_of(analysis.cells).loc[0, "factors"] == {
        "a": "separate updates",
        "b": "batch 32",
        "c": "latent 128",
        "d": "scale 1",
    }
    assert (frame_of(analysis.cells)["low"] < frame_of(analysis.cells)["iqm"]).all()
    assert analysis.notes == ()
    # The frames hold what the simulations above test.
    direct = contrasts(per_seed(values, weights()))
    assert frame_of(analysis.effects)["low"].tolist() == pytest.approx(direct.low.tolist())
    text = said(study, analysis)
    assert "1. a helps\n\n   - **Supported.**" in text
    assert "Added alone to the baseline" in text
    assert "Holm-corrected over all main effects and two-way interactions together" in text


def test_undecided_claims_say_how_many_more_seeds_would_do() -> None:
    study = parse_study(FACTORIAL)
    values = simulated(study, lambda c: 0.5 - 0.005 * c[0], noise=0.05)
    claims = claim_frame(analysis_of(study, runs(study, values)))
    undecided = claims[claims["verdict"] == "undecided"]
    assert len(undecided) >= 3
    assert (undecided["more_seeds"] >= 1).all()
    assert undecided["needs"].str.contains("more seeds").all()
    few = analysis_of(study, runs(study, values[:, :2]))
    assert claim_frame(few)["verdict"].tolist() == ["undecided"] * 4
    assert np.isnan(claim_frame(few)["average_low"]).all()
    assert claim_frame(few)["average"].notna().all()
    assert any("2 seeds are too few" in note for note in few.notes)
    assert "2 seeds are too few for an interval; it takes 3." in claim_frame(few).loc[0, "needs"]  # type: ignore[operator]


def test_failures_take_the_worst_value_and_are_named() -> None:
    study = parse_study(NAMED)
    values = simulated(study, lambda _: 0.08)
    values[1, 3] = 0.9  # what the diverged run last had does not count; its place is the worst of the finished ones
    values[2, 5] = np.nan
    analysis = analysis_of(study, runs(study, values, states={(1, 3): "diverged", (0, 9): "missing"}))
    assert frame_of(analysis.failures)[["variant", "seed", "status"]].to_numpy().tolist() == [
        ["baseline", 9, "missing"],
        ["small", 3, "diverged"],
        ["big", 5, "not finite"],
    ]
    worst = np.nanmax(np.where(values == 0.9, np.nan, values)[:, :9])
    worst = max(worst, np.nanmax(values[1:, 9]))
    assert frame_of(analysis.failures)["counted_as"].tolist()[1:] == [worst, worst]
    assert math.isnan(frame_of(analysis.failures)["counted_as"][0])
    cells = frame_of(analysis.cells).set_index("variant")
    assert cells[["n", "diverged", "missing"]].to_numpy().tolist() == [[9, 0, 1], [10, 1, 0], [10, 1, 0]]
    assert cells.loc["small", "max"] == worst
    assert cells.loc["small", "learned"] == sum(v < 0.1 for v in values[1]) - 0
    assert claim_frame(analysis).loc[0, "n"] == 9  # the seed without a baseline is left out
    assert any("small" in n or "generator 16-32 seed 3 (diverged)" in n for n in analysis.notes)
    assert any("1 of 30 runs are not trained: baseline (seeds 9)" in n for n in analysis.notes)
    text = said(study, analysis)
    assert "29 of 30 runs, 2 of which failed" in text


def test_named_variants_are_compared_with_the_baseline_and_their_confounds_named() -> None:
    study = parse_study(NAMED)
    values = simulated(study, lambda _: 0.2)
    values[1] -= 0.1
    analysis = analysis_of(study, runs(study, values))
    effects = frame_of(analysis.effects).set_index("effect")
    assert effects["kind"].tolist() == ["difference", "difference"]
    assert effects.loc["small", "high"] < 0
    assert effects.loc["small", "improvement"] > 0.7
    assert effects.loc["big", "confounds"][0] == "2 settings differ: latent.dim, batch_size"
    claim = claim_frame(analysis).iloc[0]
    assert (claim["verdict"], claim["view"]) == ("supported", "difference")
    assert math.isnan(claim["average"])
    assert "the two variants, seed by seed" in claim["rule"]
    plain = plain_analysis(analysis)
    assert plain["claims"][0]["average"] is None
    assert set(plain["claims"][0]["difference"]) == {"estimate", "low", "high", "verdict"}


def test_several_datasets_are_analysed_each_and_together() -> None:
    study = parse_study(NAMED.replace("seeds = 10", 'seeds = 10\ndatasets = ["circle", "moons"]'))
    assert [v.name for v in study.variants[:4]] == ["circle-baseline", "circle-small", "circle-big", "moons-baseline"]
    values = simulated(study, lambda _: 0.2)
    values[1] -= 0.1  # helps on the circle
    values[4] += 0.04  # hurts a little on the moons
    analysis = analysis_of(study, runs(study, values))
    assert analysis.datasets == ("circle", "moons", "overall")
    assert claim_frame(analysis)["verdict"].tolist() == ["supported", "refuted", "supported"]
    each = claim_frame(analysis)["difference"].tolist()
    assert each[2] == pytest.approx((each[0] + each[1]) / 2)
    assert frame_of(analysis.cells)["n"].tolist() == [10] * 6 + [20] * 3
    alone = analysis_of(study, runs(study, values), dataset="moons")
    assert alone.datasets == ("moons",)
    assert claim_frame(alone)["difference"].tolist() == each[1:2]
    with pytest.raises(ConfigError, match="dataset: 'square' is not allowed; use one of circle, moons, overall"):
        analysis_of(study, runs(study, values), dataset="square")


def test_claims_may_have_a_metric_and_direction_of_their_own() -> None:
    study = parse_study(NAMED.replace('to = "small"', 'to = "small"\nmetric = "near"\ndirection = "lower"'))
    values = simulated(study, lambda _: 0.2)
    frame = runs(study, values).assign(near=lambda f: np.where(f["variant"] == "small", 0.3, 0.9) + f["w1_excess"] / 9)
    claim = claim_frame(analysis_of(study, frame)).iloc[0]
    assert (claim["metric"], claim["direction"], claim["verdict"]) == ("near", "lower", "supported")
    with pytest.raises(ConfigError, match="metric: none of the stored runs of named has 'swd'"):
        analysis_of(study, frame, "swd")
    with pytest.raises(ConfigError, match="metric: 'beauty' is unknown; use one of w1,"):
        analysis_of(study, frame, "beauty")


def test_successes_are_a_metric_like_any_other() -> None:
    study = parse_study(NAMED)
    values = np.full((3, SEEDS), 0.5)
    values[1] = 0.01
    analysis = analysis_of(study, runs(study, values), "learned")
    claim = claim_frame(analysis).iloc[0]
    assert (claim["direction"], claim["difference"], claim["verdict"]) == ("higher", 1.0, "supported")
    few = claim_frame(analysis_of(study, runs(study, values[:, :3]), "learned")).iloc[0]
    assert few["verdict"] == "undecided"  # three seeds that agree prove nothing


def test_confounds_name_what_else_differs() -> None:
    controls = load_study("four-fixes-controls")
    assert confounds(controls, "baseline", "combined") == ["discriminator updates: 20,000 against 10,000"]
    assert confounds(controls, "baseline", "combined-two-steps") == [
        "2 settings differ: update.kind, update.d_steps",
        "real samples seen: 320,000 against 640,000",
    ]
    assert confounds(controls, "baseline", "batch-256-equal-samples") == [
        "generator updates: 10,000 against 1,250",
        "discriminator updates: 20,000 against 2,500",
    ]
    assert confounds(controls, "baseline", "radius-0-8") == []
    fixes = load_study("four-fixes")
    assert confounds(fixes, "baseline", "generator-16-32-radius-0-5") == ["2 factors differ: generator, radius"]
    assert confounds(load_study("circle-vs-parabola"), "parabola", "circle") == []
    with pytest.raises(ConfigError, match="variant: 'nope' is not in four-fixes"):
        confounds(fixes, "baseline", "nope")


def test_the_variants_behind_a_claim() -> None:
    fixes = load_study("four-fixes")
    assert claim_variants(fixes, 4) == [
        "baseline",
        "radius-0-5",
        "combined-update-batch-256-generator-16-32",
        "combined-update-batch-256-generator-16-32-radius-0-5",
    ]
    assert claim_variants(load_study("four-fixes-controls"), 3) == ["batch-32-equal-samples", "batch-256"]
    assert len(claim_variants(load_study("four-distributions"), 1)) == 8
    with pytest.raises(ConfigError, match="claim: 5 is not a claim of four-fixes; use 1 to 4"):
        claim_variants(fixes, 5)


def test_an_empty_store_says_what_is_missing(own_store) -> None:
    for name in shipped_studies():
        study = load_study(name)
        analysis = analyze(Store(own_store), study)
        assert {claim.verdict for claim in analysis.claims} <= {"undecided"}
        assert "0 of" in said(study, analysis)
        json.dumps(plain_analysis(analysis), allow_nan=False)
        assert len(tidy(analysis))


def test_shipped_runs_are_analysed(own_store) -> None:
    analysis = analyze(Store.open(own_store), load_study("first-fixes"))
    assert frame_of(analysis.cells)["n"].tolist() == [4] * 5
    assert frame_of(analysis.effects)["n"].tolist() == [4] * 4
    assert frame_of(analysis.effects).set_index("effect").loc["batch-256", "estimate"] > 0


# -- the command


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    from gancore.cli import run

    code = run(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_command_prints_tables_json_markdown_and_csv(capsys) -> None:
    code, out, _ = call(capsys, "study", "analyze", "first-fixes")
    assert (code, "generator-16-32" in out, "note: 4 seeds are too few" in out) == (0, True, True)
    code, out, _ = call(capsys, "study", "analyze", "first-fixes", "--json", "--seeds", "3")
    found = json.loads(out)
    assert (found["study"], found["seeds"], len(found["cells"])) == ("first-fixes", 3, 5)
    assert {"factors", "n", "iqm", "low", "high", "success", "success_low", "success_high"} <= set(found["cells"][0])
    assert {"effect", "estimate", "low", "high", "p_holm"} <= set(found["effects"][0])
    code, out, _ = call(capsys, "study", "analyze", "four-fixes", "--json", "--dataset", "circle")
    claim = json.loads(out)["claims"][0]
    assert {"text", "alone", "average", "last", "verdict", "rule", "more_seeds"} <= set(claim)
    code, out, _ = call(capsys, "study", "analyze", "four-fixes", "--markdown", "--seeds", "11")
    assert out.startswith("## The four claimed fixes on the circle\n")
    assert "runs are not trained: " in out
    code, out, _ = call(capsys, "study", "analyze", "four-fixes", "--csv", "--metric", "coverage")
    assert out.splitlines()[0].startswith("table,dataset,name,label,what,n,estimate,low,high")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nope"], "study: 'nope' is not a study; use one of circle-vs-parabola"),
        (["first-fixes", "--metric", "beauty"], "metric: 'beauty' is unknown; use one of w1, w1_excess"),
        (["first-fixes", "--dataset", "moons"], "dataset: 'moons' is not allowed; use one of circle"),
        (["circle-vs-parabola", "--dataset", "moons"], "circle-vs-parabola compares datasets with each other"),
        (["first-fixes", "--json", "--csv"], "--json: it cannot go with --csv; use one of --json, --markdown, --csv"),
    ],
)
def test_wrong_input_is_refused_in_a_sentence(capsys, arguments: list[str], reason: str) -> None:
    code, out, err = call(capsys, "study", "analyze", *arguments)
    assert (code, out) == (2, "")
    assert reason in err


def test_names_of_what_is_public_exist() -> None:
    import gancore.analysis
    import gancore.studies

    for room in (gancore.analysis, gancore.studies):
        assert all(hasattr(room, name) for name in room.__all__)


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
