"""Variants: the arms of a study, each on every dataset, with their names, labels and configs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.datasets.named import name_of
from gancore.studies.design import MAX_VARIANTS, Budget, overlap
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

    @property
    def dataset(self) -> str:
        """What its dataset is called: the kind or named constant that the study gives it, else what it is."""
        return str(self.changes.get("dataset.kind") or name_of(self.config.dataset))


class Arm(NamedTuple):
    """What a variant is made of; None makes the name or label from what differs."""

    name: str | None
    label: str | None
    changes: dict[str, Any]
    levels: tuple[int, ...] | None = None
    control: bool = False


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
            names = _names(arms, labels)
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


def _names(arms: Sequence[Arm], labels: Sequence[str]) -> list[str]:
    """Each arm's own name, or its label as one; labels that differ in signs alone, as t + 1 and t - 1, are counted."""
    names: list[str] = []
    for arm, label in zip(arms, labels, strict=True):
        name, number = slug(label), 1
        while arm.name is None and name in names:
            number += 1
            name = f"{slug(label)}-{number}"
        names.append(arm.name or name)
    return names


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
