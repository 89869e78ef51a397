"""Configurations: what decides a run's result, and reading them from what a person or a file says."""

from __future__ import annotations

from gancore import plugins
from gancore.config.changes import Change, alike_until, at_step, changeable, stages, with_change
from gancore.config.model import (
    MAX_SNAPSHOTS,
    RESULTS_VERSION,
    Discriminator,
    Generator,
    RunConfig,
    intervals,
)
from gancore.config.plain import check_plain
from gancore.config.problems import error_of, sentence_of
from gancore.config.reading import (
    describe_type,
    differing,
    families_of,
    fields_of,
    flatten,
    parse_config,
    stored_config,
    with_changes,
    with_kinds,
)
from gancore.parts import Adam, Choice, ConfigError, Dataset, Latent, Loss, Optimizer, Penalty, Update
from gancore.parts.errors import quoted, shortened

__all__ = [
    "MAX_SNAPSHOTS",
    "RESULTS_VERSION",
    "Adam",
    "Change",
    "Choice",
    "ConfigError",
    "Dataset",
    "Discriminator",
    "Generator",
    "Latent",
    "Loss",
    "Optimizer",
    "Penalty",
    "RunConfig",
    "Update",
    "alike_until",
    "at_step",
    "changeable",
    "check_plain",
    "describe_type",
    "differing",
    "error_of",
    "families_of",
    "fields_of",
    "flatten",
    "intervals",
    "parse_config",
    "quoted",
    "sentence_of",
    "shortened",
    "stages",
    "stored_config",
    "with_change",
    "with_changes",
    "with_kinds",
]

# A program that has a configuration has the plug-ins' members too. Last, because they import this package.
plugins.load()
