"""Unrolling, extragradient, consensus and batches of two sizes: against explicit loops of one run, and differences."""

from __future__ import annotations

import numpy as np
import pytest
from support.company import check_independence

from gancore.config import ConfigError, RunConfig, with_changes

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TINY = {
    "latent.dim": 3,
    "generator.hidden": [6],
    "generator.activation": "tanh",
    "generator.output": "linear",
    "discriminator.hidden": [5],
    "discriminator.activation": "tanh",
    "batch_size": 8,
    "dataset.size": 200,
    "update.kind": "combined",
    "d_optimizer.learning_rate": 0.01,
    "g_optimizer.learning_rate": 0.005,
}
PLAIN_STEP = {"g_optimizer.kind": "sgd", "d_optimizer.kind": "sgd", "g_optimizer.learning_rate": 1}
PLAIN_STEP |= {"d_optimizer.learning_rate": 1}
LANE = 1


class Engine:
    """The program in float64, a step at a time; the lane that is compared has a rate and weight of its own.

    TensorFlow does it op by op: XLA takes seconds to compile each, and ``check_independence`` holds it to the same.
    """

    def __init__(self, **changes):
        import tensorflow as tf

        from gancore.training.program import LANES, program
        from gancore.training.shapes import GraphShape

        self.runs = [with_changes(RunConfig(), TINY | changes | {"seed": seed}) for seed in range(LANES)]
        if self.runs[0].update.consensus:
            self.runs = [
                with_changes(run, {"update.consensus": run.update.consensus * (1 + run.seed)}) for run in self.runs
            ]
        self.config = self.runs[LANE]
        self.compiled = program(GraphShape.of(self.config), LANES, "float64")
        self.inputs = self.compiled.lane_inputs(self.runs)
        self.state = self.compiled.initial_state(self.runs)
        self._step = tf.function(self.compiled._step, autograph=False)

    def weights(self):
        """(generator's, discriminator's) [in, out] and [1, out] of the lane."""
        both = self.state.generator.weights, self.state.discriminator.weights
        return tuple([weight.numpy()[LANE] for weight in weights] for weights in both)

    def step(self, number: int):
        """Goes a step; what it drew, of the lane."""
        import tensorflow as tf

        draws = self.compiled._draws(self.inputs, tf.constant(number))
        self.state = self._step(self.inputs, self.state, draws)
        rounds = [(drawn.real[LANE], drawn.latent[LANE]) for drawn in draws.rounds]
        return rounds, [latent[LANE] for latent in (draws.latent, *draws.more)]


def forward(weights, points):
    import tensorflow as tf

    *hidden, kernel, bias = weights
    for layer in range(0, len(hidden), 2):
        points = tf.tanh(points @ hidden[layer] + hidden[layer + 1])
    return points @ kernel + bias


def d_loss(d, real, fake):
    import tensorflow as tf

    return (tf.reduce_mean(tf.nn.softplus(-forward(d, real))) + tf.reduce_mean(tf.nn.softplus(forward(d, fake)))) / 2


def g_loss(g, d, latent):
    import tensorflow as tf

    return tf.reduce_mean(tf.nn.softplus(-forward(d, forward(g, latent))))


def gradient(loss_of, weights):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(weights)
        loss = loss_of(weights)
    return tape.gradient(loss, weights)


def started(weights):
    import tensorflow as tf

    weights = [tf.constant(weight) for weight in weights]
    return weights, [tf.zeros_like(weight) for weight in weights], [tf.zeros_like(weight) for weight in weights]


def adam(learner, gradients, count, spec, start=None):
    """Keras' formula; the step is made from ``start``, where it is given."""
    import tensorflow as tf

    weights, first, second = learner
    first = [m + (g - m) * (1 - np.float64(spec.beta_1)) for m, g in zip(first, gradients, strict=True)]
    second = [v + (g * g - v) * (1 - np.float64(spec.beta_2)) for v, g in zip(second, gradients, strict=True)]
    rate, beta_1, beta_2 = (float(np.float32(x)) for x in (spec.learning_rate, spec.beta_1, spec.beta_2))
    alpha = rate * (1 - beta_2**count) ** 0.5 / (1 - beta_1**count)
    pairs = zip(weights if start is None else start, first, second, strict=True)
    return [w - alpha * m / (tf.sqrt(v) + spec.epsilon) for w, m, v in pairs], first, second


def descended(learner, gradients, count, spec, start=None):
    weights, *rest = learner
    pairs = zip(weights if start is None else start, gradients, strict=True)
    return [w - spec.learning_rate * g for w, g in pairs], *rest


def stepper(spec):
    return adam if spec.kind == "adam" else descended


