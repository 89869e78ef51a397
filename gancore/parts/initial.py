"""Initial weights of a network's kernels: one class each, with a ``kind``, registers itself. Biases start at zero."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gancore.parts.base import AtStart, Choice, Worth

Array = NDArray[np.float64]


class Initial(Choice):
    """How the kernels of a network start."""

    @abstractmethod
    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """A kernel [fan_in, fan_out]; the generator is the layer's own."""


class GlorotUniform(Initial):
    """Uniform to ±√(6 / (in + out)): Keras' default (Glorot and Bengio 2010, equation 16)."""

    kind: Literal["glorot_uniform"] = "glorot_uniform"

    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """Variance 2 / (in + out)."""
        return uniform(random, 6.0 / (fan_in + fan_out), fan_in, fan_out)


class GlorotNormal(Initial):
    """Normal with variance 2 / (in + out), cut at two standard deviations as in Keras."""

    kind: Literal["glorot_normal"] = "glorot_normal"

    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """Variance 2 / (in + out)."""
        return cut_normal(random, 2 / (fan_in + fan_out), fan_in, fan_out)


class HeUniform(Initial):
    """Uniform to ±√(6 / in) (He et al. 2015)."""

    kind: Literal["he_uniform"] = "he_uniform"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({},), "He et al. 2015, for rectified units"),)

    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """Variance 2 / in."""
        return uniform(random, 6.0 / fan_in, fan_in, fan_out)


class HeNormal(Initial):
    """Normal with variance 2 / in (He et al. 2015), cut at two standard deviations as in Keras."""

    kind: Literal["he_normal"] = "he_normal"

    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """Variance 2 / in."""
        return cut_normal(random, 2 / fan_in, fan_in, fan_out)


class LecunUniform(Initial):
    """Uniform to ±√(3 / in) (LeCun et al. 1998)."""

    kind: Literal["lecun_uniform"] = "lecun_uniform"

    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """Variance 1 / in."""
        return uniform(random, 3.0 / fan_in, fan_in, fan_out)


class LecunNormal(Initial):
    """Normal with variance 1 / in (LeCun et al. 1998), cut at two standard deviations as in Keras."""

    kind: Literal["lecun_normal"] = "lecun_normal"

    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """Variance 1 / in."""
        return cut_normal(random, 1 / fan_in, fan_in, fan_out)


class Orthogonal(Initial):
    """A uniformly drawn orthogonal matrix times a gain; rows or columns of one where it is not square (Saxe 2014)."""

    kind: Literal["orthogonal"] = "orthogonal"

    gain: AtStart[float] = Field(default=1.0, gt=0, le=100)
    """What the matrix is multiplied by; its singular values are all this."""

    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """Q of a normal matrix, with the signs of R's diagonal, so that it is uniform over orthogonal matrices."""
        tall = random.standard_normal((max(fan_in, fan_out), min(fan_in, fan_out)))
        q, r = np.linalg.qr(tall)
        q = q * np.sign(np.diag(r))
        return self.gain * (q if fan_in >= fan_out else q.T)


class NormalWeights(Initial):
    """Normal with a standard deviation of its own."""

    kind: Literal["normal"] = "normal"

    sigma: AtStart[float] = Field(default=0.02, gt=0, le=100)
    """Standard deviation; DCGAN and PacGAN have 0.02."""

    def kernel(self, random: np.random.Generator, fan_in: int, fan_out: int) -> Array:
        """Not cut."""
        return self.sigma * random.standard_normal((fan_in, fan_out))


def uniform(random: np.random.Generator, square: float, fan_in: int, fan_out: int) -> Array:
    """A kernel [in, out], uniform between ± the root of ``square``, which is three times its variance."""
    limit = np.sqrt(square)
    return random.uniform(-limit, limit, (fan_in, fan_out))


CUT_DEVIATION = 0.8796256610342398
"""Standard deviation of a standard normal that is cut at ±2."""


def cut_normal(random: np.random.Generator, variance: float, fan_in: int, fan_out: int) -> Array:
    """A kernel [in, out] of this variance, normal but for its tails beyond two standard deviations."""
    from scipy.special import ndtri

    low, high = 0.022750131948179195, 0.9772498680518208  # Φ(±2)
    drawn = ndtri(low + (high - low) * random.uniform(size=(fan_in, fan_out)))
    return np.sqrt(variance) / CUT_DEVIATION * drawn
