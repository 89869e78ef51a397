"""Memory that this process's control groups (Linux, v1 and v2) leave it: what a container may use."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

UNLIMITED = 2**60
"""Bytes from which a limit is none: v1 writes nearly 2⁶³ where nothing was set."""


class _Names(NamedTuple):
    """What one version of control groups calls its files, and the count of pages of files that it would give back."""

    limits: tuple[str, ...]
    used: str
    cached: str


NAMES = {
    "cgroup2": _Names(("memory.max", "memory.high"), "memory.current", "inactive_file"),
    "cgroup": _Names(("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file"),
}
HIERARCHICAL = "hierarchical_memory_limit"
"""Entry of v1's memory.stat: the least limit of a group and those above it, which a container may not see."""


def memory_left(proc: Path = Path("/proc/self")) -> float | None:
    """Bytes until the tightest limit of this process's groups, the nested ones included; None where none is set.

    ``proc`` holds the process's ``cgroup`` and ``mountinfo``, see cgroups(7) and proc(5).
    """
    left = [room for folder, kind in _groups(proc) if (room := _room(folder, NAMES[kind])) is not None]
    return min(left, default=None)


def _groups(proc: Path) -> Iterator[tuple[Path, str]]:
    """This process's groups with a memory controller, each with those above it: (folder, file system)."""
    try:
        own = [line.split(":", 2) for line in (proc / "cgroup").read_text().splitlines()]
        mounts = [line.split(" - ", 1) for line in (proc / "mountinfo").read_text().splitlines()]
    except OSError:
        return
    for place, kind in (mount for mount in mounts if len(mount) == 2):
        system, *_, options = kind.split(" ")
        if system not in NAMES or (system == "cgroup" and "memory" not in options.split(",")):
            continue
        root, point = (_unescaped(text) for text in place.split(" ")[3:5])
        for _, controllers, path in (line for line in own if len(line) == 3):
            if ("memory" in controllers.split(",")) if system == "cgroup" else not controllers:
                # A container sees the part of the tree at and below the mount's root, and its path as on the host.
                inside = PurePosixPath(path)
                inside = inside.relative_to(root) if inside.is_relative_to(root) else PurePosixPath()
                for group in (inside, *inside.parents):
                    yield Path(point) / group, system


def _room(folder: Path, names: _Names) -> float | None:
    """Bytes until a group's limit; None where it has none, or says nothing."""
    stat = {
        words[0]: words[1] for line in _text(folder / "memory.stat").splitlines() if len(words := line.split()) == 2
    }
    texts = [*(_text(folder / name) for name in names.limits), stat.get(HIERARCHICAL, "")]
    limits = [int(text) for text in texts if text.isdigit()]  # v2 writes "max" where nothing was set
    used = _text(folder / names.used)
    if not limits or min(limits) >= UNLIMITED or not used.isdigit():
        return None
    cached = stat.get(names.cached, "0")
    return max(0.0, float(min(limits) - int(used) + (int(cached) if cached.isdigit() else 0)))


def _text(path: Path) -> str:
    """A small file's text, empty where it cannot be read: a group may end while one looks."""
    with contextlib.suppress(OSError, ValueError):
        return path.read_text().strip()
    return ""


def _unescaped(text: str) -> str:
    """A path of mountinfo, which writes spaces and the like as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