class Loop:
    """One run, written out."""

    def __init__(self, engine: Engine):
        self.config, self.d_count = engine.config, 0
        self.g, self.d = map(started, engine.weights())

    def unrolled(self, d, real, latent, g):
        """The discriminator's weights after the rounds that are unrolled on the fakes of a generator."""
        spec, fake = self.config.d_optimizer, forward(g, latent)
        for index in range(self.config.update.unrolled):
            gradients = gradient(lambda weights: d_loss(weights, real, fake), d[0])
            d = stepper(spec)(d, gradients, self.d_count + index + 1, spec)
        return d[0]

    def generator_gradient(self, real, latent):
        return gradient(lambda g: g_loss(g, self.unrolled(self.d, real, latent, g), latent), self.g[0])

    def consensus(self, g, d, real, d_latent, g_latent):
        """γ/2·‖v‖² as a function of both networks' weights."""
        import tensorflow as tf

        of_d = gradient(lambda d: d_loss(d, real, forward(g, d_latent)), d)
        of_g = gradient(lambda g: g_loss(g, d, g_latent), g)
        return self.config.update.consensus / 2 * sum(tf.reduce_sum(one**2) for one in [*of_g, *of_d])

    def gradients(self, real, d_latent, g_latent):
        """(generator's, discriminator's), at once."""
        (g, *_), (d, *_) = self.g, self.d
        of_g = gradient(lambda g: g_loss(g, d, g_latent), g)
        of_d = gradient(lambda d: d_loss(d, real, forward(g, d_latent)), d)
        if self.config.update.consensus:
            both = gradient(
                lambda both: self.consensus(both[: len(g)], both[len(g) :], real, d_latent, g_latent), [*g, *d]
            )
            of_g = [one + more for one, more in zip(of_g, both[: len(g)], strict=True)]
            of_d = [one + more for one, more in zip(of_d, both[len(g) :], strict=True)]
        return of_g, of_d

    def step(self, number, rounds, latents):
        g_spec, d_spec = self.config.g_optimizer, self.config.d_optimizer
        if self.config.update.order == "simultaneous":
            starts = [self.g[0], self.d[0]] if self.config.update.looks == 2 else [None, None]
            for look, ((real, d_latent), latent) in enumerate(zip(rounds, latents, strict=True)):
                of_g, of_d = self.gradients(real, d_latent, latent)
                count = self.config.update.looks * number + look + 1
                froms = starts if look else [None, None]
                self.g = stepper(g_spec)(self.g, of_g, count, g_spec, froms[0])
                self.d = stepper(d_spec)(self.d, of_d, count, d_spec, froms[1])
            return
        for real, d_latent in rounds:
            self.d_count += 1
            fake = forward(self.g[0], d_latent)
            of_d = gradient(lambda d, real=real, fake=fake: d_loss(d, real, fake), self.d[0])
            self.d = stepper(d_spec)(self.d, of_d, self.d_count, d_spec)
        (latent,) = latents
        of_g = self.generator_gradient(rounds[-1][0], latent)
        self.g = stepper(g_spec)(self.g, of_g, number + 1, g_spec)


def compared(steps: int = 4, **changes) -> tuple[Engine, Loop]:
    """The engine and the loop after some steps on the same draws, held against each other."""
    engine = Engine(**changes)
    loop = Loop(engine)
    for number in range(steps):
        loop.step(number, *engine.step(number))
    for ours, (theirs, *_) in zip(engine.weights(), (loop.g, loop.d), strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other.numpy(), atol=1e-8)
    return engine, loop


