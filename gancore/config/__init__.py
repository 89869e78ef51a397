"""Configurations: what decides a run's result, and reading them from what a person or a file says."""

from __future__ import annotations

import importlib

from gancore.config.errors import ConfigError, quoted, shortened
from gancore.config.model import (
    MAX_SNAPSHOTS,
    RESULTS_VERSION,
    Activation,
    Adam,
    Choice,
    Dataset,
    Discriminator,
    Generator,
    Latent,
    Loss,
    RunConfig,
    Update,
)
from gancore.config.plain import check_plain
from gancore.config.reading import (
    describe_type,
    differing,
    error_of,
    fields_of,
    flatten,
    parse_config,
    sentence_of,
    with_changes,
)

__all__ = [
    "MAX_SNAPSHOTS",
    "RESULTS_VERSION",
    "Activation",
    "Adam",
    "Choice",
    "ConfigError",
    "Dataset",
    "Discriminator",
    "Generator",
    "Latent",
    "Loss",
    "RunConfig",
    "Update",
    "check_plain",
    "describe_type",
    "differing",
    "error_of",
    "fields_of",
    "flatten",
    "parse_config",
    "quoted",
    "sentence_of",
    "shortened",
    "with_changes",
]

# Members register when their module is imported. It is done here, so that whoever has a configuration has them all,
# and by name, because they import this package.
for _home in ("gancore.datasets", "gancore.training.losses"):
    importlib.import_module(_home)
