"""Every distribution as a thumbnail, grouped by family: the one that is clicked is what the page shows next."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from gancore.config import ConfigError, Dataset, RunConfig, with_changes
from gancore.datasets import Curve
from gancore.datasets.named import NAMED, Constant
from gancore.figures.thumbnail import CLOUD, LINE, thumbnail
from gancore.store import Store
from gancore.studies.commands import settings_of
from gancore.ui.text import count
from gancore.ui.url import Check, anything

GROUP = "dataset."
"""What the settings of a distribution begin with."""
CONSTANTS = "From public code"
FAMILIES = ("Curves", "Mixtures", "Areas", CONSTANTS, "Own points and formulas")
"""The order of the headings; those of plug-ins follow."""
MOST = 60
"""Files of points that are shown, of the up to 1,000 that a store keeps."""
HASH = 64
"""Characters of a hash, by which points of one's own are found."""
PARAMETERS: dict[str, Check] = {"find": anything}
"""URL parameter → check; the words of the search, which the browser keeps there."""


@dataclass(frozen=True)
class Entry:
    """One distribution of the gallery."""

    key: str
    """Its kind, or the name of a public constant."""
    label: str
    family: str
    """The heading that it stands under."""
    words: str
    """What it is, in a sentence; of a public constant its source too."""
    settings: Mapping[str, str]
    """Dotted path → value as typed, for all that differs from the question's baseline."""
    link: Mapping[str, str]
    """The same as its link spells it, which is by name for a public constant that is a kind at its defaults."""
    path: str
    """Its thumbnail."""
    names: str
    """What a search finds it by, beside its label."""


def entries(store: Store) -> list[Entry]:
    """Every registered kind, every public constant and the points that are kept, family by family."""
    kept = [
        _of_points(points.sha256, points.info.name, points.info.where, points.rows)
        for points in store.points.all()[:MOST]
    ]
    found = [*_entries(tuple(sorted(Dataset.registry))), *(entry for entry in kept if entry)]
    order = list(dict.fromkeys([*FAMILIES, *(entry.family for entry in found)]))
    return sorted(found, key=lambda entry: (order.index(entry.family), len(entry.key) == HASH, entry.label))


@lru_cache(maxsize=4)
def _entries(kinds: tuple[str, ...]) -> tuple[Entry, ...]:
    """Made once for the kinds that are registered; a plug-in that comes later has them made again."""
    found = [entry for kind in kinds if (entry := _of_kind(kind))]
    return (*found, *(_of_constant(constant) for constant in NAMED.values()))


def _of_kind(kind: str) -> Entry | None:
    """A kind at its defaults; None for one that has none of its own, such as points that have to be given."""
    try:
        config = with_changes(RunConfig(), {"dataset.kind": kind})
    except ConfigError:
        return None
    member = type(config.dataset)
    words = " ".join((member.__doc__ or "").partition("\n\n")[0].split()).replace("``", "")
    return _entry(kind, member.label, member.family, words, config, kind)


def _of_constant(constant: Constant) -> Entry:
    """A distribution of public code."""
    words = f"{constant.definition} ({constant.source})."
    config = with_changes(RunConfig(), {"dataset.kind": constant.name})
    return _entry(constant.name, constant.label, CONSTANTS, words, config, constant.name)


@lru_cache(maxsize=256)
def _of_points(sha256: str, name: str, where: str, rows: int) -> Entry | None:
    """Points that are kept, with the rows of the file that they are; None where they cannot be read."""
    config = with_changes(RunConfig(), {"dataset.kind": "points", "dataset.sha256": sha256})
    label = f"{name}, {where}" if where else name
    try:
        return _entry(sha256, label, config.dataset.family, f"{count(rows, 'point')} of {label}.", config, sha256[:12])
    except ConfigError:
        return None


def _entry(key: str, label: str, family: str, words: str, config: RunConfig, names: str) -> Entry:
    settings = {path: value for path, value in settings_of(config).items() if path.startswith(GROUP)}
    dataset = config.dataset
    line = isinstance(dataset, Curve) and not dataset.noise
    path = thumbnail(dataset.outline(LINE) if line else dataset.even(CLOUD))
    link = settings | ({"dataset.kind": key} if key in NAMED else {})
    return Entry(key, label, family, words, settings, link, path, f"{names} {words}".lower())


def chosen(store: Store, config: RunConfig) -> Entry | None:
    """The entry whose settings these are; else the one that these were changed from, or that of the same kind.

    Of two that are the same distribution it is the one that was asked for.
    """
    asked = st.query_params.get("dataset.kind", "")
    settings = {path: value for path, value in settings_of(config).items() if path.startswith(GROUP)}
    fitting = [entry for entry in entries(store) if entry.settings.items() <= settings.items()]
    return max(fitting, key=lambda entry: (len(entry.settings), entry.key == asked), default=None)


def section(store: Store, config: RunConfig) -> None:
    """Draws the gallery with the distribution of ``config`` marked.

    Its cards are links to this page with other parameters. Following one is a step in the browser's history, which
    Streamlit answers as it answers Back: every bound widget takes its value from the address.
    """
    known, current = entries(store), chosen(store, config)
    mark = hashlib.sha256(repr([(entry.key, entry.path) for entry in known]).encode()).hexdigest()[:16]
    data = {
        "mark": mark,
        "entries": [asdict(entry) for entry in known],
        "chosen": current.key if current else "",
        "find": st.query_params.get("find", "")[:100],
    }
    _component()(data=data, key="gallery")


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    folder = resources.files("gancore.ui.data")
    style, script = ((folder / f"gallery.{end}").read_text(encoding="utf-8") for end in ("css", "js"))
    return component("gancore_gallery", css=style, js=script)
