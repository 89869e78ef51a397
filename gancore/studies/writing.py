"""Studies as text: every factor, variant, control, budget and claim spelled out as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gancore.config import RunConfig, flatten, parse_config
from gancore.studies.design import Budget, Claim, Design, Factor
from gancore.studies.variants import Arm

LONGEST_LABEL = 120
"""Characters of a label in a study file."""


def study_toml(
    head: Mapping[str, Any],
    base: RunConfig,
    design: Design,
    arms: Sequence[Arm],
    budget: Budget | None = None,
    claims: Sequence[Claim] = (),
) -> str:
    """What a study is made of as a file that ``parse_study`` reads back as an equal study.

    ``head``: the settings before the first table, in their order.
    """
    default, settings = flatten(parse_config({})), flatten(base)
    if design.generators:
        head = {**head, "generators": list(design.generators)}
    lines = [f"{key} = {as_toml(value)}" for key, value in head.items()]
    if budget:
        lines += ["", "[budget]", f"{budget.unit} = {budget.amount}"]
    lines += ["", "[base]"]
    lines += [f"{path} = {as_toml(v)}" for path, v in settings.items() if path not in default or default[path] != v]
    for factor in design.factors:
        lines += ["", f"[factors.{factor.name}]", *_levels(factor)]
    for arm in arms:
        if not design.factors or arm.control:
            lines += ["", *_arm("control" if design.factors else "variant", arm)]
    for claim in claims:
        level = None if claim.factor is None else design.factor(claim.factor).levels[claim.level or 0].words
        lines += ["", "[[claim]]", *_given(text=claim.text, factor=claim.factor, level=level)]
        lines += _given(**{"from": claim.before, "to": claim.after}, metric=claim.metric, direction=claim.direction)
    return "\n".join(lines) + "\n"


def _levels(factor: Factor) -> Iterator[str]:
    """The levels of a factor: their values alone where it has one setting and no labels."""
    first, *others = factor.paths or ("",)
    if not others and all(level.label is None and list(level.changes) == [first] for level in factor.levels):
        yield f"path = {as_toml(first)}"
        yield f"levels = [{', '.join(as_toml(level.changes[first]) for level in factor.levels)}]"
        return
    yield "levels = ["
    for level in factor.levels:
        yield f"  {{{', '.join([*_given(label=level.label), f'set = {as_toml(level.changes)}'])}}},"
    yield "]"


def _arm(table: str, arm: Arm) -> Iterator[str]:
    yield from (f"[[{table}]]", f"name = {as_toml(arm.name)}")
    if arm.label and len(arm.label) <= LONGEST_LABEL:  # a longer one was made of what differs, and is again
        yield f"label = {as_toml(arm.label)}"
    if arm.changes:
        yield from (f"[{table}.set]", *_settings(arm.changes))


def _settings(changes: Mapping[str, Any]) -> list[str]:
    return [f"{as_toml(path)} = {as_toml(value)}" for path, value in changes.items()]


def _given(**values: Any) -> list[str]:
    return [f"{key} = {as_toml(value)}" for key, value in values.items() if value is not None]


def as_toml(value: Any) -> str:
    """A value in TOML; a mapping as an inline table."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{as_toml(name)} = {as_toml(item)}' for name, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    # JSON's strings and numbers are TOML's too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
