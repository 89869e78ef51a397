"""Layers: what numpy says of the networks is what Keras says, and bundles keep it closely enough to draw."""

from __future__ import annotations

import itertools
import typing

import numpy as np
import pytest
from support.results import make_result

from gancore.config import ConfigError, Generator, Latent, RunConfig, parse_config
from gancore.recording.landscape import ALONG, CIRCLES, GRID, Landscape, landscape_of, latent_circles
from gancore.recording.window import Window
from gancore.store import Bundle, Store, codec, gallery_bundles, write_bundle

STUDY = 'name = "tiny"\ntitle = "Tiny"\nquestion = "Is it tiny?"\n'
OUTPUTS = typing.get_args(Generator.model_fields["output"].annotation)
ACTIVATIONS = ["leaky_relu", "relu", "tanh", "silu"]


def small(activation: str = "leaky_relu", output: str = "tanh", **changes: object) -> RunConfig:
    network = {"hidden": [16, 8], "activation": activation}
    return parse_config({"steps": 10, "generator": network | {"output": output}, "discriminator": network} | changes)


def weights_of(config: RunConfig, size: float = 1.0) -> dict[str, np.ndarray]:
    """Weights as in ``RunResult.weights``, large enough to bend every activation."""
    return {name: size * value for name, value in make_result(config).weights.items()}


# No output meets an activation: one of each with one of the other has all of both.
@pytest.mark.parametrize(("activation", "output"), [*zip(itertools.cycle(ACTIVATIONS), OUTPUTS, strict=False)])
def test_numpy_says_what_keras_says(activation: str, output: str) -> None:
    import keras

    from gancore.export.keras_files import keras_models
    from gancore.training.networks import LaneNetwork

    config = small(activation, output, latent={"dim": 5})
    weights = weights_of(config, 0.5)
    layers = landscape_of(config, weights)
    generator, discriminator, _ = keras_models(config, weights)
    points = np.asarray(generator(latent_circles(config.latent).reshape(-1, 5)))
    np.testing.assert_allclose(layers.manifold.reshape(-1, 2), points, atol=1e-5)
    x, y = np.meshgrid(*layers.axes)
    places = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    probability = np.asarray(discriminator(places)).reshape(GRID, GRID)
    np.testing.assert_allclose(1 / (1 + np.exp(-layers.field)), probability, atol=1e-5)
    # The exported model ends in a sigmoid; the one that trains gives the logit itself.
    network = LaneNetwork(config.discriminator.network())
    parts = [weights[f"discriminator/{layer}/{part}"] for layer in range(3) for part in ("kernel", "bias")]
    logits = network([part[None] if part.ndim == 2 else part[None, None] for part in parts], places[None])
    np.testing.assert_allclose(layers.field.ravel(), np.asarray(logits).ravel(), atol=1e-5)
    keras.backend.clear_session()


def test_the_field_runs_from_the_lower_left_corner() -> None:
    config = small(dataset={"kind": "circle", "scale": 0.5}, discriminator={"hidden": []})
    weights = weights_of(config)
    weights["discriminator/0/kernel"] = np.array([[1.0], [10.0]], np.float32)
    weights["discriminator/0/bias"] = np.array([3.0], np.float32)
    layers = landscape_of(config, weights)
    assert layers.window == Window.square(0.625)
    assert layers.field.shape == (GRID, GRID)
    assert layers.field.dtype == layers.manifold.dtype == np.float32
    assert layers.manifold.shape == (CIRCLES, ALONG, 2)
    x, y = layers.axes[0][20], layers.axes[1][5]
    assert layers.field[5, 20] == pytest.approx(3 + x + 10 * y, abs=1e-5)
    assert layers.field[0, 0] == pytest.approx(3 - 11 * 0.625, abs=1e-5)


