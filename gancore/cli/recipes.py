"""gancore recipes: presets with a source each, for ``gancore train --recipe`` and for factors of studies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancore.cli.common import JsonOption, print_json, print_table
from gancore.config import ConfigError, quoted

if TYPE_CHECKING:
    from gancore.recipes import Recipe

app = typer.Typer(help="Recipes: settings that belong together, each with its source.", no_args_is_help=True)


@app.command("list")
def list_recipes(as_json: JsonOption = False) -> None:
    """List every recipe: its name, and what it is in a sentence."""
    from gancore.recipes import RECIPES

    if as_json:
        for one in RECIPES.values():
            print_json(_json(one))
        return
    print_table(["recipe", "label", "what it is"], [[one.name, one.label, one.sentence] for one in RECIPES.values()])


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A recipe's name, or your own recipe's .toml file.")],
    as_json: JsonOption = False,
) -> None:
    """Show a recipe: its source, what it changes of the baseline, and what is worth knowing."""
    from gancore.config import RunConfig, flatten
    from gancore.studies.commands import value_text

    found = named_recipe(name)
    assert found is not None
    if as_json:
        print_json(_json(found))
        return
    print(f"{found.label}\n{found.sentence}\nSource: {found.source}{f', {found.address}' if found.address else ''}")
    if found.notes:
        print(found.notes)
    default = flatten(RunConfig())
    rows = [
        [path, value_text(value) or "[]", value_text(default[path]) if path in default else "–"]
        for path, value in (found.task_changes | found.changes).items()
    ]
    print()
    print_table(["setting", "recipe", "baseline"], rows) if rows else print("It changes nothing.")
    print(f"\ngancore train --recipe {name}")


def recipe_given(name: str | None) -> Recipe | None:
    """The recipe that ``--recipe`` names; None where it is not given. Raises ConfigError."""
    try:
        return named_recipe(name)
    except ConfigError as error:
        raise error.named({"recipe": "--recipe"}) from None


def named_recipe(name: str | None) -> Recipe | None:
    """The recipe of this name, or of a ``.toml`` file of the user's own; None for None. Raises ConfigError."""
    from gancore.recipes import read_recipe, recipe

    if name is None:
        return None
    if not name.endswith(".toml"):
        return recipe(name)
    from gancore.recipes.recipe import MOST
    from gancore.store.errors import Damaged
    from gancore.store.files import read_bounded

    try:
        text = read_bounded(Path(name), MOST).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError.of("recipe", f"{quoted(name)} cannot be read ({error.strerror or error})") from None
    except Damaged:
        raise ConfigError.of("recipe", f"{quoted(name)} is too large; a recipe has at most {MOST // 1024} KB") from None
    except UnicodeDecodeError:
        raise ConfigError.of("recipe", f"{quoted(name)} is not UTF-8 text") from None
    return read_recipe(text, Path(name).stem)


def _json(one: Recipe) -> dict[str, Any]:
    """A recipe as the one JSON object that ``--json`` prints."""
    return one.model_dump(mode="json") | {"task": one.task_changes, "settings": one.changes}
