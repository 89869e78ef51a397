"""The rows of an analysis: cells, effects, claims with their verdicts, and failures. NaN is a number that is not known.

A metric's values have its own unit (``METRICS[key].unit``); shares, rates, chances and p values are from 0 to 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator

from gancore.analysis.estimates import Estimates
from gancore.analysis.verdicts import Verdict, verdict

Number = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]
"""A float that is NaN where it is not known, for which plain data has None."""
Direction = Literal["lower", "higher"]
VIEWS = ("alone", "average", "last", "difference")
"""Views of a claim: a level added to the baseline, averaged over the other factors, added to all of them; or the one
difference of two variants."""


@dataclass(frozen=True)
class Cell:
    """One variant on one dataset (or all together), over its seeds."""

    dataset: str
    """A kind, ``all`` where the study compares datasets, or ``overall``."""
    kind: Literal["cell", "variant", "control"]
    variant: str
    """The arm's name."""
    label: str
    factors: dict[str, str]
    """Factor → level in words; empty for named variants and controls."""
    n: int
    """Runs trained, failed ones among them."""
    diverged: int
    """Runs that diverged or have no finite value."""
    missing: int
    """Runs that are not trained."""
    learned: int
    """Runs that learned."""
    success: Number
    """Share of the trained runs that learned."""
    success_low: Number
    """Wilson's 95% interval of the share."""
    success_high: Number
    iqm: Number
    """Interquartile mean of the metric over seeds, in the metric's unit; a failure counts as the worst value seen."""
    low: Number
    """Bootstrap 95% interval of the interquartile mean, in the metric's unit."""
    high: Number
    min: Number
    """Lowest value of a seed, in the metric's unit."""
    max: Number
    """Highest value of a seed, in the metric's unit."""


@dataclass(frozen=True)
class EffectRow:
    """What one change does to the metric on one dataset (or all together)."""

    dataset: str
    kind: Literal["main", "interaction", "difference"]
    """``difference``: of a named variant or control from the baseline."""
    effect: str
    """Its name: factors, or the variant."""
    label: str
    aliases: tuple[str, ...]
    """Effects that a fraction cannot tell from this one."""
    n: int
    """Seeds that it is the mean of."""
    estimate: Number
    """Mean change over seeds, in the metric's unit."""
    low: Number
    """Corrected 95% interval of the change, in the metric's unit."""
    high: Number
    p: Number
    """Two-sided, uncorrected."""
    p_holm: Number
    """Holm-corrected over its family."""
    improvement: Number
    """Chance that a run with the change has the better value than one without."""
    confounds: tuple[str, ...]
    """What else differs, in sentences."""

    @property
    def known(self) -> bool:
        """Whether any seed has the runs that it needs."""
        return math.isfinite(self.estimate)

    @property
    def bounded(self) -> bool:
        """Whether it has an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def does(self, better: Direction) -> Literal["helps", "harms", "undecided"]:
        """What the interval says: it helps or harms where zero lies outside."""
        said = verdict(self.low, self.high, better)
        return "helps" if said == "supported" else "harms" if said == "refuted" else "undecided"


@dataclass(frozen=True)
class View:
    """One view of a claim: the mean change over seeds in the metric's unit, and what its interval says."""

    estimate: Number
    low: Number
    """Corrected 95% interval; NaN with too few seeds."""
    high: Number
    verdict: Verdict

    @property
    def bounded(self) -> bool:
        """Whether it has an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def view_of(estimates: Estimates, i: int, direction: Direction) -> View | None:
    """The i-th contrast as a view of a claim that the metric goes ``direction``; None where no seed has the runs."""
    estimate, low, high = (float(values[i]) for values in (estimates.estimate, estimates.low, estimates.high))
    return None if math.isnan(estimate) else View(estimate, low, high, verdict(low, high, direction))


@dataclass(frozen=True)
class ClaimRow:
    """A claim on one dataset (or all together), with what the runs say of it."""

    dataset: str
    text: str
    """The claim as the study states it."""
    label: str
    """What is compared: from which level or variant to which."""
    metric: str
    direction: Direction
    """Where the claim says that the metric goes."""
    view: Literal["average", "difference"]
    """The view that decides."""
    n: int
    """Seeds that the deciding view is the mean of."""
    p_holm: Number
    """Of the deciding view, Holm-corrected over its family."""
    learned_before: int
    """Runs without the change that learned."""
    runs_before: int
    """Runs without the change."""
    learned_after: int
    """Runs with the change that learned."""
    runs_after: int
    """Runs with the change."""
    improvement: Number
    """Chance that a run with the change has the better value than one without."""
    improvement_p: Number
    """Two-sided p of that chance, for a single pair of variants; else NaN."""
    rule: str
    """How the verdict is reached, in sentences."""
    more_seeds: Number
    """Seeds to add so that it would be decided (see ``estimates.more_seeds``); 0 where it is, infinite beyond reach."""
    confounds: tuple[str, ...]
    """What else differs, in sentences."""
    needs: str
    """What an undecided claim needs, in a sentence; empty where it is decided."""
    alone: View | None = None
    average: View | None = None
    last: View | None = None
    difference: View | None = None

    @property
    def views(self) -> dict[str, View]:
        """The views that there are, by their names."""
        found: dict[str, View | None] = {name: getattr(self, name) for name in VIEWS}
        return {name: view for name, view in found.items() if view is not None}

    @property
    def deciding(self) -> View | None:
        """The view that decides; None where no seed has every run that it needs."""
        return self.views.get(self.view)

    @property
    def verdict(self) -> Verdict:
        """The claim's verdict: that of the view that decides."""
        return "undecided" if self.deciding is None else self.deciding.verdict


@dataclass(frozen=True)
class Failure:
    """A run that diverged, has no finite value, or is not trained."""

    dataset: str
    variant: str
    """The variant's name."""
    label: str
    seed: int
    run_id: str
    status: Literal["missing", "not finite", "diverged"]
    metric: str
    counted_as: Number
    """The value that it takes, in the metric's unit; NaN for a run that is not trained."""