@pytest.mark.parametrize(
    ("dataset", "centre", "half"),
    [
        ({"kind": "parabola"}, (0, 0), (1.25, 1.25)),
        ({"kind": "moons", "scale": 4.0}, (0, 0), (5, 5)),
        ({"kind": "circle", "center_x": 3.0, "scale": 2.0}, (6, 0), (2.5, 2.5)),
        ({"kind": "formula", "x": "t", "y": "sin(x)"}, (np.pi, 0), (1.25 * np.pi, 1.25 * np.pi)),
        # Of points even along the curve the slow start has few, so the window leaves out a little of it.
        ({"kind": "formula", "x": "t", "y": "100*x^2", "start": 0, "end": 1}, (0.503, 50), (0.6212, 62.5)),
    ],
)
def test_the_window_holds_the_support(dataset: dict, centre: tuple, half: tuple) -> None:
    config = small(dataset=dataset)
    window = landscape_of(config, weights_of(config)).window
    assert window.centre == pytest.approx(centre, rel=1e-3, abs=1e-3) and window.half == pytest.approx(half, rel=1e-3)


@pytest.mark.parametrize("kind", ["normal", "uniform"])
@pytest.mark.parametrize("dim", [1, 2, 3, 128])
def test_latent_circles_are_closed_and_typical(kind: str, dim: int) -> None:
    circles = latent_circles(Latent.registry[kind](dim=dim))  # type: ignore[arg-type]
    assert circles.shape == (CIRCLES, ALONG, dim)
    assert circles.dtype == np.float32
    np.testing.assert_array_equal(circles[:, 0], circles[:, -1])
    assert len(np.unique(circles[:, 0].round(5), axis=0)) == CIRCLES, "eight different ones"
    np.testing.assert_array_equal(circles, latent_circles(Latent.registry[kind](dim=dim)))  # type: ignore[arg-type]
    length = np.linalg.norm(circles, axis=2)
    if kind == "uniform":
        assert np.abs(circles).max() <= 1
        if dim == 128:
            np.testing.assert_allclose(length.mean(), np.sqrt(dim / 3), rtol=0.02)
    elif dim == 1:
        np.testing.assert_allclose(circles[:, 32], -circles[:, 0], rtol=1e-5)
        assert (np.abs(circles[:, 0, 0]) < 1).sum() in (5, 6), "68% of normal numbers are within 1"
    elif dim == 2:
        np.testing.assert_allclose(length, np.broadcast_to(length[:, :1], length.shape), rtol=1e-5)
        assert np.median(length[:, 0]) == pytest.approx(np.sqrt(2 * np.log(2)), rel=0.05), "the median of Rayleigh's"
    else:
        np.testing.assert_allclose(length, np.sqrt(dim), rtol=1e-5)
        np.testing.assert_allclose(circles[:, 32], -circles[:, 0], atol=1e-5)
        np.testing.assert_allclose((circles[:, 16] * circles[:, 0]).sum(axis=1), 0, atol=1e-4 * dim)


def test_circles_are_the_same_for_every_seed_and_network() -> None:
    one, other = small(seed=1), small(seed=2, activation="tanh")
    weights = weights_of(one)
    np.testing.assert_array_equal(
        landscape_of(one, weights).manifold.shape, landscape_of(other, weights).manifold.shape
    )
    np.testing.assert_array_equal(latent_circles(one.latent), latent_circles(other.latent))


def test_weights_of_another_network_are_named() -> None:
    config = small()
    weights = weights_of(config)
    with pytest.raises(ConfigError, match=r"generator/1/bias is missing; .* has the shape \(8,\)"):
        landscape_of(config, {name: value for name, value in weights.items() if name != "generator/1/bias"})
    with pytest.raises(ConfigError, match=r"discriminator/0/kernel is \(2, 16\); .* has the shape \(2, 64\)"):
        landscape_of(config.model_copy(update={"discriminator": parse_config({}).discriminator}), weights)


def test_an_own_run_computes_its_layers(own_store) -> None:
    store, config = Store(own_store), small()
    run = store.put(make_result(config))
    expected = landscape_of(config, run.weights)
    assert run.landscape is not None
    np.testing.assert_array_equal(run.landscape.field, expected.field)
    assert run.landscape is run.landscape, "computed once"


