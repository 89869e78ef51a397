"""Settings that change while a run trains: which, to what value, and from which step on."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from pydantic import ValidationError
from pydantic_core import core_schema

from gancore.config.problems import error_of
from gancore.parts import ConfigError, Part, Role, roles, with_role
from gancore.parts.errors import one_of, quoted

MOST = 64
"""Changes that a run may have."""
EXAMPLE = "3000:d_optimizer.learning_rate=0.0001"
FORM = re.compile(r"([0-9]{1,7}):([a-z0-9_]+(?:\.[a-z0-9_]+)*)=([-+.0-9eE]{1,40})")
NO_TOGGLE = {"ema.decay": "what it averages begins with the run"}
"""Settings that no change turns on or off, as other arrays would belong to the run then, and why."""

RunConfig = Any
"""The module that has it imports this one."""
Config = TypeVar("Config")


@dataclass(frozen=True, order=True)
class Change:
    """From a step on, a setting has another value: ``3000:d_optimizer.learning_rate=0.0001``, as stored and typed.

    The first ``step`` steps are trained with what the setting was before.
    """

    step: int
    path: str
    value: float
    written: ClassVar[str] = f"changes, such as {EXAMPLE}"

    @classmethod
    def read(cls, given: object) -> Change:
        """A change from its text; raises ConfigError."""
        try:
            return cls._read(given)
        except ValueError as error:
            raise ConfigError.refused("changes", given, str(error)) from None

    @classmethod
    def _read(cls, given: object) -> Change:
        if isinstance(given, Change):
            return given
        match = FORM.fullmatch("".join(given.split())) if isinstance(given, str) and len(given) <= 200 else None
        try:
            value = float(match[3]) if match else math.nan
        except ValueError:
            value = math.nan
        if match is None or not math.isfinite(value):
            raise ValueError(f"it must be STEP:SETTING=VALUE, such as {EXAMPLE}")
        return cls(int(match[1]), match[2], value + 0.0)

    def __str__(self) -> str:
        return f"{self.step}:{self.path}={number_text(self.value)}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        text = core_schema.plain_serializer_function_ser_schema(str)
        return core_schema.no_info_plain_validator_function(cls._read, serialization=text)


def number_text(value: float) -> str:
    """The shortest text that stands for a number, the same for a whole one however it was given."""
    return repr(float(value) + 0.0).removesuffix(".0")  # no minus before a zero


def changeable(config: RunConfig) -> list[str]:
    """The settings of a run that may change while it trains: those that are a number of each run."""
    return [path for path, _ in with_role(config, Role.PER_RUN)]


def stages(config: RunConfig) -> list[tuple[int, Any]]:
    """First step and settings of each stretch that a run is trained in, the first from 0; none of them has changes.

    Raises ConfigError where a change is not allowed.
    """
    now = config.model_copy(update={"changes": ()})
    found = [(0, now)]
    for step, changes in itertools.groupby(sorted(config.changes), key=lambda change: change.step):
        now = _changed(now, step, list(changes))
        found.append((step, now))
    return found


def at_step(config: Config, step: int) -> Config:
    """The settings by which step number ``step`` (from 0) of a run is trained, without changes."""
    return [now for begin, now in stages(config) if begin <= step][-1]


def checked(config: RunConfig) -> tuple[Change, ...]:
    """A config's changes in the order of their steps; raises ConfigError where one is not allowed."""
    changes: list[Change] = sorted(config.changes)
    if len(changes) > MOST:
        raise ConfigError.of("changes", f"{len(changes)} are not allowed; a run has at most {MOST}")
    for change in changes:
        if not 1 <= change.step < config.steps:
            last = config.steps - 1
            allowed = f"use a step from 1 to {last}" if last else "a run of one step has no changes"
            raise _refused(change, f"is not within the run's {config.steps} steps; {allowed}")
    for one, other in itertools.pairwise(changes):
        if (one.step, one.path) == (other.step, other.path):
            raise _refused(other, f"is not the only one of {other.path} at step {other.step}; keep one of them")
    for (_, before), (step, _) in itertools.pairwise(stages(config)):
        for change in changes:
            if change.step == step and _value(before, change.path) == change.value:
                raise _refused(change, f"changes nothing, as {change.path} has that value already; leave it out")
    return tuple(changes)


def with_change(config: Config, *changes: Change) -> Config:
    """The config with more changes, each in the place of one of the same setting at the same step; at step 0, set.

    What then changes nothing is left out. Raises ConfigError, whose path is the setting.
    """
    now: Any = config
    for change in changes:
        others: list[Change] = [one for one in now.changes if (one.step, one.path) != (change.step, change.path)]
        kept, value = list[Change](), _changed(at_step(now, max(0, change.step - 1)), change.step, [change])
        begin = now.model_copy(update={"changes": ()})
        if change.step == 0:
            begin = value
        values = {path: _value(begin, path) for path in {change.path, *(one.path for one in others)}}
        both: list[Change] = [*others, change] if change.step else others
        for one in sorted(both):
            if values[one.path] != one.value:
                values[one.path] = one.value
                kept.append(one)
        now = _validated(begin, {"changes": [str(one) for one in kept]})
    return now


def _changed(config: Config, step: int, changes: Iterable[Change]) -> Config:
    """The settings with all changes of a step; raises ConfigError, whose path is ``changes``."""
    now: Any = config
    plain: dict[str, Any] = now.model_dump(mode="json")
    for change in changes:
        *owners, name = change.path.split(".")
        part: Any = now
        table: dict[str, Any] = plain
        for owner in owners:
            part = getattr(part, owner) if isinstance(part, Part) and owner in type(part).model_fields else None
            table = table[owner] if part is not None else {}
        if not isinstance(part, Part) or roles(type(part)).get(name) is not Role.PER_RUN:
            allowed = one_of(changeable(config), change.path)
            raise _refused(change, f"is not a change of a number that a run may have of its own; {allowed}")
        table[name] = int(change.value) if change.value == int(change.value) else change.value
        if change.path in NO_TOGGLE and part.on(name) != _on(part, name, change.value):
            raise _refused(change, f"is not allowed, as {NO_TOGGLE[change.path]}")
    kind: Any = type(config)
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        wrong = error_of(error)
        raise ConfigError.of("changes", f"from step {step}: {wrong}", wrong.value, wrong.allowed) from None


def _on(part: Part, name: str, value: float) -> bool:
    """Whether a setting would be part of the program with another value."""
    return part.model_copy(update={name: value}).on(name)


def _validated(config: Config, update: dict[str, Any]) -> Config:
    now: Any = config
    kind: Any = type(config)
    try:
        return kind.model_validate(now.model_dump(mode="json") | update)
    except ValidationError as error:
        raise error_of(error) from None


def _value(config: Any, path: str) -> Any:
    for name in path.split("."):
        config = getattr(config, name)
    return config


def _refused(change: Change, because: str) -> ConfigError:
    return ConfigError.of("changes", f"{quoted(str(change))} {because}", str(change), because.rpartition("; ")[2])


def alike_until(one: RunConfig, other: RunConfig) -> int:
    """How many steps from the first on two runs are trained by the same settings; 0 where they differ from the start.

    Where runs differ in nothing but their length and in later changes, what the one is after so many steps the other
    is too, bit for bit.
    """
    end = min(one.steps, other.steps)
    borders = sorted({0, *(change.step for config in (one, other) for change in config.changes)})
    for step in borders:
        if step >= end:
            break
        same = {"steps": end}
        if at_step(one, step).model_copy(update=same) != at_step(other, step).model_copy(update=same):
            return step
    return end
