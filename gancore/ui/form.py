"""A form generated from RunConfig: a new field, dataset or loss appears in it by being defined."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st
from pydantic.fields import FieldInfo

from gancore.config import Choice, ConfigError, Dataset, RunConfig, describe_type, flatten, with_changes
from gancore.datasets import named
from gancore.studies.commands import value_text as as_text
from gancore.ui.text import escaped
from gancore.ui.url import Check, anything, one_of
from gancore.words import setting_in_words

FIRST = (
    "dataset.kind",
    "dataset.scale",
    "generator.hidden",
    "generator.output",
    "update.kind",
    "batch_size",
    "g_optimizer.learning_rate",
    "d_optimizer.learning_rate",
    "steps",
)
"""The settings people change most; all others stand below in groups of their own."""

HIDDEN = ("seed",)
"""Set by the number of seeds instead."""


@dataclass(frozen=True)
class Form:
    """What the person has chosen."""

    changes: dict[str, Any]
    """Dotted path → value as typed, for every setting that differs from the baseline."""
    config: RunConfig
    """The baseline with the changes; those in ``errors`` are left out."""
    errors: list[str]
    """One sentence for each setting that is not allowed."""


@dataclass(frozen=True)
class Drawn:
    """A widget's value as text, and the place under it."""

    value: str
    place: Any


def config_form(groups: Iterable[str] | None = None, columns: int = 2) -> Form:
    """Draws a widget for every setting and returns what was chosen; ``groups`` keeps only some, such as ``dataset``.

    Each widget is bound to the URL parameter of the setting's own path, so that a link carries what differs from
    the baseline. A value that is not allowed is refused under its widget, in the words of ConfigError.
    """
    base = _base()
    paths = _paths(base, groups)
    first = [p for p in FIRST if p in paths] if groups is None else paths
    drawn = _rows(base, first, columns)
    rest = [p for p in paths if p not in first]
    if rest:
        with st.expander("More settings", expanded=any(p in st.query_params for p in rest), key="more_settings"):
            for group in dict.fromkeys(p.split(".")[0] if "." in p else "run" for p in rest):
                st.markdown(f"**{setting_in_words(group)}**")
                members = [p for p in rest if p.startswith(f"{group}.") or (group == "run" and "." not in p)]
                drawn |= _rows(base, members, columns)
    return _checked(base, drawn)


def _checked(base: RunConfig, drawn: dict[str, Drawn]) -> Form:
    """Validates all values together; each refused one is named under its widget and left out."""
    defaults = flatten(RunConfig()) | {p: v for p, v in flatten(base).items() if not p.endswith("kind")}
    changes = {path: item.value for path, item in drawn.items() if item.value != as_text(defaults[path])}
    good, errors = dict(changes), []
    while True:
        try:
            return Form(changes, with_changes(base, good), errors)
        except ConfigError as error:
            # Of a table in a list, such as ``dataset.gaussians.2.sigma``, the list's widget is meant.
            path = next((p for p in drawn if error.path.startswith(f"{p}.")), error.path)
            errors.append(str(error))
            place = drawn[path].place if path in drawn else st
            place.markdown(f":red[{escaped(error)}]")
            if path not in good:  # settings that clash: none of them is wrong by itself
                return Form(changes, base, errors)
            del good[path]


def url_checks(groups: Iterable[str] | None = None) -> dict[str, Check]:
    """URL parameter → check, for every setting of the form, for ``gancore.ui.url.check``.

    Settings from a list are checked here; typed ones by the form, which says so under the field.
    """
    base = _base()
    return {path: one_of(_options(base, path)) if _options(base, path) else anything for path in _paths(base, groups)}


def _base() -> RunConfig:
    """The baseline with the kinds that are chosen now, which decide what settings there are."""
    base, flat = RunConfig(), flatten(RunConfig())
    kinds = {}
    for path in flat:
        family = _family(base, path)
        if family:
            chosen = st.session_state.get(path, st.query_params.get(path))
            if chosen in _kinds(family):
                kinds[path] = chosen
    return with_changes(base, kinds) if kinds else base


