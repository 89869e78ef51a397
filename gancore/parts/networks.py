"""The two networks: their settings, and the layers and arrays that follow from them."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

from pydantic import Field

from gancore.parts import activations
from gancore.parts.base import AtStart, Off, Part, PerRun, Since, Static, Worth
from gancore.parts.errors import ConfigError
from gancore.parts.families import Latent
from gancore.parts.initial import GlorotUniform, Initial
from gancore.parts.layers.activation import Activation, Maxout
from gancore.parts.layers.base import Array, Layer, Look
from gancore.parts.layers.dense import Dense, SpectralNorm
from gancore.parts.layers.dropout import Dropout
from gancore.parts.layers.ends import Range, Scale
from gancore.parts.layers.fourier import Features, Fourier
from gancore.parts.layers.minibatch import BatchFeatures, Closeness, Minibatch, NoMinibatch
from gancore.parts.layers.norms import NoNorm, Norm
from gancore.parts.layers.residual import SHORTCUTS, Add, Begin

Width = Annotated[int, Field(ge=1, le=4096)]
Hidden = Annotated[tuple[Width, ...], Field(max_length=8)]
Slope = Annotated[float, Field(ge=0, le=1)]


class Network:
    """A network's layers in order, for one library or another; nothing of it is of a single run."""

    def __init__(self, layers: list[Layer], inputs: int):
        self.layers, self.inputs = layers, inputs

    @cached_property
    def arrays(self) -> dict[str, Array]:
        """Full name → array, in order."""
        return {f"{layer.place}/{array.name}": array for layer in self.layers for array in layer.arrays}

    @cached_property
    def trained(self) -> list[str]:
        """Names of what the optimizer moves."""
        return [name for name, array in self.arrays.items() if array.trained]

    @cached_property
    def state(self) -> list[str]:
        """Names of what it does not."""
        return [name for name, array in self.arrays.items() if not array.trained]

    def __call__(self, look: Look, values: Any, arrays: dict[str, Any]) -> Any:
        """Inputs [..., n, in] → [..., n, out]; ``arrays`` by full name. What else comes of it is in ``look``."""
        for layer in self.layers:
            values = layer(look, values, {one.name: arrays[f"{layer.place}/{one.name}"] for one in layer.arrays})
        return values

    @property
    def weights(self) -> int:
        """Numbers in all arrays."""
        return sum(_size(array) for array in self.arrays.values())

    @property
    def products(self) -> int:
        """Multiply-adds a point of the dense layers' products."""
        return sum(_size(array) for name, array in self.arrays.items() if name.endswith("kernel"))

    @property
    def masked(self) -> int:
        """Numbers a point that dropout draws."""
        return sum(layer.width for layer in self.layers if isinstance(layer, Dropout))

    def extra(self, batch: int) -> int:
        """Numbers a point that it keeps besides those of dense layers and their activations."""
        pairs = sum(2 * batch * layer.more for layer in self.layers if isinstance(layer, Closeness))
        return pairs + sum(layer.values for layer in self.layers)

    @property
    def of_batch(self) -> bool:
        """Whether it puts features of a batch behind a point's."""
        return any(isinstance(layer, BatchFeatures) for layer in self.layers)


def _size(array: Array) -> int:
    width, *rest = array.shape
    return width * (rest[0] if rest else 1)


class NetworkSettings(Part):
    """What both networks have."""

    hidden: Static[Hidden] = (64, 128)
    """Widths of the hidden layers."""
    activation: Static[activations.Hidden] = "leaky_relu"
    """Activation of the hidden layers."""
    slope: Annotated[Static[Slope], Since("0.3.0", neutral=0.2)] = activations.LEAKY_SLOPE
    """Slope of leaky_relu below zero; others have none."""
    pieces: Annotated[Static[int], Since("0.4.0", neutral=2)] = Field(default=2, ge=2, le=8)
    """Linear pieces that maxout takes the largest of; others have none."""
    initial: Annotated[AtStart[Initial], Since("0.3.0", neutral={"kind": "glorot_uniform"})] = GlorotUniform()
    """How its kernels start; biases start at zero."""
    norm: Annotated[Norm, Since("0.4.0", neutral={"kind": "none"})] = Field(default_factory=NoNorm)
    """What hidden layers are normalised by, before their activation."""
    dropout: Annotated[PerRun[float], Off(0.0), Since("0.4.0", neutral=0.0)] = Field(default=0.0, ge=0, le=0.95)
    """Share of the hidden layers' numbers that is set to zero in training, in the updates of both networks."""
    residual: Annotated[Static[int], Since("0.4.0", neutral=0)] = Field(default=0, ge=0, le=4)
    """Hidden layers in a residual block, which adds its input before its last activation; 0 for no blocks."""
    spectral_norm: Annotated[SpectralNorm, Since("0.4.0", neutral={"iterations": 0, "gradient": True})] = SpectralNorm()
    """Every kernel divided by its largest singular value."""
    fourier: Annotated[Fourier, Since("0.4.0", neutral={"frequencies": 0, "scale": 1.0})] = Fourier()
    """Random Fourier features in place of the network's input."""

    def refuse(self, path: str) -> None:
        """Hidden layers that no blocks make up; raises ConfigError."""
        if self.residual and (not self.hidden or len(self.hidden) % self.residual):
            fitting = [str(n) for n in (1, 2, 3, 4) if self.hidden and len(self.hidden) % n == 0]
            allowed = f"use {', '.join(['0', *fitting[:-1]])} or {fitting[-1]}" if fitting else "use 0"
            reason = f"{self.residual} is not allowed with {path}.hidden of {len(self.hidden)} layers; {allowed}"
            raise ConfigError.of(f"{path}.residual", reason, self.residual, allowed)

    def _hidden(self, inputs: int) -> tuple[list[Layer], int]:
        """The layers up to the last hidden one, and its width."""
        layers: list[Layer] = []
        if self.fourier.frequencies:
            layers.append(Features("fourier", inputs, self.fourier.frequencies))
            inputs = 2 * self.fourier.frequencies
        pieces = self.pieces if self.activation == "maxout" else 1
        before = inputs
        for number, width in enumerate(self.hidden):
            place, wide = str(number), width * pieces
            if self.residual and number % self.residual == 0:
                layers.append(Begin(place))
                before = inputs
            layers.append(Dense(place, inputs, width, pieces, self.spectral_norm, number=number))
            layers += [layer] if (layer := self.norm.layer(place, wide)) else []
            if self.residual and (number + 1) % self.residual == 0:
                map = Dense(place, before, width, pieces, self.spectral_norm, False, "shortcut_", SHORTCUTS + number)
                layers.append(Add(place, wide, None if before == wide else map))
            layers.append(
                Maxout(place, width, pieces) if pieces > 1 else Activation(place, self.activation, self.slope)
            )
            if self.on("dropout"):
                layers.append(Dropout(place, width, self.__dict__.get("dropout")))
            inputs = width
        return layers, inputs


