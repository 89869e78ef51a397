"""The benchmark of searches: what it counts, and its table; nothing is trained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import call, wrong
from support.fixed import came_to

from gancore import jobs
from gancore.benchmarks import fixes
from gancore.config import RunConfig, parse_config
from gancore.fixing import Search
from gancore.jobs import Progress
from gancore.store import Store


class Job:
    """A job whose runs are there at once; those of one learning rate learned."""

    label = ""

    def __init__(self, store: Store, configs: list[RunConfig]) -> None:
        for config in {c.run_id: c for c in configs}.values():
            store.put(came_to(config, config.d_optimizer.learning_rate == 1e-3))  # type: ignore[attr-defined]

    def progress(self, watching: bool = True) -> Progress:
        return Progress("finished", 1, 1, 0, 0, 1, 1, 0.0, None, "")

    def failures(self) -> dict[str, str]:
        return {}

    def dismiss(self) -> None:
        pass

    def cancel(self) -> None:
        pass


@pytest.fixture
def without_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(jobs, "submit", lambda store, configs, *others: Job(store, configs))
    monkeypatch.setattr(jobs, "unavailable", lambda: "")
    monkeypatch.setattr(jobs, "refusal", lambda *others: "")
    monkeypatch.setattr(jobs, "obtain", lambda store, configs, label: Job(store, list(configs)))


def test_there_are_twelve_different_starts_whose_full_comparison_can_be_had():
    configs = [parse_config(settings) for settings in fixes.STARTS.values()]
    assert len({config.run_id for config in configs}) == 12 and len({c.dataset.label for c in configs}) == 3
    asked = fixes.cheap(configs[0])
    search = Search(Store("nowhere"), asked)
    assert len(asked.candidates) > 20
    assert all(search.cost(one.key) <= asked.plan.costly for one in asked.candidates)


@pytest.mark.usefixtures("without_training")
def test_a_row_for_each_start_counts_what_was_spent(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    table = tmp_path / "table.md"
    code, out, err = call(capsys, "bench", "--fix", "--quick", "--json", "--out", str(table))
    assert code == 0, err
    (row,) = [json.loads(text) for text in out.splitlines()]
    assert row["verdict"] == "fix" and row["rates"] == [10, 10] and row["alike"]
    assert row["full"] == 10 * 5 * 100  # the start and four changes
    assert row["fresh"] >= 8 * 2 * 100 and row["race"] % 50 == 0
    assert row["share"] == row["race"] / row["full"]
    assert "are alike." in table.read_text()


def test_it_measures_one_thing_at_a_time(capsys: pytest.CaptureFixture[str]):
    assert "--recipes: it cannot go with --fix" in wrong(capsys, "bench", "--fix", "--recipes")


@pytest.mark.parametrize(("one", "other", "alike"), [(10, 10, True), (10, 7, True), (9, 2, False), (0, 0, True)])
def test_rates_count_as_equal_by_an_exact_test(one: int, other: int, alike: bool):
    assert fixes.equal(one, other) is alike