@pytest.mark.filterwarnings("error")
def test_runs_whose_layers_cannot_be_drawn_have_none(own_store) -> None:
    store = Store(own_store)
    diverged = make_result(small(seed=1))
    diverged.weights["discriminator/2/bias"][:] = np.nan
    huge = make_result(small(seed=2, output="linear"))
    for name in huge.weights:
        huge.weights[name] *= 1e30
    others = make_result(small(seed=3))
    del others.weights["generator/0/bias"]
    for result in (diverged, huge, others):
        assert store.put(result).landscape is None


@pytest.mark.parametrize("size", [0.01, 0.3, 1.0, 10.0])
def test_a_bundle_keeps_layers_closely_enough_to_draw(own_store, tmp_path, size: float) -> None:
    store, config = Store(own_store), small()
    result = make_result(config)
    for name in result.weights:
        result.weights[name] *= size
    run = store.put(result)
    write_bundle(tmp_path / "tiny.gancore", STUDY, "tiny", [run], {})
    bundle = Bundle(tmp_path / "tiny.gancore")
    bundle.verify()
    kept = bundle.get(run.run_id).landscape  # type: ignore[union-attr]
    own = run.landscape
    assert kept is not None and own is not None
    assert kept.window == own.window
    span = np.ptp(np.arcsinh(own.field.astype(np.float64)))
    assert np.abs(np.arcsinh(kept.field) - np.arcsinh(own.field)).max() <= span / 508 * 1.01 + 1e-6
    assert np.abs(kept.manifold - own.manifold).max() <= np.ptp(own.manifold, axis=(0, 1)).max() / 8188 * 1.01 + 1e-6
    np.testing.assert_array_equal(kept.manifold[:, 0], kept.manifold[:, -1])
    # Arrows are drawn from it: their directions and lengths must be the discriminator's.
    theirs, ours = (np.stack(np.gradient(field)) for field in (kept.field, own.field))
    assert np.sqrt(np.square(theirs - ours).sum() / np.square(ours).sum()) <= 0.25
    copy = write_bundle(tmp_path / "copy.gancore", STUDY, "tiny", bundle.runs(), {})
    np.testing.assert_allclose(copy.get(run.run_id).landscape.field, kept.field, rtol=1e-5, atol=1e-6)  # type: ignore[union-attr]


def test_extreme_layers_survive_the_bundle() -> None:
    largest = np.finfo(np.float32).max
    windows = itertools.cycle([Window(), Window((3.0, -1.5), (0.25, 90.0))])
    cases = ((0.0, 0.0), (7.5, 0.25), (largest, largest), (-largest, -largest), (89.0, 1e-38))
    for (field, points), window in zip(cases, windows, strict=False):
        layers = Landscape(
            window, np.full((GRID, GRID), field, np.float32), np.full((CIRCLES, ALONG, 2), points, np.float32)
        )
        read = codec.decode_landscape(codec.encode_landscape(layers), 2**14)
        assert read.window == window
        np.testing.assert_allclose(read.field, layers.field, rtol=1e-5)
        np.testing.assert_allclose(read.manifold, layers.manifold, rtol=1e-6)


def test_every_shipped_run_has_layers_and_every_dataset_its_collapsed() -> None:
    for bundle in gallery_bundles():
        assert set(bundle.collapsed) == set(bundle.references)
        for run in bundle.runs():
            layers = run.landscape
            assert layers is not None and layers.finite
            assert np.abs(layers.manifold).max() <= 100


def test_shipped_layers_agree_with_the_points_of_their_run() -> None:
    """Latent circles are typical latents, so their images lie where the run's own points lie."""
    for run in [run for bundle in gallery_bundles() for run in bundle.runs() if run.metrics["learned"] == 1][:20]:
        layers = run.landscape
        assert layers is not None
        away = np.linalg.norm(layers.manifold.reshape(-1, 1, 2) - run.final[None], axis=2).min(axis=1)
        assert np.quantile(away, 0.9) < 0.1
