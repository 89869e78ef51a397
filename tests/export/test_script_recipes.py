"""Scripts of recipes that plain Keras has no ready part for, fed with what the engine draws: the same weights."""

from __future__ import annotations

import runpy
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.scripts import SMALL

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.export.script import script_text
from gancore.parts import Latent
from gancore.recipes import RECIPES, recipe

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

STEPS = 20
CASES: dict[str, dict[str, Any]] = {
    "unrolled-5": {"latent.dim": 6, "batch_size": 32, "update.unrolled": 2},
    "instance-noise": {"instance_noise.until": 15},
    "gan-lab": {"batch_size": 30},
    "angle-oracle": {},
    "supervised": {"g_optimizer.schedule.end": STEPS},
    "a fit to Gaussians": {"dataset.kind": "ring", "latent.kind": "angle", "latent.dim": 6},
}
LANE = 1


def case(name: str) -> RunConfig:
    """A recipe with small networks, for a few steps."""
    changes = {path: SMALL[path] for path in ("generator.hidden", "discriminator.hidden", "dataset.size")}
    begun = recipe(name if name in RECIPES else "supervised").config
    return with_changes(begun, changes | {"steps": STEPS, "log_every": STEPS, "snapshot_every": STEPS} | CASES[name])


def test_every_recipe_has_a_script():
    for name, one in RECIPES.items():
        compile(script_text(one.config), f"{name}.py", "exec")


@pytest.mark.parametrize("kind", sorted(Latent.registry))
def test_every_latent_has_a_script_and_its_draws_are_like_the_engines(kind: str):
    import keras
    import tensorflow as tf

    from gancore.parts import streams

    if not Latent.registry[kind].__module__.startswith("gancore."):
        pytest.skip("a plug-in's")
    config = with_changes(RunConfig(), {"latent.kind": kind, "latent.dim": 4})
    text = script_text(config)
    latent, key = config.latent, tf.constant(streams.keys([0])[:, 0])
    ours = latent.draw(key, tf.constant(0, tf.uint32), 8192, "float32").numpy()[0]
    names: dict[str, Any] = {"tf": tf, "np": np, "LATENT": 4}
    if "def latents(" in text:
        start = text.index("def latents(")
        exec(text[start : text.index("keras.utils", start)], names)  # our own text
    start = text.index("fake = generator(", text.index("__main__")) + len("fake = generator(")
    keras.utils.set_random_seed(0)
    theirs = eval(text[start : text.index(").numpy()", start)].replace("2000", "8192"), names).numpy()
    # 5 standard errors of means of numbers up to about 4 in size.
    np.testing.assert_allclose(theirs.mean(axis=0), ours.mean(axis=0), atol=0.08)
    np.testing.assert_allclose(np.cov(theirs.T), np.cov(ours.T), atol=0.12)
    np.testing.assert_allclose(np.linalg.norm(theirs, axis=1).mean(), np.linalg.norm(ours, axis=1).mean(), atol=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_fed_with_the_same_draws_it_trains_as_the_engine(name: str, tmp_path: Path):
    import tensorflow as tf

    from gancore.training.networks import initial_weights
    from gancore.training.program import LANES, program
    from gancore.training.shapes import GraphShape

    config = case(name)
    runs = [with_changes(config, {"seed": seed}) for seed in range(LANES)]
    compiled = program(GraphShape.of(config), LANES)
    inputs, state = compiled.lane_inputs(runs), compiled.initial_state(runs)
    drawn = []
    for step in range(STEPS):
        drawn.append(compiled.draws(inputs, tf.constant(step)))
        state = compiled.step(inputs, state, drawn[-1])

    (tmp_path / "run.py").write_text(script_text(runs[LANE]), encoding="utf-8")
    names = runpy.run_path(str(tmp_path / "run.py"))
    for network, weights in zip(("generator", "discriminator"), initial_weights(runs[LANE]), strict=True):
        if network in names:
            names[network].set_weights([np.squeeze(one, 0) if i % 2 else one for i, one in enumerate(weights)])
    step = tf.Variable(-1)

    def every(of: Any) -> Any:
        """What each step drew, [STEPS, ...]."""
        return tf.constant(np.stack([np.asarray(of(one))[..., LANE, :, :] for one in drawn]))

    latents, rounds = every(lambda one: one.latent), config.update.d_steps
    known: tuple[Any, ...] = ()
    if config.loss.judged:
        known = tuple(every(lambda one, k=k: np.stack([r[k] for r in one.rounds])) for k in (0, 1))

    def draw() -> Any:
        step.assign_add(1)
        at = step.read_value()
        rest = [one[at] if rounds > 1 else one[at, 0] for one in known]
        return (*rest, latents[at]) if rest else latents[at]

    if config.instance_noise.active:
        # Traced in this order: real points and fakes of the discriminator, and those of the generator.
        blurs = every(lambda one: one.rounds[0].noise), every(lambda one: one.noise[0])
        turns = cycle([blurs[0][..., :2], blurs[0][..., 2:], blurs[1][..., 2:]])

        def blur(points: Any) -> Any:
            return points + next(turns)[step.read_value()]

        names["train"].python_function.__globals__["blur"] = blur
    names["train"](STEPS, draw)
    for network, learner in (("generator", state.generator), ("discriminator", state.discriminator)):
        if network in names:
            for ours, theirs in zip(learner.weights, names[network].get_weights(), strict=True):
                np.testing.assert_allclose(np.squeeze(ours.numpy()[LANE]), np.squeeze(theirs), atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"update.unrolled": 2, "d_optimizer.kind": "sgd", "update.kind": "combined"},
            "d_optimizer.kind: 'sgd' has no script with update.unrolled, whose updates a script writes out, as Keras' "
            "optimizers have no derivative; use adam",
        ),
        ({"update.unrolled": 2}, "update.kind: 'separate' has no script with update.unrolled"),
        (
            {"loss.kind": "supervised", "dataset.kind": "ring", "dataset.noise": 0.1},
            "dataset.noise: 0.1 has no script with loss.kind supervised on a mixture, whose noise is a part of its",
        ),
        (
            {"loss.kind": "supervised", "latent.kind": "uniform", "update.g_steps": 3},
            "update.g_steps: this run sets it, and a script cannot, which updates the generator once in a step; use 1",
        ),
    ],
)
def test_what_a_script_cannot_is_refused_with_the_reason(changes: dict[str, Any], said: str):
    with pytest.raises(ConfigError) as error:
        script_text(with_changes(RunConfig(), changes))
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    "idle", [{"kind": "optimistic_adam"}, {"kind": "rmsprop", "epsilon_inside": False}, {"clip_weights": 0.1}]
)
def test_the_optimizer_of_no_discriminator_stands_in_no_script(idle: dict[str, Any]):
    fit = {"loss.kind": "supervised", "latent.kind": "uniform"}
    plain, other = (
        with_changes(RunConfig(), fit | {f"d_optimizer.{name}": value for name, value in changes.items()})
        for changes in ({}, idle)
    )
    assert script_text(other) == script_text(plain).replace(plain.run_id[:12], other.run_id[:12])
