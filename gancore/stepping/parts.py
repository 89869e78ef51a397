"""Slow motion: one step in its parts, each with what was really computed; together they are exactly that step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gancore.parts.backend import tf
from gancore.stepping import sentences as say
from gancore.stepping.machine import Machine, Points, Standing, length, on_numpy, values
from gancore.stepping.readings import downhill, taken_for_real
from gancore.training.state import DiscriminatorUpdate, GeneratorUpdate, Learner

Update = DiscriminatorUpdate | GeneratorUpdate


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a step: what happens, in a sentence, and what a picture shows of it."""

    kind: str
    """points, judged, d_update, d_round, fakes, followed, g_update, g_round or average."""
    title: str
    sentence: str
    numbers: dict[str, Any]
    """What the sentence says, as plain data."""
    standing: Standing
    """Both networks after it."""
    real: Points | None = None
    """Real points that it is about [n, 2], as the next."""
    fake: Points | None = None
    pulls: Points | None = None
    """Where each of ``fake`` is drawn to."""
    moved: tuple[Points, Points] | None = field(default=None)
    """The fixed latents' points before and after it, where it moves them."""

    def plain(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        numbers = {name: None if n is None or not math.isfinite(n) else n for name, n in self.numbers.items()}
        return {"part": self.kind, "title": self.title, "sentence": self.sentence, "numbers": numbers}


def slow_motion(machine: Machine, at: Standing) -> tuple[list[Part], Standing]:
    """The parts of the next step of both networks in their order, and where it leads."""
    heard: list[Update] = []
    after, _ = machine.step(at, "both", heard.append)
    with on_numpy(machine.config):
        parts = list(_parts(machine, at, heard))
    if after.average:
        decay = machine.config.ema.decay
        distance = length([mean - one for mean, one in zip(after.average, after.generator.weights, strict=True)])
        numbers = {"decay": decay, "distance": distance}
        parts.append(Part("average", "The average", say.average(decay, distance), numbers, after))
    return parts, after


def _parts(machine: Machine, at: Standing, heard: Sequence[Update]) -> Iterator[Part]:
    rules, standing = machine.rules, at
    first_of = {DiscriminatorUpdate: True, GeneratorUpdate: True}
    alike = {kind: [one for one in heard if isinstance(one, kind)] for kind in first_of}
    looks, ticks = rules.update.looks, rules.update.ticks
    for update in heard:
        kind = type(update)
        number = next(i for i, one in enumerate(alike[kind]) if one is update)
        judging = isinstance(update, DiscriminatorUpdate)
        # All updates of the first round, or the generator's first one, in full; the others in a sentence each.
        turn, turns = (number // ticks, len(alike[kind]) // ticks) if judging else (number, len(alike[kind]))
        ahead = "Look ahead: " if looks == 2 and turn == 0 else "From there: " if looks == 2 else ""
        whole = turn == 0 or looks == 2
        origin = (at.discriminator if judging else at.generator) if looks == 2 else update.before
        step = length(
            [values(new) - values(old) for new, old in zip(update.after.weights, origin.weights, strict=True)]
        )
        after = _moved(standing, update)
        if isinstance(update, DiscriminatorUpdate):
            parts = _discriminator(machine, standing, after, update, step, whole, (turn, turns))
        else:
            parts = _generator(machine, standing, after, update, step, whole, (turn, turns))
        for part in parts:
            title = f"{ahead}{part.title[0].lower()}{part.title[1:]}" if ahead else part.title
            yield Part(**{**vars(part), "title": title})
        standing = after


def _moved(standing: Standing, update: Update) -> Standing:
    after = _plain(update.after)
    if isinstance(update, DiscriminatorUpdate):
        return standing._replace(discriminator=after)
    return standing._replace(generator=after)


def _plain(learner: Learner) -> Learner:
    slots = {name: list(map(values, kept)) for name, kept in learner.slots.items()}
    return Learner(list(map(values, learner.weights)), slots, list(map(values, learner.state)))


def _discriminator(
    machine: Machine,
    before: Standing,
    after: Standing,
    update: DiscriminatorUpdate,
    step: float,
    whole: bool,
    turn: tuple[int, int],
) -> Iterator[Part]:
    rules, outcome = machine.rules, update.outcome
    real, fake = (None if one is None else _points(one) for one in (update.reals, update.fakes))
    of_real = None if real is None else taken_for_real(machine, outcome.real_logits)
    of_fake = None if fake is None else taken_for_real(machine, outcome.fake_logits)
    outputs = [
        None if points is None else float(np.mean(values(logits)))
        for points, logits in ((real, outcome.real_logits), (fake, outcome.fake_logits))
    ]
    slope = length(update.gradients)
    penalty = None if outcome.penalty is None else float(values(outcome.penalty)[0])
    numbers: dict[str, Any] = {
        "real": None if real is None else len(real),
        "fake": None if fake is None else len(fake),
        "real_for_real": of_real,
        "fake_for_real": of_fake,
        "real_output": outputs[0],
        "fake_output": outputs[1],
        "real_loss": None if real is None else float(values(outcome.real_loss)[0]),
        "fake_loss": None if fake is None else float(values(outcome.fake_loss)[0]),
        "penalty": penalty,
        "loss": float(values(update.total)[0]),
        "gradient": slope,
        "step": step,
        "weights": sum(one.size for one in after.discriminator.weights),
    }
    numbers = {name: value for name, value in numbers.items() if value is not None}
    optimizer = machine.config.d_optimizer.kind  # type: ignore[attr-defined]
    shown: dict[str, Any] = {"real": real, "fake": fake}
    counts = {name: numbers[name] for name in ("real", "fake") if name in numbers}
    if not whole:
        title = say.round_title(turn, counts)
        yield Part("d_round", title, say.another_round(numbers), numbers, after, **shown)
        return
    yield Part("points", say.points_title(counts), say.points(counts, rules.packing), counts, before, **shown)
    logit = rules.loss.logit
    yield Part("judged", "D judges them", say.judged(numbers, logit), numbers, before, **shown)
    yield Part("d_update", "D's update", say.d_update(numbers, optimizer), numbers, after, **shown)


def _generator(
    machine: Machine,
    before: Standing,
    after: Standing,
    update: GeneratorUpdate,
    step: float,
    whole: bool,
    turn: tuple[int, int],
) -> Iterator[Part]:
    rules = machine.rules
    fake = values(update.fakes)[0]
    pulls = downhill(update.loss_of, tf.constant(values(update.fakes)))
    old, new = machine.points(before.generator), machine.points(after.generator)
    numbers: dict[str, Any] = {
        "fake": len(fake),
        "loss": float(values(update.loss)[0]),
        "pull": float(np.mean(np.hypot(pulls[:, 0], pulls[:, 1]))),
        "gradient": length(update.gradients),
        "step": step,
        "weights": sum(one.size for one in after.generator.weights),
        "moved": float(np.mean(np.hypot(*(new - old).T))),
    }
    optimizer = machine.config.g_optimizer.kind  # type: ignore[attr-defined]
    if not whole:
        title = f"G's update {turn[0] + 1} of {turn[1]}"
        yield Part("g_round", title, say.another_update(numbers), numbers, after, fake=fake, pulls=pulls)
        return
    dim = machine.config.latent.dim
    count = {"fake": len(fake), "latent": dim}
    yield Part("fakes", "G's points", say.fakes(len(fake), dim), count, before, fake=fake)
    seen = say.followed(numbers, rules.loss.judged, rules.update.order == "simultaneous", rules.update.unrolled)
    yield Part("followed", "What G follows", seen, numbers, before, fake=fake, pulls=pulls)
    yield Part("g_update", "G's update", say.g_update(numbers, optimizer), numbers, after, moved=(old, new))


def _points(tensor: Any) -> Points:
    """Points, also those in packs, as [n, 2]."""
    return values(tensor)[0].reshape(-1, 2)
