"""Every loss with every penalty on the Dirac GAN: the engine's steps against gradients by hand, and what is known."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from support.dirac_forms import LOSSES, PENALTIES, gradients, path
from support.plugged import EXAMPLES, environment

from gancore.config import ConfigError
from gancore.dirac import Seen, dirac, field, jacobian, measured, pairs, seen, step_jacobian, trajectory
from gancore.dirac import verdict as verdicts
from gancore.parts import Loss, NonSaturating, Penalty

RATE = float(np.float32(0.2))  # Keras passes rates through float32, and so do the engine's optimizers
JUDGED = [kind for kind, part in Loss.registry.items() if part.judged]  # type: ignore[attr-defined]
SHIPPED = [kind for kind in JUDGED if Loss.registry[kind].__module__.startswith("gancore.")]


@cache
def judged(**changes: object) -> Seen:
    return seen(dirac({name.replace("__", "."): value for name, value in changes.items()}))


def kinds(loss: str, penalty: str = "none") -> dict[str, object]:
    return {"loss.kind": loss, "penalty.kind": penalty}


def test_every_shipped_pair_has_a_closed_form():
    shipped = {kind for kind, part in Penalty.registry.items() if part.__module__.startswith("gancore.")}
    assert (set(SHIPPED), shipped) == (set(LOSSES), set(PENALTIES))
    found = {tuple(one.plain()[name]["kind"] for name in ("loss", "penalty")) for one in pairs(dirac({}))}
    assert found == {(loss, penalty) for loss in JUDGED for penalty in Penalty.registry}


def test_a_loss_without_a_discriminator_is_refused():
    with pytest.raises(ConfigError, match="loss.kind: 'supervised' has no discriminator, and so no game to play; use"):
        dirac(kinds("supervised"))


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
def test_steps_are_those_of_a_plain_loop(loss, penalty):
    for order in ("alternating", "simultaneous"):
        asked = dirac({**kinds(loss, penalty), "update.order": order})
        by_engine = trajectory(asked.config, np.ones((1, 2)), 12)[:, 0]
        by_hand = path(loss, penalty, 12, rate=RATE, simultaneous=order == "simultaneous")
        np.testing.assert_allclose(by_engine, by_hand, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_field_is_every_gradient_downhill(loss, penalty):
    places = np.array([[1.0, 1.0], [-0.7, 0.3], [0.2, -1.4], [2.5, 0.1]])
    by_hand = [[-slope for slope in gradients(loss, penalty, *place)] for place in places.tolist()]
    np.testing.assert_allclose(field(dirac(kinds(loss, penalty)).config, places), by_hand, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("loss", [loss for loss in SHIPPED if loss != "least_squares"])
def test_500_alternating_steps_converge_with_r1_alone(loss):
    without, cured = judged(loss__kind=loss), judged(loss__kind=loss, penalty__kind="r1")
    assert without.verdict == "circles" and without.radii[-90:].min() > 0.2
    assert cured.verdict == "converges" and cured.last is not None and cured.last < 1e-3


@pytest.mark.parametrize(("gamma", "expected"), [(0.0, 1j * math.sqrt(1 / 8)), (0.1, None), (1.0, None)])
def test_eigenvalues_are_those_of_the_paper(gamma, expected):
    asked = dirac({"penalty.kind": "r1", "penalty.gamma": gamma})
    # λ² + γλ + f'(0)²/2 = 0, as the discriminator's loss is the mean over both kinds, half of the paper's sum.
    roots = np.roots([1, gamma, 1 / 8])
    found = np.linalg.eigvals(jacobian(asked.config, np.zeros(2)))
    np.testing.assert_allclose(np.sort_complex(found), np.sort_complex(roots), atol=1e-12)
    if expected is not None:
        assert sorted(found.imag)[1] == pytest.approx(expected.imag)


def test_one_simultaneous_step_leads_outwards_and_an_alternating_one_does_not():
    at_once, in_turn = judged(update__order="simultaneous"), judged()
    assert at_once.factor == pytest.approx(math.sqrt(1 + RATE**2 / 8), abs=1e-9)
    assert in_turn.factor == pytest.approx(1, abs=1e-9)
    moved = step_jacobian(in_turn.asked.config, np.zeros(2))
    assert np.linalg.det(moved[:2, :2]) == pytest.approx(1)  # areas stay, so orbits close


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"loss.kind": "wasserstein", "update.order": "simultaneous"}, "diverges"),
        ({"loss.kind": "wasserstein", "update.kind": "extragradient", "update.order": "simultaneous"}, "converges"),
        ({"update.unrolled": 3}, "converges"),
        ({"update.consensus": 1, "update.order": "simultaneous"}, "converges"),
        ({"penalty.kind": "gradient"}, "circles"),
        ({"penalty.kind": "gradient", "penalty.weight": 1}, "settles elsewhere"),
        ({"loss.kind": "least_squares"}, "settles elsewhere"),
        ({"penalty.kind": "r1", "penalty.gamma": 20}, "diverges"),
        ({"g_optimizer.kind": "optimistic_adam", "d_optimizer.kind": "optimistic_adam"}, "converges"),
    ],
)
def test_verdicts_of_what_is_known(changes, verdict):
    one = judged(**{path.replace(".", "__"): value for path, value in changes.items()})
    assert one.verdict == verdict
    if verdict == "converges":
        assert one.radii[-90:].max() < 0.5 * one.radii[:90].max()


@pytest.mark.parametrize("loss", ["wasserstein", "minimax"])
@pytest.mark.parametrize(("steps", "rate"), [(10, 0.2), (45, 0.2), (60, 0.02)])
def test_a_part_of_a_lap_is_judged_by_whole_ones(loss, steps, rate):
    one = seen(dirac({"loss.kind": loss}, steps=steps, rate=rate))
    assert (one.verdict, len(one.path)) == ("circles", steps + 1)


def test_too_short_steps_are_undecided(monkeypatch):
    monkeypatch.setattr(verdicts, "FURTHER", 100)
    one = seen(dirac({"loss.kind": "wasserstein"}, steps=50, rate=1e-4))
    assert one.verdict == "undecided" and "has not gone round often enough" in measured(one)


def test_where_the_field_jumps_there_are_no_eigenvalues():
    one = judged(loss__kind="wasserstein", penalty__kind="gradient")
    assert (one.eigenvalues, one.factor) == (None, None)


def test_settling_elsewhere_is_where_the_penalty_holds_the_slope():
    one = seen(dirac({"loss.kind": "wasserstein", "penalty.kind": "gradient", "penalty.weight": 1}, steps=400))
    np.testing.assert_allclose(one.path[-1], [4, 0], atol=1e-6)  # θ/2 = 2λ


def test_a_part_that_needs_tensorflow_is_named(monkeypatch):
    from gancore.parts.backend import tf

    monkeypatch.setattr(NonSaturating, "generator", lambda self, real, fake, inputs: tf.nn.gelu(fake))
    with pytest.raises(
        ConfigError, match=r"loss.kind: 'non_saturating' needs TensorFlow \(.*gelu.*\); use one of hinge"
    ):
        trajectory(dirac({}).config, np.ones((1, 2)), 1)


PLUGGED = """
import json, sys
import numpy as np
from gancore.dirac import dirac, pairs, seen, trajectory
one = seen(dirac({"loss.kind": "pairing", "penalty.kind": "drift", "penalty.epsilon": 0.5}, steps=60))
own = dirac({"update.kind": "fakes_first", "g_optimizer.kind": "sign", "d_optimizer.kind": "sign"})
print(json.dumps({
    "path": one.path.tolist(),
    "signs": np.abs(np.diff(trajectory(own.config, np.ones((1, 2)), 1)[:, 0], axis=0)).tolist(),
    "pairs": [[one.config.loss.kind, one.config.penalty.kind] for one in pairs(own)],
    "loaded": [name for name in ("tensorflow", "keras") if name in sys.modules],
}))
"""


def test_plug_ins_take_part_and_tensorflow_is_not_loaded(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", PLUGGED],
        env=environment(tmp_path / "store", EXAMPLES),
        capture_output=True,
        text=True,
        timeout=200,
    )
    found = json.loads(done.stdout) if not done.returncode else pytest.fail(done.stderr[-2000:])
    assert found["loaded"] == []
    assert ["pairing", "drift"] in found["pairs"] and ["pairing", "r1"] in found["pairs"]
    theta, psi = 1.0, 1.0
    for expected in found["path"]:
        assert (theta, psi) == pytest.approx(tuple(expected), rel=1e-10)
        logit = psi * theta
        psi -= RATE * (theta / (1 + math.exp(-logit)) + 2 * 0.5 * psi * theta**2)
        theta += RATE * psi / (1 + math.exp(psi * theta))
    # Two updates of D, the second one, on real points, by the mean that the first has left; one of G.
    np.testing.assert_allclose(found["signs"], [[RATE, 2 * RATE]], rtol=1e-7)
