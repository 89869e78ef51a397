"""The most memory that a process has had."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_megabytes() -> float:
    """Of this process."""
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 1e6
    status = Path("/proc/self/status")
    if status.exists():  # Linux's ru_maxrss has the peak of the process that started this one as well
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
