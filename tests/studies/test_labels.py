"""Labels show what differs, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.studies import study

from gancore.analysis import run_table
from gancore.config import parse_config, with_changes
from gancore.store import Store
from gancore.studies import label_of, labels_of


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "baseline"),
        ({"seed": 3}, "baseline"),
        ({"batch_size": 256}, "batch 256"),
        ({"generator.hidden": [16, 32]}, "generator 16-32"),
        ({"discriminator.hidden": []}, "discriminator without hidden layers"),
        ({"update.kind": "combined"}, "combined update"),
        ({"update.d_steps": 2}, "2 discriminator steps"),
        ({"dataset.scale": 0.5}, "scale 0.5"),
        ({"dataset.kind": "parabola"}, "Parabola"),
        ({"dataset.kind": "swiss_roll", "dataset.noise": 0.1}, "Swiss roll, noise 0.1"),
        ({"generator.output": "linear"}, "linear output"),
        ({"latent.kind": "uniform"}, "uniform latent"),
        ({"g_optimizer.learning_rate": 1e-3}, "generator learning rate 0.001"),
        ({"d_optimizer.beta_1": 0.9}, "discriminator beta 1 0.9"),
        ({"generator.activation": "relu"}, "generator activation relu"),
        ({"loss.kind": "minimax"}, "minimax loss"),
        ({"steps": 20_000}, "20,000 steps"),
        ({"batch_size": 256, "generator.hidden": [16, 32]}, "generator 16-32, batch 256"),
    ],
)
def test_labels_show_only_what_differs(changes: dict[str, object], label: str) -> None:
    base = parse_config({})
    assert label_of(with_changes(base, changes), [base]) == label
    assert label_of(with_changes(base, changes)) == label


def test_what_reads_a_part_is_built_once_for_all_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    base = parse_config({})
    other = with_changes(base, {"dataset.kind": "parabola", "loss.kind": "hinge"})
    assert label_of(other, [base]) == "Parabola, hinge loss"
    monkeypatch.setattr("gancore.config.reading.TypeAdapter", lambda *_: pytest.fail("built again"))
    assert label_of(with_changes(other, {"batch_size": 64}), [base]) == "Parabola, hinge loss, batch 64"


def test_labels_are_relative_to_the_first_and_unique() -> None:
    base = parse_config({"dataset": {"kind": "moons"}, "batch_size": 64})
    configs = [base, with_changes(base, {"batch_size": 32}), with_changes(base, {"dataset.kind": "circle"})]
    assert labels_of(configs) == ["Two moons", "Two moons, batch 32", "Circle"]
    assert labels_of([base]) == ["baseline"]


def test_a_variants_own_label_is_kept_beside_what_differs(tmp_path: Path) -> None:
    own = study('[[variant]]\nname = "a"\n[[variant]]\nname = "b"\nlabel = "big"\nset = {batch_size = 256}\n')
    assert [variant.label for variant in own.variants] == ["baseline", "big"]
    table = run_table(Store(tmp_path), own, 1)
    assert table["label"].tolist() == ["baseline", "big"]
    assert table["changes"].tolist() == ["baseline", "batch 256"]
