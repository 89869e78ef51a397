"""What a configuration is made of: its parts, their families, and the losses, penalties and optimizers."""

from __future__ import annotations

from gancore.parts import streams
from gancore.parts.base import (
    Choice,
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
from gancore.parts.errors import ConfigError
from gancore.parts.families import Dataset, Latent, Loss, Modes, Optimizer, Penalty, Support, Update
from gancore.parts.latents import Normal, Uniform
from gancore.parts.losses import Minimax, NonSaturating
from gancore.parts.optimizers import SGD, Adam
from gancore.parts.penalties import R1, NoPenalty
from gancore.parts.placement import Placement
from gancore.parts.updates import Combined, Separate

__all__ = [
    "Adam",
    "Choice",
    "Combined",
    "ConfigError",
    "Dataset",
    "Key",
    "Latent",
    "Loss",
    "Minimax",
    "Modes",
    "NoPenalty",
    "NonSaturating",
    "Normal",
    "OfData",
    "Optimizer",
    "Part",
    "Penalty",
    "PerRun",
    "Placement",
    "R1",
    "Role",
    "SGD",
    "Separate",
    "Since",
    "Static",
    "Support",
    "Timetable",
    "Uniform",
    "Update",
    "completed",
    "identity",
    "kinds",
    "roles",
    "since",
    "streams",
    "with_role",
]
