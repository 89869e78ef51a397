"""The engine's own step on the Dirac GAN: where it leads, the field that it follows, and its derivatives.

Whatever the engine makes of a loss, a penalty, an optimizer and an update rule is here too, as
``gancore.training.rules.whole_step`` takes every step.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, cast

import numpy as np

from gancore.config import ConfigError, RunConfig
from gancore.dirac.networks import PointMass, Slope
from gancore.parts import SGD, parts_of
from gancore.parts.backend import tf, without_tensorflow
from gancore.parts.errors import one_of
from gancore.training.rules import whole_step
from gancore.training.state import Draws, Learner, Round, Rules

FAR = 1e6
"""A distance from the equilibrium at which a trajectory has ended."""


@contextlib.contextmanager
def _on_numpy(config: RunConfig) -> Iterator[None]:
    """Parts compute without TensorFlow in here; raises ConfigError where one needs what only TensorFlow has."""
    try:
        with without_tensorflow(), np.errstate(all="ignore"):
            yield
    except NotImplementedError as error:
        parts = {name: getattr(config, name) for name in ("loss", "penalty", "update", "g_optimizer", "d_optimizer")}
        foreign = [name for name, part in parts.items() if not type(part).__module__.startswith("gancore.")]
        name = (foreign or ["loss"])[0]
        own = [kind for kind, part in type(parts[name]).registry.items() if part.__module__.startswith("gancore.")]
        raise ConfigError.refused(
            f"{name}.kind", parts[name].kind, one_of(own), f"needs TensorFlow ({error})"
        ) from None


class Game:
    """A configuration's step for R pairs (θ, ψ), in the arithmetic of the context that it is used in."""

    def __init__(self, config: RunConfig, runs: int) -> None:
        masked = config.masked()
        self.rules = Rules(
            cast(Any, PointMass()),
            cast(Any, Slope()),
            masked.loss,
            masked.penalty,
            masked.g_optimizer,
            masked.d_optimizer,
            masked.update,
        )
        self.inputs = {
            path: {name: _constant(np.full(runs, value)) for name, value in part.inputs().items()}
            for path, part in parts_of(config)
            if path.split(".")[0] in ("loss", "penalty", "g_optimizer", "d_optimizer", "update")
        }
        # Real data at 0; what a part draws by chance is the middle of its range.
        points, latent, penalty = _constant(np.zeros((runs, 1, 2))), _constant(np.zeros((runs, 1, 1))), config.penalty
        uniforms = _constant(np.zeros((runs, 1, penalty.uniforms))) if penalty.uniforms else None
        rounds, turns = config.update.rounds, config.update.turns
        more = turns - 1
        self.draws = Draws(
            [Round(points, latent, uniforms)] * rounds,
            latent,
            [latent] * more,
            [None] * turns,
            cast(Any, Draws([], None).masks) * turns,
        )

    def start(self, at: np.ndarray) -> tuple[Learner, Learner]:
        """Generator and discriminator at pairs [R, 2], their optimizers new."""
        weights = [[_constant(at[:, i].reshape(-1, 1, 1))] for i in (0, 1)]
        optimizers = self.rules.g_optimizer, self.rules.d_optimizer
        slots = [
            {name: [tf.zeros_like(own[0])] for name in optimizer.slots}
            for own, optimizer in zip(weights, optimizers, strict=True)
        ]
        return Learner(weights[0], slots[0]), Learner(weights[1], slots[1])

    def step(self, generator: Learner, discriminator: Learner, step: int) -> tuple[Learner, Learner]:
        """Both after step number ``step``, from 0."""
        moved = whole_step(self.rules, generator, discriminator, self.draws, tf.constant(step), self.inputs)
        return moved[0], moved[1]


