"""Study: variants of one base config, each trained with the same seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.config.plain import dotted
from gancore.studies.design import MAX_SEEDS, Budget, Claim, Design, Factor, overlap
from gancore.studies.variants import Arm, Variant, make_variants, refuse_seed
from gancore.studies.writing import study_toml


@dataclass(frozen=True)
class Study:
    """A question and the runs that answer it; the first variant is the baseline."""

    name: str
    title: str
    question: str
    base: RunConfig
    variants: tuple[Variant, ...]
    """Every arm on the first dataset, then on the next."""
    seeds: int = 4
    """Runs per variant, with seeds 0, 1, ..."""
    design: Design = Design()
    """Factors and their cells; without factors the variants are named ones."""
    datasets: tuple[str, ...] = ()
    """Kinds of the datasets that every arm is trained on; empty for the one that each config names."""
    budget: Budget | None = None
    """What sets every variant's steps; None to leave them to the configs."""
    claims: tuple[Claim, ...] = ()

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What the study varies; empty where its variants are named."""
        return self.design.factors

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The variants without their datasets, in order."""
        count = len(self.variants) // max(1, len(self.datasets))
        return tuple(
            Arm(v.arm or v.name, v.arm_label or v.label, _without(v.changes, self.datasets), v.levels, v.control)
            for v in self.variants[:count]
        )

    def configs(self, seeds: int | None = None) -> list[RunConfig]:
        """Every run's config, variant by variant."""
        return [config for variant in self.variants for config in self.configs_of(variant, seeds)]

    def configs_of(self, variant: Variant | str, seeds: int | None = None) -> list[RunConfig]:
        """One variant's configs, a config per seed. Raises ConfigError."""
        config = (self.variant(variant) if isinstance(variant, str) else variant).config
        return [config.model_copy(update={"seed": seed}) for seed in range(checked_seeds(seeds, self.seeds))]

    def variant(self, name: str) -> Variant:
        """The variant of that name; raises ConfigError."""
        for variant in self.variants:
            if variant.name == name:
                return variant
        known = ", ".join(variant.name for variant in self.variants)
        raise ConfigError.of("variant", f"{name[:80]!r} is not in {self.name}; use one of {known}")

    def with_overrides(self, steps: int | None = None, set: Mapping[str, Any] | None = None) -> Study:
        """The study with settings replaced in every variant; they win over a variant's own. Raises ConfigError.

        Steps set here also replace a budget. What a factor varies cannot be set for all.
        """
        overrides = dotted(set or {})
        if steps is not None:
            overrides["steps"] = steps
        if not overrides:
            return self
        refuse_seed(overrides, "set")
        if self.datasets and "dataset.kind" in overrides:
            allowed = f"{self.name} trains on {', '.join(self.datasets)}"
            raise ConfigError.refused("dataset.kind", overrides["dataset.kind"], allowed)
        budget = None if "steps" in overrides else self.budget
        base = with_changes(self.base, overrides)
        # A label that was made from what differs is made again.
        automatic = make_variants(self.base, [arm._replace(label=None) for arm in self.arms], self.datasets)
        arms = [
            arm._replace(
                label=None if arm.label == made.arm_label else arm.label, changes=_dropped(arm.changes, overrides)
            )
            for arm, made in zip(self.arms, automatic, strict=False)
        ]
        when = f" once {', '.join(overrides)} is set for all"
        variants = make_variants(base, arms, self.datasets, budget, when)
        factors = tuple(_overridden(factor, overrides) for factor in self.factors)
        design = Design(factors, self.design.generators)
        return replace(self, base=base, variants=variants, budget=budget, design=design)

    def to_toml(self) -> str:
        """The study as a file that ``parse_study`` reads back as an equal one."""
        head = {"name": self.name, "title": self.title, "question": self.question, "seeds": self.seeds}
        if self.datasets:
            head["datasets"] = list(self.datasets)
        return study_toml(head, self.base, self.design, self.arms, self.budget, self.claims)


def checked_seeds(seeds: int | None, default: int) -> int:
    """The number of seeds asked for; raises ConfigError outside 1 to 64."""
    count = default if seeds is None else seeds
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_SEEDS:
        raise ConfigError.refused("seeds", count, f"use 1 to {MAX_SEEDS}")
    return count


def _without(changes: Mapping[str, Any], datasets: Sequence[str]) -> dict[str, Any]:
    """An arm's own changes: those of a variant less the study's dataset."""
    return {path: value for path, value in changes.items() if not (datasets and path == "dataset.kind")}


def _dropped(changes: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Changes without what is set for all."""
    return {path: v for path, v in changes.items() if not any(overlap(path, other) for other in overrides)}


def _overridden(factor: Factor, overrides: Mapping[str, Any]) -> Factor:
    """A factor without what is set for all; ConfigError where it varies that."""
    for path in overrides:
        if len(factor.levels) > 1 and any(overlap(path, own) for own in factor.paths):
            raise ConfigError.of(path, f"it cannot be set for all; the factor {factor.name!r} varies it")
    return replace(factor, levels=tuple(replace(v, changes=_dropped(v.changes, overrides)) for v in factor.levels))
