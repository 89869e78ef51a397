"""Everything that a part, a family's member or a recipe declares as worth trying takes part, a plug-in's too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from gancore.config import Choice, ConfigError, RunConfig, flatten, with_changes
from gancore.fixing.candidates import TASK, candidates, config_of
from gancore.parts import STEPS, Latent, Loss, Optimizer, Part, Penalty, Update, Worth, worth_trying
from gancore.parts.losses.least_squares import LeastSquares
from gancore.parts.optimizers.adam import Adam
from gancore.parts.penalties.zero_centred import R1
from gancore.recipes import RECIPES, add_folder

START = RunConfig()
BEFORE = flatten(START)


def declared(part: Part, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and changes of all that is declared, read off the classes without what makes candidates of it."""
    for name, mark in worth_trying(type(part)):
        now = getattr(part, name)
        for value in (*mark.values, *(now * factor for factor in mark.times)):
            table = value if isinstance(value, dict) else {"": value}
            yield f"{prefix}{name}", {f"{prefix}{name}.{key}".rstrip("."): v for key, v in table.items()}
    for name in type(part).model_fields:
        value, here = getattr(part, name), f"{prefix}{name}"
        if not isinstance(value, Part) or here in TASK:
            continue
        yield from declared(value, f"{here}.")
        if isinstance(value, Choice):
            family = next(one for one in type(value).__mro__ if Choice in one.__bases__)
            for kind, member in family.registry.items():
                for mark in member.__dict__.get("worth", ()):
                    for table in mark.values:
                        changes = {f"{here}.kind": kind} | {f"{here}.{key}": v for key, v in table.items()}
                        yield f"{here}.kind={kind}", changes


def test_every_declared_value_takes_part_where_it_makes_a_sound_configuration():
    tried = [flatten(config_of(START, one)) for one in candidates(START)]
    missed, met = [], 0
    for path, changes in declared(START):
        resolved = {name: START.steps if value == STEPS else value for name, value in changes.items()}
        try:
            config = with_changes(START, resolved)
        except ConfigError:
            continue  # such as a paired loss, which separate updates cannot have
        after = flatten(config)
        moved = {name: value for name, value in after.items() if BEFORE.get(name) != value}
        if not moved or config.warnings():
            continue
        met += 1
        if not any(moved.items() <= one.items() for one in tried):
            missed.append(path)
    assert not missed and met > 20


def test_every_recipe_that_is_worth_trying_takes_part():
    tried = {config_of(START, one).run_id for one in candidates(START)}
    for one in RECIPES.values():
        changes = one.for_steps(START.steps)
        if one.worth_trying and not any(path.startswith("dataset.") for path in changes):
            assert with_changes(START, changes).run_id in tried, one.name


@pytest.mark.parametrize("family", [Loss, Penalty, Optimizer, Update, Latent], ids=lambda family: family.__name__)
def test_a_plug_in_s_member_is_tried_by_declaring_it(family: type[Choice]):
    base: type[Choice] = {Loss: LeastSquares, Penalty: R1, Optimizer: Adam}.get(family, type(_of(family)))  # type: ignore[call-overload]
    try:
        member = type(
            "Another",
            (base,),
            {
                "__module__": __name__,
                "__doc__": "A member from outside.",
                "__annotations__": {"kind": Literal["another"]},
                "kind": "another",
                "worth": (Worth(({},), "A test"),),
            },
        )
        found = [one for one in candidates(START) if one.source == "A test"]
        paths = {path for one in found for path in one.changes}
        assert paths and all(path.endswith(".kind") for path in paths)
        for one in found:
            assert any(type(getattr(config_of(START, one), path.split(".")[0])) is member for path in one.changes)
    finally:
        family.registry.pop("another", None)
        for act in Choice.on_registered:
            act()


def _of(family: type[Choice]) -> Choice:
    return next(value for _, value in START if isinstance(value, family))


def test_a_plug_in_s_recipe_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(RECIPES, "_added", {})
    (tmp_path / "of-a-test.toml").write_text(
        'label = "Of a test"\nsentence = "It has a batch of 77."\nsource = "A test"\n[settings]\nbatch_size = 77\n'
    )
    add_folder(tmp_path)
    one = next(one for one in candidates(START) if one.label == "Of a test")
    assert one.kind == "recipe" and one.source == "A test" and config_of(START, one).batch_size == 77
