"""Command lines that make what is stored again."""

from __future__ import annotations

import shlex
from typing import Any

from gancore.config import RunConfig, flatten, with_kinds
from gancore.datasets.named import name_of
from gancore.store import Store
from gancore.studies.files import known_studies, load_study
from gancore.studies.study import Study
from gancore.words import tables, tables_text


def train_command(config: RunConfig, seeds: int | None = None) -> str:
    """The command line that trains this config: its own seed, or seeds 0 to ``seeds`` - 1."""
    settings = settings_of(config)
    words = ["gancore", "train", "--dataset", settings.pop("dataset.kind", "circle")]
    for path, value in settings.items():
        words += ["--set", f"{path}={value}"]
    words += ["--seed", str(config.seed)] if seeds is None else ["--seeds", str(seeds)]
    return shlex.join(words)


def score_command(config: RunConfig, samples: str = "samples.npy") -> str:
    """The command line that scores samples on this config's distribution."""
    settings = {path: value for path, value in settings_of(config).items() if path.startswith("dataset.")}
    words = ["gancore", "score", samples]
    if settings.get("dataset.kind") == "points" and "dataset.sha256" in settings:
        del settings["dataset.kind"]
        words += ["--points", settings.pop("dataset.sha256")[:12]]
    else:
        words += ["--dataset", settings.pop("dataset.kind", "circle")]
    for path, value in settings.items():
        words += ["--set", f"{path}={value}"]
    return shlex.join(words)


def study_command(study: Study, seeds: int, store: Store | None = None) -> str:
    """The command line that trains a study; where it neither ships nor was imported its file stands for its name."""
    named = study.name if is_known(study, store) else f"{study.name}.toml"
    return shlex.join(["gancore", "study", "run", named, "--seeds", str(seeds)])


def is_known(study: Study, store: Store | None = None) -> bool:
    """Whether this very study is found by its name: it ships with gancore, or was imported into ``store``."""
    return study.name in known_studies(store or Store()) and load_study(study.name, store) == study


def settings_of(config: RunConfig) -> dict[str, str]:
    """Dotted path → value as typed, for what differs from the question's baseline; the seed is left out."""
    flat, default = flatten(config), flatten(RunConfig())
    # A kind brings its own defaults, so those are what its other settings are told from.
    kinds = {path: value for path, value in flat.items() if path.endswith("kind") and value != default.get(path)}
    if "dataset.kind" in kinds:
        kinds["dataset.kind"] = flat["dataset.kind"] = name_of(config.dataset)
    base = flatten(with_kinds(RunConfig(), kinds)) if kinds else default
    return {
        path: value_text(value)
        for path, value in flat.items()
        if path != "seed" and (path in kinds or value != base.get(path))
    }


def value_text(value: Any) -> str:
    """A setting's value as it is typed on a command line."""
    if tables(value):
        return tables_text(value)
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
