"""What a run's networks say: the discriminator over the plane, and the generator along circles of latent vectors.

Evaluated by numpy, so that the store and the pages can ask for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gancore.config import ConfigError, Dataset, Discriminator, Generator, Latent, RunConfig
from gancore.parts.activations import ACTIVATIONS
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
    """Ask a run's networks; ``weights`` as in ``RunResult.weights``. Raises ConfigError where they are not its own."""
    discriminator = _parameters(weights, "discriminator", (2, *config.discriminator.hidden, 1))
    generator = _parameters(weights, "generator", (config.latent.dim, *config.generator.hidden, 2))
    window = window_of(config.dataset)
    places = np.stack(np.meshgrid(*_axes(window)), axis=-1).reshape(-1, 2)
    latents = latent_circles(config.latent).reshape(-1, config.latent.dim)
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged run's weights may be anything
        logits = _evaluate(discriminator, places, config.discriminator)
        points = _evaluate(generator, latents, config.generator)
    manifold = points.reshape(CIRCLES, ALONG, 2)
    manifold[:, -1] = manifold[:, 0]  # equal inputs, but a matrix product may round its last rows differently
    return Landscape(window, logits.reshape(GRID, GRID), manifold)


def generated(config: RunConfig, weights: Mapping[str, np.ndarray], n: int, rng: np.random.Generator) -> np.ndarray:
    """Points float32 [n, 2] that a run's generator makes of fresh latents, in dataset coordinates.

    ``weights`` as in ``RunResult.weights``; raises ConfigError where they are not this configuration's.
    """
    generator = _parameters(weights, "generator", (config.latent.dim, *config.generator.hidden, 2))
    pieces = []
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged run's weights may be anything
        for start in range(0, n, TOGETHER):
            normal = rng.standard_normal((min(TOGETHER, n - start), config.latent.dim), np.float32)
            latents = config.latent.carried(normal)
            pieces.append(_evaluate(generator, latents, config.generator))
    return np.concatenate(pieces)


STEP = 1e-3
"""Length of the step that a slope is taken over, in units of the data."""


def slopes(config: RunConfig, weights: Mapping[str, np.ndarray], points: np.ndarray) -> np.ndarray:
    """Length [n] of the gradient of a run's discriminator (its logit) at points [n, 2] in dataset coordinates.

    Central differences; ``weights`` as in ``RunResult.weights``. Raises ConfigError where they are not its own.
    """
    discriminator = _parameters(weights, "discriminator", (2, *config.discriminator.hidden, 1))
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged run's weights may be anything
        rises = [
            _evaluate(discriminator, points + step, config.discriminator).astype(np.float64)
            - _evaluate(discriminator, points - step, config.discriminator)
            for step in np.eye(2) * STEP
        ]
        return np.linalg.norm(np.concatenate(rises, axis=1), axis=1) / (2 * STEP)


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


def _parameters(
    weights: Mapping[str, np.ndarray], name: str, widths: tuple[int, ...]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Kernel [in, out] and bias [out] of each layer of a network."""
    found = []
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(widths)):
        pair = []
        for part, shape in (("kernel", (fan_in, fan_out)), ("bias", (fan_out,))):
            key = f"{name}/{layer}/{part}"
            given = np.shape(weights[key]) if key in weights else "missing"
            if given != shape:
                raise ConfigError(f"weights: {key} is {given}; this configuration's has the shape {shape}")
            pair.append(np.asarray(weights[key], np.float32))
        found.append((pair[0], pair[1]))
    return found


def _evaluate(
    parameters: list[tuple[np.ndarray, np.ndarray]], inputs: np.ndarray, spec: Generator | Discriminator
) -> np.ndarray:
    """A network's values, float32 [n, out], for inputs [n, in]."""
    last, scale = (spec.output, spec.output_scale) if isinstance(spec, Generator) else ("linear", 1.0)
    values = inputs.astype(np.float32)
    for layer, (kernel, bias) in enumerate(parameters, start=1):
        name = spec.activation if layer < len(parameters) else last
        values = ACTIVATIONS[name].numpy(values @ kernel + bias, spec.slope if layer < len(parameters) else 0.0)
    return values * np.float32(scale)
