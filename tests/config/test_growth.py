"""Configurations that grow without orphaning runs: what is hashed, and what a stored configuration means."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import pytest

from gancore.config import ConfigError, RunConfig, stored_config, with_changes
from gancore.parts import Choice, Part, PerRun, Since, Static, completed, identity, roles
from gancore.store.bundles import gallery_bundles
from gancore.studies import finished_studies, load_study

SHIPPED = Path(__file__).with_name("shipped_runs.txt")
"""A line a study: its name, and the first twelve digits of each shipped run's id, in order."""


def golden() -> dict[str, list[str]]:
    return {name: ids for name, *ids in (line.split() for line in SHIPPED.read_text().splitlines())}


def short(run_ids: Iterable[str]) -> list[str]:
    return sorted(run_id[:12] for run_id in run_ids)


def test_shipped_runs_have_the_ids_they_were_released_with():
    assert {bundle.name: short(bundle.run_ids) for bundle in gallery_bundles()} == golden()
    for bundle in gallery_bundles():
        for run in bundle.runs():
            assert run.config.run_id == run.run_id


def test_shipped_studies_ask_for_the_runs_that_shipped_with_them():
    asked = {
        study.name: short(config.run_id for config in study.configs()) for study in map(load_study, finished_studies())
    }
    assert asked == golden()


class Grown(RunConfig):
    """With a field that a later release might add."""

    slope: Annotated[Static[float], Since("9.0", neutral=0.2)] = 0.2


class Moved(RunConfig):
    """The same, and then its default moved."""

    slope: Annotated[Static[float], Since("9.0", neutral=0.2)] = 0.1


def test_a_later_field_keeps_ids_at_its_neutral_value_alone():
    base = RunConfig().run_id
    assert Grown().run_id == base
    assert Grown(slope=0.3).run_id != base


def test_a_changed_default_reuses_no_old_result():
    assert Moved().run_id != RunConfig().run_id
    assert Moved().run_id == Grown(slope=0.1).run_id
    assert Moved(slope=0.2).run_id == RunConfig().run_id


def test_a_plain_part_can_become_a_family(monkeypatch):
    monkeypatch.setattr(Choice, "families", list(Choice.families))

    class Plain(Part):
        rate: PerRun[float] = 1.0

    class Family(Choice):
        """What it became."""

    class First(Family):
        kind: Annotated[Literal["first"], Since("9.0", neutral="first")] = "first"
        rate: PerRun[float] = 1.0

    class Second(Family):
        kind: Literal["second"] = "second"
        rate: PerRun[float] = 1.0

    assert identity(First()) == identity(Plain()) == {"rate": 1.0}
    assert identity(Second()) == {"kind": "second", "rate": 1.0}
    assert completed({"rate": 0.5}, Family) == {"kind": "first", "rate": 0.5}
    assert completed({"kind": "second", "rate": 0.5}, Family) == {"kind": "second", "rate": 0.5}


def test_both_optimizers_are_such_a_family():
    old = identity(RunConfig())
    assert "kind" not in old["g_optimizer"] and "penalty" not in old
    assert identity(with_changes(RunConfig(), {"d_optimizer.kind": "sgd"}))["d_optimizer"]["kind"] == "sgd"


@pytest.mark.parametrize("changes", [{}, {"penalty.kind": "r1"}, {"g_optimizer.kind": "sgd", "dataset.kind": "ring"}])
def test_what_is_stored_means_the_same_run_again(changes):
    config = with_changes(RunConfig(), changes)
    again = stored_config(identity(config))
    assert again == config and again.run_id == config.run_id


def test_a_stored_configuration_takes_no_default(monkeypatch):
    """A run from before the penalty had none, whatever the default is by now."""
    assert stored_config(identity(RunConfig())).penalty.kind == "none"
    whole = identity(RunConfig())
    del whole["batch_size"]
    with pytest.raises(ConfigError, match="batch_size"):
        stored_config(whole)


def test_a_stored_setting_that_nobody_knows_is_named():
    for change in (
        {"ema": 0.999},
        {"loss": {"kind": "perceptual"}},
        {"generator": identity(RunConfig())["generator"] | {"x": 1}},
    ):
        with pytest.raises(ConfigError, match=r"ema|loss\.kind|generator\.x"):
            stored_config(identity(RunConfig()) | change)


def test_a_field_without_a_role_is_an_error_where_it_is_defined():
    with pytest.raises(TypeError, match=r"Forgotten\.weight: it must declare one role"):

        class Forgotten(Part):
            weight: float = 1.0


def test_a_field_has_one_role():
    with pytest.raises(TypeError, match=r"Twice\.weight"):

        class Twice(Part):
            weight: Static[PerRun[float]] = 1.0  # type: ignore[valid-type]


def test_every_part_of_a_run_declares_its_roles():
    def declared(part: type[Part]) -> bool:
        parts = [part.model_fields[name].annotation for name, role in roles(part).items() if role is None]
        return all(isinstance(one, type) and issubclass(one, Part) and declared(one) for one in parts)

    for family in Choice.families:
        for member in family.registry.values():
            assert declared(member), member
    assert RunConfig in (RunConfig,) and roles(RunConfig)["seed"]
