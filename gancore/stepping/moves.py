"""A trial: what was pressed since its start, in a few letters, and where that leads."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple

from gancore.config import ConfigError
from gancore.stepping.machine import MOST_STEPS, Points, Standing, Which
from gancore.stepping.starts import Start


class Press(NamedTuple):
    """What one press of a button does."""

    which: Which
    steps: int
    label: str


PRESSES = {
    "b": Press("both", 1, "Both"),
    "d": Press("discriminator", 1, "D step"),
    "g": Press("generator", 1, "G step"),
    "t": Press("both", 10, "10 steps"),
}
"""Letter → press."""
MOST_PRESSES = 300
"""In one trial: what a link may carry."""
KEPT_BYTES = 48 * 2**20
"""Of networks between steps, of all trials of a server."""


def pressed(text: str, most_steps: int = MOST_STEPS) -> str:
    """The letters of a trial, one a press, from what an address carries: ``b3d`` is ``bbbd``; raises ConfigError."""
    found = re.findall(r"([bdgt])([1-9][0-9]{0,2})?", text) if len(text) <= 4 * MOST_PRESSES else []
    if "".join(letter + number for letter, number in found) != text:
        allowed = "use b (both), d (discriminator), g (generator) and t (ten), each with a number or not, such as b3d"
        raise ConfigError.refused("moves", text, allowed)
    letters = "".join(letter * int(number or 1) for letter, number in found)
    steps = steps_of(letters)
    if len(letters) > MOST_PRESSES or steps > most_steps:
        allowed = f"a trial has up to {MOST_PRESSES} presses and {most_steps:,} steps here"
        raise ConfigError.of("moves", f"{len(letters)} presses of {steps:,} steps are not allowed; {allowed}", steps)
    return letters


def short(letters: str) -> str:
    """The same as an address carries it: ``bbbd`` is ``b3d``."""
    runs = re.findall(r"((.)\2*)", letters)
    return "".join(one + (str(len(run)) if len(run) > 1 else "") for run, one in runs)


def steps_of(letters: str) -> int:
    """Steps of all presses together."""
    return sum(PRESSES[letter].steps for letter in letters)


@dataclass(frozen=True, eq=False)
class Position:
    """Where a trial has come to."""

    standing: Standing
    images: tuple[Points, ...]
    """Generated points [SHOWN, 2] of the fixed latents at the start and after each step."""
    measures: dict[str, float]
    """What the last step reported; empty at the start."""

    @property
    def ended(self) -> bool:
        """Whether a weight is no number any more, so that no step leads on."""
        return not self.standing.finite


class Positions:
    """Positions of trials, the newest of them kept within a bound of bytes: what is gone is stepped to again.

    A position follows from a trial's start and presses alone, so that it is the same for every session.
    """

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit, self.size = limit, 0
        self._known: OrderedDict[tuple[Hashable, str], Position] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def at(self, key: Hashable, start: Start, letters: str, beat: Callable[[], None] = lambda: None) -> Position:
        """The position of a trial after these presses; ``key`` stands for its start.

        ``beat`` is called before each press that has to be taken again; whatever it raises ends it.
        """
        done = next((n for n in range(len(letters), 0, -1) if (key, letters[:n]) in self._known), 0)
        position = self._find((key, letters[:done])) if done else None
        if position is None:
            done, position = 0, Position(start.standing, (start.machine.points(start.standing.generator),), {})
        for end in range(done + 1, len(letters) + 1):
            beat()
            position = moved(start, position, letters[end - 1])
            self._keep((key, letters[:end]), position)
        return position

    def _find(self, key: tuple[Hashable, str]) -> Position | None:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def _keep(self, key: tuple[Hashable, str], position: Position) -> None:
        with self._lock:
            if key in self._known:
                return
            self._known[key] = position
            self.size += _bytes(position)
            while self.size > self._limit and len(self._known) > 1:
                self.size -= _bytes(self._known.popitem(last=False)[1])


def moved(start: Start, position: Position, letter: str) -> Position:
    """The position after one press more; the same where a weight is no number any more."""
    press, machine = PRESSES[letter], start.machine
    for _ in range(press.steps):
        if position.ended:
            break
        standing, measures = machine.step(position.standing, press.which)
        image = position.images[-1]
        if press.which != "discriminator":
            image = machine.points(standing.generator)
        position = Position(standing, (*position.images, image), measures)
    return position


def _bytes(position: Position) -> int:
    """Images before the last belong to positions before it as well."""
    return position.standing.nbytes + 10 * position.images[-1].nbytes
