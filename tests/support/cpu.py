"""Processor time, which other work on the machine hardly changes."""

from __future__ import annotations

import os


def cpu_of_children() -> float:
    """Seconds of processor time of the processes that this one has waited for, and those that they waited for."""
    times = os.times()
    return times.children_user + times.children_system
