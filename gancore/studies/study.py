"""Study: variants of one base config, each trained with the same seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.studies.design import MAX_SEEDS, MAX_VARIANTS, Budget, Claim, Design, Factor, dotted, overlap
from gancore.studies.labels import BASELINE, dataset_label, labels_of, slug


@dataclass(frozen=True)
class Variant:
    """One arm of a study, on one dataset."""

    name: str
    """Its name in links and options, unique in the study."""
    label: str
    """Its name for people: its own, or what tells it from the study's other variants."""
    changes: dict[str, Any]
    """Dotted path → value, on top of the study's base."""
    config: RunConfig
    """The resolved config; the study puts the seeds in."""
    arm: str = ""
    """Its name without the dataset: the same for an arm on each of a study's datasets."""
    arm_label: str = ""
    """Its label without the dataset."""
    levels: tuple[int, ...] | None = None
    """Level numbers of a cell of the factors, in their order; None for a named variant."""
    control: bool = False
    """Whether it stands beside the factors' cells, outside their analysis."""


class Arm(NamedTuple):
    """What a variant is made of; None makes the name or label from what differs."""

    name: str | None
    label: str | None
    changes: dict[str, Any]
    levels: tuple[int, ...] | None = None
    control: bool = False


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
        from gancore.studies.writing import to_toml

        return to_toml(self)


def make_variants(
    base: RunConfig,
    named: Sequence[Arm | tuple[str | None, str | None, dict[str, Any]]],
    datasets: Sequence[str] = (),
    budget: Budget | None = None,
    when: str = "",
) -> tuple[Variant, ...]:
    """Variants from arms, or (name, label, changes); None makes the name or label from what differs.

    With datasets every arm is made on each of them, dataset by dataset. Raises ConfigError, which says ``when``
    where two variants are the same.
    """
    arms = [item if isinstance(item, Arm) else Arm(*item) for item in named]
    count = len(arms) * max(1, len(datasets))
    if not 1 <= count <= MAX_VARIANTS:
        raise ConfigError.of("variants", f"{count} are not allowed; use 1 to {MAX_VARIANTS}")
    labels: list[str] = []
    names: list[str] = []
    variants: list[Variant] = []
    for kind in datasets or [None]:
        own = {} if kind is None else {"dataset.kind": kind}
        configs = [_config(base, own, arm, number) for number, arm in enumerate(arms)]
        if not labels:  # The same on every dataset, and without what only the budget changes.
            labels = [arm.label or made for arm, made in zip(arms, labels_of(configs), strict=True)]
            names = [arm.name or slug(label) for arm, label in zip(arms, labels, strict=True)]
        for arm, name, label, config in zip(arms, names, labels, configs, strict=True):
            changes = own | arm.changes
            if kind is None:
                full, words = name, label
            else:
                known = dataset_label(kind)
                full, words = f"{slug(kind)}-{name}", known if label == BASELINE else f"{known}, {label}"
            fitted = config if budget is None else budget.applied(config, full)
            variants.append(Variant(full, words, dict(changes), fitted, name, label, arm.levels, arm.control))
    refuse_equal([variant.config for variant in variants], [variant.name for variant in variants], when)
    for name in names:
        if names.count(name) > 1:
            raise ConfigError.of(
                "variant.name", f"{name!r} is used {names.count(name)} times; give each variant its own"
            )
    return tuple(variants)


def refuse_equal(configs: Sequence[RunConfig], names: Sequence[str], when: str) -> None:
    """Raise ConfigError where two variants would train the same runs."""
    first: dict[str, int] = {}
    for number, config in enumerate(configs):
        other = first.setdefault(config.run_id, number)
        if other != number:
            one, same = names[other], names[number]
            said = f"{one!r} is there twice, and both" if one == same else f"{one!r} and {same!r}"
            raise ConfigError.of("variants", f"{said} are the same config{when}; change or drop one variant or level")


def refuse_seed(changes: Mapping[str, Any], where: str, field: bool = True) -> None:
    """Raise ConfigError where settings fix the seed, which belongs to the study; ``where`` as in its ``within``."""
    if "seed" in changes:
        error = ConfigError.refused("seed", changes["seed"], "a study trains every variant with seeds 0, 1, …")
        raise error.within(where, field, ".")


def checked_seeds(seeds: int | None, default: int) -> int:
    """The number of seeds asked for; raises ConfigError outside 1 to 64."""
    count = default if seeds is None else seeds
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_SEEDS:
        raise ConfigError.refused("seeds", count, f"use 1 to {MAX_SEEDS}")
    return count


def _config(base: RunConfig, own: Mapping[str, Any], arm: Arm, number: int) -> RunConfig:
    """An arm's config on one dataset; errors start with the arm's name."""
    where = arm.name or f"variant {number + 1}"
    refuse_seed(arm.changes, where, field=False)  # a cell of factors is no place in a file
    if own and any(overlap("dataset.kind", path) for path in arm.changes):
        reason = "it is not allowed; the study's datasets set it"
        raise ConfigError.of("dataset.kind", reason).within(where, field=False, between=".")
    try:
        return with_changes(base, {**own, **arm.changes})
    except ConfigError as error:
        raise error.within(where, field=False) from None


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
