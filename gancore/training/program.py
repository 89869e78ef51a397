"""The compiled functions of one graph shape: R runs of it step together, many steps a call.

A run's numbers must not depend on its company, and a program compiled for another number of
lanes differs in the last bits. So every program has ``LANES`` lanes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from gancore.config import RunConfig
from gancore.parts import Part, roles, streams
from gancore.parts.backend import tf
from gancore.parts.layers import multipliers
from gancore.parts.streams import Purpose
from gancore.training import devices
from gancore.training.calls import traced
from gancore.training.fresh import fresh_points
from gancore.training.rules import whole_step
from gancore.training.shapes import GraphShape
from gancore.training.state import Draws, LaneInputs, Learner, Masks, Round, Rules, TrainState
from gancore.training.step import measures_of
from gancore.training.targets import MOST, targets

LANES = devices.lanes()
"""Runs in one program on this machine's device."""

SNAPSHOT_POINTS = 2000
"""Points in a snapshot, which are also what a score is made of."""

SAMPLED_TOGETHER = 16
"""Lanes up to which snapshots are computed at once; 64 would hold 100 MB of activations, which a process keeps."""


class Program:
    """The compiled functions of one graph shape."""

    def __init__(self, shape: GraphShape, lanes: int = LANES, dtype: str = "float32"):
        from gancore.training.networks import LaneNetwork, networks_of

        self.shape, self.lanes, self.dtype = shape, lanes, dtype
        self._ready = False
        config = shape.config
        generator, discriminator = map(LaneNetwork, networks_of(config))
        self.measures = measures_of(config)
        self.rules = Rules(
            generator=generator,
            discriminator=discriminator,
            loss=config.loss,
            penalty=config.penalty,
            g_optimizer=config.g_optimizer,
            d_optimizer=config.d_optimizer,
            update=config.update,
            packing=config.discriminator.packing,
        )
        self.advance: Callable[..., Any] = tf.function(self._advance, jit_compile=True, autograph=False)
        self.sample: Callable[..., Any] = tf.function(self._sample, jit_compile=True, autograph=False)
        self.draws = tf.function(self._draws, jit_compile=True, autograph=False)
        self.step = tf.function(self._step, jit_compile=True, autograph=False)

    def compile(self, inputs: LaneInputs, state: TrainState) -> None:
        """Compile what training calls, once, with all cores; calling it again does nothing."""
        if self._ready:
            return
        with devices.compiling():
            self.advance = traced(self._advance, inputs, state, tf.constant(0))
            self.sample = traced(self._sample, inputs, state.generator)
            self.advance(inputs, state, tf.constant(0)).step.numpy()
            self.sample(inputs, state.generator).numpy()
        self._ready = True

    def by(self, rules: Rules) -> Program:
        """This program with other rules, not compiled: for single steps on numpy."""
        other = copy.copy(self)
        other.rules, other.step = rules, other._step
        return other

    def latent(self, key: Any, counter: Any, batch: int) -> Any:
        """Latent vectors [R, batch, dim] of one stream at one count."""
        return self.shape.config.latent.draw(key, counter, batch, self.dtype)

    def _draws(self, lanes: LaneInputs, step: Any) -> Draws:
        config, step = self.shape.config, tf.cast(step, tf.uint32)
        rounds, batch, update = [], config.batch_size, config.update
        noise = partial(self._instance_noise, lanes, step)
        for index in range(update.rounds if config.loss.judged else 0):
            counter = step * update.rounds + index
            latent = self.latent(_key(lanes, Purpose.DISCRIMINATOR_LATENT), counter, batch)
            real = self._real(lanes, counter, batch)
            extra = self._uniforms(lanes, counter, Purpose.PENALTY, config.penalty.uniforms)
            flips = self._uniforms(lanes, counter, Purpose.LABELS, 2 if config.loss.on("flip") else 0)
            rounds.append(Round(real, latent, extra, flips, noise(index), self._masks(lanes, step, index)))
        latents, blurs, masks, goals = [], [], [], []
        for index in range(update.turns):
            counter = step * update.turns + index
            latents.append(self.latent(_key(lanes, Purpose.GENERATOR_LATENT), counter, config.generator_points))
            blurs.append(noise(update.rounds + index))
            masks.append(self._masks(lanes, step, update.rounds + index))
            if not config.loss.judged:
                told = config.latent.shares(latents[-1], min(config.latent.shared, MOST))
                goals.append(targets(lanes.data, lanes.across, told))
        return Draws(rounds, latents[0], latents[1:], blurs, masks, goals)

    def _uniforms(self, lanes: LaneInputs, counter: Any, purpose: Purpose, count: int) -> Any:
        """So many uniforms a point [R, batch, count] of a stream, or None for none."""
        if not count:
            return None
        return streams.uniform(_key(lanes, purpose), counter, self.shape.config.batch_size, count, self.dtype)

    def _instance_noise(self, lanes: LaneInputs, step: Any, sight: int) -> Any:
        """What is added to a batch of real points and to one of fakes, [R, batch, 4]; None without instance noise.

        ``sight``: which of a step's updates sees it, the discriminator's rounds first.
        """
        config = self.shape.config
        if not config.instance_noise.active:
            return None
        counter = step * (config.update.rounds + config.update.turns) + sight
        batch = config.batch_size if sight < config.update.rounds else config.generator_points
        deviation = config.instance_noise.deviation(step, lanes.parts["instance_noise"])
        key = _key(lanes, Purpose.INSTANCE_NOISE)
        return deviation * streams.normal(key, counter, batch, 4, self.dtype)

    def _masks(self, lanes: LaneInputs, step: Any, sight: int) -> Masks:
        """What dropout multiplies by in one of a step's updates, the discriminator's rounds first."""
        config, update = self.shape.config, self.shape.config.update
        counter = step * (update.rounds + update.turns) + sight
        judging = sight < update.rounds
        batch = config.batch_size if judging else config.generator_points
        rows = batch // config.discriminator.packing * (3 if judging else 2)

        def of(name: str, purpose: Purpose, rows: int) -> Any:
            if not getattr(config, name).on("dropout"):
                return None
            width = getattr(self.rules, name).network.masked
            uniforms = streams.uniform(_key(lanes, purpose), counter, rows, width, self.dtype)
            return multipliers(uniforms, lanes.parts[name]["dropout"])

        return Masks(
            of("generator", Purpose.GENERATOR_DROPOUT, batch),
            of("discriminator", Purpose.DISCRIMINATOR_DROPOUT, rows),
        )

    def _real(self, lanes: LaneInputs, counter: Any, batch: int) -> Any:
        """Real points [R, batch, 2], of the training set or fresh."""
        if self.shape.fresh:
            return fresh_points(lanes.data, _key(lanes, Purpose.DATA_POINTS), counter, batch, self.dtype)
        order = streams.indices(_key(lanes, Purpose.DATA_ORDER), counter, batch, self.shape.data_size)
        return tf.gather(lanes.data, order, batch_dims=1)

    def _step(self, lanes: LaneInputs, state: TrainState, draws: Draws) -> TrainState:
        generator, discriminator, measures = whole_step(
            self.rules, state.generator, state.discriminator, draws, state.step, lanes.parts
        )
        average = state.average
        if average:
            ema = self.shape.config.ema
            average = ema.updated(average, generator.weights, state.step, lanes.parts["ema"])
        step = state.step + 1
        broken = ~tf.reduce_all(tf.math.is_finite(measures), axis=0) & (state.bad_step < 0)
        bad_step = tf.where(broken, step, state.bad_step)
        return TrainState(generator, discriminator, step, state.sums + measures, bad_step, average)

    def _advance(self, lanes: LaneInputs, state: TrainState, steps: Any) -> TrainState:
        end = state.step + steps
        return tf.while_loop(
            lambda state: state.step < end,
            lambda state: (self._step(lanes, state, self._draws(lanes, state.step)),),
            (state,),
            parallel_iterations=1,
        )[0]

    def _sample(self, lanes: LaneInputs, learner: Learner) -> Any:
        keys = _key(lanes, Purpose.SNAPSHOT_LATENT)
        if self.lanes <= SAMPLED_TOGETHER:
            return self._points(keys, learner.weights, learner.state)

        def one(lane: tuple[Any, list[Any], list[Any]]) -> Any:
            return self._points(*tf.nest.map_structure(lambda values: values[None], lane))[0]

        return tf.map_fn(one, (keys, learner.weights, learner.state), fn_output_signature=self.dtype)

    def _points(self, keys: Any, weights: list[Any], state: list[Any]) -> Any:
        latents = self.latent(keys, tf.zeros((), tf.uint32), SNAPSHOT_POINTS)
        return self.rules.generator.sampled(weights, latents, state)

    def lane_inputs(self, configs: Sequence[RunConfig]) -> LaneInputs:
        """Inputs of exactly ``lanes`` runs."""
        fresh, keys = self.shape.fresh, tf.constant(streams.keys([config.seed for config in configs]))
        if not self.shape.config.loss.judged:
            known = [config.dataset.quantiles() for config in configs]
            tables = tf.constant(np.stack([one.table() for one in known]), self.dtype)
            across = tf.constant([float(one.across) for one in known], self.dtype)
            return LaneInputs(tables, keys, self.part_inputs(configs), across)
        data = np.stack([c.dataset.placed_patches().table() if fresh else c.dataset.points() for c in configs])
        return LaneInputs(tf.constant(data, self.dtype), keys, self.part_inputs(configs))

    def part_inputs(self, configs: Sequence[Part]) -> dict[str, dict[str, Any]]:
        """Path of a part → name → numbers [R] of runs' configs."""
        found: dict[str, dict[str, Any]] = {}
        for name in type(configs[0]).model_fields:
            parts = [getattr(config, name) for config in configs]
            if isinstance(parts[0], Part) and roles(type(configs[0]))[name] is None:
                found[name] = stacked_inputs(parts, self.dtype)
                found |= {f"{name}.{path}": inputs for path, inputs in self.part_inputs(parts).items()}
        return found

    def initial_state(self, configs: Sequence[RunConfig]) -> TrainState:
        """Step 0 of exactly ``lanes`` runs."""
        from gancore.training.networks import initial_arrays

        runs = [list(initial_arrays(config)) for config in configs]
        learners = []
        for network in (0, 1):

            def stacked(names: list[str], network: int = network) -> list[Any]:
                return [tf.constant(np.stack([run[network][name] for run in runs]), self.dtype) for name in names]

            known = (self.rules.generator, self.rules.discriminator)[network].network
            weights = stacked(known.trained)
            optimizer = (self.rules.g_optimizer, self.rules.d_optimizer)[network]
            slots = {name: [tf.zeros_like(weight) for weight in weights] for name in optimizer.slots}
            learners.append(Learner(weights, slots, stacked(known.state)))
        lanes = len(configs)
        return TrainState(
            learners[0],
            learners[1],
            tf.constant(0),
            tf.zeros((len(self.measures), lanes), self.dtype),
            tf.fill((lanes,), -1),
            [*learners[0].weights] if self.shape.config.ema.active else (),
        )


def stacked_inputs(parts: Sequence[Part], dtype: str) -> dict[str, Any]:
    """Name → numbers [R] of R parts of one class."""
    rows = [part.inputs() for part in parts]
    return {name: tf.constant(np.array([row[name] for row in rows]), dtype) for name in rows[0]}


def _key(lanes: LaneInputs, purpose: Purpose) -> Any:
    return lanes.keys[:, streams.ON_DEVICE.index(purpose)]


@lru_cache(maxsize=16)
def program(shape: GraphShape, lanes: int = LANES, dtype: str = "float32") -> Program:
    """The program of a graph shape, compiled once a process."""
    return Program(shape, lanes, dtype)
