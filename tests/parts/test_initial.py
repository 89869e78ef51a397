"""Every way for weights to start, against Keras' own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gancore.config import RunConfig, with_changes
from gancore.export.script import KERAS_INITIAL
from gancore.parts import Initial
from gancore.parts.streams import Purpose, host_stream

IN, OUT = 100, 60
KERAS = {"glorot_uniform": "GlorotUniform", **KERAS_INITIAL}


def kernel(kind: str, fan_in: int = IN, fan_out: int = OUT, seed: int = 0, **fields) -> np.ndarray:
    return Initial.registry[kind](**fields).kernel(host_stream(seed, Purpose.GENERATOR_WEIGHTS), fan_in, fan_out)


def test_every_kind_is_compared():
    assert {kind for kind, member in Initial.registry.items() if member.__module__.startswith("gancore.")} == {*KERAS}


@pytest.mark.parametrize("kind", KERAS)
def test_kernels_have_the_distribution_of_keras(kind):
    import keras

    fields = {"stddev": 0.02} if kind == "normal" else {}
    theirs = np.asarray(getattr(keras.initializers, KERAS[kind])(seed=0, **fields)((IN, OUT)))
    ours = kernel(kind)
    assert ours.shape == (IN, OUT)
    assert stats.ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-4
    assert ours.std() == pytest.approx(theirs.std(), rel=0.05)
    assert not np.array_equal(ours, kernel(kind, seed=1))


@pytest.mark.parametrize("shape", [(8, 8), (3, 9), (9, 3), (2, 1)])
def test_an_orthogonal_kernels_singular_values_are_its_gain(shape):
    values = np.linalg.svd(kernel("orthogonal", *shape, gain=1.4), compute_uv=False)
    np.testing.assert_allclose(values, 1.4)


def test_what_was_drawn_before_is_drawn_again_bit_for_bit():
    from gancore.training.networks import initial_weights

    limit = np.sqrt(6.0 / (2 + 64))
    plain = host_stream(0, Purpose.DISCRIMINATOR_WEIGHTS, 0).uniform(-limit, limit, (2, 64)).astype(np.float32)
    assert np.array_equal(initial_weights(RunConfig())[1][0], plain)


def test_runs_that_start_otherwise_train_together():
    from gancore.training.networks import initial_weights
    from gancore.training.shapes import GraphShape

    other = with_changes(RunConfig(), {"generator.initial.kind": "orthogonal", "discriminator.initial.kind": "normal"})
    assert GraphShape.of(other) == GraphShape.of(RunConfig()) and other.run_id != RunConfig().run_id
    generator, discriminator = initial_weights(other)
    np.testing.assert_allclose(np.linalg.svd(generator[0], compute_uv=False), 1, rtol=1e-5)
    assert discriminator[2].std() == pytest.approx(0.02, rel=0.1)
    assert not discriminator[1].any()
