"""``recipe = NAME`` beside settings, as a factor's level, and what a configuration's recipe is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gancore.config import RunConfig, flatten, with_changes
from gancore.recipes.recipe import Recipe
from gancore.recipes.registry import RECIPES, recipe

KEY = "recipe"
"""Stands for a recipe's settings where settings are given."""


def expanded(changes: Mapping[str, Any], steps: int | None = None) -> dict[str, Any]:
    """Changes (dotted path → value) with the settings of the recipe that they name, if any, below their own.

    ``steps``: where the recipe's schedules end. The distribution and the length of a recipe's source are left out.
    Raises ConfigError for an unknown recipe.
    """
    if KEY not in changes:
        return dict(changes)
    rest = {path: value for path, value in changes.items() if path != KEY}
    settings = recipe(changes[KEY]).for_steps(steps)
    for path, value in rest.items():
        if path.endswith("kind") and settings.get(path) != value:  # another kind has none of the recipe's settings
            group = path.removesuffix("kind")
            settings = {name: v for name, v in settings.items() if not name.startswith(group)}
    return settings | rest


def setting_of_levels(levels: Iterable[Mapping[str, Any]], steps: int) -> list[str] | None:
    """The recipes that levels (dotted path → value each) are in runs of so many steps; None where one is no recipe."""
    names = {_key(one.for_steps(steps)): one.name for one in RECIPES.values()}
    found = [names.get(_key(level)) for level in levels]
    return None if None in found else [str(name) for name in found]


def matching(config: RunConfig) -> Recipe | None:
    """The recipe that a configuration is, whatever its distribution, its length and its seed; None for none."""
    mine = _method(config)
    base = RunConfig().model_copy(update={"dataset": config.dataset})
    for one in RECIPES.values():
        changes = one.for_steps(config.steps)
        # Before the cost of building it: what it sets is there.
        if all(mine.get(path, value) == value for path, value in changes.items() if not path.startswith("dataset.")):
            try:
                if _method(with_changes(base, changes)) == mine:
                    return one
            except ValueError:
                continue
    return None


def _method(config: RunConfig) -> dict[str, Any]:
    """A config's settings without its task and what is only written down."""
    apart = ("seed", "steps", "log_every", "snapshot_every")
    return {path: value for path, value in flatten(config).items() if path not in apart}


def _key(changes: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((path, repr(value)) for path, value in changes.items()))
