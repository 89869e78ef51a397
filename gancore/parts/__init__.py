"""What a configuration is made of: its parts, their families, and the losses, penalties and optimizers."""

from __future__ import annotations

from gancore.parts import streams
from gancore.parts.averaging import Averaging
from gancore.parts.base import (
    AtStart,
    Choice,
    Key,
    OfData,
    Off,
    Part,
    PerRun,
    Role,
    Since,
    Static,
    Timetable,
    completed,
    identity,
    kinds,
    parts_of,
    roles,
    since,
    with_role,
)
from gancore.parts.errors import ConfigError
from gancore.parts.families import Dataset, Latent, Loss, Modes, Optimizer, Penalty, Support, Update
from gancore.parts.initial import GlorotUniform, Initial
from gancore.parts.latents import Angle, Mixture, Normal, Sphere, Stratified, Uniform
from gancore.parts.losses import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    PointwiseLoss,
    Relativistic,
    RelativisticAverage,
    Wasserstein,
)
from gancore.parts.noise import InstanceNoise
from gancore.parts.optimizers import SGD, Adagrad, Adam, AdamW, AMSGrad, Lion, Nadam, OptimisticAdam, RMSprop
from gancore.parts.penalties import R1, R1R2, R2, Dragan, GradientPenalty, NoPenalty, SlopePenalty
from gancore.parts.placement import Placement
from gancore.parts.schedules import Constant, Schedule
from gancore.parts.updates import Combined, Separate

__all__ = [
    "R1",
    "R1R2",
    "R2",
    "SGD",
    "AMSGrad",
    "Adagrad",
    "Adam",
    "AdamW",
    "Angle",
    "AtStart",
    "Averaging",
    "Choice",
    "Combined",
    "ConfigError",
    "Constant",
    "Dataset",
    "Dragan",
    "GlorotUniform",
    "GradientPenalty",
    "Hinge",
    "Initial",
    "InstanceNoise",
    "Key",
    "Latent",
    "LeastSquares",
    "Lion",
    "Loss",
    "Minimax",
    "Mixture",
    "Modes",
    "Nadam",
    "NoPenalty",
    "NonSaturating",
    "Normal",
    "OfData",
    "Off",
    "OptimisticAdam",
    "Optimizer",
    "Part",
    "Penalty",
    "PerRun",
    "Placement",
    "PointwiseLoss",
    "RMSprop",
    "Relativistic",
    "RelativisticAverage",
    "Role",
    "Schedule",
    "Separate",
    "Since",
    "SlopePenalty",
    "Sphere",
    "Static",
    "Stratified",
    "Support",
    "Timetable",
    "Uniform",
    "Update",
    "Wasserstein",
    "completed",
    "identity",
    "kinds",
    "parts_of",
    "roles",
    "since",
    "streams",
    "with_role",
]