class Generator(NetworkSettings):
    """The network that turns latent vectors into points."""

    hidden: Annotated[Static[Hidden], Worth(([16, 32],), "the answer, in gancore's README")] = (64, 128)
    """Widths of the hidden layers."""
    output: Annotated[Static[activations.Output], Worth(("linear",), "Gulrajani et al. 2017, gan_toy.py")] = "tanh"
    """Output activation; tanh_1.5 is 1.5·tanh, sigmoid reaches from 0 to 1, and range is one over the data's range."""
    output_scale: Annotated[Static[float], Since("0.3.0", neutral=1.0)] = Field(default=1.0, gt=0, le=100)
    """What the output is multiplied by: with tanh, how far the generator reaches."""

    def refuse(self, path: str) -> None:
        """A scale of what has the data's; raises ConfigError."""
        super().refuse(path)
        if self.output == "range" and self.output_scale != 1:
            reason = f"is not allowed with {path}.output range, which has the data's own scale"
            raise ConfigError.refused(f"{path}.output_scale", self.output_scale, "use 1", reason)

    def network(self, latent: Latent) -> Network:
        """Latent vectors [..., n, dim] → points [..., n, 2]."""
        layers, width = self._hidden(latent.dim)
        layers.append(Dense(str(len(self.hidden)), width, 2, spectral=self.spectral_norm, number=len(self.hidden)))
        layers.append(Activation("output", self.output))
        if self.output == "range":
            layers.append(Range("range"))
        elif self.output_scale != 1:
            layers.append(Scale("output", self.output_scale))
        return Network(layers, latent.dim)


class Discriminator(NetworkSettings):
    """The network that tells real points from generated ones (one logit)."""

    hidden: Annotated[Static[Hidden], Worth(([128, 128],), "Metz et al. 2017, Unrolled GAN, its 8 Gaussians")] = (
        64,
        128,
    )
    """Widths of the hidden layers."""
    packing: Annotated[Static[int], Since("0.4.0", neutral=1), Worth((2,), "Lin et al. 2018, PacGAN")] = Field(
        default=1, ge=1, le=16
    )
    """Points of one kind that it judges together (PacGAN); 1 for each by itself."""
    spectral_norm: Annotated[
        SpectralNorm,
        Since("0.4.0", neutral={"iterations": 0, "gradient": True}),
        Worth(({"iterations": 1},), "Miyato et al. 2018, spectral normalisation"),
    ] = SpectralNorm()
    """Every kernel divided by its largest singular value."""
    minibatch: Annotated[Minibatch, Since("0.4.0", neutral={"kind": "none"})] = Field(default_factory=NoMinibatch)
    """What its last layer sees of the whole batch."""

    @property
    def of_batch(self) -> str:
        """The setting by which a point's logit depends on its batch; empty where it does not."""
        return "minibatch.kind" if self.minibatch.of_batch else "norm.kind" if self.norm.of_batch else ""

    def network(self) -> Network:
        """Points, in packs where there are any, [..., n, 2 · packing] → logits [..., n, 1]."""
        layers, width = self._hidden(2 * self.packing)
        if features := self.minibatch.layer("minibatch", width):
            layers.append(features)
            width += features.more
        layers.append(Dense(str(len(self.hidden)), width, 1, spectral=self.spectral_norm, number=len(self.hidden)))
        return Network(layers, 2 * self.packing)
