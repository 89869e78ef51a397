"""A bar on standard error: drawn anew in place on a terminal, a line now and then in a log."""

from __future__ import annotations

import math
import sys
import time
from typing import Any, TextIO

from tqdm import tqdm

LOG_EVERY = 10.0
"""Seconds between two lines where standard error is a file or a pipe, which keep every one of them."""


class Bar(tqdm):
    """tqdm's bar on standard error; where it cannot be drawn in place, a line first, each LOG_EVERY and at the end."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._written, self._redrawn = -math.inf, redrawn(sys.stderr)
        super().__init__(*args, file=sys.stderr, dynamic_ncols=True, **options)

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Show the bar; ``close`` calls this a last time, and ends the line itself."""
        if self._redrawn:
            super().display(msg, pos)
            return
        now, last = time.monotonic(), bool(self.disable)
        if last or now - self._written >= LOG_EVERY:
            self._written = now
            self.fp.write((str(self) if msg is None else msg).rstrip() + ("" if last else "\n"))
            self.fp.flush()


def redrawn(stream: TextIO) -> bool:
    """Whether a line on the stream can be drawn over: on a terminal, and in a notebook's output."""
    return stream.isatty() or type(stream).__module__.startswith("ipykernel")
