"""The benchmark of recipes: every peer trains the same, and the table says what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import call

from gancore.benchmarks import recipes
from gancore.benchmarks.case import Case
from gancore.benchmarks.trained import TRAINED
from gancore.config import RunConfig, with_changes


@pytest.mark.parametrize("key", TRAINED)
def test_what_peers_are_told_is_what_the_engine_trains(key: str):
    trained = TRAINED[key]
    config = with_changes(RunConfig(), {"batch_size": trained.batch, **trained.changes})
    assert trained.combined == config.update.together
    assert trained.d_steps == config.update.d_steps
    assert trained.loss == config.loss.kind  # type: ignore[attr-defined]
    seen = {"none": (), "gradient": ("between",)}
    kind = config.penalty.kind  # type: ignore[attr-defined]
    assert trained.slopes == seen.get(kind, config.penalty.uses)
    assert trained.spectral == bool(config.discriminator.spectral_norm.iterations)
    assert config.generator.hidden == config.discriminator.hidden == (64, 128)


class Answered:
    """What a peer would answer; the engine takes 0.6 ms, the products 0.5, JAX 1.5."""

    def __init__(self, command: list[str]) -> None:
        self.module = command[2].rpartition(".")[2]

    def answer(self) -> dict[str, object]:
        if self.module == "in_turn":
            return {"products": [0.5, 0.25, 9.0], "engine": [0.6, 0.3, 9.9], "compile": 2.0, "device": "cpu"}
        return {"cpu": [9.0, 1.5, 0.0], "ms": [7.0], "device": "cpu"}


@pytest.fixture
def without_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "started", Answered)
    monkeypatch.setattr(recipes, "answer_of", Answered.answer)


@pytest.mark.usefixtures("without_peers")
@pytest.mark.parametrize("with_jax", [True, False])
def test_a_row_for_each_recipe_with_its_targets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, with_jax: bool
):
    monkeypatch.setattr(recipes.importlib.util, "find_spec", lambda name: object() if with_jax else None)
    table = tmp_path / "table.md"
    code, out, err = call(capsys, "bench", "--recipes", "--json", "--out", str(table))
    assert code == 0, err
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["name"] for row in rows] == [trained.name for trained in TRAINED.values()]
    for row, trained in zip(rows, TRAINED.values(), strict=True):
        assert row["against_products"] == pytest.approx(1.2) and row["compile"] == 2.0
        assert (row["most"], row["faster"]) == (trained.most, trained.faster)
        assert row["faster_than_jax"] == (pytest.approx(2.5) if with_jax and trained.faster else None)
    assert "| NS + R1 | 0.500 | 0.600 | 1.20 | 1.25 |" in table.read_text()


@pytest.mark.parametrize(
    ("rest", "found"), [((), (None, "question")), (("0",), (0, "question")), (("-", "ns-r1"), (None, "ns-r1"))]
)
def test_a_peer_is_told_its_core_and_its_recipe(monkeypatch: pytest.MonkeyPatch, rest: tuple[str, ...], found):
    monkeypatch.setattr("sys.argv", ["peer", "256", "64,128", "2", "10", "1", *rest])
    monkeypatch.setattr("os.sched_setaffinity", lambda *_: None, raising=False)
    case = Case.from_arguments()
    assert (case.core, case.recipe) == found