def trajectory(config: RunConfig, starts: np.ndarray, steps: int) -> np.ndarray:
    """(θ, ψ) before every step and after the last: starts [R, 2] → [steps + 1, R, 2].

    From where all have left the plane (a distance of ``FAR``, or no number) the rest is NaN.
    """
    found = np.full((steps + 1, *starts.shape), np.nan)
    found[0] = starts
    with _on_numpy(config):
        game = Game(config, len(starts))
        generator, discriminator = game.start(starts)
        for step in range(steps):
            generator, discriminator = game.step(generator, discriminator, step)
            found[step + 1] = np.stack([generator.weights[0].numpy(), discriminator.weights[0].numpy()], -1)[:, 0, 0]
            if not (np.abs(found[step + 1]) < FAR).any():
                break
    return found


def field(config: RunConfig, at: np.ndarray) -> np.ndarray:
    """The direction [R, 2] in which (θ, ψ) moves at pairs [R, 2]: each network's gradient, downhill.

    It is the derivative of the engine's step, taken by gradient descent, by the learning rate where that is 0: exact,
    and with what the update rule makes of the gradients (more updates of one network, consensus).
    """
    with _on_numpy(config):
        generator, discriminator = _at(at)
        return np.stack([one.numpy()[:, 0, 0] for one in _field(config, generator, discriminator)], axis=-1)


def jacobian(config: RunConfig, at: np.ndarray) -> np.ndarray:
    """The field's derivatives [2, 2] by θ and ψ (columns) at one pair [2]."""
    with _on_numpy(config):
        weights = _at(at[None])
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(list(weights))
            moves = _field(config, *weights)
        return _rows(tape, moves, list(weights))


def step_jacobian(config: RunConfig, at: np.ndarray) -> np.ndarray:
    """Derivatives [n, n] of one step by all that it changes: θ, ψ, and then what the optimizers keep of each."""
    with _on_numpy(config):
        game = Game(config, 1)
        generator, discriminator = game.start(at[None])
        before = _state(generator, discriminator)
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(before)
            after = _state(*game.step(generator, discriminator, 0))
        return _rows(tape, after, before)


def _state(generator: Learner, discriminator: Learner) -> list[Any]:
    kept = [slot for learner in (generator, discriminator) for slots in learner.slots.values() for slot in slots]
    return [*generator.weights, *discriminator.weights, *kept]


def _rows(tape: Any, targets: Any, sources: list[Any]) -> np.ndarray:
    zero = tf.UnconnectedGradients.ZERO
    rows = [tape.gradient(one, sources, unconnected_gradients=zero) for one in targets]
    return np.array([[float(value.numpy().sum()) for value in row] for row in rows])


def _field(config: RunConfig, theta: Any, psi: Any) -> list[Any]:
    """[R, 1, 1] each, differentiable."""
    descent, penalty = SGD(), config.penalty
    if penalty.interval > 1:  # of many steps together, a lazy penalty is one of each step
        penalty = penalty.model_copy(update={"every": 1})
    taken = {"g_optimizer": descent, "d_optimizer": descent, "penalty": penalty}
    game = Game(config.model_copy(update=taken), theta.shape[0])
    rate = _constant(np.zeros(theta.shape[0]))
    for name in ("g_optimizer", "d_optimizer"):
        game.inputs[name]["learning_rate"] = rate
    slots = {name: [tf.zeros_like(theta)] for name in descent.slots}
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(rate)
        moved = game.step(Learner([theta], slots), Learner([psi], slots), 0)
        totals = [tf.reduce_sum(learner.weights[0]) for learner in moved]
    zero = tf.UnconnectedGradients.ZERO
    return [tf.reshape(tape.gradient(total, rate, unconnected_gradients=zero), [-1, 1, 1]) for total in totals]


def _at(at: np.ndarray) -> tuple[Any, Any]:
    return _constant(at[:, :1, None]), _constant(at[:, 1:, None])


def _constant(values: Any) -> Any:
    return tf.constant(np.asarray(values, np.float64), "float64")
