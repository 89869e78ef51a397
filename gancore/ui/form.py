"""A form generated from RunConfig: a new field, dataset or loss appears in it by being defined."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gancore.config import ConfigError, RunConfig, flatten, shortened, with_changes, with_kinds
from gancore.datasets import named
from gancore.studies.commands import value_text as as_text
from gancore.ui.form_settings import (
    all_have,
    base_of,
    defaults_of,
    family_of,
    group_of,
    info_of,
    options_of,
    paths_of_groups,
)
from gancore.ui.setting_help import help_of
from gancore.ui.text import escaped
from gancore.ui.url import Check, anything, one_of
from gancore.words import setting_in_words

FIRST = (
    "dataset.kind",
    "dataset.x",
    "dataset.y",
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

SHAPING = ("dataset.noise",)
"""More of them, on a page about distributions alone."""

LATER = "settings_later"
SHOWN = "kinds_shown"
"""Key of the session's memory of the kinds that the form showed last."""


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


def config_form(groups: Iterable[str] | None = None, columns: int = 2, marked: bool = False) -> Form:
    """Draws a widget for every setting and returns what was chosen; ``groups`` keeps only some, such as ``dataset``.

    ``marked``: under what differs from the baseline stands what the baseline has.

    What people change most stands first, the rest folded below. Each widget is bound to the URL parameter of the
    setting's own path, so that a link carries what differs from the baseline. A value that is not allowed is refused
    under its widget, in the words of ConfigError.
    """
    kept = None if groups is None else tuple(groups)
    alone = f"{kept[0]}." if kept and len(kept) == 1 else ""
    base, drawn = _cells(base_of(st.session_state, st.query_params), functools.partial(_first, kept), columns, alone)
    rest = [path for path in paths_of_groups(base, kept) if path not in drawn]
    if rest:
        # Closed also where a link sets some of them: open it is longer than a phone's screen, above what was asked for.
        with st.expander("More settings", key="more_settings"):
            for group in dict.fromkeys(group_of(path) for path in rest):
                if not alone:
                    st.markdown(f"**{setting_in_words(group)}**")
                base, more = _cells(base, functools.partial(_rest, group, tuple(drawn)), columns, alone)
                drawn |= more
    form = _checked(base, drawn)
    changed = [f"{setting_in_words(path)} {shortened(form.changes[path], 40)}" for path in rest if path in form.changes]
    if changed:
        st.caption(escaped(f"Changed in More settings: {', '.join(changed)}."))
    if marked:
        _mark(form, base, drawn)
    return form


def _mark(form: Form, base: RunConfig, drawn: Mapping[str, Drawn]) -> None:
    """Says under each setting that differs from the baseline, and is allowed, what the baseline has."""
    usual = defaults_of(base)
    wrong = {error.partition(":")[0] for error in form.errors}
    for path in form.changes:
        if path not in wrong:
            drawn[path].place.markdown(f":small[:orange[●] baseline: {escaped(shortened(as_text(usual[path]), 40))}]")


def _first(groups: Container[str] | None, base: RunConfig) -> list[str]:
    """What stands above the fold: FIRST, and on a page about some groups before it what a kind has of its own."""
    paths = paths_of_groups(base, groups)
    if groups is None:
        return [path for path in FIRST if path in paths]
    shared = [path for path in (*FIRST, *SHAPING) if path in paths and not path.endswith("kind")]
    own = [path for path in paths if path.endswith("kind") or not all_have(base, path)]
    return [*own, *(path for path in shared if path not in own)]


def _rest(group: str, but: Container[str], base: RunConfig) -> list[str]:
    return [path for path in paths_of_groups(base, None) if group_of(path) == group and path not in but]


def _checked(base: RunConfig, drawn: dict[str, Drawn]) -> Form:
    """Validates all values together; each refused one is named under its widget and left out."""
    defaults = defaults_of(base)
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
                return Form(changes, RunConfig().model_copy(update={"dataset": base.dataset}), errors)
            del good[path]


def show_later(settings: Mapping[str, str]) -> None:
    """Runs the page again with these settings (path → value as typed), and the rest of their groups at the defaults."""
    fill_later(settings)
    st.rerun()