def _family(config: RunConfig, path: str) -> type[Choice] | None:
    """The family whose ``kind`` this path is, such as Dataset for ``dataset.kind``."""
    name, _, leaf = path.rpartition(".")
    part = getattr(config, name, None) if name and leaf == "kind" else None
    return next((c for c in type(part).__mro__ if Choice in c.__bases__), None) if isinstance(part, Choice) else None


def _kinds(family: type[Choice]) -> list[str]:
    """What may be chosen of a family: its kinds, and of distributions the named constants."""
    return named.names() if family is Dataset else sorted(family.registry)


def _info(config: RunConfig, path: str) -> FieldInfo:
    part: Any = config
    *parents, leaf = path.split(".")
    for name in parents:
        part = getattr(part, name)
    return type(part).model_fields[leaf]


def _options(base: RunConfig, path: str) -> list[str]:
    """The values of a setting that is chosen from a list; empty for one that is typed."""
    family, annotation = _family(base, path), _info(base, path).annotation
    if family:
        return _kinds(family)
    if annotation is bool:
        return ["False", "True"]
    return [str(option) for option in typing.get_args(annotation)] if typing.get_origin(annotation) is Literal else []


def _paths(base: RunConfig, groups: Iterable[str] | None) -> list[str]:
    """The settings of these groups, or all, in the order of the config, with the kind first in each group."""
    kept = None if groups is None else set(groups)
    paths = [p for p in flatten(base) if p not in HIDDEN and (kept is None or p.split(".")[0] in kept)]
    order = list(dict.fromkeys(p.split(".")[0] for p in paths))
    return sorted(paths, key=lambda p: (order.index(p.split(".")[0]), not p.endswith(".kind")))


def _rows(base: RunConfig, paths: list[str], columns: int) -> dict[str, Drawn]:
    """Widgets in rows of equal columns."""
    drawn = {}
    for start in range(0, len(paths), columns):
        for column, path in zip(st.columns(columns), paths[start : start + columns], strict=False):
            with column:
                drawn[path] = Drawn(_widget(base, path), st.empty())
    return drawn


def _widget(base: RunConfig, path: str) -> str:
    """One widget; its value as text, as it would be typed on the command line."""
    info, family, default = _info(base, path), _family(base, path), as_text(flatten(base)[path])
    options = _options(base, path)
    label = setting_in_words(path)
    if family:
        default = as_text(flatten(RunConfig())[path])
    shared: Any = {"key": path, "bind": "query-params", "help": _help(path, info, family)}
    if options:
        return str(st.selectbox(label, options, options.index(default), **shared))
    # Text for numbers too: Streamlit's number fields fail on ?batch_size=inf, and text is checked by the config alone.
    return st.text_input(label, default, **shared).strip()


def _help(path: str, info: FieldInfo, family: type[Choice] | None) -> str:
    """The setting's description, what is allowed, and its name on the command line."""
    limits: Mapping[str, str] = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    bounds = [
        f"{words} {getattr(item, name):,}"
        for item in info.metadata
        for name, words in limits.items()
        if getattr(item, name, None) is not None
    ]
    if family:
        described = "  \n".join(
            f"`{kind}`: {escaped((member.__doc__ or '').strip().splitlines()[0])}"
            for kind, member in sorted(family.registry.items())
            if member.__doc__
        )
        if family is Dataset:
            constants = (f"`{c.name}`: {escaped(c.definition)} ({escaped(c.source)})" for c in named.NAMED.values())
            described = "  \n".join([described, *constants])
        return f"{described}\n\nSetting: `{path}`"
    kind = "" if typing.get_origin(info.annotation) is Literal else describe_type(info.annotation)
    allowed = ", ".join([piece for piece in [kind if kind.isascii() else "", *bounds] if piece])
    text = escaped(info.description or "")
    return f"{text}{f' ({allowed})' if allowed else ''}\n\nSetting: `{path}`"
