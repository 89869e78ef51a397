"""What a configuration is made of: its parts, their families, and the losses, penalties and optimizers."""

from __future__ import annotations

from gancore.parts.base import (
    Choice,
    ConfigError,
    Key,
    OfData,
    Part,
    PerRun,
    Role,
    Since,
    Static,
    Timetable,
    completed,
    identity,
    kinds,
    roles,
    since,
    with_role,
)
from gancore.parts.families import Dataset, Loss, Optimizer, Penalty, Support
from gancore.parts.losses import Minimax, NonSaturating
from gancore.parts.optimizers import SGD, Adam
from gancore.parts.penalties import R1, NoPenalty

__all__ = [
    "R1",
    "SGD",
    "Adam",
    "Choice",
    "ConfigError",
    "Dataset",
    "Key",
    "Loss",
    "Minimax",
    "NoPenalty",
    "NonSaturating",
    "OfData",
    "Optimizer",
    "Part",
    "Penalty",
    "PerRun",
    "Role",
    "Since",
    "Static",
    "Support",
    "Timetable",
    "completed",
    "identity",
    "kinds",
    "roles",
    "since",
    "with_role",
]
