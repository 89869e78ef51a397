"""Looking more than once: the error rate holds over all looks, effects are found early, the command keeps to it."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from support.analyses import NAMED
from support.command_line import call
from support.endless import ENDLESS
from support.simulated import FACTORS

from gancore.analysis import analyze, run_table
from gancore.analysis.effects import effects_of, per_seed
from gancore.analysis.estimates import contrasts
from gancore.analysis.sequential import Plan, check_plan, ending, look_at, looks, next_look
from gancore.config import ConfigError
from gancore.store import Store
from gancore.studies import Study, finished_studies, load_study, parse_study

STUDIES = 1_000
FACTORIAL = """
name = "sim"
title = "Simulated"
question = "Is it?"
"""
FACTORIAL += FACTORS
CLAIMS = """
[[claim]]
text = "small helps"
from = "baseline"
to = "small"
[[claim]]
text = "big helps"
from = "baseline"
to = "big"
"""
TINY = (
    """
name = "tiny"
title = "Tiny"
question = "Is it?"
base = {steps = 40, batch_size = 8, log_every = 20, snapshot_every = 20, latent = {dim = 4}, generator = {hidden = [8]},
discriminator = {hidden = [8]}, dataset = {size = 200}}
""".replace(",\n", ", ")
    + """
[factors.scale]
path = "dataset.scale"
levels = [1.0, 0.5]
"""
)


def runs(study: Study, values: np.ndarray, missing: tuple[tuple[int, int], ...] = ()) -> pd.DataFrame:
    """A frame like ``run_table``'s; values [variants, seeds]."""
    return pd.DataFrame(
        [
            {
                "variant": variant.name,
                "label": variant.label,
                "seed": seed,
                "run_id": f"{i}-{seed}",
                "status": "missing" if (i, seed) in missing else "finished",
                "learned": 0.0,
                "w1_excess": math.nan if (i, seed) in missing else values[i, seed],
            }
            for i, variant in enumerate(study.variants)
            for seed in range(values.shape[1])
        ]
    )


def normal(study: Study, effect: float, seeds: int, seed: int = 0) -> np.ndarray:
    """[variants, seeds], where the second variant is better by ``effect`` standard deviations."""
    values = np.random.default_rng(seed).normal(0.3, 0.05, (len(study.variants), seeds))
    values[1] -= 0.05 * effect
    return values


# -- the error rate


def decided(values: np.ndarray, weights: np.ndarray, plan: Plan, level: float | None = None) -> np.ndarray:
    """[studies, effects]: the look (from 1) that decides, 0 for none; the levels are the plan's, or all the same."""
    found = np.zeros((len(values), len(weights)), int)
    for number, seeds in enumerate(plan.looks, start=1):
        estimates = contrasts(per_seed(values[..., :seeds], weights), level or plan.level(seeds))
        here = (estimates.low > 0) | (estimates.high < 0)
        found = np.where((found == 0) & here, number, found)
    return found


@pytest.mark.parametrize("kind", ["normal", "bimodal"])
def test_without_an_effect_at_most_5_percent_of_studies_decide_anything_over_all_looks(kind: str) -> None:
    plan, rng = Plan(60, 10), np.random.default_rng(1)
    weights = np.array([effect.weights for effect in effects_of(parse_study(FACTORIAL).design)])
    values = rng.normal(0.1, 0.03, (STUDIES, 16, 60))
    if kind == "bimodal":
        values = np.where(rng.random(values.shape) < 0.5, values + 0.2, values)
    share = (decided(values, weights, plan) > 0).any(axis=1).mean()
    limit = stats.binom.ppf(0.999, STUDIES, 0.05) / STUDIES
    assert share <= 0.05, share
    # The check can fail: six looks of 95% each decide far more often.
    assert (decided(values, weights, plan, 0.95) > 0).any(axis=1).mean() > 2 * limit


