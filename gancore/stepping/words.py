"""What is said of where a trial stands: in a sentence, and as a table of numbers before the last press and now."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gancore.stepping.machine import Points
from gancore.stepping.moves import PRESSES, Position, steps_of
from gancore.stepping.readings import reading
from gancore.stepping.starts import Start
from gancore.words import count, fixed, number, percent

ROWS: dict[str, tuple[str, Callable[[float | None], str]]] = {
    "d_loss_real": ("D's loss on real points", number),
    "d_loss_fake": ("D's loss on generated points", number),
    "real_for_real": ("Real points that D takes for real", percent),
    "fake_for_real": ("Generated points that D takes for real", percent),
    "d_slope": ("Length of D's gradient", number),
    "g_loss": ("G's loss", number),
    "g_slope": ("Length of G's gradient", number),
}
"""Field of a reading → what it is, and how it is written."""


def standing_words(start: Start, position: Position, letters: str) -> str:
    """Where a trial stands, and whether that is where the run has been."""
    seed, (of_generator, of_discriminator) = start.config.seed, position.standing.steps
    began = {
        "beginning": f"Seed {seed} at step 0: the networks as they are drawn.",
        "checkpoint": f"Seed {seed} at step {start.step:,}, with its optimizers as training left them.",
        "end": f"Seed {seed} at step {start.step:,}. A stored run has none of its optimizers' state, so they begin "
        "anew.",
    }[start.kind]
    if not letters:
        return f"{began} Nothing here is stored."
    made = steps_of(letters)
    if all(PRESSES[letter].which == "both" for letter in letters):
        own = "which are the run's own" if start.exact else "after its end"
        return f"{began} {count(made, 'step')} of both, {own}. Nothing here is stored."
    return (
        f"{began} Since then D has made {count(of_discriminator - start.step, 'step')} and G "
        f"{count(of_generator - start.step, 'step')}: a trial, which is not the run's way and is not stored."
    )


def table(start: Start, position: Position, before: Position | None) -> list[dict[str, str]]:
    """Rows of what both networks are measured to do, before the last press and now."""
    now = reading(start.machine, position.standing)
    last = None if before is None else reading(start.machine, before.standing)
    rows = []
    for name, (label, say) in ROWS.items():
        if getattr(now, name) is None:
            continue
        old = {} if last is None else {"before": say(getattr(last, name))}
        rows.append({f"on {now.points} points of each kind": label, **old, "now": say(getattr(now, name))})
    return rows


def range_words(start: Start, field: NDArray[np.floating] | None, pulled: bool) -> str:
    """What the colours of a picture are, and its arrows."""
    said = ["Blue: real points. Red: generated points of the same latent vectors throughout."]
    if field is not None:
        said.append(_field_words(start, np.asarray(field, np.float64)))
    if pulled:
        aim = "its target lies" if not start.config.loss.judged else "G's loss would have it go"
        said.append(f"Arrow: where {aim}, all of them drawn on one scale.")
    return " ".join(said)


def _field_words(start: Start, field: NDArray[np.float64]) -> str:
    low, high = float(field.min()), float(field.max())
    if not start.config.loss.logit:
        return (
            f"Behind them D's output, bluish where it is higher: {number(high - low)} from the lowest to the highest."
        )
    ends = (percent(float(1 / (1 + np.exp(-end)))) for end in (low, high))
    line = (
        "; the line is where it is undecided, with ticks to the side that it takes for real" if low < 0 < high else ""
    )
    return f"Behind them D's probability of real, from {' to '.join(ends)} in here{line}."


def followed_words(point: int, way: Points) -> str:
    """How far a followed point has come: its way [steps + 1, 2]."""
    way = np.asarray(way, np.float64)
    places = [f"({fixed(x, 3)}, {fixed(y, 3)})" for x, y in (way[0], way[-1])]
    if len(way) == 1:
        return f"Point {point} lies at {places[0]}. Take steps to see its way."
    walked = float(np.hypot(*np.diff(way, axis=0).T).sum())
    apart = float(np.hypot(*(way[-1] - way[0])))
    return (
        f"Point {point} has gone {number(walked)} in {count(len(way) - 1, 'step')}, from {places[0]} to {places[1]}, "
        f"which are {number(apart)} apart."
    )


def plain(start: Start, position: Position) -> dict[str, Any]:
    """Where a trial stands as plain data, for JSON."""
    steps = dict(zip(("g_step", "d_step"), position.standing.steps, strict=True))
    measures = {name: value if math.isfinite(value) else None for name, value in position.measures.items()}
    return {**steps, **measures, "reading": reading(start.machine, position.standing).plain()}
