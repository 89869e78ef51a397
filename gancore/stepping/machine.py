"""Single steps of a run on numpy: the engine's own program, draws and parts, one step of one network or of both.

A step from where a run stands is the step that the engine would make, in float64 where that has float32. Each network
counts its own steps, so that one may step alone: its draws, its optimizer's clock and its schedules are those of its
own next step.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gancore.config import ConfigError, RunConfig
from gancore.jobs.estimate import work
from gancore.parts import parts_of, streams
from gancore.parts.backend import on_arrays, tf, without_tensorflow
from gancore.parts.streams import Purpose
from gancore.training.program import SNAPSHOT_POINTS, Program
from gancore.training.shapes import GraphShape
from gancore.training.state import DiscriminatorUpdate, GeneratorUpdate, Learner, TrainState

Which = Literal["both", "generator", "discriminator"]
Heard = Callable[[DiscriminatorUpdate | GeneratorUpdate], None]
Points = NDArray[np.float64]

MOST_WORK = 1e9
"""Multiply-adds of a step that is taken on numpy, about a sixth of a second of one core."""
MOST_WORK_IN_ALL, FEWEST_STEPS, MOST_STEPS = 3e10, 60, 1_000
"""The same of all steps of a trial, and how many it may have of the largest networks and of the smallest."""
MOST_WEIGHTS = 500_000
"""Weights of both networks together, of which an optimizer keeps two numbers more each: 12 MB a step that is kept."""
SHOWN = 192
"""Generated points of the run's own latents of snapshots that are shown; packs of most sizes divide it."""


class Standing(NamedTuple):
    """Two networks between two steps, as numpy's arrays with an axis of one run first."""

    generator: Learner
    discriminator: Learner
    average: list[Any]
    """The generator's averaged weights; empty where none are."""
    steps: tuple[int, int]
    """Steps that the generator has made, and the discriminator."""

    @property
    def together(self) -> bool:
        """Whether both have made as many, as in a run."""
        return self.steps[0] == self.steps[1]

    @property
    def finite(self) -> bool:
        """False once a weight is no number any more."""
        weights = [*self.generator.weights, *self.discriminator.weights]
        return all(bool(np.isfinite(one).all()) for one in weights)

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return sum(one.nbytes for one in _leaves(self[:3]))


