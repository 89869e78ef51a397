"""Changes that are worth trying: what each part, setting and recipe declares for that, made to one configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gancore.config import Choice, ConfigError, RunConfig, fields_of, flatten, with_changes
from gancore.config.hints import did_you_mean
from gancore.jobs.estimate import work
from gancore.parts import STEPS, Part, Worth, worth_trying
from gancore.recipes import RECIPES
from gancore.studies.design import overlap
from gancore.studies.labels import BASELINE, label_of, slug

LONGEST_KEY = 60
Kind = Literal["setting", "pair", "recipe"]
Equal = Literal["steps", "cost"]
TASK = ("dataset", "seed", "log_every", "snapshot_every")
"""Groups and settings that are of the task, or only say what is written down: never changed."""
ENDS = (".end", ".until")
"""Endings of settings that are a step of the run, and move with its length."""


class Candidate(BaseModel):
    """One change to the start."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str = Field(max_length=200)
    """Its name in a study."""
    label: str = Field(max_length=400)
    """What it changes, in words."""
    kind: Kind
    changes: dict[str, Any]
    """Dotted path → value, on top of the start."""
    source: str = Field(max_length=700)
    """Where it comes from."""
    parts: tuple[str, ...] = ()
    """Of a pair, the keys of its two settings."""


def candidates(start: RunConfig, locked: Sequence[str] = ()) -> list[Candidate]:
    """Every single change and then every recipe that is worth trying at a start; raises ConfigError.

    The same setting of both networks, such as their learning rates, is one change. ``locked``: settings or groups of
    them, as dotted paths, that stay as they are. What leaves the configuration as it is, or makes none, is left out.
    """
    check_locked(start, locked)
    found: dict[str, Candidate] = {}
    for kind, changes, source, label in (*_settings(start), *_recipes(start)):
        one = _candidate(start, kind, changes, source, label)
        if one is not None and not _touches(start, one, locked):
            found.setdefault(config_of(start, one).run_id, one)
    if not found:
        raise ConfigError.of("lock", "it leaves nothing that could be tried; lock fewer settings")
    return list(found.values())


def pair(start: RunConfig, one: Candidate, other: Candidate) -> Candidate | None:
    """Two single changes together; None where they change the same setting, or make no configuration."""
    if any(overlap(_owner(path), _owner(name)) for path in one.changes for name in other.changes):
        return None
    changes = one.changes | other.changes
    return _candidate(
        start, "pair", changes, f"{one.source}; {other.source}", f"{one.label} + {other.label}", (one.key, other.key)
    )


def config_of(start: RunConfig, candidate: Candidate | None, equal: Equal = "steps", share: float = 1.0) -> RunConfig:
    """The start with a candidate's changes (None for the start itself); schedules that end with the run still do.

    ``equal``: whether it trains for as many steps as the start (times what the candidate says), or for as many as cost
    what the start costs. ``share``: of a whole run's steps, for a short race.
    """
    changes = {} if candidate is None else dict(candidate.changes)
    steps = int(changes.get("steps", start.steps))
    full = lengthened(start, changes, steps)
    if equal == "cost" and candidate is not None:
        steps = max(1, round(steps * work(start) / work(full)))
    steps = max(1, round(steps * share))
    return full if steps == full.steps else lengthened(start, changes, steps)


def lengthened(start: RunConfig, changes: Mapping[str, Any], steps: int) -> RunConfig:
    """The start with changes, and with so many steps; what ended with the start's run ends with this one.

    What changes on the way does so after the same share of the steps.
    """
    own = {path: value for path, value in flatten(start).items() if path.endswith(ENDS) and value == start.steps}
    kinds = [path.removesuffix("kind") for path in changes if path.endswith("kind")]
    ends = {path: steps for path in own if not any(path.startswith(kind) for kind in kinds)}
    ends |= {path: steps for path, value in changes.items() if path.endswith(ENDS) and value == start.steps}
    on_the_way = [replace(one, step=max(1, round(one.step * steps / start.steps))) for one in start.changes]
    return with_changes(start, {**changes, **ends, "steps": steps, "changes": [str(one) for one in on_the_way]})


def check_locked(start: RunConfig, locked: Sequence[str]) -> None:
    """Raise ConfigError for a name that is no setting of the start, and no group of them."""
    known = list(dict.fromkeys(part for path in flatten(start) for part in _groups(path)))
    for path in locked:
        if path not in known and not _anywhere(path):
            allowed = "use a setting or a group of settings, such as batch_size or g_optimizer"
            raise ConfigError.refused("lock", path, allowed, f"is no setting{did_you_mean(path, known)}")


def _settings(start: RunConfig) -> Iterator[tuple[Kind, dict[str, Any], str, str]]:
    """Every single change that a field or a member of a family declares."""
    found: dict[tuple[int, int], tuple[dict[str, Any], str]] = {}
    for number, changes, mark in _marked(start, ""):
        # One mark that is met in several places (the learning rate of both networks) makes one change.
        before, _ = found.get((id(mark), number), ({}, ""))
        found[id(mark), number] = ({**before, **changes}, mark.source)
    for changes, source in found.values():
        yield "setting", changes, source, ""


