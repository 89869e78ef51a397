"""Files of points that a study names, for the command line alone: ``[base.dataset] file = "points.csv"``.

Where a command reads a study file of its own user, ``file`` (with ``columns`` and ``where`` as on the command line)
stands for the hash of the points in it. A study from a link, an upload or a bundle names points by their hash only, so
that no path of a stranger reaches the file system.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gancore.config import ConfigError
from gancore.datasets.points import Table, digest, read_table

Keep = Callable[[Table], str]
"""Points of a file → their hash, kept somewhere or not."""
NAMES = ("file", "columns", "where")


def hash_of(table: Table) -> str:
    """The hash of points that are not kept: enough to look at runs that were trained on them."""
    return digest(table.points)


def with_hashes(content: Mapping[str, Any], folder: Path, keep: Keep) -> dict[str, Any] | None:
    """What a study file holds, with hashes for the files that it names; None where it names none.

    Files lie beside the study, in ``folder``. Raises ConfigError.
    """
    content = copy.deepcopy(dict(content))
    found = False
    for path, table, prefix in _settings(content):
        if f"{prefix}file" not in table:
            continue
        found = True
        file, columns, where = (table.pop(prefix + name, None) for name in NAMES)
        if not isinstance(file, str):
            raise ConfigError.refused(f"{path}.file", file, 'it must be the name of a file, such as "points.csv"')
        if isinstance(columns, str):
            columns = columns.split(",")
        if columns is not None and not (isinstance(columns, list) and all(isinstance(name, str) for name in columns)):
            raise ConfigError.refused(f"{path}.columns", columns, 'name two of them, such as ["x", "y"]')
        if where is not None and not isinstance(where, str):
            raise ConfigError.refused(f"{path}.where", where, 'it must be "COLUMN=VALUE", such as "dataset=dino"')
        try:
            sha256 = keep(read_table(folder / file, Path(file).name, columns, where))
        except ConfigError as error:
            raise error.within(path) from None
        table[f"{prefix}kind"], table[f"{prefix}sha256"] = "points", sha256
    return content if found else None


def refuse_files(content: Mapping[str, Any]) -> None:
    """Say what names points where a study names a file that is not looked up; raises ConfigError."""
    for path, table, prefix in _settings(content):
        if f"{prefix}file" in table:
            allowed = (
                'name the points by their hash, as sha256 = "...", which gancore points add FILE says; a file is read '
                "only where the command line reads the study from disk"
            )
            raise ConfigError.refused(f"{path}.file", table[f"{prefix}file"], allowed, "is not read")


def _settings(content: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every table of a study file that may set a dataset: its path, itself, and what comes before a setting's name."""
    places: list[tuple[str, Any]] = [("base", content.get("base"))]
    for kind in ("variant", "control"):
        tables = content.get(kind)
        for number, table in enumerate(tables if isinstance(tables, list) else [], start=1):
            places.append((f"{kind}.{number}.set", table.get("set") if isinstance(table, Mapping) else None))
    factors = content.get("factors")
    for name, factor in factors.items() if isinstance(factors, Mapping) else ():
        levels = factor.get("levels") if isinstance(factor, Mapping) else None
        for number, level in enumerate(levels if isinstance(levels, list) else [], start=1):
            if isinstance(level, Mapping):
                places.append((f"factors.{name}.levels.{number}.set", level.get("set")))
    for path, table in places:
        if isinstance(table, dict):
            yield f"{path}.dataset", table, "dataset."
            if isinstance(table.get("dataset"), dict):
                yield f"{path}.dataset", table["dataset"], ""
