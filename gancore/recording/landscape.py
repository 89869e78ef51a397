"""What a run's networks say: the discriminator over the plane, and the generator along circles of latent vectors.

Evaluated by numpy, so that the store and the pages can ask for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gancore.config import ConfigError, Dataset, Latent, RunConfig
from gancore.parts import Network
from gancore.parts.layers import Look, packed
from gancore.recording.window import MARGIN, Window

GRID = 33
"""Places along each side of the square at which the discriminator is asked."""
CIRCLES = 8
"""Latent circles."""
ALONG = 65
"""Latent vectors along each; the last is the first again."""
CIRCLES_SEED = 65_008
"""First word of the seed of the circles, so that they share no draw with training."""
TOGETHER = 1000
"""Points that are generated at once, so that wide layers' values need little memory."""

COMPANIONS = 256
"""Rows of the batch that a place stands in, at most, where the discriminator looks at a whole batch."""
PACKS = 8
"""Packs that each place is judged in, where it judges several points together."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """What can be drawn of the two networks, in dataset coordinates."""

    window: Window
    """Where the discriminator was asked: around the training points, with room to spare."""
    field: np.ndarray
    """The discriminator's logit, float32 [33, 33]: rows from the window's lower side upward, columns to the right."""
    manifold: np.ndarray
    """Images of eight latent circles under the generator, float32 [8, 65, 2]; each ends where it starts."""

    @property
    def axes(self) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates x of the field's columns [33], and y of its rows [33]."""
        return _axes(self.window)

    @property
    def finite(self) -> bool:
        """False where a run has diverged so far that something here is NaN or infinite."""
        return bool(np.isfinite(self.field).all() and np.isfinite(self.manifold).all())


def landscape_of(config: RunConfig, weights: Mapping[str, np.ndarray]) -> Landscape:
    """Ask a run's networks; ``weights`` as in ``RunResult.weights``. Raises ConfigError where they are not its own.

    A discriminator that judges several points at once is asked for each place among real points: with packing, the mean
    over packs of the place and training points; with minibatch features, those of a batch of training points.
    """
    networks = config.generator.network(config.latent), config.discriminator.network()
    generator, discriminator = (
        _arrays(weights, name, network) for name, network in zip(("generator", "discriminator"), networks, strict=True)
    )
    window = window_of(config.dataset)
    places = np.stack(np.meshgrid(*_axes(window)), axis=-1).reshape(-1, 2).astype(np.float32)
    latents = latent_circles(config.latent).reshape(-1, config.latent.dim)
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged run's weights may be anything
        logits = _judged(config, networks[1], discriminator, places)
        points = _evaluate(networks[0], generator, latents)
    manifold = points.reshape(CIRCLES, ALONG, 2)
    manifold[:, -1] = manifold[:, 0]  # equal inputs, but a matrix product may round its last rows differently
    return Landscape(window, logits.reshape(GRID, GRID), manifold)


def _judged(config: RunConfig, network: Network, arrays: Mapping[str, np.ndarray], places: np.ndarray) -> np.ndarray:
    """The discriminator's logits [n, 1] at places [n, 2]."""
    count, of_batch = config.discriminator.packing, network.of_batch
    if count == 1 and not of_batch:
        return _evaluate(network, arrays, places)
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([CIRCLES_SEED, count])))
    real = config.dataset.points()

    def drawn(*shape: int) -> np.ndarray:
        return real[rng.integers(len(real), size=shape)].astype(np.float32)

    companions = None
    if of_batch:
        look = Look()
        network(look, packed(np, drawn(min(config.batch_size, COMPANIONS * count)), count), dict(arrays))
        companions = look.seen
    packs = 1 if count == 1 else PACKS
    logits = [
        _evaluate(network, arrays, np.concatenate([places, *drawn(count - 1, len(places))], axis=1), companions)
        for _ in range(packs)
    ]
    return np.asarray(np.mean(logits, axis=0, dtype=np.float32))


def generated(config: RunConfig, weights: Mapping[str, np.ndarray], n: int, rng: np.random.Generator) -> np.ndarray:
    """Points float32 [n, 2] that a run's generator makes of fresh latents, in dataset coordinates.

    ``weights`` as in ``RunResult.weights``; raises ConfigError where they are not this configuration's.
    """
    network = config.generator.network(config.latent)
    arrays = _arrays(weights, "generator", network)
    pieces = []
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged run's weights may be anything
        for start in range(0, n, TOGETHER):
            normal = rng.standard_normal((min(TOGETHER, n - start), config.latent.dim), np.float32)
            pieces.append(_evaluate(network, arrays, config.latent.carried(normal)))
    return np.concatenate(pieces)


