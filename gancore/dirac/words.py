"""What is said of a trajectory of the Dirac GAN, in sentences."""

from __future__ import annotations

from gancore.dirac.verdict import STEADY, Seen
from gancore.words import count, number

GAME = (
    "The real data are one point at 0. The generator is one number, θ: its point. The discriminator is one number, ψ: "
    "D(x) = ψ·x. At the equilibrium both are 0."
)
SOURCE = "Mescheder, Geiger and Nowozin 2018, Which Training Methods for GANs do actually Converge?"


def title(one: Seen) -> str:
    """The loss, the penalty and the verdict."""
    return f"{pair_words(one)} {one.verdict}"


def pair_words(one: Seen) -> str:
    """The loss and the penalty, as ``non_saturating + r1``."""
    penalty = one.asked.config.penalty.kind  # type: ignore[attr-defined]
    loss = one.asked.config.loss.kind  # type: ignore[attr-defined]
    return f"{loss} + {penalty}" if penalty != "none" else f"{loss} without a penalty"


def measured(one: Seen) -> str:
    """The verdict as measured: how far it is from the equilibrium after its steps, and how far it began."""
    steps, began = count(one.asked.steps, "step"), number(float(one.radii[0]))
    if one.last is None:
        lasted = count(int((one.radii < float("inf")).sum()) - 1, "step")
        return f"Diverges: after {lasted} it has left the plane; it began {began} from the equilibrium."
    round_it = f" and {number(one.laps, 2)} times round" if one.laps >= 1 else ""
    ends = f"after {steps}{round_it} it is {number(one.last)} from the equilibrium; it began {began} away"
    if one.verdict == "undecided":
        return f"Undecided: {ends}, and has not gone round often enough to tell. Take more steps, or longer ones."
    if one.verdict == "settles elsewhere":
        theta, psi = one.path[-1]
        return f"Settles elsewhere: {ends}, and is coming to rest near θ = {number(theta)}, ψ = {number(psi)}."
    return f"{one.verdict.capitalize()}: {ends}.{_trend(one)}"


def _trend(one: Seen) -> str:
    """How an orbit changes where it neither converges nor diverges."""
    if one.verdict != "circles" or one.beside is None:
        return ""
    if one.beside > 1 + STEADY:
        return " Beside the equilibrium steps lead outwards, further out they don't: it ends on an orbit."
    nearer = one.each_lap is not None and one.each_lap < 1 - STEADY
    return " It comes nearer, ever more slowly: beside the equilibrium orbits close." if nearer else ""


def explained(one: Seen) -> list[str]:
    """Why, by the field's eigenvalues at the equilibrium and by what one step makes of small distances."""
    if one.eigenvalues is None:
        return [
            "The field jumps or bends at the equilibrium, so it has no eigenvalues there: no linear theory says what "
            "happens, only the trajectory does."
        ]
    real = max(value.real for value in one.eigenvalues)
    said = f"Eigenvalues of the field at the equilibrium: {eigenvalues_words(one.eigenvalues)}."
    if real < -1e-9:
        said += " Both real parts are negative: the equilibrium pulls in what is near."
    elif real > 1e-9:
        said += " A real part is positive: the equilibrium pushes away what is near."
    elif any(abs(value.imag) > 1e-9 for value in one.eigenvalues):
        said += " They have no real part: nothing pulls in or pushes away, the two networks only turn round each other."
    else:
        said += " At least one is 0: along some direction nothing moves it back, so it can rest away from the data."
    return [said, *_of_step(one)]


def _of_step(one: Seen) -> list[str]:
    if one.factor is None:
        return []
    first = f"In the end one step multiplies small distances by {number(one.factor, 4)}"
    if one.factor > 1 + 1e-6:
        return [f"{first}: steps are not infinitely short, and each ends a little further out than it began."]
    if one.factor > 1 - 1e-6:
        return [f"{first}: they stay what they are."]
    return [f"{first}: they shrink."]


def eigenvalues_words(pair: tuple[complex, ...]) -> str:
    """``−0.146 and −0.854``, ``−0.5 ± 0.5i`` or ``±0.354i``."""
    first, second = pair
    if abs(first.imag) < 1e-12:
        return f"{_short(first.real)} and {_short(second.real)}"
    imaginary = f"{_short(abs(first.imag))}i"
    return f"±{imaginary}" if abs(first.real) < 1e-12 else f"{_short(first.real)} ± {imaginary}"


def _short(value: float) -> str:
    return "0" if abs(value) < 1e-12 else number(value)
