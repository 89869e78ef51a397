"""Workers that ended by themselves before they were ready: how often in a row, and why."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

LIMIT = 3
"""Deaths in a row after which a slot's worker is not started again."""
PAUSES = (0.0, 1.0, 4.0)
"""Seconds before a slot's worker is started again, by the deaths before."""
LAST = 4096
"""Bytes at the end of a log that are searched for the reason."""


@dataclass
class Deaths:
    """What happened in one slot."""

    count: int = 0
    reason: str = ""
    """Of the last one, in words."""
    due: float = 0.0
    """When the next may start, on the monotonic clock."""

    def note(self, code: int, log: Path, begun: int) -> None:
        """A worker whose log starts at byte ``begun`` of a file ended with this exit code before it was ready."""
        self.reason = _reason(code, log, begun)
        self.due = time.monotonic() + PAUSES[min(self.count, len(PAUSES) - 1)]
        self.count += 1

    @property
    def hopeless(self) -> bool:
        """Whether another start would end the same way."""
        return self.count >= LIMIT

    @property
    def sentence(self) -> str:
        """What to tell those who wait."""
        if self.hopeless:
            return f"worker processes end before they can train ({self.reason}); start again when that is mended"
        return f"a worker process ended before it could train ({self.reason}); starting another"


def _reason(code: int, log: Path, begun: int) -> str:
    """The last line that the process printed, and how it ended where that tells more."""
    lines: list[str] = []
    with contextlib.suppress(OSError), log.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(begun, size - LAST))
        lines = [line.strip() for line in file.read(LAST).decode(errors="replace").splitlines() if line.strip()]
    if code < 0:
        return f"ended by signal {-code}; is memory short?"
    return lines[-1][:300] if lines else f"exit code {code}"
