"""What slow motion says of each part of a step, on its real numbers; D is the discriminator, G the generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gancore.words import count, number, percent, setting_value

Numbers = Mapping[str, Any]


def points_title(counts: Numbers) -> str:
    """What an update of D sees."""
    return {(True, True): "A batch of both", (True, False): "Real points", (False, True): "Generated points"}[
        ("real" in counts, "fake" in counts)
    ]


def points(counts: Numbers, packing: int) -> str:
    """The points of an update of D."""
    packs = f", judged in packs of {packing}" if packing > 1 else ""
    if "fake" not in counts:
        return f"{count(counts['real'], 'real point')} are drawn{packs}; D should take them for real."
    if "real" not in counts:
        return f"G makes {count(counts['fake'], 'point')} of fresh latent vectors{packs}; D should not be taken in."
    return (
        f"{count(counts['real'], 'real point')} are drawn, and G makes {whole(counts['fake'])} of fresh latent vectors"
        f"{packs}; D sees both at once."
    )


def whole(n: int) -> str:
    """How many more of the same kind."""
    return count(n, "point")


def judged(numbers: Numbers, logit: bool) -> str:
    """What D says of them before its update."""
    parts = []
    for kind, name in (("real", "real"), ("fake", "generated")):
        if kind not in numbers:
            continue
        share, output = numbers.get(f"{kind}_for_real"), numbers[f"{kind}_output"]
        these = f"these {count(numbers[kind], f'{name} point')}"
        if share is None:
            parts.append(f"scores {these} {number(output)} on average")
        else:
            mean = f"a mean {'logit' if logit else 'output'} of {number(output)}"
            parts.append(f"takes {percent(share)} of {these} for real, with {mean}")
    losses = [
        f"{number(numbers[f'{kind}_loss'])}{f' on {name} ones' if len(parts) > 1 else ''}"
        for kind, name in (("real", "real"), ("fake", "generated"))
        if kind in numbers
    ]
    return f"D {' and '.join(parts)}: a loss of {' and '.join(losses)}."


def d_update(numbers: Numbers, optimizer: str) -> str:
    """D's update."""
    penalty = f", of which the penalty is {number(numbers['penalty'])}," if "penalty" in numbers else ""
    return (
        f"Its loss of {number(numbers['loss'])}{penalty} has a gradient of length {number(numbers['gradient'])}; "
        f"{named(optimizer)} moves D's {count(numbers['weights'], 'weight')} by {number(numbers['step'])} in "
        f"all, and the field behind the points changes."
    )


def named(optimizer: str) -> str:
    """``Adam``, ``SGD``, ``Optimistic adam``."""
    words = setting_value(optimizer)
    return words.upper() if words == "sgd" else words[:1].upper() + words[1:]


def round_title(turn: tuple[int, int], counts: Numbers) -> str:
    """A further round, or one update of it."""
    about = f", {points_title(counts).lower()}" if len(counts) == 1 else ""
    return f"D's round {turn[0] + 1} of {turn[1]}{about}"


def another_round(numbers: Numbers) -> str:
    """A further round of D's updates."""
    shares = [
        f"{percent(numbers[f'{kind}_for_real'])} of {name} ones"
        for kind, name in (("real", "real"), ("fake", "generated"))
        if f"{kind}_for_real" in numbers
    ]
    taken = f"D takes {' and '.join(shares)} for real; " if shares else ""
    return (
        f"The same on new points: {taken}the loss is {number(numbers['loss'])}, its gradient "
        f"{number(numbers['gradient'])} long, and D's weights move by {number(numbers['step'])}."
    )


def fakes(fake: int, dim: int) -> str:
    """G's own batch."""
    return f"Now G: it makes {count(fake, 'point')} of as many fresh latent vectors of {count(dim, 'number')} each."


def followed(numbers: Numbers, judged: bool, simultaneous: bool, unrolled: int) -> str:
    """G's loss and the arrows."""
    if not judged:
        return (
            f"Each point has a target. The mean squared distance is {number(numbers['loss'])}; the arrows lead to the "
            f"targets, and G's gradient has a length of {number(numbers['gradient'])}."
        )
    which = "D as it was before its updates" if simultaneous else "D as it is now"
    which += f", {count(unrolled, 'update')} ahead" if unrolled else ""
    return (
        f"G asks {which}: its loss is {number(numbers['loss'])}. Each arrow is where its point would have to go for "
        f"that to fall, {number(numbers['pull'])} long on average; through G's weights they are a gradient of length "
        f"{number(numbers['gradient'])}."
    )


def g_update(numbers: Numbers, optimizer: str) -> str:
    """G's update."""
    return (
        f"{named(optimizer)} moves G's {count(numbers['weights'], 'weight')} by "
        f"{number(numbers['step'])} in all, and that moves the generated points by {number(numbers['moved'])} on "
        f"average: all of them through the same weights, so that none goes just where its arrow leads."
    )


def another_update(numbers: Numbers) -> str:
    """A further update of G."""
    return (
        f"The same on fresh latent vectors: the loss is {number(numbers['loss'])}, and the weights move by "
        f"{number(numbers['step'])}, the points by {number(numbers['moved'])}."
    )


def average(decay: float, distance: float) -> str:
    """The averaged generator."""
    return (
        f"The averaged generator, which is the run's, keeps {setting_value(decay)} of its weights and takes the rest "
        f"from G's: it is {number(distance)} away from G."
    )
