"""What a search speaks of: the runs that it wants, what they came to, what happened and how it ended."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

START = ""
"""The key of the configuration that fails."""

Length = Literal["short", "whole"]
Stage = Literal["start", "setting", "pair", "recipe"]
What = Literal["began", "races", "dropped", "slower", "aside", "passed", "confirms", "confirmed", "refuted"]
Verdict = Literal["fix", "nothing", "learns"]


class Trial(NamedTuple):
    """One run that a search wants."""

    key: str
    """The candidate's; START for the start."""
    seed: int
    length: Length = "whole"


class Outcome(NamedTuple):
    """What one run came to."""

    learned: bool
    excess: float
    """w1_excess at its end; infinite where it diverged, failed or has none."""
    falling: bool = False
    """Whether its distance still fell when it ended."""


class Entrant(NamedTuple):
    """What a search knows of a candidate."""

    key: str
    kind: Literal["setting", "pair", "recipe"]
    cost: float = 1.0
    """Arithmetic of a run, relative to the start's."""


class Event(NamedTuple):
    """One thing that happened, in order."""

    what: What
    stage: Stage
    key: str
    runs: int = 0
    """Runs that it is decided from."""
    learned: int = 0
    excess: float = math.nan
    """Median w1_excess of those runs."""
    length: Length = "whole"
    reason: str = ""


class Answer(NamedTuple):
    """How a search ended."""

    verdict: Verdict
    winner: str = ""
    """The fix; where nothing helps the best that there is; START where that is the start."""
    runner_up: str = ""


@dataclass
class Standing:
    """Where a search stands."""

    events: list[Event]
    wanted: tuple[Trial, ...] = ()
    """Runs of the round that it waits for, those that are there too."""
    missing: tuple[Trial, ...] = ()
    answer: Answer | None = None
    known: dict[Trial, Outcome] = field(default_factory=dict)
    """Every outcome that it asked for."""
