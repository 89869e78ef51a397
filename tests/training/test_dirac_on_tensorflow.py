"""The Dirac GAN's steps and derivatives on numpy are those that TensorFlow computes of the same classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from gancore.dirac import dirac, field, jacobian, step_jacobian, trajectory
from gancore.dirac import steps as on_dirac
from gancore.parts import Loss, Optimizer, Penalty, plain
from gancore.parts.backend import without_tensorflow

PLACES = np.array([[1.0, 1.0], [-0.7, 0.3], [0.2, -1.4], [2.5, 0.1], [-1.5, -2.0]])
RULES = [
    {"update.kind": "separate"},
    {"update.kind": "extragradient", "update.order": "simultaneous"},
    {"update.consensus": 0.7, "update.order": "simultaneous"},
    {"update.unrolled": 2},
    {"update.d_steps": 2, "update.g_steps": 2},
    {"penalty.kind": "r1", "penalty.every": 3},
    {"d_optimizer.clip_value": 0.1, "g_optimizer.clip_norm": 0.2, "d_optimizer.clip_weights": 0.9},
    {"loss.real_label": 0.9, "loss.real_weight": 2},
]


def by_tensorflow(changes: dict[str, Any], steps: int) -> np.ndarray:
    """The places [R, 2] after so many steps, in TensorFlow's own arithmetic, eagerly."""
    game = on_dirac.Game(dirac(changes).config, len(PLACES))
    generator, discriminator = game.start(PLACES)
    assert isinstance(generator.weights[0], tf.Tensor)
    for step in range(steps):
        generator, discriminator = game.step(generator, discriminator, step)
    return np.stack([one.weights[0].numpy()[:, 0, 0] for one in (generator, discriminator)], axis=-1)


@pytest.mark.parametrize("penalty", sorted(Penalty.registry))
@pytest.mark.parametrize("loss", sorted(kind for kind, part in Loss.registry.items() if part.judged))  # type: ignore[attr-defined]
def test_gradients_of_every_pair(loss, penalty):
    changes = {"loss.kind": loss, "penalty.kind": penalty}
    found = trajectory(dirac(changes).config, PLACES, 1)[-1]
    np.testing.assert_allclose(found, by_tensorflow(changes, 1), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("kind", sorted(Optimizer.registry))
def test_every_optimizer(kind):
    changes = {f"{name}.kind": kind for name in ("g_optimizer", "d_optimizer")}
    found = trajectory(dirac(changes).config, PLACES, 3)[-1]
    np.testing.assert_allclose(found, by_tensorflow(changes, 3), rtol=1e-8, atol=1e-10)  # it rounds 0.96 to float32


@pytest.mark.parametrize("changes", RULES, ids=lambda changes: next(iter(changes)))
def test_every_rule(changes):
    found = trajectory(dirac(changes).config, PLACES, 4)[-1]
    np.testing.assert_allclose(found, by_tensorflow(changes, 4), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("loss", ["non_saturating", "least_squares", "relativistic_average"])
def test_fields_and_their_derivatives(loss, monkeypatch):
    config = dirac({"loss.kind": loss, "penalty.kind": "r1_r2"}).config
    one = np.array([0.3, -0.4])
    found = [field(config, PLACES), jacobian(config, one), step_jacobian(config, one)]
    monkeypatch.setattr(on_dirac, "without_tensorflow", lambda: np.errstate())
    for mine, theirs in zip(
        found, [field(config, PLACES), jacobian(config, one), step_jacobian(config, one)], strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-11, atol=1e-13)


OPERATIONS = {
    "softplus": lambda tf, x: tf.nn.softplus(x),
    "sigmoid": lambda tf, x: tf.math.sigmoid(x),
    "log_sigmoid": lambda tf, x: tf.math.log_sigmoid(x),
    "relu": lambda tf, x: tf.nn.relu(x) * x,
    "leaky_relu": lambda tf, x: tf.nn.leaky_relu(x, 0.25) * x,
    "tanh": lambda tf, x: tf.tanh(x),
    "exp and log": lambda tf, x: tf.math.log(1.0 + tf.exp(x)) + tf.math.log1p(tf.square(x)),
    "sine": lambda tf, x: tf.sin(x) * tf.cos(x),
    "powers": lambda tf, x: x**3 + tf.pow(x * x + 0.5, 0.3) + tf.sqrt(x * x + 1.0),
    "quotient": lambda tf, x: (1.0 - x) / (2.0 + x * x),
    "sizes": lambda tf, x: tf.abs(x) * x + tf.maximum(x, 0.2) * x + tf.minimum(x, 0.1) * tf.sign(x),
    "clipped": lambda tf, x: tf.clip_by_value(x, -0.5, 0.5) * x,
    "sums": lambda tf, x: tf.reduce_sum(x, axis=1, keepdims=True) * tf.reduce_mean(x, axis=0) + tf.reduce_mean(x) * x,
    "pieces": lambda tf, x: tf.concat([x[:, 1:], x[:, :1] ** 2], axis=1) * tf.stack([x[0], x[1] ** 2], axis=0),
    "chosen": lambda tf, x: tf.where(x > 0, x * x, x) * tf.stop_gradient(x) + tf.reshape(x, (3, 2))[0, 0],
}


def derivatives(tf: Any, function: Any, x: Any) -> list[np.ndarray]:
    """A function's values, and its first and second derivatives."""
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = function(tf, x)
        first = inner.gradient(y, x)
    return [y.numpy(), first.numpy(), outer.gradient(first, x, unconnected_gradients="zero").numpy()]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_two_derivatives(name):
    x = np.array([[0.7, -1.3, 0.15], [-0.2, 2.1, 0.4]])
    theirs = derivatives(tf, OPERATIONS[name], tf.constant(x))
    with without_tensorflow():
        mine = derivatives(plain, OPERATIONS[name], plain.constant(x))
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


def test_what_numpy_lacks_is_refused_by_name():
    from gancore.parts.backend import tf as lazy

    with without_tensorflow():
        with pytest.raises(NotImplementedError, match=r"tensorflow\.einsum"):
            _ = lazy.einsum
        with pytest.raises(NotImplementedError, match="gelu"):
            _ = lazy.nn.gelu
    assert lazy.einsum is tf.einsum
