"""A discriminator too weak or dead: it tells nothing apart though the points are far away."""

from __future__ import annotations

from typing import ClassVar

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import number, percent


class TooWeak(Diagnosis):
    """The discriminator is about as often wrong as right, and yet the generated points are far from the data.

    An accuracy of 50% is also what a perfect generator leaves; that its points are not as real ones tells the two
    apart. Its gradient at the generated points says whether it is dead; not of a critic whose loss has no minimum,
    since its output has no scale of its own.
    """

    kind: ClassVar[str] = "weak"
    label: ClassVar[str] = "Discriminator too weak or dead"
    order: ClassVar[int] = 10
    shown: ClassVar[str] = "accuracy"
    beside: ClassVar[tuple[str, ...]] = ("slope", "distance", "wander")
    healthy: ClassVar[str] = "50 to 75%, and 50% with points as real ones"
    usual: ClassVar[float | None] = 0.5

    most_slope: float = 0.005
    """Gradient of its logit below which it says nothing: less than half a hundredth of a logit over the data's whole
    spread. The lowest of a shipped run is 0.09, and under a strong R1 penalty, which flattens it and still leads
    somewhere, 0.02 to 0.08 were measured on the runs that thresholds were chosen on."""
    least_distance: float = 0.1
    """Sliced Wasserstein distance, in the data's spread, from which on points count as far away. Of shipped runs that
    learned none has more than 0.05."""

    most_wander: float = 0.1
    """And the points do not go to and fro: what has swung them until now is no dead discriminator. The same bound as
    for oscillation."""

    def applies(self, case: Case) -> bool:
        """Flat where it should lead somewhere."""
        return (
            not case.learned
            and case.config.loss.bounded
            and case.value("distance") >= self.least_distance
            and case.value("slope") <= self.most_slope
            and not case.value("wander") > self.most_wander
        )

    def sentence(self, case: Case) -> str:
        """Accuracy, distance and gradient."""
        start = (
            f"The discriminator's accuracy is {percent(case.value('accuracy'))}, yet this is no equilibrium"
            if case.quantities["accuracy"].known
            else "The discriminator tells nothing apart"
        )
        return (
            f"{start}: the generated points are {number(case.value('distance'), 2)} of the data's spread away, and its "
            f"logit changes there by only {number(case.value('slope'), 2)} over that spread, so the generator has "
            "nothing to follow."
        )
