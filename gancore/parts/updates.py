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


class Extragradient(Combined):
    """A step by the gradients at where a step would lead (Korpelevich 1976; Gidel et al. 2019, ExtraAdam).

    Both networks first step ahead; then they step from where they were, by their gradients there, on fresh points and
    latents. Optimizers count both, and keep the moments of both, as in algorithm 4 of the paper, whose ``order`` is
    simultaneous. Logged losses are those before a step.
    """

    kind: Literal["extragradient"] = "extragradient"  # type: ignore[assignment]
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({},), "Gidel et al. 2019, ExtraAdam"),)
    looks: ClassVar[int] = 2

    def refuse(self, path: str) -> None:
        """More than one update of each network, or what looks ahead otherwise; raises ConfigError."""
        super().refuse(path)
        self.needs_one_update(path, f"{path}.kind extragradient")
        if self.shared_adam_clock:
            self.refused(path, "shared_adam_clock", f"{path}.kind extragradient, where no network comes first")
