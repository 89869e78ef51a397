"""Studies as text: every factor, variant, control, budget and claim spelled out as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gancore.config import flatten, parse_config
from gancore.studies.study import Arm, Study


def to_toml(study: Study) -> str:
    """A study as a file that ``parse_study`` reads back as an equal one."""
    default, base = flatten(parse_config({})), flatten(study.base)
    head = {"name": study.name, "title": study.title, "question": study.question, "seeds": study.seeds}
    if study.datasets:
        head["datasets"] = list(study.datasets)
    if study.design.generators:
        head["generators"] = list(study.design.generators)
    lines = [f"{key} = {_toml(value)}" for key, value in head.items()]
    if study.budget:
        lines += ["", "[budget]", f"{study.budget.unit} = {study.budget.amount}"]
    lines += ["", "[base]"]
    lines += [f"{path} = {_toml(v)}" for path, v in base.items() if path not in default or default[path] != v]
    for factor in study.factors:
        lines += ["", f"[factors.{factor.name}]"]
        for level in factor.levels:
            lines += [f"[[factors.{factor.name}.levels]]", *_given(label=level.label)]
            lines += [f"[factors.{factor.name}.levels.set]", *_settings(level.changes)]
    for arm in study.arms:
        if not study.factors or arm.control:
            lines += ["", *_arm("control" if study.factors else "variant", arm)]
    for claim in study.claims:
        level = None if claim.factor is None else study.design.factor(claim.factor).levels[claim.level or 0].words
        lines += ["", "[[claim]]", *_given(text=claim.text, factor=claim.factor, level=level)]
        lines += _given(**{"from": claim.before, "to": claim.after}, metric=claim.metric, direction=claim.direction)
    return "\n".join(lines) + "\n"


def _arm(table: str, arm: Arm) -> Iterator[str]:
    yield from (f"[[{table}]]", f"name = {_toml(arm.name)}", f"label = {_toml(arm.label)}")
    if arm.changes:
        yield from (f"[{table}.set]", *_settings(arm.changes))


def _settings(changes: Mapping[str, Any]) -> list[str]:
    return [f"{_toml(path)} = {_toml(value)}" for path, value in changes.items()]


def _given(**values: Any) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in values.items() if value is not None]


def _toml(value: Any) -> str:
    # JSON's strings, numbers and lists are TOML's too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
