"""Dense layers, and what normalises their kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from gancore.parts.base import Part, Static
from gancore.parts.layers.base import Array, Arrays, Layer, Look, Start, with_weights

WARM_UP = 15
"""Power iterations before the first step, as in PyTorch."""
TINY = 1e-12
"""Below this a norm counts as zero."""
VECTORS = 1000
"""First number of the streams of the vectors that power iterations begin with."""


class SpectralNorm(Part):
    """Every kernel divided by its largest singular value σ (Miyato et al. 2018)."""

    iterations: Static[int] = Field(default=0, ge=0, le=20)
    """Power iterations at each evaluation, which say how large σ is; 0 for no normalisation, 1 in the paper."""
    gradient: Static[bool] = True
    """Whether the gradient goes through σ, as in the paper; Keras' own layer sends none."""


def unit(look: Look, vector: Any) -> Any:
    """Rows [..., 1, n] of length 1; zero stays zero."""
    square = look.ops.sum(vector * vector, axis=-1, keepdims=True)
    return vector / look.ops.sqrt(look.ops.maximum(square, TINY**2))


def normalised(look: Look, kernel: Any, u: Any, spec: SpectralNorm) -> tuple[Any, Any]:
    """A kernel [..., in, out] divided by its largest singular value, and the vector u [..., 1, out] to go on from.

    u and v count as constants, so that the gradient of σ = v K uᵀ is that of the singular value itself.
    """
    ops, fixed = look.ops, look.detach(kernel)
    turned = ops.swapaxes(fixed, -1, -2)
    v = None
    for _ in range(spec.iterations):
        v = unit(look, ops.matmul(u, turned))
        u = unit(look, ops.matmul(v, fixed))
    u, v = look.detach(u), look.detach(v)
    sigma = ops.sum(ops.matmul(v, kernel) * u, axis=-1, keepdims=True)
    if not spec.gradient:
        sigma = look.detach(sigma)
    return kernel / ops.where(sigma > TINY, sigma, ops.ones_like(sigma)), u


@dataclass(frozen=True)
class Dense(Layer):
    """x K + b; with several pieces, those of a unit stand beside each other."""

    place: str
    inputs: int
    units: int
    pieces: int = 1
    spectral: SpectralNorm = SpectralNorm()
    bias: bool = True
    word: str = ""
    """Stands before its arrays' names where it is not the only one in its place."""
    number: int = 0
    """That of the stream of its kernel."""

    @property
    def arrays(self) -> tuple[Array, ...]:
        """Kernel [in, units · pieces] and bias; u, of the power iteration."""
        width = self.units * self.pieces
        found = [Array(f"{self.word}kernel", (self.inputs, width))]
        if self.bias:
            found.append(Array(f"{self.word}bias", (width,)))
        if self.spectral.iterations:
            found.append(Array(f"{self.word}u", (width,), trained=False))
        return tuple(found)

    def start(self, name: str, begin: Start, arrays: Arrays) -> np.ndarray:
        """Each piece as a layer of its own would start; the first as a layer of one piece does."""
        if name.endswith("kernel"):
            random = begin.stream(self.number)
            pieces = [begin.initial.kernel(random, self.inputs, self.units) for _ in range(self.pieces)]
            return np.stack(pieces, axis=-1).reshape(self.inputs, -1)
        if name.endswith("u"):
            u = unit(Look(), begin.stream(VECTORS + self.number).standard_normal((1, self.units * self.pieces)))
            kernel = np.asarray(arrays[f"{self.word}kernel"], np.float64)
            return normalised(Look(), kernel, u, SpectralNorm(iterations=WARM_UP))[1][0]
        return super().start(name, begin, arrays)

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """[..., n, in] → [..., n, units · pieces]."""
        kernel = arrays[f"{self.word}kernel"]
        if self.spectral.iterations:
            kernel, u = normalised(look, kernel, arrays[f"{self.word}u"], self.spectral)
            look.moved[f"{self.place}/{self.word}u"] = u
        values = look.product(values, kernel)
        return values + arrays[f"{self.word}bias"] if self.bias else values

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """A dense layer with the kernel that points meet, divided by σ already."""
        kernel = arrays[f"{self.word}kernel"]
        if self.spectral.iterations:
            kernel = normalised(Look(), kernel, arrays[f"{self.word}u"][None], self.spectral)[0]
        bias = [arrays[f"{self.word}bias"]] if self.bias else []
        return with_weights(keras.layers.Dense(kernel.shape[1], use_bias=self.bias), values, kernel, *bias)
