"""Study: variants of one base config, each trained with the same seeds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gancore.config import ConfigError, RunConfig, flatten, parse_config, with_changes
from gancore.studies.labels import label_of, labels_of, slug

MAX_VARIANTS = 64
MAX_SEEDS = 64


@dataclass(frozen=True)
class Variant:
    """One arm of a study."""

    name: str
    """Its name in links and options, unique in the study."""
    label: str
    """Its name for people: its own, or what tells it from the study's other variants."""
    changes: dict[str, Any]
    """Dotted path → value, on top of the study's base."""
    config: RunConfig
    """The resolved config; the study puts the seeds in."""


@dataclass(frozen=True)
class Study:
    """A question and the runs that answer it; the first variant is the baseline."""

    name: str
    title: str
    question: str
    base: RunConfig
    variants: tuple[Variant, ...]
    seeds: int = 4
    """Runs a variant, with seeds 0, 1, ..."""

    def configs(self, seeds: int | None = None) -> list[RunConfig]:
        """Every run's config, variant by variant."""
        return [config for variant in self.variants for config in self.configs_of(variant, seeds)]

    def configs_of(self, variant: Variant | str, seeds: int | None = None) -> list[RunConfig]:
        """One variant's configs, a config a seed. Raises ConfigError."""
        config = (self.variant(variant) if isinstance(variant, str) else variant).config
        return [config.model_copy(update={"seed": seed}) for seed in range(checked_seeds(seeds, self.seeds))]

    def variant(self, name: str) -> Variant:
        """The variant of that name; raises ConfigError."""
        for variant in self.variants:
            if variant.name == name:
                return variant
        known = ", ".join(variant.name for variant in self.variants)
        raise ConfigError(f"variant: {name[:80]!r} is not in {self.name}; use one of {known}")

    def with_overrides(self, steps: int | None = None, set: Mapping[str, Any] | None = None) -> Study:
        """The study with settings replaced in every variant; they win over a variant's own. Raises ConfigError."""
        overrides = dict(set or {})
        if steps is not None:
            overrides["steps"] = steps
        if not overrides:
            return self
        refuse_seed(overrides, "set")
        automatic = labels_of([variant.config for variant in self.variants])
        configs = [with_changes(variant.config, overrides) for variant in self.variants]
        names = [variant.name for variant in self.variants]
        refuse_equal(configs, names, f" once {', '.join(overrides)} is set for all")
        variants = [
            replace(
                variant,
                label=label_of(config, configs) if variant.label == label else variant.label,
                changes={path: value for path, value in variant.changes.items() if path not in overrides},
                config=config,
            )
            for variant, label, config in zip(self.variants, automatic, configs, strict=True)
        ]
        return replace(self, base=with_changes(self.base, overrides), variants=tuple(variants))

    def to_toml(self) -> str:
        """The study as a file that ``parse_study`` reads back, every variant spelled out."""
        default, base = flatten(parse_config({})), flatten(self.base)
        # JSON's strings, numbers and lists are TOML's too.
        head = {"name": self.name, "title": self.title, "question": self.question, "seeds": self.seeds}
        lines = [f"{key} = {_toml(value)}" for key, value in head.items()]
        lines += ["", "[base]"]
        lines += [f"{path} = {_toml(v)}" for path, v in base.items() if path not in default or default[path] != v]
        for variant in self.variants:
            lines += ["", "[[variant]]", f"name = {_toml(variant.name)}", f"label = {_toml(variant.label)}"]
            lines += ["[variant.set]"] if variant.changes else []
            lines += [f"{_toml(path)} = {_toml(value)}" for path, value in variant.changes.items()]
        return "\n".join(lines) + "\n"


def make_variants(
    base: RunConfig, named: Sequence[tuple[str | None, str | None, dict[str, Any]]]
) -> tuple[Variant, ...]:
    """Variants from (name, label, changes); None makes the name or label from what differs. Raises ConfigError."""
    if not 1 <= len(named) <= MAX_VARIANTS:
        raise ConfigError(f"variants: {len(named)} are not allowed; use 1 to {MAX_VARIANTS}")
    configs: list[RunConfig] = []
    for number, (name, _, changes) in enumerate(named):
        refuse_seed(changes, name or f"variant {number + 1}")
        try:
            configs.append(with_changes(base, changes))
        except ConfigError as error:
            raise ConfigError(f"{name or f'variant {number + 1}'}: {error}") from None
    labels = labels_of(configs)
    names = [given or slug(label) for (given, _, _), label in zip(named, labels, strict=True)]
    refuse_equal(configs, names, "")
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"variant.name: {name!r} is used {names.count(name)} times; give each variant its own")
    return tuple(
        Variant(name, own or label, dict(changes), config)
        for name, (_, own, changes), label, config in zip(names, named, labels, configs, strict=True)
    )


def refuse_equal(configs: Sequence[RunConfig], names: Sequence[str], when: str) -> None:
    """Raise ConfigError where two variants would train the same runs."""
    first: dict[str, int] = {}
    for number, config in enumerate(configs):
        other = first.setdefault(config.run_id, number)
        if other != number:
            pair = f"{names[other]!r} and {names[number]!r}"
            raise ConfigError(f"variants: {pair} are the same config{when}; change or drop one")


def refuse_seed(changes: Mapping[str, Any], where: str) -> None:
    """Raise ConfigError where settings fix the seed, which belongs to the study."""
    if "seed" in changes:
        raise ConfigError(
            f"{where}.seed: {changes['seed']!r} is not allowed; a study trains every variant with seeds 0, 1, …"
        )


def checked_seeds(seeds: int | None, default: int) -> int:
    """The number of seeds asked for; raises ConfigError outside 1 to 64."""
    count = default if seeds is None else seeds
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_SEEDS:
        raise ConfigError(f"seeds: {count!r} is not allowed; use 1 to {MAX_SEEDS}")
    return count


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
