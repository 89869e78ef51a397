"""One recipe: what it is called, where it comes from, and the settings that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gancore.config import ConfigError, RunConfig, check_plain, error_of, flatten, with_changes
from gancore.config.plain import dotted
from gancore.config.toml import toml_of

MOST = 16 * 1024
"""Bytes of a recipe's file."""
TASK = ("dataset.kind", "steps")
"""What is of the task, not of the method: a recipe holds for any distribution and length."""
LONGEST = 1_000_000
USUAL_STEPS = int(RunConfig.model_fields["steps"].default)

Line = Annotated[str, Field(min_length=1, max_length=300)]


class Recipe(BaseModel):
    """Settings that somewhere were used together; its file has the same keys, and its file's name is its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,63}$")]
    label: Annotated[str, Field(min_length=1, max_length=60)]
    """Its name for people."""
    sentence: Line
    """What it is, in plain words."""
    source: Line
    """Title and authors of what it comes from."""
    address: Annotated[str, Field(pattern="^(https://[^ ]+)?$", max_length=300)] = ""
    """Where that is read."""
    notes: Annotated[str, Field(max_length=1000)] = ""
    """What is worth knowing: what the source did otherwise, and what to expect."""
    worth_trying: bool = True
    """Whether a search for what makes a failing GAN learn tries it; not a control, nor what is for one task."""
    settings: dict[str, Any] = {}
    """What it changes of the baseline, as in a study file; everything but the task."""
    task: dict[str, Any] = {}
    """What its source trained on (``dataset``) and how long (``steps``), where that is a part of it."""

    @cached_property
    def changes(self) -> dict[str, Any]:
        """Dotted path → value of what it sets, as a configuration has them: the method alone."""
        flat = flatten(with_changes(RunConfig(), dotted(self.settings)))
        return {path: flat[path] for path in dotted(self.settings)}

    @cached_property
    def task_changes(self) -> dict[str, Any]:
        """Dotted path → value of its source's distribution and number of steps; empty where it has none."""
        return dotted(self.task)

    @property
    def steps(self) -> int:
        """The steps that its schedules are made for."""
        return int(self.task_changes.get("steps", USUAL_STEPS))

    @property
    def config(self) -> RunConfig:
        """The whole configuration, of seed 0: the baseline with the recipe's task and settings."""
        return with_changes(RunConfig(), self.task_changes | self.changes)

    def for_steps(self, steps: int | None) -> dict[str, Any]:
        """``changes``, but what ends with the recipe's steps ends with these instead; None for its own."""
        if steps is None:
            return dict(self.changes)
        ends = (".end", ".until")
        return {path: steps if path.endswith(ends) and v == self.steps else v for path, v in self.changes.items()}

    def start(self, given: Mapping[str, Any]) -> RunConfig:
        """The configuration that changes ``given`` are made to: the recipe on its own task, as far as they leave it.

        Where they choose a distribution the source's is left out, and where they say how long, the recipe's schedules
        end then. Raises ConfigError.
        """
        other = "dataset.kind" in given or "dataset" in given
        task = {path: value for path, value in self.task_changes.items() if not (other and path.startswith("dataset."))}
        text = str(given.get("steps", "")).strip()
        length = int(text) if text.isdecimal() and 0 < int(text) <= LONGEST else None  # another one is refused
        begun = with_changes(RunConfig(), task | ({} if length is None else {"steps": length}))
        return with_changes(begun, self.for_steps(length))

    def check(self) -> Recipe:
        """The recipe, if its settings are a configuration; raises ConfigError."""
        try:
            for path in dotted(self.settings):
                if path in TASK:
                    raise ConfigError.of(f"settings.{path}", "it is no part of a method; set it under [task]")
            for path in dotted(self.task):
                if path not in TASK and not path.startswith("dataset."):
                    raise ConfigError.of(f"task.{path}", "a task is dataset and steps; set the rest under [settings]")
            check_plain(self.settings)
            check_plain(self.task)
            for path in ("seed", "log_every", "snapshot_every"):
                if path in self.settings:
                    raise ConfigError.of(f"settings.{path}", "it is no part of a recipe; leave it out")
            with_changes(RunConfig(), dotted(self.task) | dotted(self.settings))
            # By itself as well, as studies use it on other distributions.
            with_changes(RunConfig(), dotted(self.settings))
        except ConfigError as error:
            raise error.within(f"recipe {self.name}", field=False) from None
        return self


def read_recipe(text: str, name: str) -> Recipe:
    """The recipe of a TOML file's text; raises ConfigError with what is wrong in it."""
    try:
        content = toml_of(text, "a recipe", MOST)
        check_plain(content)
        if "name" in content:
            raise ConfigError.of("name", "it is not allowed; the file's name is the recipe's")
        found = Recipe.model_validate({"name": name, **content})
    except ValidationError as error:
        raise error_of(error).within(f"recipe {name[:80]}", field=False) from None
    except ConfigError as error:
        raise error.within(f"recipe {name[:80]}", field=False) from None
    return found.check()