STEP = 1e-3
"""Length of the step that a slope is taken over, in units of the data."""


def slopes(config: RunConfig, weights: Mapping[str, np.ndarray], points: np.ndarray) -> np.ndarray:
    """Length [n] of the gradient of a run's discriminator (its logit) at points [n, 2] in dataset coordinates.

    Central differences; one that judges several points at once is asked as for the landscape. ``weights`` as in
    ``RunResult.weights``. Raises ConfigError where they are not its own.
    """
    network = config.discriminator.network()
    arrays = _arrays(weights, "discriminator", network)
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged run's weights may be anything
        rises = [
            np.subtract(*(_judged(config, network, arrays, points + way * step) for way in (1, -1)), dtype=np.float64)
            for step in np.float32(STEP) * np.eye(2, dtype=np.float32)
        ]
        return np.linalg.norm(np.concatenate(rises, axis=1), axis=1) / (2 * STEP)


def judged(config: RunConfig, weights: Mapping[str, np.ndarray], points: np.ndarray) -> np.ndarray:
    """The discriminator's logits, float64 [n], at points [n, 2] in dataset coordinates.

    One that judges several points at once is asked as for the landscape. ``weights`` as in ``RunResult.weights``.
    Raises ConfigError where they are not its own.
    """
    network = config.discriminator.network()
    arrays = _arrays(weights, "discriminator", network)
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged run's weights may be anything
        return _judged(config, network, arrays, points.astype(np.float32))[:, 0].astype(np.float64)


def latent_circles(latent: Latent) -> np.ndarray:
    """Latent vectors z(t) = r (a cos t + b sin t) along circles with orthonormal a and b, float32 [8, 65, dim].

    The same for every run with these latents. ``r`` is √dim, which nearly all normal vectors of many dimensions are
    long. Of two dimensions there is one such plane, and of one only a line (walked to and fro), so there ``r`` goes
    through eight even quantiles of a normal vector's length. Other latents are the same circles, carried to their
    distribution; the curves stay closed.
    """
    from scipy.special import gammaincinv

    dim = latent.dim
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([CIRCLES_SEED, dim])))
    turn = np.linspace(0, 2 * np.pi, ALONG)
    turn[-1] = 0.0  # so that a circle ends exactly where it starts
    wave = np.stack([np.cos(turn), np.sin(turn)])
    planes = [
        np.linalg.qr(rng.standard_normal((dim, 2)))[0] if dim > 1 else np.array([[1.0, 0.0]]) for _ in range(CIRCLES)
    ]
    quantiles = (np.arange(CIRCLES) + 0.5) / CIRCLES
    radius = np.sqrt(2 * gammaincinv(dim / 2, quantiles)) if dim <= 2 else np.full(CIRCLES, np.sqrt(dim))
    circles = radius[:, None, None] * np.stack([(plane @ wave).T for plane in planes])
    return latent.carried(circles).astype(np.float32)


def window_of(dataset: Dataset) -> Window:
    """Where a run's networks are asked: the window of its training points.

    Of a square around the origin the support decides the size, so that it is the same for every seed and size.
    """
    window = _around(dataset)  # type: ignore[arg-type]  # frozen, so hashable
    return Window.square(MARGIN * dataset.reach()) if window.plain else window


@lru_cache(maxsize=64)
def _around(dataset: Dataset) -> Window:
    return Window.around([dataset.points()])


def _axes(window: Window) -> tuple[np.ndarray, np.ndarray]:
    x, y = (np.linspace(low, high, GRID) for low, high in window.domains)
    return x, y


def _arrays(weights: Mapping[str, np.ndarray], name: str, network: Network) -> dict[str, np.ndarray]:
    """A network's arrays by their names within it, as one run's layers take them."""
    arrays = {}
    for array, (_, shape, _) in network.arrays.items():
        key = f"{name}/{array}"
        given = np.shape(weights[key]) if key in weights else "missing"
        if given != shape:
            raise ConfigError(f"weights: {key} is {given}; this configuration's has the shape {shape}")
        values = np.asarray(weights[key], np.float32)
        arrays[array] = values[None] if len(shape) == 1 else values
    return arrays


def _evaluate(
    network: Network,
    arrays: Mapping[str, np.ndarray],
    inputs: np.ndarray,
    companions: dict[str, np.ndarray] | None = None,
) -> np.ndarray:
    """A network's values, float32 [n, out], for inputs [n, in]."""
    return network(Look(companions=companions), inputs.astype(np.float32), dict(arrays)).astype(np.float32)
