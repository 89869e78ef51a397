"""Whole analyses: failures count, verdicts follow from intervals, and the command says them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from support.analyses import FACTORIAL, NAMED, SEEDS, runs, weights
from support.command_line import call
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
from gancore.analysis.effects import per_seed
from gancore.analysis.estimates import contrasts
from gancore.config import ConfigError
from gancore.report.markdown import markdown_report
from gancore.report.options import TableOptions
from gancore.store import Store
from gancore.studies import Study, load_study, parse_study, shipped_studies

CLAIMED = (
    NAMED.replace("{batch_size = 256}", '{batch_size = 256, "latent.dim" = 2}')
    + """
[[claim]]
text = "small helps"
from = "baseline"
to = "small"
"""
)


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
    study = parse_study(CLAIMED)
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
    study = parse_study(CLAIMED)
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
    study = parse_study(CLAIMED.replace("seeds = 10", 'seeds = 10\ndatasets = ["circle", "moons"]'))
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
    study = parse_study(CLAIMED.replace('to = "small"', 'to = "small"\nmetric = "near"\ndirection = "lower"'))
    values = simulated(study, lambda _: 0.2)
    frame = runs(study, values).assign(near=lambda f: np.where(f["variant"] == "small", 0.3, 0.9) + f["w1_excess"] / 9)
    claim = claim_frame(analysis_of(study, frame)).iloc[0]
    assert (claim["metric"], claim["direction"], claim["verdict"]) == ("near", "lower", "supported")
    with pytest.raises(ConfigError, match="metric: none of the stored runs of named has 'swd'"):
        analysis_of(study, frame, "swd")
    with pytest.raises(ConfigError, match="metric: 'beauty' is unknown; use one of w1,"):
        analysis_of(study, frame, "beauty")


def test_successes_are_a_metric_like_any_other() -> None:
    study = parse_study(CLAIMED)
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
        (missing,) = [note for note in analysis.notes if "runs are not trained" in note]
        names = missing.count("(seeds ")  # a few by name, however many there are
        assert names == min(len({variant.label for variant in study.variants}), 8)
        assert ("more variant" in missing) == (len({variant.label for variant in study.variants}) > 8)


def test_shipped_runs_are_analysed(own_store) -> None:
    analysis = analyze(Store.open(own_store), load_study("first-fixes"))
    assert frame_of(analysis.cells)["n"].tolist() == [4] * 5
    assert frame_of(analysis.effects)["n"].tolist() == [4] * 4
    assert frame_of(analysis.effects).set_index("effect").loc["batch-256", "estimate"] > 0


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
    code, out, _ = call(capsys, "study", "analyze", "four-fixes", "--markdown", "--seeds", "41")
    assert out.startswith("## The four claimed fixes on the circle\n")
    assert "runs are not trained: " in out
    code, out, _ = call(capsys, "study", "analyze", "four-fixes", "--csv", "--metric", "coverage")
    assert out.splitlines()[0].startswith("table,dataset,name,label,what,n,estimate,low,high")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nope"], "study: 'nope' is not a study; use one of atlas, circle-vs-parabola"),
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
