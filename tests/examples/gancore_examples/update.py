"""An update rule of the discriminator."""

from __future__ import annotations

from typing import ClassVar, Literal

from gancore.parts import Update
from gancore.parts.families import Outcome


class FakesFirst(Update):
    """One update on fakes, then one on real points."""

    kind: Literal["fakes_first"] = "fakes_first"
    ticks: ClassVar[int] = 2

    def round(self, act, learner, real, fake, done):
        """Fakes first."""
        learner, first = act(learner, None, fake, done + 1)
        learner, second = act(learner, real, None, done + 2)
        penalty = second.penalty if first.penalty is None else first.penalty
        return learner, Outcome(second.real_loss, first.fake_loss, second.real_logits, first.fake_logits, penalty)