def test_planning_again_for_more_seeds_changes_no_look_and_decides_no_more_often() -> None:
    study, rng, wrong, careless = parse_study(NAMED + CLAIMS), np.random.default_rng(5), 0, 0
    plans = [Plan(most) for most in range(10, 61, 10)]
    for _ in range(120):
        frame = runs(study, rng.normal(0.3, 0.05, (3, 60)))
        whole = looks(study, frame, plans[-1])
        assert all(looks(study, frame, plan) == whole[: len(plan.looks)] for plan in plans)
        wrong += any(decision.verdict != "undecided" for decision in whole[-1].decisions)
        careless += any(
            decision.verdict != "undecided"
            for seeds in plans[-1].looks
            for decision in look_at(study, frame.loc[frame["seed"] < seeds], 0.95).decisions
        )
    limit = stats.binom.ppf(0.999, 120, 0.05)
    assert wrong <= limit
    assert careless > limit  # so the check can fail


@pytest.mark.parametrize("every", [3, 7, 10, 60])
def test_no_plan_spends_more_than_5_percent(every: int) -> None:
    for most in range(3, 65):
        plan = Plan(most, every)
        assert sum(1 - plan.level(seeds) for seeds in plan.looks) == pytest.approx(0.05 * most / 64)


def test_claims_by_several_metrics_share_what_may_go_wrong() -> None:
    metrics = ("w1_excess", "curve_p95", "swd", "curve_mean")
    claims = "".join(
        f'[[claim]]\ntext = "{metric}"\nfrom = "baseline"\nto = "small"\nmetric = "{metric}"\n' for metric in metrics
    )
    study, rng = parse_study(NAMED + claims), np.random.default_rng(3)
    wrong, narrow = 0, 0
    for _ in range(400):
        frame = runs(study, rng.normal(0.3, 0.05, (3, 10)))
        for metric in metrics:
            frame[metric] = rng.normal(0.3, 0.05, len(frame))
        wrong += any(decision.verdict != "undecided" for decision in look_at(study, frame, 0.95).decisions)
        # As if each metric had the whole error to itself.
        narrow += any(decision.verdict != "undecided" for decision in look_at(study, frame, 0.8).decisions)
    limit = stats.binom.ppf(0.999, 400, 0.05)
    assert wrong <= limit
    assert narrow > limit


def test_a_true_effect_is_found_early_and_the_others_stay_undecided() -> None:
    plan, rng = Plan(60, 10), np.random.default_rng(2)
    effects = effects_of(parse_study(FACTORIAL).design)
    weights = np.array([effect.weights for effect in effects])
    values = rng.normal(0.3, 0.03, (STUDIES, 16, 60))
    levels = np.array(parse_study(FACTORIAL).design.cells)[:, 0]
    values[:, levels == 1] -= 0.02
    found = decided(values, weights, plan)
    place = [effect.name for effect in effects].index("a")
    assert (found[:, place] > 0).mean() > 0.999
    assert (found[:, place] <= 2).mean() > 0.9  # after 20 of 60 seeds
    assert (np.delete(found, place, axis=1) > 0).any(axis=1).mean() <= 0.06


# -- plans and looks


