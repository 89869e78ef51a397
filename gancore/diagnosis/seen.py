"""Seen: all that a run, stored or in training, gives to be measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gancore.config import ConfigError, RunConfig
from gancore.metrics.even import centre, spread
from gancore.recording.landscape import GRID, Landscape, judged, slopes
from gancore.recording.result import RunResult
from gancore.store import StoredRun

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Seen:
    """What there is of a run so far; its arrays are read when they are first asked for."""

    config: RunConfig
    step: int
    """Steps trained."""
    diverged_at: int | None
    """Step at which a loss or weight stopped being finite."""
    snapshot_steps: NDArray[np.int64]
    """Steps of the snapshots, [S]."""
    read_history: Callable[[], Columns] = field(repr=False)
    read_scores: Callable[[], Columns] = field(repr=False)
    read_points: Callable[[], NDArray[np.float32]] = field(repr=False)
    read_weights: Callable[[], Mapping[str, NDArray[np.float32]]] = field(repr=False, default=dict)
    read_landscape: Callable[[], Landscape | None] = field(repr=False, default=lambda: None)

    @classmethod
    def of(cls, run: StoredRun) -> Seen:
        """A stored run; one of a bundle has fewer points at each snapshot, and a landscape in place of weights."""
        return cls(
            run.config,
            run.steps,
            run.diverged_at,
            np.asarray(run.snapshot_steps, np.int64),
            lambda: {str(name): column.to_numpy(np.float64) for name, column in run.history.items()},
            lambda: {str(name): column.to_numpy(np.float64) for name, column in run.scores.items()},
            lambda: run.snapshots,
            lambda: run.weights,
            lambda: run.landscape,
        )

    @classmethod
    def of_result(cls, result: RunResult) -> Seen:
        """What training gave, before it is stored."""
        return cls(
            result.config,
            result.steps,
            result.diverged_at,
            np.asarray(result.snapshot_steps, np.int64),
            lambda: result.history,
            lambda: {"step": result.snapshot_steps.astype(np.float64), **result.metrics},
            lambda: result.snapshots,
            lambda: result.weights,
        )

    @classmethod
    def of_checkpoint(cls, config: RunConfig, arrays: Mapping[str, np.ndarray]) -> Seen:
        """A run in training, as its checkpoint has it: all but its networks. Raises ConfigError where it does not fit.

        ``arrays`` as ``jobs`` keeps them: ``step``, ``history/NAME``, ``scores/NAME``, ``snapshots/step``, ...
        """
        try:
            steps, points = arrays["snapshots/step"], arrays["snapshots/points"]
            scored, step = np.asarray(arrays["scored"], bool), int(arrays["step"])
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"checkpoint: it is not one of a run in training ({error})") from None
        if points.shape != (len(steps), *points.shape[1:2], 2) or scored.shape != steps.shape:
            raise ConfigError("checkpoint: its snapshots do not fit each other")

        def named(prefix: str) -> dict[str, NDArray[np.float64]]:
            return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}

        scores = {"step": steps[scored].astype(np.float64), **named("scores/")}
        return cls(
            config,
            step,
            None,
            np.asarray(steps, np.int64),
            lambda: named("history/"),
            lambda: scores,
            lambda: points,
        )

    @property
    def ended(self) -> bool:
        """Whether it has reached its last step."""
        return self.step >= self.config.steps

    @cached_property
    def history(self) -> Columns:
        """Losses and accuracies (percent), [rows] each, with ``step``."""
        return self.read_history()

    @cached_property
    def scores(self) -> Columns:
        """Metrics, [snapshots] each, with ``step``."""
        return self.read_scores()

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Generated points [S, P, 2] of the same latents at every snapshot, around the distribution's centre and in
        units of its spread."""
        unit = self.config.dataset.unit(self.read_points())
        return (unit - self.centre) / self.scale

    @cached_property
    def centre(self) -> NDArray[np.float64]:
        """The mean [2] of the distribution, in unit coordinates."""
        return centre(self.config.dataset)  # type: ignore[arg-type]  # frozen, so hashable

    @cached_property
    def scale(self) -> float:
        """The spread of the distribution in unit coordinates: root mean square distance from its mean."""
        return spread(self.config.dataset) or 1.0  # type: ignore[arg-type]  # frozen, so hashable

    @cached_property
    def length(self) -> float:
        """The spread of the distribution in its own coordinates, which networks see; of a stretched one the mean."""
        matrix, _ = self.config.dataset.affine()
        return self.scale * self.config.dataset.scale * float(np.sqrt(abs(np.linalg.det(matrix))))

    @cached_property
    def last(self) -> NDArray[np.float32]:
        """The last snapshot in dataset coordinates, [P, 2]."""
        return self.read_points()[-1]

    def logits(self, points: NDArray[np.float32]) -> NDArray[np.float64] | None:
        """The discriminator's logits [n] at points [n, 2] in dataset coordinates; None where no discriminator judges.

        None too where neither its weights are kept nor the landscape, between whose places it is taken to be linear
        (and at a point outside to be as at its edge).
        """
        if not self.config.loss.judged:
            return None
        weights = self.read_weights()
        if weights:
            try:
                return judged(self.config, weights, points)
            except ConfigError:
                return None
        landscape = self.read_landscape()
        return None if landscape is None else _between(landscape, points)

    def slopes(self, points: NDArray[np.float32]) -> NDArray[np.float64] | None:
        """Length [n] of the gradient of the discriminator's logit at points [n, 2], per unit of the axes; None as for
        ``logits``."""
        if not self.config.loss.judged:
            return None
        weights = self.read_weights()
        if weights:
            try:
                return slopes(self.config, weights, points)
            except ConfigError:
                return None
        landscape = self.read_landscape()
        if landscape is None:
            return None
        step = np.array(landscape.window.half) / (GRID - 1)
        rises = [
            (_between(landscape, points + way) - _between(landscape, points - way)) / (2 * np.linalg.norm(way))
            for way in np.diag(step)
        ]
        return np.hypot(*rises)


def _between(landscape: Landscape, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """The field at points [n, 2], linear between the places where it is known."""
    places = (landscape.window.to_unit(points) + 1) / 2 * (GRID - 1)
    places = np.clip(places, 0, GRID - 1)
    cell = np.minimum(places.astype(int), GRID - 2)
    (x, y), (right, up) = cell.T, (places - cell).T
    field = landscape.field.astype(np.float64)
    low = field[y, x] * (1 - right) + field[y, x + 1] * right
    high = field[y + 1, x] * (1 - right) + field[y + 1, x + 1] * right
    return low * (1 - up) + high * up
