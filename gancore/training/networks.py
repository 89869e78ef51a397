"""The networks of R runs evaluated as one: every array has a run axis first."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from gancore.config import RunConfig
from gancore.parts import Dataset, Network
from gancore.parts.activations import ACTIVATIONS
from gancore.parts.backend import ops
from gancore.parts.layers import Look, Start
from gancore.parts.streams import Purpose, host_stream

THIN = 2
"""Up to this width a layer is made of products with vectors."""


def product(inputs, kernel):
    """[R, B, in] x [R, in, out] → [R, B, out].

    With a thin side (points are), XLA's general product and its gradients cost more than a whole hidden layer's on a
    CPU; products with a vector become multiply-adds that it fuses with their neighbours.
    """
    width, units = kernel.shape[1:]
    if units <= THIN:
        columns = [ops.matmul(inputs, kernel[:, :, j : j + 1]) for j in range(units)]
        return columns[0] if units == 1 else ops.concatenate(columns, axis=-1)
    if width <= THIN:
        rows: list[Any] = [ops.matmul(inputs[:, :, i : i + 1], kernel[:, i : i + 1]) for i in range(width)]
        return reduce(operator.add, rows)
    return ops.matmul(inputs, kernel)


def activate(name: str, values: Any, slope: float) -> Any:
    """The activation called ``name`` in the configuration."""
    return ACTIVATIONS[name].tensor(ops, values, slope)


class LaneNetwork:
    """A network as a function of its weights and state, [R, ...] each, in the order of ``Network.arrays``.

    In training by default: dropout multiplies by ``masks`` [R, B, ...] where there are any, and batch normalisation
    takes the statistics of the inputs. ``kinds``: how many equal parts of the batch are judged apart.
    """

    def __init__(self, network: Network):
        self.network = network

    def moved(
        self, weights: Sequence[Any], inputs: Any, state: Sequence[Any] = (), masks: Any = None, kinds: int = 1
    ) -> tuple[Any, list[Any]]:
        """The values [R, B, out] of inputs [R, B, in], and the state after this evaluation."""
        return self._evaluated(weights, inputs, state, masks=masks, kinds=kinds, training=True)

    def __call__(
        self, weights: Sequence[Any], inputs: Any, state: Sequence[Any] = (), masks: Any = None, kinds: int = 1
    ) -> Any:
        """The values alone."""
        return self.moved(weights, inputs, state, masks, kinds)[0]

    def sampled(self, weights: Sequence[Any], inputs: Any, state: Sequence[Any] = ()) -> Any:
        """The values as they are after training: without dropout, normalised by running averages."""
        return self._evaluated(weights, inputs, state, training=False)[0]

    def _evaluated(self, weights: Sequence[Any], inputs: Any, state: Sequence[Any], **how: Any) -> tuple[Any, list]:
        network = self.network
        look = Look(ops, product, activate, ops.stop_gradient, **how)
        arrays = dict(zip(network.trained, weights, strict=True)) | dict(zip(network.state, state, strict=True))
        values = network(look, inputs, arrays)
        return values, [look.moved.get(name, old) for name, old in zip(network.state, state, strict=True)]


def networks_of(config: RunConfig) -> tuple[Network, Network]:
    """Generator and discriminator of a config, which may be masked."""
    return config.generator.network(config.latent), config.discriminator.network()


def initial_arrays(config: RunConfig) -> Iterator[dict[str, np.ndarray]]:
    """Generator's and discriminator's arrays of one run at step 0, by name, as the engine keeps them but for lanes.

    Keyed by (seed, network, layer), so that runs with the same seed share every layer whose shape they share.
    """
    purposes = Purpose.GENERATOR_WEIGHTS, Purpose.DISCRIMINATOR_WEIGHTS
    for network, spec, purpose in zip(
        networks_of(config), (config.generator, config.discriminator), purposes, strict=True
    ):

        def stream(number: int, purpose: Purpose = purpose) -> np.random.Generator:
            return host_stream(config.seed, purpose, number)

        begin = Start(spec.initial, stream, spec.fourier.scale, lambda: _box(config.dataset))  # type: ignore[arg-type]
        whole: dict[str, np.ndarray] = {}
        for layer in network.layers:
            arrays: dict[str, np.ndarray] = {}
            for array in layer.arrays:
                arrays[array.name] = layer.start(array.name, begin, arrays).astype(np.float32)
            whole |= {f"{layer.place}/{name}": values for name, values in arrays.items()}
        yield {name: values if values.ndim == 2 else values[None] for name, values in whole.items()}


@lru_cache(maxsize=64)
def _box(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    points = dataset.points()
    return points.min(axis=0), points.max(axis=0)


def initial_weights(config: RunConfig) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Generator's and discriminator's weights [kernel, bias, ...] of one run at step 0."""
    return _of(config, "trained")


def initial_state(config: RunConfig) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """What the optimizers don't move of generator and discriminator, of one run at step 0."""
    return _of(config, "state")


def _of(config: RunConfig, kind: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    pairs = zip(networks_of(config), initial_arrays(config), strict=True)
    generator, discriminator = ([arrays[name] for name in getattr(network, kind)] for network, arrays in pairs)
    return generator, discriminator