class Machine:
    """One configuration's steps; raises ConfigError where they are too large for numpy, or need TensorFlow.

    ``clocks``: updates of generator and discriminator that their optimizers have not counted, because they began anew
    after them.
    """

    def __init__(self, config: RunConfig, clocks: tuple[int, int] = (0, 0)) -> None:
        _refuse_large(config)
        if reason := config.dataset.lacks():
            raise ConfigError.of("dataset", reason)
        self.config = config
        with _on_arrays():
            self.program = Program(GraphShape.of(config), lanes=1)
            self._lanes = self.program.lane_inputs([config])
        with on_numpy(config):
            self.inputs = self.program.lane_inputs([config])
            rules = self.program.rules
            self.rules = rules._replace(
                g_optimizer=_Since.of(rules.g_optimizer, clocks[0]), d_optimizer=_Since.of(rules.d_optimizer, clocks[1])
            )

    @property
    def most_steps(self) -> int:
        """Steps of a trial that a server may be asked to take again: some seconds of one core."""
        return int(min(MOST_STEPS, max(FEWEST_STEPS, MOST_WORK_IN_ALL * self.config.steps / work(self.config))))

    def step(
        self, at: Standing, which: Which = "both", heard: Heard | None = None
    ) -> tuple[Standing, dict[str, float]]:
        """Where the next step leads, and what it reports (see ``training.step.measures_of``).

        ``heard`` is told of every update that counts. Networks that have made unlike numbers of steps each make their
        own next one, in the order of the configuration. Raises ConfigError where there is no discriminator to step.
        """
        update = self.rules.update
        if which != "generator" and not self.rules.loss.judged:
            if which == "discriminator":
                raise ConfigError.of("loss.kind", f"{self.config.loss.kind} trains no discriminator")  # type: ignore[attr-defined]
            which = "generator"
        if which == "both" and at.together:
            return self._stepped(at, at.steps[0], self.rules._replace(heard=heard))
        if which == "discriminator":
            listening = _only(DiscriminatorUpdate, heard)
            after, measures = self._stepped(at, at.steps[1], self.rules._replace(heard=listening))
            kept = Standing(at.generator, after.discriminator, at.average, (at.steps[0], at.steps[1] + 1))
            return kept, {name: value for name, value in measures.items() if name != "g_loss"}
        if which == "generator":
            # It asks the discriminator as it is, whose own updates in that step are not kept.
            held = update.model_copy(update={"order": "simultaneous"}) if self.rules.loss.judged else update
            listening = _only(GeneratorUpdate, heard)
            rules = self.rules._replace(update=held, heard=listening)
            after, measures = self._stepped(at, at.steps[0], rules)
            kept = Standing(after.generator, at.discriminator, after.average, (at.steps[0] + 1, at.steps[1]))
            return kept, {"g_loss": measures["g_loss"]}
        first, of_discriminator = self.step(at, "discriminator", heard)
        second, of_generator = self.step(first if update.order == "alternating" else at, "generator", heard)
        steps = (second.steps[0], first.steps[1])
        return second._replace(discriminator=first.discriminator, steps=steps), of_discriminator | of_generator

    def _stepped(self, at: Standing, number: int, rules: Any) -> tuple[Standing, dict[str, float]]:
        with _on_arrays():
            drawn = self.program._draws(self._lanes, tf.constant(number))
        with on_numpy(self.config):
            generator, discriminator, average = _mapped(tf.constant, at[:3])
            names = self.program.measures
            state = TrainState(
                generator, discriminator, tf.constant(number), tf.zeros((len(names), 1)), tf.fill((1,), -1), average
            )
            state = self.program.by(rules).step(self.inputs, state, _mapped(tf.constant, drawn))
        after = _mapped(values, (state.generator, state.discriminator, list(state.average)))
        measures = dict(zip(names, map(float, values(state.sums)[:, 0]), strict=True))
        return Standing(after[0], after[1], after[2], (at.steps[0] + 1, at.steps[1] + 1)), measures

    @cached_property
    def latents(self) -> NDArray[np.float32]:
        """The first ``SHOWN`` latents of the run's snapshots, [1, SHOWN, dim]."""
        with _on_arrays():
            key = self._lanes.keys[:, streams.ON_DEVICE.index(Purpose.SNAPSHOT_LATENT)]
            return self.program.latent(key, tf.zeros((), tf.uint32), SNAPSHOT_POINTS)[:, :SHOWN].copy()

    @cached_property
    def targets(self) -> NDArray[np.float32]:
        """Where those latents belong, [1, SHOWN, 2], where no discriminator judges."""
        from gancore.training.targets import MOST, targets

        with _on_arrays():
            told = self.config.latent.shares(self.latents, min(self.config.latent.shared, MOST))
            return targets(self._lanes.data, self._lanes.across, told)

    @cached_property
    def real(self) -> NDArray[np.float64]:
        """Training points that losses are compared on, [n, 2]: up to ``SHOWN``, always the same."""
        points = np.asarray(self.config.dataset.points(), np.float64)
        chosen = np.random.default_rng(0).choice(len(points), min(len(points), SHOWN), replace=False)
        return points[np.sort(chosen)]

    def points(self, learner: Learner) -> Points:
        """What a generator makes of ``latents``, as a snapshot would have it: [SHOWN, 2]."""
        with on_numpy(self.config):
            weights, state = _mapped(tf.constant, (learner.weights, learner.state))
            return values(self.rules.generator.sampled(weights, tf.constant(self.latents), state))[0]

    def undecided(self, field: NDArray[np.floating]) -> NDArray[np.float64]:
        """How far outputs [...] are above where the discriminator is undecided; of a critic, above their middle."""
        field = np.asarray(field, np.float64)
        if self.rules.loss.boundary is None:
            return field - (field.max() + field.min()) / 2
        with on_numpy(self.config):
            threshold = values(self.rules.loss.threshold(self.inputs.parts["loss"]))
        return field - float(np.squeeze(threshold))

    def weights(self, at: Standing) -> dict[str, NDArray[np.float32]]:
        """Both networks' arrays as a run keeps them, float32; the generator's are those that are trained."""
        found: dict[str, NDArray[np.float32]] = {}
        for name in ("generator", "discriminator"):
            network, learner = getattr(self.rules, name).network, getattr(at, name)
            for array, stacked in zip(network.trained + network.state, learner.weights + learner.state, strict=True):
                flat = len(network.arrays[array].shape) == 1
                found[f"{name}/{array}"] = (stacked[0, 0] if flat else stacked[0]).astype(np.float32)
        return found


