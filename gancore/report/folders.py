"""Folders that a report fills: marked with a list of what is theirs, and put in place as a whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from gancore.config import ConfigError, quoted
from gancore.store.files import read_bounded
from gancore.studies.labels import slug

LARGEST = 2**24
"""Bytes of a list of files."""
NAME = 80
"""Characters of a variant's name that its file or folder has."""
MANIFEST = "gancore-export.json"
"""Says what a folder is and which files it was made with, so that it can be replaced without losing anything else."""


def mark(folder: Path, name: str, study: str) -> None:
    """Write the list of all files in a folder of the format called ``name``."""
    made = {"format": name, "study": study, "files": _files(folder)}
    (folder / MANIFEST).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def check_replaceable(folder: Path, name: str) -> None:
    """Raise ConfigError unless a folder is new, empty, or an earlier export in which nothing else lies."""
    if not folder.is_dir():
        return
    others = sorted({*_files(folder)} - {MANIFEST} - _known(folder, name))
    if others:
        raise ConfigError(
            f"--out: {quoted(str(folder))} has something else in it ({quoted(others[0])}); name a folder that is new, "
            f"empty, or an earlier {name} export"
        )


def put(made: Path, folder: Path, aside: Path) -> None:
    """Have ``made`` stand where ``folder`` is; what was there goes to ``aside``, and comes back where this fails."""
    if not folder.is_dir():
        os.replace(made, folder)
        return
    os.replace(folder, aside)
    try:
        os.replace(made, folder)
    except BaseException:
        os.replace(aside, folder)
        raise


def _known(folder: Path, name: str) -> set[str]:
    """What the manifest lists; nothing where there is none that reads."""
    try:
        found = json.loads(read_bounded(folder / MANIFEST, LARGEST))
        return set(found["files"]) if found["format"] == name else set()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def _files(folder: Path) -> list[str]:
    """Everything in a folder but the folders that something lies in."""
    inside = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink() or not any(path.iterdir())]
    return sorted(path.relative_to(folder).as_posix() for path in inside)


def short_names(names: Iterable[str]) -> list[str]:
    """A short name for the file or folder of every variant, each another."""
    short: list[str] = []
    for name in names:
        base = slug(name)[:NAME].rstrip("-")
        taken = sum(other == base or other.startswith(f"{base}--") for other in short)
        short.append(f"{base}--{taken + 1}" if taken else base)
    return short
