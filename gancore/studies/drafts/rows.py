"""A draft: what the builder's fields and tables hold, all of it text that need not be right yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SettingRow:
    """A setting of the base."""

    path: str = ""
    value: str = ""


@dataclass(frozen=True)
class FactorRow:
    """A factor with its levels in one cell."""

    name: str = ""
    path: str = ""
    """The setting that it varies; empty where each level is ``path=value & path=value`` (or ``base`` for none)."""
    levels: str = ""
    """Separated by semicolons (or, where there are none, by commas); the first is the baseline's."""
    labels: str = ""
    """Words for the levels, separated by semicolons; empty for words made from what they set."""


@dataclass(frozen=True)
class VariantRow:
    """A named variant, or a control beside the factors."""

    name: str = ""
    label: str = ""
    """Empty for words made from what it changes."""
    changes: str = ""
    """``path=value; path=value``."""


@dataclass(frozen=True)
class ClaimRow:
    """A claim about a factor, or from one variant to another."""

    text: str = ""
    factor: str = ""
    level: str = ""
    before: str = ""
    after: str = ""
    metric: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Draft:
    """A study that is being made; nothing in it needs to be right."""

    name: str
    title: str
    question: str
    seeds: int = 4
    datasets: tuple[str, ...] = ()
    unit: str = ""
    """steps or samples where there is a budget."""
    amount: int = 10_000
    """The budget."""
    base: tuple[SettingRow, ...] = ()
    factors: tuple[FactorRow, ...] = ()
    generators: str = ""
    """Products that make it a fraction, separated by semicolons."""
    variants: tuple[VariantRow, ...] = ()
    """Named variants; beside factors they are controls."""
    claims: tuple[ClaimRow, ...] = ()
