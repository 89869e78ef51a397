"""Training until a study is decided: looks planned beforehand, which together err no more often than one look does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from gancore.analysis.effects import effects_of
from gancore.analysis.estimates import LEVEL, MIN_SEEDS, Array, contrasts
from gancore.analysis.groups import Group
from gancore.analysis.outcomes import better_of, groups_of, outcomes_of
from gancore.analysis.verdicts import Verdict, claimed, verdict
from gancore.config import ConfigError
from gancore.studies.design import MAX_SEEDS, Claim
from gancore.studies.study import Study
from gancore.words import level

if TYPE_CHECKING:
    import pandas as pd

EVERY = 10
"""Seeds between two looks."""
MAXIMUM = 60
"""Seeds at the last look, unless something else is asked for."""


@dataclass(frozen=True)
class Plan:
    """When to look and what to wait for, fixed before the first look. Raises ConfigError.

    A look spends as much of the error of 0.05 as its new seeds are of MAX_SEEDS, the most that there can be (alpha
    spending in proportion to information, as Lan and DeMets 1983 have it, without its gain from looks that overlap;
    within a look Holm's correction as always). So the chance of a wrong verdict over all looks together is at most
    5%, whenever one stops. It is no more where a study is then planned again with a larger maximum, because the looks
    before it keep the levels that they had; with levels shared by the looks of one plan, planning for 10 seeds, then
    20, … then 60 decided something in 9.5% of 1,000 simulated studies without any effect.
    """

    maximum: int = MAXIMUM
    """Seeds at the last look."""
    every: int = EVERY
    """Seeds between looks; the first look is at so many."""
    claims: tuple[int, ...] = ()
    """Numbers (from 1) of the claims to wait for; empty for all."""

    def __post_init__(self) -> None:
        values: dict[str, object] = {"maximum": self.maximum, "every": self.every}
        for name, value in values.items():
            if isinstance(value, bool) or not isinstance(value, int) or not MIN_SEEDS <= value <= MAX_SEEDS:
                raise ConfigError(
                    f"{name}: {str(value)[:80]} is not allowed; use {MIN_SEEDS} to {MAX_SEEDS} seeds, as fewer than "
                    f"{MIN_SEEDS} decide nothing"
                )

    @property
    def looks(self) -> tuple[int, ...]:
        """Seeds at each look: 10, 20, …, and the maximum."""
        return (*range(self.every, self.maximum, self.every), self.maximum)

    def level(self, seeds: int) -> float:
        """Confidence of the corrected intervals at the look at so many seeds."""
        before = max((look for look in self.looks if look < seeds), default=0)
        return 1 - (1 - LEVEL) * (seeds - before) / MAX_SEEDS

    @property
    def rule(self) -> str:
        """How it is decided when to stop, in sentences."""
        first = self.looks[0]
        *most, last = map(str, self.looks)
        when = (
            f"{len(self.looks)} looks are planned: at {', '.join(most)} and {last}"
            if most
            else f"One look is planned: at {last}"
        )
        return (
            f"{when} seeds. A claim is decided at the first look at which its corrected interval excludes zero, and "
            "that verdict is final. Over all looks together, the chance of a wrong verdict is at most 5%. Each look "
            f"spends part of these 5%, in proportion to the seeds it adds, out of {MAX_SEEDS}: the look at {first} "
            f"seeds spends {level(1 - self.level(first))}, so its intervals are {level(self.level(first))} intervals. "
            "That is why neither looking often nor planning again with more seeds makes a wrong verdict more likely. "
            "Claims about different metrics, or of different kinds, share the 5% between them."
        )


@dataclass(frozen=True)
class Decision:
    """What a look says of a claim; of a study without claims, of each main effect and each variant."""

    number: int
    """Its place, from 1."""
    text: str
    metric: str
    estimate: float
    low: float
    """Lower end of the look's corrected interval; NaN where there is none."""
    high: float
    verdict: Verdict
    """That of the first look that decided it, with that look's estimate and interval; else ``undecided``."""
    seeds: int
    """Seeds of the look that these figures are from."""


@dataclass(frozen=True)
class Look:
    """One planned look."""

    seeds: int
    decisions: tuple[Decision, ...]

    def undecided(self, plan: Plan) -> list[Decision]:
        """Those among what the plan waits for that are still open."""
        return [d for d in self.decisions if d.verdict == "undecided" and d.number in (plan.claims or [d.number])]


class Item(NamedTuple):
    """One of the contrasts of a family that a verdict is wanted of."""

    place: int
    number: int
    text: str
    direction: Literal["lower", "higher"]


class Family(NamedTuple):
    """Contrasts that are corrected together."""

    group: Group
    weights: Array
    """[contrasts, arms]."""
    items: list[Item]


def look_at(study: Study, runs: pd.DataFrame, level: float, metric: str = "w1_excess") -> Look:
    """Decisions from a frame with a row per run (see ``run_table``), with corrected intervals of this level.

    The families are those of ``analysis_of``, so at the level 0.95 and with one family the verdicts are the same.
    Several families (claims of other metrics, or about variants beside those about factors) share the error evenly.
    Several datasets are judged together. Raises ConfigError.
    """
    decisions: list[Decision] = []
    seeds = len(set(runs["seed"].tolist()))
    families = _families(study, runs, metric)
    share = 1 - (1 - level) / max(1, len(families))
    for group, weights, items in families:
        found = contrasts(group.per_seed(weights), share)
        for place, number, text, direction in items:
            estimate, low, high = (float(values[place]) for values in (found.estimate, found.low, found.high))
            said = verdict(low, high, direction)
            decisions.append(Decision(number, text, group.metric, estimate, low, high, said, seeds))
    return Look(seeds, tuple(sorted(decisions, key=lambda decision: decision.number)))


def looks(study: Study, runs: pd.DataFrame, plan: Plan, metric: str = "w1_excess") -> list[Look]:
    """Every planned look that the runs suffice for: those whose seeds are all there, in order.

    A look uses the first so many seeds only, so the same runs always give the same looks, whenever they are asked.
    """
    check_plan(study, plan)
    better_of(metric)
    missing = runs.loc[runs["status"] == "missing", "seed"]
    complete = min((int(seed) for seed in missing), default=len(set(runs["seed"].tolist())))
    found: list[Look] = []
    for seeds in plan.looks:
        if seeds > complete:
            break
        look = look_at(study, runs.loc[runs["seed"] < seeds], plan.level(seeds), metric)
        if found:
            look = replace(look, decisions=tuple(map(_kept, found[-1].decisions, look.decisions)))
        found.append(look)
    return found


def next_look(plan: Plan, so_far: Sequence[Look]) -> int:
    """Seeds that the next look needs; 0 where the plan ends: everything is decided, or no look is left."""
    if len(so_far) == len(plan.looks) or (so_far and not so_far[-1].undecided(plan)):
        return 0
    return plan.looks[len(so_far)]


def check_plan(study: Study, plan: Plan) -> None:
    """Raise ConfigError where a plan waits for a claim that the study has not, or where nothing is compared."""
    count = len(study.claims)
    for number in plan.claims:
        if not 1 <= number <= count:
            allowed = f"use 1 to {count}" if count else "the study has none, so leave it empty"
            raise ConfigError(f"claims: {str(number)[:80]} is not a claim of {study.name}; {allowed}")
    if len(study.arms) < 2:
        raise ConfigError(f"until decided: {study.name} has one variant only, so there is nothing to decide")


def ending(plan: Plan, so_far: Sequence[Look]) -> str:
    """Where a plan stands, in a sentence."""
    if not so_far:
        return f"Nothing is decided: no look is complete yet, the first one is at {plan.looks[0]} seeds."
    look = so_far[-1]
    left = len(look.undecided(plan))
    if not left:
        return f"Everything asked for is decided after {look.seeds} of at most {plan.maximum} seeds."
    total = len(plan.claims) or len(look.decisions)
    return f"Undecided after {look.seeds} of at most {plan.maximum} seeds: {left} of {total}."


def _kept(before: Decision, now: Decision) -> Decision:
    """A verdict once reached stands, with the figures that it came from."""
    return now if before.verdict == "undecided" else before


def _families(study: Study, runs: pd.DataFrame, metric: str) -> list[Family]:
    """The families behind the claims; of a study without claims, behind its main effects and its variants."""
    _, kinds = list(groups_of(study).items())[-1]  # of several datasets all together, which come last
    asked: dict[str, list[tuple[int, Claim]]] = {} if study.claims else {metric: []}
    for number, claim in enumerate(study.claims, start=1):
        asked.setdefault(claim.metric or metric, []).append((number, claim))
    found: list[Family] = []
    for key, claims in asked.items():
        outcomes = outcomes_of(study, runs, key)
        group = Group(study, "", key, [outcomes[kind] for kind in kinds])
        found += _claim_families(group, claims) if study.claims else _effect_families(group)
    return found


def _claim_families(group: Group, claims: Sequence[tuple[int, Claim]]) -> list[Family]:
    """Claims about factors beside all effects of the design, and claims about two variants beside each other."""
    weights, places = _effects(group)
    pairs = [(number, claim) for number, claim in claims if claim.factor is None]
    table = np.zeros((len(pairs), len(group.arms)))
    of_pairs: list[Item] = []
    of_factors: list[Item] = []
    for number, claim in claims:
        item = Item(0, number, claim.text, claimed(claim, better_of(group.metric)))
        if claim.factor is None:
            place = len(of_pairs)
            table[place, group.place(str(claim.before))] = -1
            table[place, group.place(str(claim.after))] = 1
            of_pairs.append(item._replace(place=place))
        else:
            of_factors.append(item._replace(place=places[claim.factor, claim.level or 0]))
    return [Family(group, rows, items) for rows, items in ((weights, of_factors), (table, of_pairs)) if items]


def _effect_families(group: Group) -> list[Family]:
    """Main effects beside all effects of the design, and named variants or controls against the baseline."""
    better = better_of(group.metric)
    weights, _ = _effects(group)
    mains = [(i, e) for i, e in enumerate(effects_of(group.study.design)) if e.kind == "main"]
    of_factors = [Item(i, n, f"{effect.label} helps", better) for n, (i, effect) in enumerate(mains, start=1)]
    others = [i for i, arm in enumerate(group.arms) if i and arm.levels is None]
    table = np.zeros((len(others), len(group.arms)))
    of_variants: list[Item] = []
    for n, arm in enumerate(others):
        table[n, 0], table[n, arm] = -1, 1
        text = f"{group.arms[arm].label} helps against the baseline"
        of_variants.append(Item(n, len(mains) + n + 1, text, better))
    return [Family(group, rows, items) for rows, items in ((weights, of_factors), (table, of_variants)) if items]


def _effects(group: Group) -> tuple[Array, dict[tuple[str, int], int]]:
    """Weights [effects, arms] of a design's effects, and where each main effect (factor, level) stands."""
    effects = effects_of(group.study.design) if group.study.factors else []
    weights = np.zeros((len(effects), len(group.arms)))
    for row, effect in zip(weights, effects, strict=True):
        row[: len(effect.weights)] = effect.weights
    return weights, {e.factors[0]: i for i, e in enumerate(effects) if e.kind == "main"}
