"""The deepest networks of all kinds fit into a stored run and into a checkpoint."""

from __future__ import annotations

from gancore.config import Optimizer, RunConfig, with_changes
from gancore.store import codec


def test_the_largest_checkpoint_has_fewer_arrays_than_a_file_may():
    both = {"hidden": [4] * 8, "norm.kind": "batch", "spectral_norm.iterations": 1, "residual": 1}
    both |= {"activation": "maxout", "fourier.frequencies": 2}
    changes = {f"{network}.{name}": value for network in ("generator", "discriminator") for name, value in both.items()}
    config = with_changes(RunConfig(), changes | {"discriminator.minibatch.kind": "discrimination"})
    networks = config.generator.network(config.latent), config.discriminator.network()
    slots = max(len(kind.slots) for kind in Optimizer.registry.values())  # type: ignore[attr-defined]
    trained, kept = (sum(len(getattr(one, kind)) for one in networks) for kind in ("trained", "state"))
    # Weights, slots, running averages, an average of the generator, and what the recorder has beside them.
    assert 150 < (2 + slots) * trained + kept + 60 < codec.MAX_ARRAYS