RULES = {
    "three unrolled rounds": {"update.unrolled": 3, "update.d_steps": 2},
    "extragradient": {"update.kind": "extragradient", "update.order": "simultaneous"},
    "consensus": {"update.consensus": 2.0, "update.order": "simultaneous"},
    "both": {"update.kind": "extragradient", "update.order": "simultaneous", "update.consensus": 0.5},
    "a generator's batch of its own": {"generator_batch": 24},
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_what_an_explicit_loop_makes_of_it(name):
    compared(**RULES[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["three unrolled rounds", "both"])
def test_a_run_depends_neither_on_its_company_nor_on_a_break(name):
    short = {"steps": 60, "log_every": 25, "snapshot_every": 30, "ema.decay": 0.9}
    check_independence([with_changes(RunConfig(), TINY | short | RULES[name] | {"seed": seed}) for seed in range(2)])


def slope(value_of, weights, direction, size=1e-5):
    """The derivative along a direction, by central differences."""
    ends = [value_of([w + s * size * one for w, one in zip(weights, direction, strict=True)]) for s in (1, -1)]
    return float(ends[0] - ends[1]) / (2 * size)


def directions(weights):
    rng = np.random.default_rng(0)
    return [rng.normal(size=weight.shape) for weight in weights]


def test_the_generators_gradient_through_the_rounds_agrees_with_finite_differences():
    engine = Engine(**PLAIN_STEP, **{"update.unrolled": 3})
    loop, (before, _) = Loop(engine), engine.weights()
    (drawn,), (latent,) = engine.step(0)
    moved = [was - now for was, now in zip(before, engine.weights()[0], strict=True)]
    fake = forward(loop.g[0], drawn[1])
    loop.d = descended(loop.d, gradient(lambda d: d_loss(d, drawn[0], fake), loop.d[0]), 1, loop.config.d_optimizer)

    def value(g):
        return g_loss(g, loop.unrolled(loop.d, drawn[0], latent, g), latent)

    way = directions(before)
    through = sum(np.sum(one * other) for one, other in zip(moved, way, strict=True))
    assert through == pytest.approx(slope(value, loop.g[0], way), rel=1e-6)
    alone = slope(lambda g: g_loss(g, loop.unrolled(loop.d, drawn[0], latent, loop.g[0]), latent), loop.g[0], way)
    assert abs(through - alone) > 1e-4, "the discriminator's answer is part of it"


def test_the_push_of_a_consensus_agrees_with_finite_differences():
    import tensorflow as tf

    engine = Engine(**PLAIN_STEP, **{"update.consensus": 3.0, "update.order": "simultaneous"})
    loop, before = Loop(engine), [*engine.weights()[0], *engine.weights()[1]]
    ((real, d_latent),), (g_latent,) = engine.step(0)
    after = [*engine.weights()[0], *engine.weights()[1]]
    count = len(loop.g[0])
    loop.config = with_changes(loop.config, {"update.consensus": 0})
    plain = sum(loop.gradients(real, d_latent, g_latent), [])
    push = [was - now - one.numpy() for was, now, one in zip(before, after, plain, strict=True)]
    loop.config = engine.config

    def value(both):
        both = [tf.constant(one) for one in both]
        return loop.consensus(both[:count], both[count:], real, d_latent, g_latent)

    way = directions(before)
    found = sum(np.sum(one * other) for one, other in zip(push, way, strict=True))
    assert found == pytest.approx(slope(value, before, way), rel=1e-6)


def test_roots_are_tensorflows_and_have_no_slope_at_zero():
    import tensorflow as tf

    from gancore.parts.backend import root

    squares = tf.constant([0.0, 1e-30, 0.25, 9.0])
    with tf.GradientTape() as tape:
        tape.watch(squares)
        roots = root(squares)
    np.testing.assert_array_equal(roots, tf.sqrt(squares))
    np.testing.assert_allclose(tape.gradient(roots, squares), [0, 0.5e15, 1, 1 / 6], rtol=1e-6)


def test_where_nothing_moves_unrolling_stays_finite():
    """Hidden units without a slope have second moments of exactly 0."""
    import tensorflow as tf

    engine = Engine(**{"update.unrolled": 2, "discriminator.activation": "relu", "d_optimizer.clip_norm": 0.5})
    d = engine.state.discriminator
    dead = [d.weights[0], d.weights[1] - 100.0, *d.weights[2:]]
    engine.state = engine.state._replace(discriminator=d._replace(weights=dead))
    engine.step(0)
    assert all(np.isfinite(weight).all() for weights in engine.weights() for weight in weights)
    assert engine.state.bad_step.numpy()[LANE] == -1
    assert bool(tf.reduce_all(engine.state.discriminator.slots["second"][0] == 0))


UNROLLED, ONE = {"update.unrolled": 5}, {"update.kind": "combined", "update.order": "simultaneous"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            UNROLLED | {"d_optimizer.kind": "lion"},
            "update.unrolled: 5 is not allowed with d_optimizer.kind lion, whose steps have no derivative to unroll; "
            "use 0",
        ),
        (UNROLLED | {"penalty.kind": "r1", "penalty.every": 4}, "penalty.every: 4 is not allowed with update.unrolled"),
        (UNROLLED | {"update.kind": "extragradient"}, "update.unrolled: 5 is not allowed with update.kind extra"),
        (UNROLLED | {"generator_batch": 64}, "generator_batch: 64 is not allowed with update.unrolled 5"),
        ({"update.kind": "extragradient", "update.d_steps": 2}, "update.d_steps: 2 is not allowed with update.kind"),
        (
            {"update.kind": "extragradient", "update.shared_adam_clock": True},
            "update.shared_adam_clock: True is not allowed with update.kind extragradient",
        ),
        ({"update.consensus": 1}, "update.kind: 'separate' is not allowed with update.consensus; use combined"),
        (
            {"update.consensus": 1, "update.kind": "combined"},
            "update.order: 'alternating' is not allowed with update.consensus, which is of both networks' gradients "
            "at one moment; use simultaneous",
        ),
        (ONE | {"update.consensus": 1, "penalty.kind": "r1"}, "penalty.kind: 'r1' is not allowed with update.consens"),
        (ONE | {"update.consensus": 1, "update.g_steps": 2}, "update.g_steps: 2 is not allowed with update.consensus"),
        (
            {"loss.kind": "relativistic", "update.kind": "combined", "generator_batch": 64},
            "generator_batch: 64 is not allowed with loss.kind relativistic, which compares as many real points",
        ),
        (
            {"discriminator.packing": 4, "generator_batch": 30},
            "generator_batch: 30 is not allowed with discriminator.packing 4, which it must be a multiple of; use 32",
        ),
    ],
)
def test_rules_that_make_no_sense_are_refused_before_anything_starts(changes, said):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), changes)
    assert str(error.value).startswith(said)
