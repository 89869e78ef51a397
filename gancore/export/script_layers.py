"""The networks of a script: lines of their layers, and which of those Keras does not have a script has to bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gancore.config import ConfigError
from gancore.parts import Network

WIDTH = 88
"""Characters of a line of the script, at most: what ruff and black take for granted."""


@dataclass(frozen=True)
class Call:
    """A call, or with the name ``[`` a list, that is written on one line or an argument a line."""

    name: str
    arguments: tuple[Any, ...]
    prefix: str = ""
    """``NAME=`` where it is an argument itself."""

    def flat(self) -> str:
        """On one line."""
        inner = ", ".join(one.flat() if isinstance(one, Call) else one for one in self.arguments)
        return self.prefix + (f"[{inner}]" if self.name == "[" else f"{self.name}({inner})")

    def lines(self, indent: int) -> Iterator[str]:
        """At an indentation, with a comma behind."""
        start, flat = " " * indent, self.flat()
        if indent + len(flat) < WIDTH:
            yield f"{start}{flat},"
            return
        opening, closing = ("[", "]") if self.name == "[" else (f"{self.name}(", ")")
        yield f"{start}{self.prefix}{opening}"
        for one in self.arguments:
            yield from one.lines(indent + 4) if isinstance(one, Call) else [f"{' ' * (indent + 4)}{one},"]
        yield f"{start}{closing},"


@dataclass
class Layers:
    """A network's layers as code."""

    text: str
    """Lines of a list."""
    helpers: list[str] = field(default_factory=list)
    """Templates of the classes that they are of."""
    training: bool = False
    """Whether it must be told that it is in training."""


Dense = Callable[..., Call]
"""(units, activation as code, whether it has a bias) → the layer."""


def layers_of(
    part: Any, network: Network, activation: str, last: tuple[int, str], dense: Dense, slopes: bool = False
) -> Layers:
    """The layers of a network's settings, which are as templates see them.

    ``activation`` is the hidden layers' as code, ``last`` the width of the last one and its activation, empty for none,
    ``slopes`` whether a penalty is trained on the network's slopes. Raises ConfigError where a script cannot have them.
    """
    calls: list[Call] = []
    made = Layers("")
    spectral, norm, residual = part.spectral_norm.iterations, part.norm.kind, part.residual
    several = part.pieces
    pieces = several if part.activation == "maxout" else 1
    if spectral and pieces > 1:
        raise ConfigError(f"{part}activation: 'maxout' with spectral_norm has no script; use one of both")
    settings = [str(spectral), *([] if part.spectral_norm.gradient else ["False"])]
    made.helpers += ["spectral"] * bool(spectral)

    def layer(units: int, activation: str = "", bias: bool = True) -> Call:
        call = dense(units, activation, bias)
        return Call("SpectralDense", (*call.arguments[:1], *settings, *call.arguments[1:])) if spectral else call

    features, scale = part.fourier.frequencies, part.fourier.scale
    if features:
        made.helpers.append("fourier")
        calls.append(Call("Fourier", (str(features), repr(scale))))
    plain = norm == "none" and not residual and pieces == 1
    block: list[Call] = []
    before = width = 2 * features or network.inputs
    for number, units in enumerate(part.hidden):
        if residual and number % residual == 0:
            block, before = [], width
        into = block if residual else calls
        if pieces > 1:
            into.append(Call("Pieces", (Call("[", (layer(units),) * pieces),)))
        else:
            into.append(layer(units, activation if plain else ""))
        if norm != "none":
            into.append(_norm(part, made, slopes))
        if residual and (number + 1) % residual == 0:
            bridge = () if before == units * pieces else (layer(units * pieces, "", False),)
            calls.append(Call("Block", (Call("[", tuple(block)), *bridge)))
            into = calls
        if pieces > 1:
            into.append(Call("Largest", (str(pieces),)))
        elif not plain:
            into.append(Call("keras.layers.Activation", (activation,)))
        if part.dropout:
            into.append(Call("keras.layers.Dropout", (repr(part.dropout),)))
        width = units
    made.helpers += ["maxout"] * (pieces > 1) + ["block"] * bool(residual)
    made.training = bool(part.dropout) or norm == "batch" or bool(spectral)
    calls += _minibatch(part, made)
    calls.append(layer(*last))
    made.text = "\n".join(line for call in calls for line in call.lines(4))
    return made


def _norm(part: Any, made: Layers, slopes: bool) -> Call:
    name, defaults = {
        "batch": ("BatchNormalization", {"momentum": 0.99, "epsilon": 0.001}),
        "layer": ("LayerNormalization", {"epsilon": 0.001}),
    }[part.norm.kind]
    given = {field: getattr(part.norm, field) for field in defaults}
    if slopes:  # a batch's has none, because a point's logit then depends on its batch
        made.helpers.append("layer_norm")
        name = "LayerNorm"
    return Call(
        name if slopes else f"keras.layers.{name}",
        tuple(f"{field}={value!r}" for field, value in given.items() if value != defaults[field]),
    )


def _minibatch(part: Any, made: Layers) -> Iterator[Call]:
    """What the discriminator's last layer sees of a batch."""
    minibatch: Any = getattr(part, "minibatch", None)
    kind = minibatch.kind if minibatch else "none"
    if kind == "std":
        yield Call("Deviation", ())
    if kind == "discrimination":
        yield Call("Closeness", (str(minibatch.kernels), str(minibatch.dims)))
    if kind != "none":
        made.helpers.append(kind)
