"""Plug-ins: packages that add datasets, losses, penalties and the like from outside, found by their entry points.

A package names its modules in the entry-point group ``gancore.plugins``; importing a module registers what it defines.
The app, the command line and the workers all load them, because importing ``gancore.config`` does. A plug-in that
cannot be loaded is named with the reason, and everything else works.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import Any

from gancore.parts.base import Choice
from gancore.parts.errors import ConfigError

GROUP = "gancore.plugins"
PREFIX = "plug-in "
"""Stands before a plug-in's name among the versions that a run was made with."""
LONGEST = 300


@dataclass(frozen=True)
class Plugin:
    """One entry point."""

    name: str
    package: str
    """The distribution that it came with."""
    version: str
    module: str
    problem: str = ""
    """Why it could not be loaded, in a sentence; empty where it was."""

    @property
    def sentence(self) -> str:
        """Its name and its problem."""
        return f"the plug-in {self.name} of {self.package} {self.version} is left out: {self.problem}"


_known: dict[int, Plugin] = {}
"""The place of an entry point in their order → what became of it; not those that have to wait."""
_busy: set[int] = set()
_lock = threading.RLock()


def load() -> tuple[Plugin, ...]:
    """Import every plug-in, once a process, in the order of their names; ``problems`` says which could not be.

    A module that needs a part of gancore which is itself only being imported (a report while the store is) waits: the
    parts that plug-ins add to ask again when they are complete.
    """
    with _lock:
        plugins = []
        for place, point in enumerate(_points()):
            if place in _known:
                plugins.append(_known[place])
            elif place not in _busy:
                _busy.add(place)
                try:
                    plugin = _loaded(point)
                finally:
                    _busy.discard(place)
                plugins.append(plugin)
                if "partially initialized module 'gancore" not in plugin.problem:
                    _known[place] = plugin
        return tuple(plugins)


@lru_cache(maxsize=1)
def _points() -> list[metadata.EntryPoint]:
    return sorted(metadata.entry_points(group=GROUP), key=lambda point: (point.name, point.value))


def problems() -> list[str]:
    """A sentence for each plug-in that could not be loaded."""
    return [plugin.sentence for plugin in load() if plugin.problem]


@contextmanager
def named(function: Callable[..., Any], what: str) -> Iterator[None]:
    """Has what a stranger's function raises become a ConfigError that names it; of gancore's own it stays as it is."""
    try:
        yield
    except (ConfigError, OSError, KeyboardInterrupt):
        raise
    except Exception as error:
        module = function.__module__
        if module.partition(".")[0] == "gancore":
            raise
        raise ConfigError(f"plug-in: {what} of {module} failed ({_reason(error)})") from error


def used_by(parts: Iterable[Any]) -> dict[str, str]:
    """``plug-in NAME`` → version of the packages that define these parts, as a run keeps them beside its versions."""
    roots = {type(part).__module__.partition(".")[0] for part in parts}
    return {
        f"{PREFIX}{plugin.package}": plugin.version
        for plugin in load()
        if plugin.module.partition(".")[0] in roots - {"gancore"}
    }


def outside(parts: Iterable[Any]) -> list[Any]:
    """Those of these parts that neither gancore nor a plug-in defines, so that no other process has them."""
    roots = {"gancore", *(plugin.module.partition(".")[0] for plugin in load())}
    return [part for part in parts if type(part).__module__.partition(".")[0] not in roots]


def named_in(versions: dict[str, str]) -> list[str]:
    """Names and versions of the plug-ins among the versions that a run was made with."""
    return [f"{name.removeprefix(PREFIX)} {value}" for name, value in versions.items() if name.startswith(PREFIX)]


def _forget(module: str) -> None:
    """Take out what a module registered before it failed: it is left out as a whole."""
    for family in Choice.families:
        mine = [kind for kind, member in family.registry.items() if f"{member.__module__}.".startswith(f"{module}.")]
        for kind in mine:
            del family.registry[kind]
        if mine:
            for act in Choice.on_registered:
                act()


def _reason(error: BaseException) -> str:
    """What was raised, on one line."""
    return f"{type(error).__name__}: {error}".strip().splitlines()[0][:LONGEST]


def _loaded(point: metadata.EntryPoint) -> Plugin:
    package, version = (point.dist.name, point.dist.version) if point.dist else ("an unknown package", "?")
    problem = ""
    try:
        point.load()
    except (Exception, SystemExit) as error:  # whatever a stranger's module raises is no reason for gancore to fail
        problem = _reason(error)
        _forget(point.module)
    return Plugin(point.name, package, version, point.module, problem)
