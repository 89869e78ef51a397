"""Every penalty, value and gradient, against explicit slopes and finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.config import Penalty
from gancore.parts import Dragan, GradientPenalty

R, B = 2, 6
KINDS = [
    kind for kind, member in Penalty.registry.items() if member.active and member.__module__.startswith("gancore.")
]


class Critic:
    """tanh(x W) v for two runs, its slopes written out: no tape is involved."""

    def __init__(self, kernel, last):
        self.kernel, self.last = kernel, last

    def __call__(self, points):
        import tensorflow as tf

        return tf.tanh(points @ tf.convert_to_tensor(self.kernel)) @ tf.convert_to_tensor(self.last)

    def slopes(self, points):
        """[R, B, 2]."""
        inner = 1 - np.tanh(points @ self.kernel) ** 2
        return (inner * self.last[:, None, :, 0]) @ self.kernel.transpose(0, 2, 1)


def setting(seed=0):
    rng = np.random.default_rng(seed)
    critic = Critic(rng.normal(size=(R, 2, 5)), rng.normal(size=(R, 5, 1)))
    return critic, rng.normal(size=(R, B, 2)), rng.normal(size=(R, B, 2)), rng.uniform(-1, 1, (R, B, 2))


def normals(draws):
    radius, angle = np.sqrt(-2 * np.log((draws[..., 0] + 1) / 2)), np.pi * draws[..., 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def plain(spec, critic, real, fake, draws):
    """What one spec costs each run, written out."""

    def square(points):
        return (critic.slopes(points) ** 2).sum(axis=-1)

    def around(points):
        over = np.sqrt(square(points)) - spec.target
        return spec.weight * (np.maximum(over, 0) ** 2 if spec.one_sided else over**2).mean(axis=1)

    match spec.kind:
        case "r1":
            return spec.gamma / 2 * square(real).mean(axis=1)
        case "r2":
            return spec.gamma / 2 * square(fake).mean(axis=1)
        case "r1_r2":
            return spec.gamma / 2 * square(real).mean(axis=1) + spec.gamma_fake / 2 * square(fake).mean(axis=1)
        case "gradient":
            share = (draws[..., :1] + 1) / 2
            return around((1 - share) * real + share * fake)
        case "dragan":
            return around(real + spec.sigma * normals(draws))
    raise AssertionError(f"{spec.kind} has no plain reference")


def inputs_of(spec):
    from gancore.training.program import stacked_inputs

    return stacked_inputs([spec] * R, "float64")


def drawn(spec, draws):
    import tensorflow as tf

    return tf.constant(draws[..., : spec.uniforms]) if spec.uniforms else None


VARIED = [*({"kind": kind} for kind in KINDS)]
VARIED += [{"kind": "gradient", "one_sided": True}, {"kind": "gradient", "target": 0.0, "weight": 0.1}]
VARIED += [{"kind": "dragan", "one_sided": True, "target": 0.3}, {"kind": "r1_r2", "gamma": 3.0}]


@pytest.mark.parametrize("fields", VARIED, ids=str)
def test_a_penalty_is_what_its_slopes_make_of_it(fields):
    import tensorflow as tf

    spec = Penalty.registry[fields["kind"]](**fields)
    critic, real, fake, draws = setting()
    value = spec.masked()(critic, tf.constant(real), tf.constant(fake), drawn(spec, draws), inputs_of(spec))
    np.testing.assert_allclose(value.numpy(), plain(spec, critic, real, fake, draws), rtol=1e-6)


@pytest.mark.parametrize("fields", VARIED, ids=str)
def test_its_gradient_agrees_with_finite_differences_and_stays_in_its_run(fields):
    import tensorflow as tf

    spec = Penalty.registry[fields["kind"]](**fields)
    critic, real, fake, draws = setting(1)

    def value(kernel):
        points = tf.constant(real), tf.constant(fake)
        return spec.masked()(Critic(kernel, critic.last), *points, drawn(spec, draws), inputs_of(spec))

    kernel = tf.constant(critic.kernel)
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        total = tf.reduce_sum(value(kernel))
    gradient = tape.gradient(total, kernel).numpy()
    for run, row, column in ((0, 0, 0), (1, 1, 3)):
        nudge = np.zeros_like(critic.kernel)
        nudge[run, row, column] = 1e-6
        slope = (value(critic.kernel + nudge) - value(critic.kernel - nudge)).numpy() / 2e-6
        assert slope[run] == pytest.approx(gradient[run, row, column], rel=1e-5, abs=1e-7)
        assert slope[1 - run] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_where_the_critic_is_flat_its_second_derivatives_are_finite(kind):
    import tensorflow as tf

    spec = Penalty.registry[kind]()
    _, real, fake, draws = setting()
    kernel, last = tf.zeros((R, 2, 5), "float64"), tf.ones((R, 5, 1), "float64")
    with tf.GradientTape() as tape:
        tape.watch([kernel, last])
        value = spec.masked()(
            Critic(kernel, last), tf.constant(real), tf.constant(fake), drawn(spec, draws), inputs_of(spec)
        )
        total = tf.reduce_sum(value)
    found = tape.gradient(total, [kernel, last], unconnected_gradients="zero")
    assert all(np.isfinite(one.numpy()).all() for one in (value, *found))


def test_weights_and_targets_are_each_runs_own():
    import tensorflow as tf

    from gancore.training.program import stacked_inputs

    critic, real, fake, draws = setting()
    specs = [GradientPenalty(weight=0.1, target=0.0), GradientPenalty(weight=10, target=2.0)]
    value = specs[0].masked()(
        critic, tf.constant(real), tf.constant(fake), tf.constant(draws[..., :1]), stacked_inputs(specs, "float64")
    )
    for run, spec in enumerate(specs):
        assert value.numpy()[run] == pytest.approx(plain(spec, critic, real, fake, draws)[run], rel=1e-6)


def test_dragan_draws_standard_normals():
    import tensorflow as tf
    from scipy import stats

    from gancore.parts.penalties.around_target import gaussian

    uniforms = np.random.default_rng(0).uniform(-1, 1, (1, 20_000, 2))
    found = gaussian(tf.constant(uniforms)).numpy()[0]
    assert all(stats.kstest(column, "norm").pvalue > 1e-3 for column in found.T)
    assert abs(np.corrcoef(found.T)[0, 1]) < 4.5 / 20_000**0.5
    corner = gaussian(tf.constant([[[-1.0, -1.0], [1.0, 1.0]]])).numpy()
    assert np.isfinite(corner).all()
    assert Dragan.uniforms == 2
