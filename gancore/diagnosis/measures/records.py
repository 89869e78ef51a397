"""Quantities that a run writes down: scores of its snapshots, losses and accuracies."""

from __future__ import annotations

import numpy as np

from gancore.diagnosis.quantity import Found, measure
from gancore.diagnosis.seen import Seen


def _score(key: str, seen: Seen) -> Found | None:
    if key not in seen.scores:
        return None
    steps, values = seen.scores["step"], seen.scores[key]
    known = np.isfinite(values)
    return steps[known], values[known]


def _row(key: str, seen: Seen, by: float = 1.0) -> Found | None:
    return (seen.history["step"], seen.history[key] / by) if key in seen.history else None


@measure("learned", "Learned", "share", "1 where the run has learned its distribution, by the rule of all studies.")
def learned(seen: Seen) -> Found | None:
    """The score of the same name, at the snapshots that have it."""
    return _score("learned", seen)


@measure("coverage", "Coverage", "share", "Share of the data that generated points reach.")
def coverage(seen: Seen) -> Found | None:
    """The score of the same name."""
    return _score("coverage", seen)


@measure("modes", "Modes with mass", "modes", "Modes that hold at least a tenth of their share of generated points.")
def modes(seen: Seen) -> Found | None:
    """The score ``modes_mass``, of a mixture."""
    return _score("modes_mass", seen)


@measure("near", "Near the data", "share", "Share of generated points near the data.")
def near(seen: Seen) -> Found | None:
    """The score of the same name."""
    return _score("near", seen)


@measure("distance", "Distance to the data", "data units", "Sliced Wasserstein distance to the data.", late=True)
def distance(seen: Seen) -> Found | None:
    """``swd`` in units of the distribution's spread."""
    found = _score("swd", seen)
    return None if not isinstance(found, tuple) else (found[0], np.asarray(found[1]) / seen.scale)


@measure("accuracy", "Discriminator's accuracy", "share", "Share of points that it takes for what they are.", late=True)
def accuracy(seen: Seen) -> Found | None:
    """Over real and generated points alike; a critic decides nothing."""
    return _row("d_acc", seen, 100)


@measure("accuracy_real", "Accuracy on real points", "share", "The same, of real points of a batch.", late=True)
def accuracy_real(seen: Seen) -> Found | None:
    """Points of the training set."""
    return _row("d_acc_real", seen, 100)


@measure("accuracy_fake", "Accuracy on generated points", "share", "The same, of generated points.", late=True)
def accuracy_fake(seen: Seen) -> Found | None:
    """Before the update that they belong to."""
    return _row("d_acc_fake", seen, 100)


@measure("loss", "Largest loss", "number", "The larger of the two networks' losses, without its sign.")
def loss(seen: Seen) -> Found | None:
    """Of each row of the history."""
    names = [name for name in ("d_loss", "g_loss") if name in seen.history]
    if not names:
        return None
    return seen.history["step"], np.max([np.abs(seen.history[name]) for name in names], axis=0)