class _Since(NamedTuple):
    """An optimizer that began after so many updates."""

    optimizer: Any
    updates: int

    @classmethod
    def of(cls, optimizer: Any, updates: int) -> Any:
        """The optimizer itself where it has counted all of them."""
        return cls(optimizer, updates) if updates else optimizer

    def whole_update(self, weights: Any, gradients: Any, slots: Any, count: Any, *rest: Any) -> Any:
        """``Optimizer.whole_update``."""
        return self.optimizer.whole_update(weights, gradients, slots, count - self.updates, *rest)


def clocks_at(config: RunConfig, step: int) -> tuple[int, int]:
    """Updates that generator's and discriminator's optimizer have counted after so many steps of a run."""
    update = config.update
    turns, rounds = step * update.turns, step * update.rounds * update.ticks
    if not config.loss.judged:
        return turns, 0
    return (turns + rounds, turns + rounds) if update.shared_adam_clock else (turns, rounds)


@contextlib.contextmanager
def on_numpy(config: RunConfig) -> Iterator[None]:
    """Parts compute without TensorFlow in here; raises ConfigError where one needs what only TensorFlow has."""
    try:
        with without_tensorflow(), np.errstate(all="ignore"):  # a network that diverges is seen by its numbers
            yield
    except NotImplementedError as error:
        kinds: list[tuple[str, Any]] = [(path, part) for path, part in parts_of(config) if hasattr(part, "kind")]
        foreign = [(path, part) for path, part in kinds if not type(part).__module__.startswith("gancore.")]
        for path, part in foreign or kinds[:1]:
            reason = f"{part.kind} needs TensorFlow ({error}); use a kind that gancore brings"
            raise ConfigError.of(f"{path}.kind", reason, part.kind) from None
        raise


@contextlib.contextmanager
def _on_arrays() -> Iterator[None]:
    with on_arrays(), np.errstate(all="ignore"):  # whole numbers of 32 bits turn over, as they are meant to
        yield


def values(tensor: Any) -> NDArray[Any]:
    """A tensor's numbers."""
    return np.asarray(tensor.numpy() if hasattr(tensor, "numpy") else tensor)


def length(arrays: Any) -> float:
    """The length of all numbers of several arrays or tensors together."""
    return math.sqrt(sum(float(np.sum(np.square(values(one)))) for one in arrays))


def _refuse_large(config: RunConfig) -> None:
    """Raises ConfigError where a step takes too long, or too much memory, without the compiled engine."""
    networks = config.generator.network(config.latent), config.discriminator.network()
    weights = sum(network.weights for network in networks)
    if weights > MOST_WEIGHTS:
        wide = max(("generator", "discriminator"), key=lambda name: max(getattr(config, name).hidden, default=0))
        reason = f"both networks have {weights:,} weights; single steps are for up to {MOST_WEIGHTS:,}"
        raise ConfigError.of(f"{wide}.hidden", f"{reason}, so use narrower layers", weights)
    one = work(config) / config.steps
    if one > MOST_WORK:
        reason = f"a step takes {int(one):,} multiply-adds; single steps are for up to {int(MOST_WORK):,}"
        raise ConfigError.of("batch_size", f"{reason}, so use a smaller batch or fewer updates in a step", one)


def _only(kind: type, heard: Heard | None) -> Heard | None:
    """A listener that is told of one network's updates alone."""
    return None if heard is None else lambda update: heard(update) if isinstance(update, kind) else None


def _mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """Named tuples, tuples, lists and dictionaries of arrays with a function of each array; None stays None."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {name: _mapped(function, one) for name, one in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(_mapped(function, one) for one in tree))
    if isinstance(tree, list | tuple):
        return type(tree)(_mapped(function, one) for one in tree)
    return function(tree)


def _leaves(tree: Any) -> list[NDArray[Any]]:
    found: list[NDArray[Any]] = []
    _mapped(lambda one: found.append(one), tree)
    return found
