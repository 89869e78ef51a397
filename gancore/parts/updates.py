"""Update rules of the discriminator: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from gancore.parts.base import Worth
from gancore.parts.families import Act, Outcome, Update


class Separate(Update):
    """One update on real points, then one on fakes."""

    kind: Literal["separate"] = "separate"
    ticks: ClassVar[int] = 2

    def round(self, act: Act, learner: Any, real: Any, fake: Any, done: Any) -> tuple[Any, Outcome]:
        """Real points first; the penalty is of the update that saw what it looks at."""
        learner, first = act(learner, real, None, done + 1)
        learner, second = act(learner, None, fake, done + 2)
        penalty = second.penalty if first.penalty is None else first.penalty
        return learner, Outcome(first.real_loss, second.fake_loss, first.real_logits, second.fake_logits, penalty)


class Combined(Update):
    """One update on real points and fakes together."""

    kind: Literal["combined"] = "combined"
    ticks: ClassVar[int] = 1
    together: ClassVar[bool] = True
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({},), "the answer, in gancore's README"),)

    def round(self, act: Act, learner: Any, real: Any, fake: Any, done: Any) -> tuple[Any, Outcome]:
        """The mean over both kinds of points."""
        return act(learner, real, fake, done + 1)
