"""Activations: numpy, the engine's tensors and Keras' layers of that name give the same values and slopes."""

from __future__ import annotations

import typing

import numpy as np
import pytest

from gancore.config import RunConfig, with_changes
from gancore.parts import activations
from gancore.parts.activations import ACTIVATIONS

PLACES = np.concatenate([np.linspace(-6, 6, 121), [-200.0, -30.0, 30.0, 200.0]])


def test_a_configuration_may_name_every_one_and_no_other():
    named = {*typing.get_args(activations.Hidden), *typing.get_args(activations.Output)}
    assert set(ACTIVATIONS) == named - {"maxout"}  # which takes several numbers to one
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
    from gancore.training.networks import LaneNetwork

    changes = {"generator.slope": 0.5, "generator.output_scale": 3.0, "generator.hidden": [4]}
    config = with_changes(RunConfig(), changes)
    network = LaneNetwork(config.generator.network(config.latent))
    weights = [-np.ones((1, 128, 4)), np.zeros((1, 1, 4)), np.full((1, 4, 2), 1 / 256), np.zeros((1, 1, 2))]
    assert np.asarray(network(weights, np.ones((1, 1, 128)))) == pytest.approx(3 * np.tanh(-1), abs=1e-6)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # numpy 2.4 says it of Keras' variables
def test_a_file_has_every_activation_by_an_operation_where_no_layer_has_its_name(tmp_path):
    import keras
    from support.results import make_result

    from gancore.export.keras_files import keras_models
    from gancore.recording.landscape import landscape_of, latent_circles

    changes = {"generator.activation": "sine", "generator.hidden": [6], "discriminator.hidden": [3], "latent.dim": 4}
    config = with_changes(RunConfig(), changes | {"steps": 10})
    weights = make_result(config).weights
    keras_models(config, weights)[0].save(tmp_path / "generator.keras")
    points = keras.saving.load_model(tmp_path / "generator.keras")(latent_circles(config.latent).reshape(-1, 4))
    np.testing.assert_allclose(landscape_of(config, weights).manifold.reshape(-1, 2), points, atol=1e-5)


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.2, 1.0])
def test_leaky_relu_is_the_choice_between_both_pieces_to_the_last_bit(slope: float) -> None:
    x = np.array([-np.inf, -3e38, -1.5, -1e-40, -0.0, 0.0, 1e-40, 0.3, 7.0, 3e38, np.inf, np.nan], np.float32)
    with np.errstate(invalid="ignore", under="ignore"):
        chosen = np.where(x > 0, x, np.float32(slope) * x)
        values = ACTIVATIONS["leaky_relu"].numpy(x, slope)
    assert values.tobytes() == chosen.tobytes()
