"""A search over a store: it goes on from what is stored, its question is one small file, and its proof is a study."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.fixed import LOCKED, came_to, few

from gancore import jobs
from gancore.config import ConfigError, RunConfig, parse_config
from gancore.fixing import Budget, Question, Search, conclusion, go, kept, plain, proof, question, read_question
from gancore.fixing.events import event_words
from gancore.fixing.explain import explained, measured
from gancore.fixing.report import rows
from gancore.fixing.search import outcome_of
from gancore.fixing.sentences import explanation
from gancore.fixing.trials import START, Standing
from gancore.store import Store
from gancore.studies import decode_study, encode_study, parse_study

SMALL = parse_config(
    {
        "steps": 400,
        "snapshot_every": 50,
        "log_every": 200,
        "generator": {"hidden": [4]},
        "discriminator": {"hidden": [4]},
    }
)
RULES = few(2)
Learns = Callable[[RunConfig], bool]


class Trained:
    """Jobs whose runs come to what a test says, at once."""

    def __init__(self, store: Store, learns: Learns) -> None:
        self.store, self.learns, self.asked, self.stop_after = store, learns, list[int](), 10**6

    def submit(self, store: Store, configs: list[RunConfig], *others: object) -> FakeJob:
        self.asked.append(len(configs))
        return FakeJob(self, configs)

    def train(self, job: object) -> str:
        assert isinstance(job, FakeJob)
        if len(self.asked) > self.stop_after:
            return "the job was cancelled"
        for config in job.configs:
            self.store.put(came_to(config, self.learns(config)))
        return ""


class FakeJob:
    def __init__(self, trained: Trained, configs: list[RunConfig]) -> None:
        self.trained, self.configs = trained, configs

    def failures(self) -> dict[str, str]:
        return {}

    def dismiss(self) -> None:
        pass


def searched(
    store: Store, learns: Learns, monkeypatch: pytest.MonkeyPatch, **options: object
) -> tuple[Search, Standing, str, Trained]:
    trained = Trained(store, learns)
    trained.stop_after = int(str(options.pop("stop_after", 10**6)))
    monkeypatch.setattr(jobs, "submit", trained.submit)
    search = Search(store, kept(store, question(SMALL, LOCKED, rules=RULES)))
    stand, stopped = go(search, Budget(**options), trained.train, lambda stand: None)  # type: ignore[arg-type]
    return search, stand, stopped, trained


def large(config: RunConfig) -> bool:
    return config.batch_size == 256


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Search, Standing]:
    with pytest.MonkeyPatch.context() as patch:
        search, stand, stopped, _ = searched(Store(tmp_path_factory.mktemp("fixed")), large, patch)
    assert not stopped
    return search, stand


def test_the_smallest_change_is_found_with_its_rate(fixed: tuple[Search, Standing]):
    search, stand = fixed
    assert stand.answer is not None and stand.answer.verdict == "fix" and stand.answer.winner == "batch-256"
    said = " ".join(conclusion(search, stand))
    assert "batch 256 (one setting)" in said and "8 of 8" in said and "0 of 8" in said
    assert all(event_words(search, event) for event in stand.events)


def test_the_proof_is_a_study_of_runs_that_are_stored(fixed: tuple[Search, Standing]):
    search, stand = fixed
    study = proof(search, stand)
    assert study is not None and [v.arm for v in study.variants][:2] == ["start", "batch-256"]
    assert all(config.run_id in search.store for config in study.configs())
    assert parse_study(study.to_toml()) == study == decode_study(encode_study(study))
    assert study.claims[0].before == "start" and study.seeds == 8


def test_what_each_change_did_is_told_of_the_race_alone(fixed: tuple[Search, Standing]):
    search, stand = fixed
    by_key = {row.key: row for row in rows(search, stand)}
    assert by_key["batch-256"].rate.runs == 3 and by_key["batch-256"].low < by_key["batch-256"].change < 0
    assert by_key["combined-update"].length == "short" and by_key["combined-update"].rate.learned == 0
    assert json.dumps(plain(search, stand), allow_nan=False)


def test_the_explanation_is_of_measured_quantities(fixed: tuple[Search, Standing]):
    search, stand = fixed
    said = " ".join(explanation(search, stand))
    assert "near the data: 30% before, 90% after" in said and "The price:" in said


def test_a_search_that_was_cut_off_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch):
    search, stand, stopped, first = searched(store, large, monkeypatch, stop_after=3)
    assert stand.answer is None and stopped == "the job was cancelled" and len(first.asked) == 4
    assert "Stopped before" in conclusion(search, stand, stopped)[0]
    again, whole, stopped, second = searched(Store(store.root), large, monkeypatch)
    assert again.question == search.question and whole.answer is not None and not stopped
    assert second.asked[0] == first.asked[3]  # the round that was cut off, and none before it


def test_its_question_is_one_small_file_that_is_checked(store: Store):
    asked = kept(store, question(SMALL, LOCKED, rules=RULES))
    path = store.root / "fixes" / f"{asked.question_id}.json"
    assert path.stat().st_size < 30_000 and read_question(store, asked.question_id) == asked
    assert asked.question_id == question(SMALL.model_copy(update={"seed": 5}), LOCKED[::-1], rules=RULES).question_id
    changed = json.loads(path.read_text()) | {"equal": "cost"}
    for text in (json.dumps(changed), "{", "[]", json.dumps({**changed, "rules": {"fresh": 10**9}})):
        path.write_text(text)
        assert read_question(store, asked.question_id) is None
    assert read_question(store, "../../etc/pwd") is None


def test_where_nothing_helps_the_best_is_clearly_no_fix(store: Store, monkeypatch: pytest.MonkeyPatch):
    search, stand, _, _ = searched(store, lambda config: False, monkeypatch)
    assert stand.answer is not None and stand.answer.verdict == "nothing"
    assert conclusion(search, stand)[0].startswith("Nothing that was tried makes it learn")


def test_a_start_that_learns_is_named_with_its_rate(store: Store, monkeypatch: pytest.MonkeyPatch):
    search, stand, _, _ = searched(store, lambda config: True, monkeypatch)
    said = " ".join(conclusion(search, stand))
    assert "The start already learns: 8 of 8" in said and "faster or smaller" in said


@pytest.mark.parametrize(("options", "field"), [({"run_steps": 1000}, "run_steps"), ({"seconds": 1.0}, "budget")])
def test_a_budget_that_is_too_small_says_what_a_race_takes(
    store: Store, monkeypatch: pytest.MonkeyPatch, options: dict, field: str
):
    monkeypatch.setattr(jobs, "estimate", lambda *others: 600.0)
    with pytest.raises(ConfigError, match=rf"{field}: .* one race takes"):
        searched(store, large, monkeypatch, **options)


def test_a_budget_that_ends_on_the_way_keeps_what_there_is(store: Store, monkeypatch: pytest.MonkeyPatch):
    search, stand, stopped, trained = searched(store, large, monkeypatch, run_steps=7000)
    assert stand.answer is None and "steps in all" in stopped and search.run_steps(stand.known) <= 7000
    assert "best so far, which is no fix" in " ".join(conclusion(search, stand, stopped))


@pytest.mark.parametrize(("budget", "value"), [("seconds", 0.0), ("seconds", float("nan")), ("run_steps", 0)])
def test_a_budget_that_is_none_is_refused(budget: str, value: float):
    with pytest.raises(ConfigError, match="is not allowed"):
        Budget(**{budget: value})  # type: ignore[arg-type]


def test_runs_that_cannot_be_trained_count_as_not_learned(store: Store):
    search = Search(store, kept(store, question(SMALL, LOCKED, rules=RULES)))
    missing = search.standing().missing
    search.give_up({search.configs(missing)[0].run_id: "out of memory"})
    assert len(search.standing().missing) == len(missing) - 1
    assert (
        len(Search(store, read_question(store, search.question.question_id) or search.question).standing().missing)
        == len(missing) - 1
    )
    search.forget_failures()
    assert search.standing().missing == missing


@pytest.mark.parametrize("falling", [True, False])
def test_a_curve_that_still_falls_is_seen(store: Store, falling: bool):
    assert outcome_of(store.put(came_to(SMALL, False, falling))).falling is falling


def test_a_change_that_is_only_slower_is_not_called_a_failure(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        Trained,
        "train",
        lambda self, job: [self.store.put(came_to(c, False, c.batch_size == 256)) for c in job.configs] and "",
    )
    search, stand, _, _ = searched(store, large, monkeypatch)
    events = [event for event in stand.events if event.key == "batch-256"]
    assert [event.what for event in events] == ["races", "slower"]
    assert "not failed" in event_words(search, events[-1])


def test_what_is_not_measured_is_not_said(store: Store):
    run = store.put(came_to(SMALL, True))
    known = measured([run])
    assert known.runs == 1 and np.isfinite(known.slope) and known.slope > 0
    nothing = measured([])
    assert nothing.runs == 0 and explained(nothing, nothing, 2.0) == [
        "The price: 2.0 times the arithmetic of the start."
    ]


def test_a_question_names_what_its_search_changes():
    asked = question(SMALL, LOCKED, rules=RULES)
    assert {one.kind for one in asked.candidates} == {"setting"}  # a recipe would change what is locked
    assert isinstance(asked, Question) and START not in {one.key for one in asked.candidates}