def _marked(part: Part, prefix: str) -> Iterator[tuple[int, dict[str, Any], Worth]]:
    for name, mark in worth_trying(type(part)):
        for number, value in enumerate(_values(mark, getattr(part, name))):
            table = value if isinstance(value, Mapping) else None
            changes = {f"{prefix}{name}": value} if table is None else _within(f"{prefix}{name}", table)
            yield number, changes, mark
    for name in type(part).model_fields:
        value = getattr(part, name)
        here = f"{prefix}{name}"
        if not isinstance(value, Part) or here in TASK:
            continue
        yield from _marked(value, f"{here}.")
        if isinstance(value, Choice):
            family = next(one for one in type(value).__mro__ if Choice in one.__bases__)
            for kind, member in family.registry.items():
                for mark in member.__dict__.get("worth", ()):
                    for number, table in enumerate(mark.values):
                        yield number, {f"{here}.kind": kind} | _within(here, table), mark


def _values(mark: Worth, now: Any) -> list[Any]:
    return [*mark.values, *(type(now)(now * factor) for factor in mark.times)]


def _within(path: str, table: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{path}.{name}": value for name, value in table.items()}


def _recipes(start: RunConfig) -> Iterator[tuple[Kind, dict[str, Any], str, str]]:
    """Every recipe that is one of a method alone, as what it changes of the start."""
    base = RunConfig().model_copy(update={"dataset": start.dataset, "seed": start.seed})
    for one in RECIPES.values():
        changes = one.for_steps(start.steps)
        if not one.worth_trying or any(path.startswith("dataset.") for path in changes):
            continue
        whole = flatten(with_changes(base, {"steps": start.steps, **changes}))
        before = flatten(start)
        apart = {path: value for path, value in whole.items() if before.get(path) != value}
        yield "recipe", {path: v for path, v in apart.items() if path not in TASK}, one.source, one.label


def _candidate(
    start: RunConfig, kind: Kind, changes: Mapping[str, Any], source: str, label: str, parts: tuple[str, ...] = ()
) -> Candidate | None:
    """The candidate, or None where it changes nothing or makes no configuration that is meant to work."""
    resolved = {path: start.steps if value == STEPS else value for path, value in changes.items()}
    try:
        config = with_changes(start, resolved)
    except ConfigError:
        return None
    words = label or _in_words(start, config, resolved)
    if config == start or words == BASELINE or config.warnings():
        return None
    key = slug(words)
    if len(key) > LONGEST_KEY:  # told apart by what was cut off
        key = f"{key[: LONGEST_KEY - 9].strip('-')}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"
    return Candidate(key=key, label=words, kind=kind, changes=resolved, source=source, parts=parts)


def _in_words(start: RunConfig, config: RunConfig, changes: Mapping[str, Any]) -> str:
    """A change's label; what both networks share is said once: ``both networks: learning rate 0.001``."""
    words = label_of(config, [start])
    pieces = words.split(", ")
    one, other = (
        [piece for piece in pieces if piece.startswith(f"{name} ")] for name in ("generator", "discriminator")
    )
    shared = [piece.split(" ", 1)[1] for piece in one]
    alike = len(changes) > 1 and len(one) + len(other) == len(pieces)
    if alike and shared == [piece.split(" ", 1)[1] for piece in other]:
        return f"both networks: {', '.join(shared)}"
    return words


def _touches(start: RunConfig, one: Candidate, locked: Sequence[str]) -> bool:
    """Whether a candidate changes what is locked; a recipe also where it brings another kind of a locked group."""
    if not locked:
        return False
    before, after = flatten(start), flatten(config_of(start, one))
    moved = [path for path in {**before, **after} if before.get(path) != after.get(path) and path not in TASK]
    return any(overlap(path, lock) for path in moved for lock in locked)


def _owner(path: str) -> str:
    """What two changes must not share: the group whose kind a path sets, or the path itself."""
    return path.removesuffix(".kind")


def _groups(path: str) -> Iterator[str]:
    names = path.split(".")
    yield from (".".join(names[:count]) for count in range(1, len(names) + 1))


@lru_cache
def _paths() -> frozenset[str]:
    """Every path of every member of every family, with one level of families within them."""
    found: set[str] = set()

    def visit(part: type[BaseModel], prefix: str, depth: int) -> None:
        members = (
            list(part.registry.values()) if issubclass(part, Choice) and "kind" not in part.model_fields else [part]
        )
        for member in members:
            for name, info in {**member.model_fields, **fields_of(member)}.items():
                found.add(prefix + name)
                kind = info.annotation
                if depth and isinstance(kind, type) and issubclass(kind, BaseModel):
                    visit(kind, f"{prefix}{name}.", depth - 1)

    visit(RunConfig, "", 3)
    return frozenset(found)


def _anywhere(path: str) -> bool:
    """Whether some configuration has this setting."""
    return path in _paths()