def fill_later(settings: Mapping[str, str], groups: Iterable[str] = ()) -> None:
    """Has ``prepare`` set these settings, and the rest of their groups, and of ``groups``, to the defaults."""
    st.session_state[LATER] = dict(settings), set(groups)


def prepare() -> None:
    """Sets what ``show_later`` asked for; a page calls it before it reads the URL and draws the form."""
    settings, groups = st.session_state.pop(LATER, (None, set()))
    if settings is None:
        return
    groups |= {group_of(path) for path in settings}
    config = with_changes(RunConfig(), settings)
    values = flatten(config) | {"dataset.kind": named.name_of(config.dataset)}
    shown = st.session_state.setdefault(SHOWN, {})
    paths = [path for path in paths_of_groups(config, None) if group_of(path) in groups]
    # What a kind brings is set here as well, and must not follow it again.
    shown.update({path: str(values[path]) for path in paths if family_of(config, path)})
    for path in paths:
        if path not in st.session_state:
            if path not in settings:
                continue
            st.query_params[path] = settings[path]  # a widget that is new does not tell the address what it was set to
        st.session_state[path] = as_text(values[path])


def url_checks(groups: Container[str] | None = None) -> dict[str, Check]:
    """URL parameter → check, for every setting of the form, for ``gancore.ui.url.check``.

    Settings from a list are checked here; typed ones by the form, which says so under the field.
    """
    checks: dict[str, Check] = {}
    # Where the browser's Back has changed a kind, the address knows it before the widget does.
    for base in (base_of(st.session_state, st.query_params), base_of(st.query_params)):
        for path in paths_of_groups(base, groups):
            options = options_of(base, path)
            checks[path] = one_of(options) if options else anything
    return checks


def _cells(
    base: RunConfig, paths_of: Callable[[RunConfig], list[str]], columns: int, alone: str
) -> tuple[RunConfig, dict[str, Drawn]]:
    """Widgets in rows of equal columns, and the config with the kinds that they show; labels are without ``alone``.

    What a kind brings is drawn after the kind itself: where a link within the page or the browser's Back has changed
    it, only its widget knows.
    """
    drawn: dict[str, Drawn] = {}
    cells: list[Any] = []
    paths = paths_of(base)
    while todo := [path for path in paths if path not in drawn]:
        path = todo[0]
        cells = cells or list(st.columns(columns))
        with cells.pop(0):
            name = path if path.endswith("kind") else path.removeprefix(alone)
            drawn[path] = Drawn(_widget(base, path, setting_in_words(name)), st.empty())
        if family_of(base, path):
            base = _with_kind(base, path, drawn[path].value)
            paths = paths_of(base)
    return base, drawn


def _with_kind(base: RunConfig, path: str, kind: str) -> RunConfig:
    """The baseline with the kinds of ``base`` and this one; what nobody typed follows it.

    A widget keeps what it showed, and that was the default of the kind before.
    """
    kinds = {name: value for name, value in flatten(base).items() if name.endswith("kind")}
    kinds["dataset.kind"] = named.name_of(base.dataset)
    base = with_kinds(RunConfig(), kinds | {path: kind})
    shown = st.session_state.setdefault(SHOWN, {})
    if shown.setdefault(path, kind) != kind and shown[path] in options_of(base, path):
        before = flatten(with_kinds(RunConfig(), kinds | {path: shown[path]}))
        group = path.removesuffix("kind")
        for name, value in flatten(base).items():
            moved = name != path and name.startswith(group) and name in before and value != before[name]
            if moved and st.session_state.get(name) == as_text(before[name]):
                st.session_state[name] = as_text(value)
    shown[path] = kind
    return base


def _widget(base: RunConfig, path: str, label: str) -> str:
    """One widget; its value as text, as it would be typed on the command line."""
    info, family, default = info_of(base, path), family_of(base, path), as_text(flatten(base)[path])
    options = options_of(base, path)
    if family:
        default = as_text(flatten(RunConfig())[path])
    shared: Any = {"key": path, "bind": "query-params", "help": help_of(path, info, family)}
    if options:
        return str(st.selectbox(label, options, options.index(default), **shared))
    # Text for numbers too: Streamlit's number fields fail on ?batch_size=inf, and text is checked by the config alone.
    return st.text_input(label, default, **shared).strip()
