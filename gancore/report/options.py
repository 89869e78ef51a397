"""What a printed table of variants shows: its columns, what stands beside each mean, and whether the best is bold."""

from __future__ import annotations

from dataclasses import dataclass

from gancore.config import ConfigError, quoted

COUNTS = ("runs", "learned")
"""Columns that are no metric."""
SPREADS = ("interval", "sd", "none")
"""What may stand beside a metric's mean."""


@dataclass(frozen=True)
class TableOptions:
    """What the printed tables of variants show (``.tex`` and ``.md``)."""

    columns: tuple[str, ...] = ()
    """Of COUNTS and metric keys, in this order; empty for ``learned``, the judged and the headline metrics."""
    spread: str = "interval"
    """``interval``: interquartile means with 95% intervals; ``sd``: means ± standard deviations over seeds; or none."""
    bold: bool = True
    """Whether the best value of each metric is in bold."""


def checked_options(columns: str | None, spread: str, bold: bool) -> TableOptions:
    """Options as they are typed; columns are separated by commas. Raises ConfigError."""
    from gancore.metrics import METRICS

    known = (*COUNTS, *METRICS)
    names = tuple(name.strip() for name in columns.split(",")) if columns is not None else ()
    for name in names:
        if name not in known:
            raise ConfigError(f"--columns: {quoted(name)} is not a column; use {', '.join(known)}, separated by commas")
    if len(set(names)) < len(names):
        raise ConfigError(f"--columns: {quoted(columns or '')} names a column twice; name each once")
    if spread not in SPREADS:
        raise ConfigError(f"--spread: {quoted(spread)} is not allowed; use one of {', '.join(SPREADS)}")
    return TableOptions(names, spread, bold)
