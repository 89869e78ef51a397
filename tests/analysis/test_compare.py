"""Two variants compared seed by seed: small exact cases, SciPy's own tests, failures, and what is said of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gancore.analysis import analyze, frame_of, run_table
from gancore.analysis.pairwise import Comparison, compare, in_sentences, success_change
from gancore.analysis.summaries import middle_table, success_of, success_table
from gancore.config import ConfigError
from gancore.datasets import Circle
from gancore.figures.pairs import differences, pairs
from gancore.metrics import applicable
from gancore.store import Store
from gancore.studies import Study, load_study, parse_study

STUDY = parse_study(
    """
name = "two"
title = "Two"
question = "Which?"
seeds = 4
[[variant]]
name = "plain"
[[variant]]
name = "wide"
label = "wide *one*"
[variant.set]
batch_size = 64
[[variant]]
name = "both"
[variant.set]
batch_size = 64
"latent.dim" = 2
"""
)


def frame(study: Study = STUDY, **columns: Sequence[float | str | None]) -> pd.DataFrame:
    """A row a run: a number is its w1_excess, a word its status, None one that is not trained.

    A run has learned where its value is below 0.1. Variants without a column are not trained.
    """
    seeds = max(len(values) for values in columns.values())
    rows = []
    for variant in study.variants:
        values = columns.get(variant.name.replace("-", "_"), [None] * seeds)
        for seed, value in enumerate(values):
            number = float(value) if isinstance(value, int | float) else math.nan
            status = "missing" if value is None else "diverged" if value == "diverged" else "finished"
            row = {"variant": variant.name, "label": variant.label, "seed": seed, "run_id": f"{variant.name}{seed}"}
            learned = float(number < 0.1) if status == "finished" else math.nan
            rows.append(row | {"status": status, "seconds": 2.0, "w1_excess": number, "learned": learned})
    return pd.DataFrame(rows)


def test_differences_are_the_second_less_the_first_seed_by_seed() -> None:
    found = compare(STUDY, frame(plain=[0.5, 0.4, 0.3, 0.6], wide=[0.3, 0.3, 0.05, 0.6]), "plain", "wide")
    assert [pair.seed for pair in found.pairs] == [0, 1, 2, 3]
    assert [round(pair.difference, 6) for pair in found.pairs] == [-0.2, -0.1, -0.25, 0.0]
    assert found.difference.value == pytest.approx(-0.1375)
    assert found.middle.value == pytest.approx(-0.15)  # of four, one is cut at either end
    assert found.wins == (3, 1, 0)
    assert found.better == "lower" and found.labels == ("baseline", "wide *one*")
    swapped = compare(STUDY, frame(plain=[0.5, 0.4, 0.3, 0.6], wide=[0.3, 0.3, 0.05, 0.6]), "wide", "plain")
    assert swapped.difference.value == pytest.approx(0.1375) and swapped.wins == (0, 1, 3)
    assert swapped.difference.low == pytest.approx(-found.difference.high)
    assert swapped.improvement == pytest.approx(1 - found.improvement)


def test_the_interval_is_that_of_a_paired_t_test_and_is_not_corrected() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(0.4, 0.1, 10), rng.normal(0.3, 0.1, 10)
    found = compare(STUDY, frame(plain=one.tolist(), wide=other.tolist()), "plain", "wide")
    test = stats.ttest_rel(other, one)
    assert found.p == pytest.approx(test.pvalue)
    interval = test.confidence_interval(0.95)
    assert (found.difference.low, found.difference.high) == pytest.approx((interval.low, interval.high))
    assert found.middle.value == pytest.approx(stats.trim_mean(other - one, 0.25))
    assert found.middle.low < found.middle.value < found.middle.high
    ranks = stats.mannwhitneyu(-other, -one)
    assert found.improvement == pytest.approx(ranks.statistic / 100)
    assert found.verdict == ("better" if interval.high < 0 else "open")


def test_the_verdict_follows_the_metrics_direction() -> None:
    runs = frame(plain=[0.1, 0.2, 0.1, 0.2], wide=[0.6, 0.8, 0.5, 0.9])
    assert compare(STUDY, runs, "plain", "wide").verdict == "worse"
    found = compare(STUDY, runs.rename(columns={"w1_excess": "near"}), "plain", "wide", "near")
    assert (found.verdict, found.better, found.wins) == ("better", "higher", (4, 0, 0))
    assert "Higher is better, so “wide *one*” is better." in in_sentences(found)[0]


def test_ties_are_counted_half_and_are_no_difference() -> None:
    found = compare(STUDY, frame(plain=[0.5] * 4, wide=[0.5] * 4), "plain", "wide")
    assert found.wins == (0, 4, 0) and found.improvement == 0.5
    assert tuple(found.difference) == (0, 0, 0) and found.p == 1 and found.verdict == "open"
    some = compare(STUDY, frame(plain=[0.5, 0.7], wide=[0.5, 0.5]), "plain", "wide")
    assert some.improvement == pytest.approx((2 + 0.5 + 0.5) / 4)


def test_the_same_difference_in_every_seed_has_no_spread_to_judge_by() -> None:
    found = compare(STUDY, frame(plain=[0.5, 0.4, 0.3], wide=[0.25, 0.15, 0.05]), "plain", "wide")
    assert not found.difference.bounded and found.verdict == "open"
    assert any("no spread" in note for note in found.notes)


@pytest.mark.parametrize(("seeds", "bounded", "said"), [(1, False, "1 seed of both is"), (2, False, "2 seeds of both")])
def test_too_few_seeds_have_no_interval_and_a_sentence(seeds: int, bounded: bool, said: str) -> None:
    found = compare(STUDY, frame(plain=[0.5, 0.2][:seeds], wide=[0.1, 0.3][:seeds]), "plain", "wide")
    assert found.difference.bounded is bounded and math.isfinite(found.difference.value)
    assert not found.middle.bounded and found.verdict == "open"
    assert any(note.startswith(said) and "it takes 3" in note for note in found.notes)
    assert "interval" not in in_sentences(found)[0]


def test_four_seeds_have_a_t_interval_alone() -> None:
    found = compare(STUDY, frame(plain=[0.5, 0.4, 0.3, 0.6], wide=[0.3, 0.3, 0.05, 0.6]), "plain", "wide")
    assert found.difference.bounded and not found.middle.bounded
    assert any("interquartile mean; it takes 5" in note for note in found.notes)


def test_a_diverged_run_counts_as_the_worst_of_the_study_and_is_named() -> None:
    runs = frame(plain=[0.2, 0.3, 0.3], wide=[0.05, "diverged", 0.2], both=[0.9, 0.1, 0.1])
    found = compare(STUDY, runs, "plain", "wide")
    assert found.pairs[1].second == 0.9 and found.wins == (2, 0, 1)
    assert found.failures == (
        "“wide *one*”, seed 1, diverged; it counts as 0.900, the worst value that a finished run of this study has "
        "there.",
    )
    assert (found.success[1].learned, found.success[1].runs) == (1, 3)


def test_a_run_without_a_finite_value_is_a_failure_that_says_so() -> None:
    runs = frame(plain=[0.2, 0.3, 0.3], wide=[0.05, math.inf, 0.2])
    assert "has no finite w1_excess; it counts as 0.3" in compare(STUDY, runs, "plain", "wide").failures[0]


def test_a_seed_that_one_of_them_lacks_is_left_out_and_named() -> None:
    found = compare(STUDY, frame(plain=[0.5, 0.4, None, 0.6], wide=[0.3, None, None, 0.6]), "plain", "wide")
    assert [pair.seed for pair in found.pairs] == [0, 3]
    assert found.failures == (
        "“baseline” is not trained with seed 2, so there is no such pair.",
        "“wide *one*” is not trained with seeds 1, 2, so there is no such pair.",
    )
    assert [success.runs for success in found.success] == [3, 2]


def test_nothing_trained_and_all_diverged_have_no_pairs_and_no_numbers() -> None:
    for runs in (frame(plain=[None, None], wide=[None, None]), frame(plain=["diverged"] * 2, wide=["diverged"] * 2)):
        found = compare(STUDY, runs, "plain", "wide")
        assert not found.pairs and math.isnan(found.difference.value) and math.isnan(found.improvement)
        assert found.notes == ("No seed has a value of both, so there is nothing to compare yet.",)
        assert not any("nan" in sentence for sentence in (*in_sentences(found), *found.failures))
    assert "Learned: “baseline” 0 of 2" in in_sentences(found)[0]  # both diverged, which is known


def test_success_and_its_difference() -> None:
    found = compare(STUDY, frame(plain=[0.5, 0.05, 0.5, None], wide=[0.05, 0.5, 0.05, 0.05]), "plain", "wide")
    assert [(s.learned, s.runs) for s in found.success] == [(1, 3), (3, 4)]
    wilson = stats.binomtest(3, 4).proportion_ci(0.95, "wilson")
    assert found.success[1].rate == pytest.approx((0.75, wilson.low, wilson.high))
    assert found.learned_alone == ((1,), (0, 2))  # seed 3 has no pair
    assert found.success_change.value == pytest.approx(0.75 - 1 / 3)
    assert "Only “wide *one*” learned with seeds 0, 2." in in_sentences(found)


def test_the_difference_of_success_is_newcombes() -> None:
    """Newcombe 1998, table II: 56 of 70 against 48 of 80 by method 10."""
    one, other = (success_of(np.repeat([1.0, 0.0], [k, n - k])) for k, n in ((48, 80), (56, 70)))
    assert success_change(one, other) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_settings_and_confounds_say_what_differs() -> None:
    runs = frame(plain=[0.5], wide=[0.3], both=[0.2])
    one = compare(STUDY, runs, "plain", "wide")
    assert [tuple(setting) for setting in one.settings] == [("batch_size", 32, 64)]
    assert one.confounds == ("real samples seen: 320,000 against 640,000",)
    two = compare(STUDY, runs, "plain", "both")
    assert [setting.path for setting in two.settings] == ["latent.dim", "batch_size"]
    assert two.confounds[0] == "2 settings differ: latent.dim, batch_size"
    assert compare(STUDY, runs, "wide", "both").confounds == ()


def test_different_datasets_are_said() -> None:
    study = load_study("circle-vs-parabola")
    names = [variant.name for variant in study.variants]
    runs = frame(study, **{name.replace("-", "_"): [0.1, 0.2, 0.4] for name in names})
    found = compare(study, runs, names[0], names[1])
    assert any("different datasets" in note for note in found.notes)
    assert found.settings[0].path == "dataset.kind"


def test_what_cannot_be_compared_is_refused() -> None:
    runs = frame(plain=[0.5], wide=[0.3])
    with pytest.raises(ConfigError, match="variant: 'x' is not in two; use one of plain, wide, both"):
        compare(STUDY, runs, "x", "wide")
    with pytest.raises(ConfigError, match="second: 'wide' is the first variant too"):
        compare(STUDY, runs, "wide", "wide")
    with pytest.raises(ConfigError, match="metric: 'beauty' is unknown"):
        compare(STUDY, runs, "plain", "wide", "beauty")
    with pytest.raises(ConfigError, match="none of the stored runs of two has 'near'"):
        compare(STUDY, runs, "plain", "wide", "near")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The gallery over an empty store."""
    return Store.open(tmp_path_factory.mktemp("empty"))


