"""Stored networks of all kinds: numpy, Keras' files and the engine say the same of them."""

from __future__ import annotations

import numpy as np
import pytest
from support.network_cases import CASES, case
from support.results import make_result

from gancore.recording.landscape import GRID, landscape_of, latent_circles

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize("name", CASES)
def test_files_and_drawings_have_the_same_networks(tmp_path, name):
    import keras

    from gancore.export.keras_files import write_keras
    from gancore.training.networks import LaneNetwork

    config = case(name)
    weights = make_result(config).weights
    layers = landscape_of(config, weights)
    assert layers.finite
    write_keras(config, weights, tmp_path)
    loaded = {path.stem: keras.saving.load_model(path) for path in tmp_path.glob("*.keras")}
    latents = latent_circles(config.latent).reshape(-1, config.latent.dim)
    np.testing.assert_allclose(layers.manifold.reshape(-1, 2), loaded["generator"](latents), atol=2e-5)
    judge = loaded.get("discriminator_logits") or loaded["critic"]
    network = LaneNetwork(config.discriminator.network())
    points = np.random.default_rng(0).normal(size=(24, network.network.inputs)).astype(np.float32)
    arrays = {
        array: weights[f"discriminator/{array}"][None]
        if len(shape) == 2
        else weights[f"discriminator/{array}"][None, None]
        for array, (_, shape, _) in network.network.arrays.items()
    }
    own = [[arrays[one] for one in names] for names in (network.network.trained, network.network.state)]
    np.testing.assert_allclose(network.sampled(own[0], points[None], own[1])[0], judge(points), rtol=1e-4, atol=1e-4)
    read_me = (tmp_path / "README.txt").read_text()
    assert (f"packs [n, {2 * config.discriminator.packing}]" in read_me) == (config.discriminator.packing > 1)
    assert ("depends on all of the call's points" in read_me) == config.discriminator.minibatch.of_batch


def test_a_place_is_judged_in_packs_with_real_points():
    config = case(
        "packs with dropout under a gradient penalty", **{"discriminator.hidden": [], "dataset.center_x": 5.0}
    )
    weights = make_result(config).weights
    weights["discriminator/0/kernel"] = np.array([[1.0], [0.0], [100.0], [0.0]], np.float32)
    weights["discriminator/0/bias"][:] = 0
    layers = landscape_of(config, weights)
    x = np.broadcast_to(layers.axes[0], (GRID, GRID))
    beside = (layers.field - x) / 100  # the mean over eight of the real points' x, which are from 4 to 6
    assert 4 < beside.min() < beside.max() < 6 and beside.mean() == pytest.approx(5, abs=0.05)
    assert np.array_equal(landscape_of(config, weights).field, layers.field)


def test_minibatch_features_of_a_place_are_those_of_real_points():
    changes = {"discriminator.hidden": [], "discriminator.minibatch.kind": "std", "dataset.size": 256}
    config = case("batch norm and dropout", **changes)
    weights = make_result(config).weights
    weights["discriminator/0/kernel"] = np.array([[0.0], [0.0], [1.0]], np.float32)
    weights["discriminator/0/bias"][:] = 0
    field = landscape_of(config, weights).field
    assert np.ptp(field) == 0 and field[0, 0] == pytest.approx(0.5**0.5, abs=0.2)  # of points on the unit circle