def test_a_plan_looks_at_its_steps_and_shares_the_error() -> None:
    assert Plan(60, 10).looks == (10, 20, 30, 40, 50, 60)
    assert Plan(25, 10).looks == (10, 20, 25)
    assert Plan(5, 10).looks == (5,)
    assert Plan(60, 10).level(20) == pytest.approx(1 - 0.05 * 10 / 64) == Plan(20, 10).level(20)
    assert Plan(25, 10).level(25) == pytest.approx(1 - 0.05 * 5 / 64)
    assert "6 looks are planned: at 10, 20, 30, 40, 50 and 60 seeds" in Plan().rule
    assert "99.22%" in Plan().rule and "the look at 10 seeds spends 0.7813%" in Plan().rule
    for wrong in ({"maximum": 2}, {"maximum": 65}, {"every": 0}, {"every": True}, {"maximum": 10**30}):
        with pytest.raises(ConfigError, match=r"(maximum|every): .* is not allowed; use 3 to 64 seeds"):
            Plan(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", finished_studies())
def test_one_look_says_what_the_analysis_says(own_store, name: str) -> None:
    store, study = Store.open(own_store), load_study(name)
    frame = run_table(store, study)
    analysis = analyze(store, study)
    last = analysis.datasets[-1]
    if study.claims:
        rows = [row for row in analysis.claims if row.dataset == last]
        said = [(r.text, r.verdict, r.deciding.estimate, r.deciding.low, r.deciding.high) for r in rows if r.deciding]
    else:
        table = [row for row in analysis.effects if row.dataset == last and row.kind != "interaction"]
        said = [(r.label, "", r.estimate, r.low, r.high) for r in table]
    look = look_at(study, frame, 0.95)
    assert len(look.decisions) == len(said)
    for decision, (text, verdict, *numbers) in zip(look.decisions, said, strict=True):
        assert decision.text.startswith(text)
        assert [decision.estimate, decision.low, decision.high] == pytest.approx(numbers, nan_ok=True)
        if verdict:
            assert decision.verdict == verdict
    # The looks of a plan are held to more, so they never decide what one look leaves open.
    for stricter in looks(study, frame, Plan(60, study.seeds)):
        for strict, decision in zip(stricter.decisions, look.decisions, strict=True):
            assert strict.verdict in ("undecided", decision.verdict)
            assert not math.isfinite(strict.low) or strict.low < decision.low


def test_it_stops_when_all_is_decided_and_a_verdict_stands() -> None:
    study, plan = parse_study(NAMED + CLAIMS), Plan(30, 10)
    values = normal(study, 4, 30)
    values[2] -= 0.2  # decided at once as well
    found = looks(study, runs(study, values), plan)
    assert [d.verdict for d in found[0].decisions] == ["supported", "supported"]
    assert next_look(plan, found[:1]) == 0
    assert ending(plan, found[:1]) == "Everything asked for is decided after 10 of at most 30 seeds."
    values[1, 10:] += 0.5  # what comes later does not change the verdict of the first look
    later = looks(study, runs(study, values), plan)
    assert later[2].decisions[0] == found[0].decisions[0]
    assert later[2].decisions[0].seeds == 10


def test_it_goes_on_while_something_asked_for_is_open_and_ends_at_the_last_look() -> None:
    study = parse_study(NAMED + CLAIMS)
    values = normal(study, 4, 30)
    found = looks(study, runs(study, values), Plan(30, 10))
    assert [d.verdict for d in found[-1].decisions] == ["supported", "undecided"]
    assert [next_look(Plan(30, 10), found[:n]) for n in range(4)] == [10, 20, 30, 0]
    assert ending(Plan(30, 10), found) == "Undecided after 30 of at most 30 seeds: 1 of 2."
    assert next_look(Plan(30, 10, (1,)), found[:1]) == 0  # only the first was asked for
    assert next_look(Plan(30, 10, (2,)), found[:1]) == 20
    assert "no look is complete yet" in ending(Plan(30, 10), [])


def test_only_complete_looks_count() -> None:
    study, plan = parse_study(NAMED), Plan(30, 10)
    frame = runs(study, normal(study, 4, 30), missing=((2, 15),))
    assert [look.seeds for look in looks(study, frame, plan)] == [10]
    assert looks(study, runs(study, normal(study, 4, 9)), plan) == []
    texts = [decision.text for decision in looks(study, frame, plan)[0].decisions]
    assert texts == ["generator 16-32 helps against the baseline", "batch 256 helps against the baseline"]


def test_what_cannot_be_decided_is_refused() -> None:
    study = parse_study(NAMED + CLAIMS)
    with pytest.raises(ConfigError, match="claims: 3 is not a claim of named; use 1 to 2"):
        check_plan(study, Plan(claims=(3,)))
    with pytest.raises(ConfigError, match="claims: 1 is not a claim of named; the study has none"):
        check_plan(parse_study(NAMED), Plan(claims=(1,)))
    with pytest.raises(ConfigError, match="one variant only"):
        check_plan(parse_study('name = "one"\ntitle = "One"\nquestion = "?"'), Plan())
    with pytest.raises(ConfigError, match="metric: 'beauty' is unknown"):
        looks(study, runs(study, normal(study, 0, 3)), Plan(), "beauty")


# -- the command


def test_the_command_looks_at_what_is_stored_and_says_why_it_stops(capsys) -> None:
    code, out, err = call(capsys, "study", "run", "four-fixes", "--until-decided", "--max-minutes", "0")
    assert code == 0, err
    assert "look 4 of 6: 40 seeds" in out and "Everything asked for is decided after 40 of at most 60 seeds." in out
    code, out, err = call(capsys, "study", "run", "four-fixes-controls", "--until-decided", "--max-minutes", "0")
    assert code == 0, err
    assert "look 1 of 6: 10 seeds; intervals are corrected 99.22% ones" in out
    assert "6 looks are planned" in out
    assert "Stopped: the look at 20 seeds takes about" in out and ", and 0 s are left. Undecided" in out
    assert "Undecided after 10 of at most 60 seeds: 2 of 8." in out
    code, out, _ = call(capsys, "study", "run", "four-fixes", "--until-decided", "--max-seeds", "10", "--json")
    (look,) = map(json.loads, out.splitlines())
    assert (code, look["look"], look["of"], look["seeds"], look["level"]) == (0, 1, 1, 10, 1 - 0.05 * 10 / 64)
    verdicts = [decision["verdict"] for decision in look["decisions"]]
    analysis = analyze(Store.open(), load_study("four-fixes"), seeds=10)
    assert verdicts == [claim.verdict for claim in analysis.claims]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--until-decided", "--seeds", "4"], "--seeds: it cannot go with --until-decided; use --max-seeds"),
        (["--max-seeds", "20"], "--max-seeds: it needs --until-decided"),
        (["--max-minutes", "20"], "--max-minutes: it needs --until-decided"),
        (["--until-decided", "--max-seeds", "65"], "--max-seeds"),
        (["--until-decided", "--max-minutes", "nan"], "--max-minutes: nan is not allowed; use 0 to 10,000"),
        (["--until-decided", "--max-minutes", "inf"], "--max-minutes: inf is not allowed"),
        (["--until-decided", "--max-minutes", "-1"], "--max-minutes: -1 is not allowed"),
        (["--until-decided", "--metric", "beauty"], "metric: 'beauty' is unknown"),
    ],
)
def test_wrong_options_are_refused_before_anything_trains(capsys, monkeypatch, arguments, reason) -> None:
    monkeypatch.setattr("gancore.jobs.submit", lambda *args, **kwargs: pytest.fail("it started to train"))
    code, _, err = call(capsys, "study", "run", "four-fixes", *arguments)
    assert code == 2
    assert reason in err
    assert len([line for line in err.splitlines() if line.startswith("gancore: ")]) == 1


