"""Every optimizer and schedule against Keras' own over 1,000 updates, in float64 and under the run axis."""

from __future__ import annotations

import numpy as np
import pytest
from support.keras_updates import applied

from gancore.config import ConfigError, Optimizer, RunConfig, with_changes
from gancore.parts import Adam, OptimisticAdam, RMSprop, Schedule

STEPS, SHAPE = 1000, (3, 4)

# Ours, and Keras' class with its arguments: one spec for each of two runs.
SAME = {
    "adam": "Adam",
    "amsgrad": "Adam",
    "adamw": "AdamW",
    "nadam": "Nadam",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
    "adagrad": "Adagrad",
    "lion": "Lion",
}
VARIED = {
    "adam": [{"learning_rate": 1e-3, "beta_1": 0.9}],
    "amsgrad": [{"learning_rate": 1e-3}],
    "adamw": [{"learning_rate": 1e-3, "weight_decay": 0.1}],
    "nadam": [{"learning_rate": 1e-3, "beta_1": 0.9}],
    "rmsprop": [{"learning_rate": 1e-3}, {"momentum": 0.9}, {"centered": True, "momentum": 0.5, "rho": 0.99}],
    "sgd": [{"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
    "adagrad": [{"learning_rate": 0.1, "initial": 0.5}],
    "lion": [{"learning_rate": 1e-3}],
    "optimistic_adam": [{"learning_rate": 1e-3}],
}
CASES = [(kind, fields) for kind, varied in VARIED.items() for fields in ({}, *varied)]


def gradients() -> np.ndarray:
    """[steps, runs, ...], of sizes from 1e-6 to 10."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(STEPS, 2, *SHAPE)) * 10.0 ** rng.uniform(-6, 1, (STEPS, 1, 1, 1))


START = np.random.default_rng(1).normal(size=(2, *SHAPE))


def ours(specs: list[Optimizer], steps: int = STEPS) -> np.ndarray:
    """The weights [2, ...] after so many whole updates of two runs."""
    import tensorflow as tf

    from gancore.training.program import stacked_inputs

    inputs, scheduled = (stacked_inputs(parts, "float64") for parts in (specs, [spec.schedule for spec in specs]))
    spec, drawn = specs[0].masked(), tf.constant(gradients()[:steps])

    @tf.function(autograph=False)
    def run():
        def one(step, weights, slots):
            count = tf.cast(step + 1, "float64")
            (weights,), slots = spec.whole_update(
                [weights], [drawn[step]], {k: [v] for k, v in slots.items()}, count, step, inputs, scheduled
            )
            return step + 1, weights, {name: values[0] for name, values in slots.items()}

        slots = {name: tf.zeros(START.shape, "float64") for name in spec.slots}
        return tf.while_loop(lambda step, *_: step < steps, one, (0, tf.constant(START), slots))[1]

    return run().numpy()


def theirs(optimizer, run: int, steps: int = STEPS) -> np.ndarray:
    """The weights [...] after as many of Keras'."""
    import tensorflow as tf

    variable = tf.Variable(START[run])
    applied(optimizer, variable, gradients()[:steps, run])
    return variable.numpy()


def keras_optimizer(spec, **more):
    import keras

    fields = {name: getattr(spec, name) for name in type(spec).model_fields}
    for name in ("kind", "schedule", "clip_value", "clip_norm", "clip_weights", "epsilon_inside"):
        fields.pop(name, None)
    if spec.kind == "adagrad":
        fields["initial_accumulator_value"] = fields.pop("initial")
    if spec.kind == "amsgrad":
        fields["amsgrad"] = True
    return getattr(keras.optimizers, SAME[spec.kind])(**fields | more)


def plain_optimistic(spec, run: int) -> np.ndarray:
    """Algorithm 1 of the paper, with epsilon where Keras' Adam has it."""
    weights, first, second, last = START[run].copy(), 0.0, 0.0, 0.0
    for step, gradient in enumerate(gradients()[:, run], start=1):
        first = spec.beta_1 * first + (1 - spec.beta_1) * gradient
        second = spec.beta_2 * second + (1 - spec.beta_2) * gradient**2
        unit = np.sqrt(1 - spec.beta_2**step) / (1 - spec.beta_1**step)
        now = unit * first / (np.sqrt(second) + spec.epsilon)
        weights, last = weights - 2 * spec.learning_rate * now + spec.learning_rate * last, now
    return weights


def test_every_optimizer_of_gancore_is_compared():
    known = {kind for kind, member in Optimizer.registry.items() if member.__module__.startswith("gancore.")}
    assert known == {*VARIED} == {*SAME, "optimistic_adam"}


@pytest.mark.parametrize(("kind", "fields"), CASES, ids=str)
def test_an_optimizer_matches_keras_over_1000_updates(kind, fields):
    rate = Optimizer.registry[kind](**fields).learning_rate
    specs = [Optimizer.registry[kind](**fields | {"learning_rate": one}) for one in (rate, rate / 2)]
    found = ours(specs)
    for run, spec in enumerate(specs):
        plain = plain_optimistic(spec, run) if isinstance(spec, OptimisticAdam) else theirs(keras_optimizer(spec), run)
        np.testing.assert_allclose(found[run], plain, atol=1e-6)


def test_epsilon_outside_of_the_root_is_pytorchs_and_inside_shortens_the_first_step():
    inside, outside = RMSprop(), RMSprop(epsilon_inside=False)
    first = gradients()[0]
    square = 0.1 * first**2
    for spec, root in ((inside, np.sqrt(square + 1e-7)), (outside, np.sqrt(square) + 1e-7)):
        np.testing.assert_allclose(ours([spec, spec], 1), START - 2e-4 * first / root, atol=1e-9)


@pytest.mark.parametrize(
    ("ours_is", "keras_has"),
    [({"clip_norm": 0.5}, {"global_clipnorm": 0.5}), ({"clip_value": 0.1}, {"clipvalue": 0.1})],
)
def test_clipping_is_keras(ours_is, keras_has):
    specs = [Adam(**ours_is), Adam(**{name: 3 * value for name, value in ours_is.items()})]
    found = ours(specs, 100)
    np.testing.assert_allclose(found[0], theirs(keras_optimizer(specs[0], **keras_has), 0, 100), atol=1e-6)
    more = {name: 3 * value for name, value in keras_has.items()}
    np.testing.assert_allclose(found[1], theirs(keras_optimizer(specs[1], **more), 1, 100), atol=1e-6)


def test_a_clipped_norm_is_over_all_weights_of_one_run_alone():
    import tensorflow as tf

    spec = Adam(clip_norm=1.0)
    rng = np.random.default_rng(0)
    found = [tf.constant(rng.normal(size=shape)) for shape in ((2, 3, 4), (2, 1, 4))]
    found[0] = found[0] * np.array([1e3, 1e-3])[:, None, None]
    found[1] = found[1] * np.array([1e3, 1e-3])[:, None, None]
    clipped = spec.masked().clipped(found, {"clip_norm": tf.constant([1.0, 1.0], "float64")})
    lengths = np.sqrt(sum((one.numpy() ** 2).sum(axis=(1, 2)) for one in clipped))
    assert lengths[0] == pytest.approx(1) and lengths[1] < 0.01
    np.testing.assert_array_equal(clipped[0].numpy()[1], found[0].numpy()[1])


def test_clipped_weights_stay_within_their_limit():
    specs = [Adam(clip_weights=limit) for limit in (0.01, 0.5)]
    found = ours(specs, 20)
    assert np.abs(found).max(axis=(1, 2)) == pytest.approx([0.01, 0.5])


def keras_schedule(spec, rate: float):
    import keras

    schedules = keras.optimizers.schedules
    match spec.kind:
        case "constant":
            return lambda step: rate
        case "linear":
            return schedules.PolynomialDecay(rate, spec.end - spec.warmup, rate * spec.final, 1.0)
        case "cosine" if spec.warmup:
            length = spec.end - spec.warmup
            return schedules.CosineDecay(0.0, length, spec.final, warmup_target=rate, warmup_steps=spec.warmup)
        case "cosine":
            return schedules.CosineDecay(rate, spec.end, spec.final)
        case "exponential" | "step":
            return schedules.ExponentialDecay(rate, spec.every, spec.decay, staircase=spec.kind == "step")
    raise AssertionError(f"{spec.kind} has no plain reference")


ENDS = {"linear": {"end": 800, "final": 0.1}, "cosine": {"end": 800, "final": 0.1}, "step": {"every": 300}}


@pytest.mark.parametrize("kind", sorted(Schedule.registry))
@pytest.mark.parametrize("warmup", [0, 100])
def test_a_schedule_is_keras(kind, warmup):
    import tensorflow as tf

    from gancore.training.program import stacked_inputs

    spec = Schedule.registry[kind](**ENDS.get(kind, {}) | {"warmup": warmup})
    inputs, steps = stacked_inputs([spec, spec], "float64"), [0, 1, 50, 99, 100, 101, 299, 300, 301, 500, 799, 800, 999]
    theirs_is = keras_schedule(spec, 1.0)
    for step in steps:
        if kind == "constant" and not warmup:
            assert not spec.masked().moves
            continue
        # Keras' cosine has a warm-up; the others are its own after ours.
        joined = kind == "cosine" or not warmup
        expected = step / warmup if step < warmup else float(theirs_is(step if joined else step - warmup))
        factor = spec.masked().factor(tf.constant(step, "float64"), inputs).numpy()
        assert factor == pytest.approx([expected] * 2, abs=1e-6), step


@pytest.mark.parametrize("kind", sorted(set(Schedule.registry) - {"constant"}))
def test_an_optimizer_follows_its_schedule_as_keras_does(kind):
    spec = Adam(schedule=Schedule.registry[kind](**ENDS.get(kind, {})))
    with_rate = {"learning_rate": keras_schedule(spec.schedule, spec.learning_rate)}
    np.testing.assert_allclose(ours([spec, spec])[0], theirs(keras_optimizer(spec, **with_rate), 0), atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schedule.kind": "cosine"}, "schedule.end: 0 is no end of a cosine schedule; use more than 0"),
        (
            {"schedule.kind": "linear", "schedule.end": 10, "schedule.warmup": 10},
            "schedule.end: 10 is no end of a linear",
        ),
        ({"clip_norm": -1}, "clip_norm: -1 is not allowed; it must be greater than or equal to 0"),
        ({"schedule.kind": "triangle"}, "schedule.kind: 'triangle' is unknown; use one of constant, cosine"),
    ],
)
def test_optimizers_that_make_no_sense_are_refused(changes, said):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), {f"d_optimizer.{path}": value for path, value in changes.items()})
    assert str(error.value).startswith(f"d_optimizer.{said}")


@pytest.mark.parametrize("kind", sorted(VARIED))
def test_a_schedule_that_starts_at_a_rate_of_zero_moves_nothing_at_first(kind):
    spec = Optimizer.registry[kind](schedule=Schedule.registry["constant"](warmup=10))
    np.testing.assert_array_equal(ours([spec, spec], 1), START)
    later = ours([spec, spec], 3)
    assert np.isfinite(later).all() and not np.array_equal(later, START)
