"""Which runs can train together, as their fields' roles say."""

from __future__ import annotations

from typing import Any, NamedTuple

from gancore.config import RunConfig
from gancore.parts import Role, with_role


class GraphShape(NamedTuple):
    """What is compiled into a program; runs that agree on it can train together. Derived from the fields' roles."""

    config: RunConfig
    """With its static fields alone; reading another raises AttributeError."""
    data: tuple[tuple[str, Any], ...]
    """Static fields of the dataset, whose kind is not compiled: only its points matter."""

    @classmethod
    def of(cls, config: RunConfig) -> GraphShape:
        """The graph shape of a run."""
        static = {name: value for name, value in with_role(config.dataset, Role.STATIC) if name != "kind"}
        if not config.loss.judged:
            # Targets are of the distribution itself, whatever there is to train a discriminator on.
            static |= {"fresh": False, "size": len(config.dataset.quantiles().vectors)}
        elif config.dataset.fresh:
            static["size"] = config.dataset.noisy_patches().rows
        return cls(config.masked(), tuple(static.items()))

    @property
    def data_size(self) -> int:
        """Points in a training set; where points are fresh, rows of the patches that they are drawn from; where they
        are targets, rows of their quantiles."""
        return dict(self.data)["size"]

    @property
    def fresh(self) -> bool:
        """Whether every step draws new points."""
        return dict(self.data)["fresh"]


def group_key(config: RunConfig) -> tuple[Any, ...]:
    """Runs with the same key can share a call of ``train``: one graph shape and one timetable."""
    return (GraphShape.of(config), *with_role(config, Role.TIMETABLE))
