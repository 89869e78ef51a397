"""Groups: one or several datasets of a study analysed together, seed by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gancore.analysis.effects import Effect, per_seed
from gancore.analysis.estimates import Array, Estimates, contrasts, improvement_chance, probability_of_improvement
from gancore.analysis.outcomes import Outcomes, better_of
from gancore.studies.study import Study
from gancore.studies.variants import Arm


@dataclass(frozen=True)
class Group:
    """One or several datasets of a study, with their outcomes of one metric."""

    study: Study
    name: str
    metric: str
    outcomes: Sequence[Outcomes]
    families: dict[str, Estimates] = field(default_factory=dict[str, Estimates], repr=False)

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The study's variants without their datasets."""
        return self.study.arms

    def place(self, arm: str) -> int:
        """An arm's number."""
        return [a.name for a in self.arms].index(arm)

    def values(self, arm: int) -> Array:
        """Values [seeds, datasets] of an arm."""
        return np.stack([outcome.values[arm] for outcome in self.outcomes], axis=1)

    def learned(self, arms: Sequence[int]) -> tuple[int, int]:
        """How many runs of these arms learned, and how many there are."""
        values = np.stack([outcome.learned[list(arms)] for outcome in self.outcomes])
        return int(np.nansum(values)), int(np.isfinite(values).sum())

    def per_seed(self, weights: Sequence[Array] | Array) -> Array:
        """Contrasts [E, seeds] of arms with weights [E, arms], averaged over datasets; NaN where a run is missing."""
        table = np.asarray(weights, np.float64)
        found = np.full((len(table), self.outcomes[0].values.shape[1]), np.nan)
        for i, row in enumerate(table):
            used = np.flatnonzero(row)  # a missing run matters only where it is used
            found[i] = np.mean([per_seed(o.values[used], row[used]) for o in self.outcomes], axis=0)
        return found

    def differences(self, pairs: Sequence[tuple[int, int]]) -> Array:
        """Per-seed contrasts [pairs, seeds]: the second arm minus the first."""
        weights = np.zeros((len(pairs), len(self.arms)))
        for i, (before, after) in enumerate(pairs):
            weights[i, before], weights[i, after] = -1, 1
        return self.per_seed(weights)

    def improvement(self, pairs: Sequence[tuple[int, int]]) -> tuple[float, float]:
        """Probability of improvement, averaged over pairs of arms and datasets; its p value for one pair alone."""
        better = better_of(self.metric)
        both = [(outcome.values[i], outcome.values[j]) for i, j in pairs for outcome in self.outcomes]
        known = [chance for one, other in both if np.isfinite(chance := improvement_chance(one, other, better))]
        p = probability_of_improvement(*both[0], better)[1] if len(both) == 1 else np.nan
        return (float(np.mean(known)) if known else np.nan), p

    def main_effects(self, effects: Sequence[Effect]) -> Estimates:
        """The factorial's effects, computed once."""
        if "effects" not in self.families:
            weights = np.zeros((len(effects), len(self.arms)))
            weights[:, : len(self.study.design.cells)] = [effect.weights for effect in effects]
            self.families["effects"] = contrasts(self.per_seed(weights))
        return self.families["effects"]
