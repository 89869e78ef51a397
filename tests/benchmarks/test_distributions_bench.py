"""The benchmark of distributions: a row for each, the costliest first; how long anything takes is no test."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from support.command_line import call

from gancore.benchmarks import distributions
from gancore.benchmarks.distributions import FEW, every_cost, facts_of_scores
from gancore.config import Dataset
from gancore.datasets.named import NAMED


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What the process of its own was asked for; the later a name comes, the more it costs."""
    tasks: list[dict[str, object]] = []

    def started(command: Sequence[str], environment: dict[str, str]) -> dict[str, object]:
        tasks.append(json.loads(command[-1]))
        assert command[-2] == "gancore.benchmarks.distributions" and "OPENBLAS_THREAD_TIMEOUT" in environment
        return tasks[-1]

    def answer_of(task: dict[str, object]) -> dict[str, object]:
        names: list[str] = task["names"]  # type: ignore[assignment]
        fresh = 1.02 if task["fresh"] else None
        return {"costs": [[name, 0.065, 0.9, 90.0, 4.0, k / 100, fresh] for k, name in enumerate(names, start=1)]}

    monkeypatch.setattr(distributions, "started", started)
    monkeypatch.setattr(distributions, "answer_of", answer_of)
    return tasks


def test_every_distribution_and_constant_is_measured(asked: list[dict[str, object]]) -> None:
    costs = every_cost(quick=False)
    assert [cost.name for cost in costs] == [*sorted(Dataset.registry), *NAMED]
    assert asked[0]["steps"] == 10_000 and costs[0].fresh == 1.02
    assert [cost.name for cost in every_cost(quick=True)] == list(FEW)


def test_the_table_begins_with_the_costliest(asked: list[dict[str, object]], capsys) -> None:
    code, out, _ = call(capsys, "bench", "--distributions", "--quick")
    rows = [line for line in out.splitlines() if line.startswith("| ")]
    assert code == 0 and rows[1].startswith(f"| {FEW[-1]} | 0.0650 | 0.900 | 90.0 | 4.00 | 2.0% | 1.02 |")
    code, out, _ = call(capsys, "bench", "--distributions", "--quick", "--json")
    assert [json.loads(line)["share"] for line in out.splitlines()] == [0.02, 0.01]


def test_the_whole_benchmark_names_the_costliest(asked: list[dict[str, object]]) -> None:
    circle, most = facts_of_scores(False, lambda words: None)
    assert most.unit == f"% ({list(NAMED)[-1]})" and 0 < circle.value < most.value == len(Dataset.registry) + len(NAMED)
    assert not asked[0]["fresh"], "which takes minutes"


def test_a_ratio_is_of_timings_in_turn() -> None:
    done: list[str] = []
    ratio = distributions._fresh_ratio(
        lambda: done.append("fixed") or sum(range(20_000)), lambda: done.append("fresh"), 3
    )
    assert done == ["fresh", "fixed"] * 3 and ratio >= 0
