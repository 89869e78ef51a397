"""Activations: numpy, the engine's tensors and Keras' layers of that name give the same values and slopes."""

from __future__ import annotations

import typing

import numpy as np
import pytest

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.parts import activations
from gancore.parts.activations import ACTIVATIONS

PLACES = np.concatenate([np.linspace(-6, 6, 121), [-200.0, -30.0, 30.0, 200.0]])


def test_a_configuration_may_name_every_one_and_no_other():
    assert set(ACTIVATIONS) == {*typing.get_args(activations.Hidden), *typing.get_args(activations.Output)}
    for name in typing.get_args(activations.Hidden):
        with_changes(RunConfig(), {"generator.activation": name, "discriminator.activation": name})


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_numpy_says_what_the_engine_says(name):
    from keras import ops

    ours = ACTIVATIONS[name].numpy(PLACES, 0.3)
    theirs = np.asarray(ACTIVATIONS[name].tensor(ops, ops.convert_to_tensor(PLACES, "float64"), 0.3))
    # TensorFlow keeps the slope of leaky_relu, and Keras a constant of gelu, in float32 whatever the values are in.
    np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-8)
    assert np.isfinite(ours).all() and ours.dtype == np.float64
    assert ACTIVATIONS[name].numpy(PLACES.astype(np.float32), 0.3).dtype == np.float32


@pytest.mark.parametrize("name", sorted(name for name, one in ACTIVATIONS.items() if one.keras))
def test_keras_has_it_by_the_name_that_files_give_it(name):
    import keras

    called = keras.activations.get(ACTIVATIONS[name].keras)
    factor = 1.5 if name == "tanh_1.5" else 1.0  # a layer of its own in a file
    theirs = factor * np.asarray(called(keras.ops.convert_to_tensor(PLACES, "float64")))
    np.testing.assert_allclose(ACTIVATIONS[name].numpy(PLACES, 0.2), theirs, rtol=1e-6, atol=1e-8)


def test_a_slope_and_an_outputs_scale_reach_the_networks():
    from keras import ops

    from gancore.training.networks import LaneDense, build_generator

    config = with_changes(RunConfig(), {"generator.slope": 0.5, "generator.output_scale": 3.0, "generator.hidden": [4]})
    hidden, last = build_generator(config.generator, config.latent, 1).layers
    assert isinstance(hidden, LaneDense) and isinstance(last, LaneDense)
    assert (hidden.slope, last.scale) == (0.5, 3.0)
    hidden.kernel.assign(-np.ones((1, 128, 4)))
    assert np.asarray(hidden(ops.ones((1, 1, 128)))).min() == -64
    last.bias.assign(np.full((1, 1, 2), 20.0))
    assert np.asarray(last(ops.zeros((1, 1, 4)))).max() == 3


def test_what_no_file_can_name_is_refused_with_the_field():
    from gancore.export.keras_files import keras_models

    config = with_changes(RunConfig(), {"discriminator.activation": "sine", "discriminator.hidden": [3]})
    with pytest.raises(ConfigError, match=r"discriminator.activation: 'sine' has no name in a \.keras file"):
        keras_models(
            config,
            {
                f"generator/{i}/{part}": np.zeros(shape)
                for i, a, b in ((0, 128, 64), (1, 64, 128), (2, 128, 2))
                for part, shape in (("kernel", (a, b)), ("bias", b))
            },
        )


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.2, 1.0])
def test_leaky_relu_is_the_choice_between_both_pieces_to_the_last_bit(slope: float) -> None:
    x = np.array([-np.inf, -3e38, -1.5, -1e-40, -0.0, 0.0, 1e-40, 0.3, 7.0, 3e38, np.inf, np.nan], np.float32)
    with np.errstate(invalid="ignore", under="ignore"):
        chosen = np.where(x > 0, x, np.float32(slope) * x)
        values = ACTIVATIONS["leaky_relu"].numpy(x, slope)
    assert values.tobytes() == chosen.tobytes()