def test_the_table_agrees_with_the_analysis_of_the_same_runs(shipped: Store) -> None:
    study = load_study("first-fixes", shipped)
    runs = run_table(shipped, study)
    cells = frame_of(analyze(shipped, study).cells)
    table = success_table(study, runs).merge(middle_table(study, runs, "w1_excess"), on="variant")
    assert table["variant"].tolist() == cells["variant"].tolist()
    for name in ("n", "learned", "success", "success_low", "success_high", "iqm"):
        assert table[name].tolist() == pytest.approx(cells[name].tolist())
    assert min(table["seconds"].tolist()) > 0 and sum(table["missing"].tolist()) == 0


@pytest.mark.parametrize("metric", [key for key in applicable(Circle()) if key != "learned"])
def test_every_metric_of_shipped_runs_can_be_compared(shipped: Store, metric: str) -> None:
    study = load_study("four-fixes", shipped)
    found = compare(study, run_table(shipped, study), study.variants[0].name, study.variants[1].name, metric)
    assert isinstance(found, Comparison) and len(found.pairs) == study.seeds
    assert found.difference.bounded and found.middle.bounded
    assert len(found.settings) == 1 and not any("nan" in sentence for sentence in in_sentences(found))


HOSTILE = ("<img src=x onerror=alert(1)>", "datum['a'] | [x](javascript:1)")
COLOURS = ("#0072b2", "#d55e00")


