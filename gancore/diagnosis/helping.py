"""What helps against a diagnosis: changes that the shipped studies support, with their figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from gancore.config import ConfigError, RunConfig, flatten, with_changes
from gancore.datasets.named import name_of
from gancore.studies.commands import settings_of
from gancore.words import fraction, interval, signed

FILE = "helping.json"
"""Made by ``python -m gancore.diagnosis.evidence`` from the shipped studies."""
OFFERED = 3
"""Changes that are offered of a diagnosis, at most."""


@dataclass(frozen=True)
class Help:
    """One change in a shipped study, from a configuration whose runs a diagnosis applies to."""

    kind: str
    """The diagnosis."""
    study: str
    dataset: str
    start: Mapping[str, str]
    """Settings of the configuration that is changed, as typed, where they differ from the baseline's."""
    before: str
    """Label of the configuration that is changed."""
    label: str
    """Label of the change."""
    changes: Mapping[str, Any]
    """Dotted path → value."""
    seeds: int
    """Runs of either configuration, on the same seeds."""
    had: int
    """Runs that it applied to before the change."""
    has: int
    """And after."""
    learned_before: int
    learned: int
    """Runs that learned with the change."""
    estimate: float
    """Mean change of w1_excess over seeds, with its corrected 95% interval."""
    low: float
    high: float

    @property
    def words(self) -> str:
        """Its figures in a sentence."""
        return (
            f"In {self.study}, on {self.dataset}, from {self.before}: {fraction(self.had, self.seeds)} runs had it "
            f"before and {fraction(self.has, self.seeds)} after; {fraction(self.learned_before, self.seeds)} learned "
            f"before and {fraction(self.learned, self.seeds)} after; w1_excess changed by {signed(self.estimate)} "
            f"(corrected 95% interval {interval(self.low, self.high, signed)})."
        )


@lru_cache(maxsize=1)
def known() -> tuple[Help, ...]:
    """All that the shipped studies support, those that made the most runs learn first."""
    text = resources.files("gancore.diagnosis").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(Help(**row) for row in json.loads(text)["rows"])


def helps(kind: str, config: RunConfig) -> list[Help]:
    """What helps a run of this configuration against a diagnosis: changes that it does not have yet.

    Those that were tried on its own kind of distribution come first, then those from the nearest configuration, then
    those that made most runs learn, then those that took the diagnosis from most.
    """
    mine, own = name_of(config.dataset), settings_of(config)

    def rank(one: Help) -> tuple[bool, int, float, float]:
        apart = sum(own.get(path) != one.start.get(path) for path in own.keys() | one.start.keys())
        return one.dataset != mine, apart, -one.learned / one.seeds, (one.has - one.had) / one.seeds

    found: dict[str, Help] = {}
    for one in sorted(known(), key=rank):
        if one.kind == kind and one.label not in found and changed(config, one) is not None:
            found[one.label] = one
    return list(found.values())[:OFFERED]


def changed(config: RunConfig, help: Help) -> RunConfig | None:
    """The configuration with the change; None where it has it already, or where they do not go together."""
    try:
        after = with_changes(config, dict(help.changes))
    except ConfigError:
        return None
    flat = flatten(after)
    return None if flat == flatten(config) else after
