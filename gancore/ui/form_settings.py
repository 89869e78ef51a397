"""The settings that a form has, where some kinds are chosen: their order, their groups and what may be chosen."""

from __future__ import annotations

import typing
from collections.abc import Container
from typing import Any, Literal

from pydantic.fields import FieldInfo

from gancore.config import Choice, Dataset, RunConfig, families_of, flatten, with_kinds
from gancore.datasets import named

HIDDEN = ("seed",)
"""Set by the number of seeds instead."""


def base_of(*sources: Any) -> RunConfig:
    """The baseline with the kinds that are chosen now, which decide what settings there are; the first source knows."""
    base, flat = RunConfig(), flatten(RunConfig())
    kinds = {}
    for path in flat:
        family = family_of(base, path)
        if family:
            chosen = next((source[path] for source in sources if path in source), None)
            if chosen in kinds_of(family):
                kinds[path] = chosen
    return with_kinds(base, kinds) if kinds else base


def defaults_of(base: RunConfig) -> dict[str, Any]:
    """What the baseline has: its kinds, and of the kinds that are chosen what they bring."""
    return flatten(RunConfig()) | {p: v for p, v in flatten(base).items() if not p.endswith("kind")}


def paths_of_groups(base: RunConfig, groups: Container[str] | None) -> list[str]:
    """The settings of these groups, or all, in the order of the config, with the kind first in each group."""
    paths = [p for p in flatten(base) if p not in HIDDEN and (groups is None or p.split(".")[0] in groups)]
    order = list(dict.fromkeys(p.split(".")[0] for p in paths))
    return sorted(paths, key=lambda p: (order.index(p.split(".")[0]), not p.endswith(".kind")))


def group_of(path: str) -> str:
    """The part of the config that a setting belongs to; ``run`` for those of none."""
    return path.split(".")[0] if "." in path else "run"


def all_have(base: RunConfig, path: str) -> bool:
    """Whether all members of a setting's family have it."""
    part, _, rest = path.partition(".")
    family = family_of(base, f"{part}.kind")
    return family is not None and rest.split(".")[0] in family.model_fields


def family_of(config: RunConfig, path: str) -> type[Choice] | None:
    """The family whose ``kind`` this path is, such as Dataset for ``dataset.kind``."""
    name, _, leaf = path.rpartition(".")
    return families_of(config).get(name) if leaf == "kind" else None


def kinds_of(family: type[Choice]) -> list[str]:
    """What may be chosen of a family: its kinds, and of distributions the named constants."""
    return named.names() if family is Dataset else sorted(family.registry)


def options_of(base: RunConfig, path: str) -> list[str]:
    """The values of a setting that is chosen from a list; empty for one that is typed."""
    family, annotation = family_of(base, path), info_of(base, path).annotation
    if family:
        return kinds_of(family)
    if annotation is bool:
        return ["False", "True"]
    return [str(option) for option in typing.get_args(annotation)] if typing.get_origin(annotation) is Literal else []


def info_of(config: RunConfig, path: str) -> FieldInfo:
    """The field of a setting."""
    part: Any = config
    *parents, leaf = path.split(".")
    for name in parents:
        part = getattr(part, name)
    return type(part).model_fields[leaf]
