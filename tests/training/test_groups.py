"""Which runs may train together."""

from __future__ import annotations

import pytest

from gancore.config import RunConfig, with_changes
from gancore.training.engine import train
from gancore.training.program import LANES


def configs(count: int, **changes: object) -> list[RunConfig]:
    return [with_changes(RunConfig(), {"steps": 60} | changes | {"seed": seed}) for seed in range(count)]


def test_groups_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match="same graph shape"):
        next(train([*configs(1), *configs(1, batch_size=8)], lanes=2))
    with pytest.raises(ValueError, match=f"1 to {LANES} train together"):
        next(train(configs(LANES + 1)))