def rows(spec: dict) -> list[dict]:
    return [row for part in spec["datasets"].values() for row in part]


def test_pairs_draw_a_line_a_seed_in_the_colour_of_what_became_of_it() -> None:
    values = pd.DataFrame({"seed": [0, 3, 4], "first": [0.5, 0.1, 0.2], "second": [0.2, 0.4, 0.2]})
    spec = pairs(values, HOSTILE, COLOURS, "Distance", "lower").to_dict()
    lines = {row["seed"]: row["line"] for row in rows(spec)}
    assert lines[0] != lines[3] != lines[4] != lines[0]
    higher = {row["seed"]: row["line"] for row in rows(pairs(values, HOSTILE, COLOURS, "Share", "higher").to_dict())}
    assert (higher[0], higher[3], higher[4]) == (lines[3], lines[0], lines[4])
    assert {(row["variant"], row["dot"]) for row in rows(spec)} == set(zip(HOSTILE, COLOURS, strict=True))
    assert spec["description"].startswith(f"Distance of {HOSTILE[0]} and of {HOSTILE[1]}, joined by seed: seed 0 0.500")
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == list(HOSTILE)
    assert spec["config"]["background"] == "transparent"


def test_differences_show_zero_the_mean_and_the_interval_where_there_is_one() -> None:
    values = pd.DataFrame({"seed": [0, 1, 2], "first": [0.5, 0.1, 0.2], "second": [0.2, 0.4, 0.2]})
    with_ends = differences(values, ("a", "b"), "Distance", "lower", -0.1, -0.3, 0.1).to_dict()
    assert [layer["mark"]["type"] for layer in with_ends["layer"]] == ["rule", "rect", "rule", "point"]
    assert [row["difference"] for row in rows(with_ends) if "difference" in row] == pytest.approx([-0.3, 0.3, 0])
    assert with_ends["description"] == (
        "Distance of b minus that of a, seed by seed around zero: mean −0.100 (−0.300 to +0.100); "
        "of 3 seeds 1 better, 1 the same, 1 worse"
    )
    without = differences(values, ("a", "b"), "Distance", "lower", -0.1).to_dict()
    assert [layer["mark"]["type"] for layer in without["layer"]] == ["rule", "rule", "point"]
    assert "without an interval" in without["description"]
    nothing = differences(values.head(0), ("a", "b"), "Distance", "lower", math.nan).to_dict()
    assert "no seed has both" in nothing["description"]
