"""Which process is which: what tells a living worker from a later process with its id, whatever the clock does."""

from __future__ import annotations

import contextlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

PROC = Path("/proc")
TOLERANCE = 1.0
"""Seconds that two readings of one start may lie apart, where only the wall clock tells it."""
DEAD = ("Z", "X", "x")


@lru_cache(maxsize=1)
def boot() -> str:
    """This boot of the machine, where the system names it (Linux), or an empty text."""
    with contextlib.suppress(OSError):
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    return ""


def _ticks(pid: int) -> int | None:
    """When a process that is not a zombie started, in ticks since the boot; None where there is none such.

    Raises OSError where the system does not tell. psutil computes its ``create_time`` from it and from the wall clock,
    so that moves when the clock is set, and its own identity of a process is not public.
    """
    try:
        with open(f"{PROC}/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        if not (PROC / "self" / "stat").exists():
            raise OSError("no process file system") from None
        return None
    return None if fields[0].decode() in DEAD else int(fields[19])


def mark() -> dict[str, Any]:
    """What tells this process from any other."""
    process = psutil.Process()
    found: dict[str, Any] = {"pid": process.pid, "started": process.create_time()}
    with contextlib.suppress(OSError, ValueError, IndexError):
        found |= {"ticks": _ticks(os.getpid()), "boot": boot()}
    return found


def lives(marked: dict[str, Any]) -> bool:
    """Whether the process that gave this ``mark`` lives; a process id that was given away again is not it."""
    with contextlib.suppress(KeyError, TypeError, ValueError, IndexError, OverflowError):
        if marked.get("ticks") is not None:
            with contextlib.suppress(OSError):
                return marked["boot"] == boot() and _ticks(int(marked["pid"])) == int(marked["ticks"])
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(int(marked["pid"]))
            near = abs(process.create_time() - float(marked["started"])) < TOLERANCE
            return near and process.status() != psutil.STATUS_ZOMBIE
    return False
