"""A training that no test sees the end of."""

from __future__ import annotations

from typing import Any

ENDLESS: dict[str, Any] = {
    "steps": 1_000_000,
    "log_every": 100_000,
    "snapshot_every": 100_000,
    "batch_size": 1024,
    "generator.hidden": [128, 128],
    "discriminator.hidden": [128, 128],
}
"""Settings of a run that takes hours on a core of today, and still does where one is ten times as fast: as many steps
as there may be, and networks that make each of them long. It compiles as quickly as a small one, is stopped in the
middle as quickly, and is short of the day for which a page asks whether it is meant."""
