"""Every recipe by its name: those of gancore, a file each in ``library``, and those that plug-ins add."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from gancore.config import ConfigError
from gancore.recipes.recipe import Recipe, read_recipe

FIRST = "baseline"
"""The first in lists; all others follow by their labels."""


class _Recipes(Mapping[str, Recipe]):
    """Name → recipe. A file is read when a list is first asked for: an import costs nothing."""

    def __init__(self) -> None:
        self._added: dict[str, Recipe] = {}
        self._shipped: dict[str, Recipe] | None = None

    def __getitem__(self, name: str) -> Recipe:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    @property
    def shipped(self) -> tuple[str, ...]:
        """Names of those that gancore brings."""
        self._all()
        return tuple(self._shipped or ())

    def add(self, recipe: Recipe) -> None:
        """One more; TypeError where its name is taken."""
        if recipe.name in self._all():
            raise TypeError(f"the recipe {recipe.name!r} is there already; use another name")
        self._added[recipe.name] = recipe.check()

    def _all(self) -> dict[str, Recipe]:
        if self._shipped is None:
            self._shipped = {one.name: one for one in _of_folder(resources.files("gancore.recipes") / "library")}
        every = self._shipped | self._added
        return dict(sorted(every.items(), key=lambda item: (item[0] != FIRST, item[1].label.lower())))


RECIPES = _Recipes()
"""Every recipe by its name, the baseline first."""


def add_recipe(recipe: Recipe) -> Recipe:
    """Add a recipe, as plug-ins do when they are imported; raises TypeError or ConfigError."""
    RECIPES.add(recipe)
    return recipe


def add_folder(folder: Any) -> list[Recipe]:
    """Add every ``NAME.toml`` of a folder (a path, or ``importlib.resources.files``); raises TypeError, ConfigError."""
    return [add_recipe(one) for one in _of_folder(folder)]


def recipe(name: str) -> Recipe:
    """The recipe of that name; raises ConfigError with the likely one."""
    if isinstance(name, str) and name in RECIPES:
        return RECIPES[name]
    near = difflib.get_close_matches(str(name)[:80].lower().replace("_", "-").replace(" ", "-"), RECIPES, 1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    raise ConfigError.refused("recipe", name, f"use one of {', '.join(RECIPES)}", f"is unknown{meant}")


def recipe_names() -> list[str]:
    """Names of all recipes, the baseline first."""
    return list(RECIPES)


def _of_folder(folder: Any) -> list[Recipe]:
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    texts = {entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8") for entry in files}
    return [read_recipe(text, name) for name, text in sorted(texts.items())]