@pytest.mark.slow
def test_the_command_trains_batches_and_looks_after_each(capsys, tmp_path) -> None:
    file = tmp_path / "tiny.toml"
    file.write_text(TINY)
    options = ["--until-decided", "--max-seeds", "8", "--every", "4", "--workers", "1", "--json"]
    code, out, err = call(capsys, "study", "run", str(file), *options)
    assert code == 0, err
    found = [json.loads(line) for line in out.splitlines()]
    assert [look["seeds"] for look in found] in ([4, 8], [4])  # [4] where the first look decided
    decisions = found[-1]["decisions"]
    assert [decision["text"] for decision in decisions] == ["scale 1 → scale 0.5 helps"]
    stored = run_table(Store.open(), load_study(file), found[-1]["seeds"])
    assert set(stored["status"]) <= {"finished", "diverged"}
    again, text, _ = call(
        capsys, "study", "run", str(file), *options
    )  # nothing is trained twice, the looks are the same
    assert (again, text) == (0, out)


@pytest.mark.slow
def test_the_command_stops_when_the_time_is_over_and_keeps_what_is_finished(capsys, tmp_path, monkeypatch) -> None:
    file = tmp_path / "tiny.toml"
    base = ", ".join(f"{path} = {value}" for path, value in ENDLESS.items())
    file.write_text("\n".join(f"base = {{{base}}}" if "base" in line else line for line in TINY.splitlines()))
    monkeypatch.setattr("gancore.jobs.estimate", lambda store, configs: 0.1)
    code, out, _ = call(
        capsys,
        "study",
        "run",
        str(file),
        "--until-decided",
        "--max-seeds",
        "4",
        "--max-minutes",
        "0.1",
        "--workers",
        "1",
    )
    assert code == 0
    assert "Stopped: 6 s are over. Nothing is decided: no look is complete yet, the first one is at 4 seeds." in out
