"""What is measured of a run is what was put into it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from support.results import make_result

from gancore.config import ConfigError, RunConfig, parse_config
from gancore.diagnosis import MEASURES, Quantity, Seen, get_measure, measure
from gancore.diagnosis.measures.points import beyond, ends_of
from gancore.recording.landscape import landscape_of
from gancore.recording.result import RunResult

CONFIG = parse_config({"steps": 1000, "snapshot_every": 50, "log_every": 100})
TIMES = len(CONFIG.snapshot_steps)
RNG = np.random.default_rng(0)


def measured(name: str, result: RunResult) -> Quantity:
    return get_measure(name)(Seen.of_result(result))


def moving(points: np.ndarray, config: RunConfig = CONFIG) -> RunResult:
    """A run with these snapshots [S, 2000, 2]."""
    return make_result(config, snapshots=points.astype(np.float32))


def turning(degrees: float, along: np.ndarray | None = None) -> RunResult:
    """Points of the circle that turn by so much between snapshots, and move along a vector besides."""
    angle = RNG.uniform(0, 2 * np.pi, 2000) + np.radians(degrees) * np.arange(TIMES)[:, None]
    points = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return moving(points if along is None else points + np.arange(TIMES)[:, None, None] * along)


@pytest.mark.parametrize("degrees", [0.5, 20.0, 100.0])
def test_a_rotation_between_snapshots_is_measured_in_degrees(degrees: float) -> None:
    found = measured("turned", turning(degrees))
    assert found.value == pytest.approx(degrees, rel=1e-3) and len(found.values) == TIMES - 1


def test_points_that_go_round_wander_and_points_that_move_on_do_not() -> None:
    onward = turning(0.0, along=np.array([0.02, 0.01]))
    assert measured("wander", onward).value == pytest.approx(0, abs=1e-5)
    assert measured("returned", onward).value == pytest.approx(1, rel=1e-4)
    around = turning(60.0)
    assert measured("wander", around).value > 0.5 and measured("returned", around).value > 2.5
    assert measured("moved", around).value == pytest.approx(1.0, rel=1e-3)  # a chord of 60 degrees
    assert measured("centre_path", onward).value == pytest.approx(np.hypot(0.02, 0.01), rel=1e-2)


def test_lengths_are_in_units_of_the_distributions_spread() -> None:
    """A circle of radius 0.5 whose centre is elsewhere, against the unit circle."""
    placed = parse_config(
        {"steps": 1000, "snapshot_every": 50, "dataset": {"scale": 0.5, "placement": {"shift_x": 0.3}}}
    )
    unit = turning(40.0).snapshots
    there = moving(np.stack([placed.dataset.placed(points) for points in unit]), placed)
    for name in ("moved", "turned", "wander", "spread", "far", "centre"):
        assert measured(name, there).value == pytest.approx(measured(name, moving(unit)).value, abs=2e-3), name


@pytest.mark.parametrize(
    ("output", "reach"), [("tanh", 1.0), ("tanh_1.5", 1.5), ("sigmoid", 1.0), ("range", None), ("linear", None)]
)
def test_saturation_is_a_matter_of_the_outputs_ends(output: str, reach: float | None) -> None:
    config = parse_config({"generator": {"output": output}})
    ends = ends_of(config)
    if output == "linear":
        assert ends is None
        return
    assert ends is not None
    low, high = ends
    assert reach is None or high.tolist() == [reach, reach]
    assert low.tolist() == ([0, 0] if output == "sigmoid" else (-high).tolist()) or output == "range"
    middle, half = (low + high) / 2, (high - low) / 2
    points = middle + half * np.array([[0.995, 0], [-0.995, 0], [0.98, 0.98]])
    assert beyond(points, low, high).any(axis=1).tolist() == [True, True, False]


def test_saturated_points_are_counted_beside_the_datas_own() -> None:
    points = np.zeros((TIMES, 2000, 2))
    points[:, :500, 0] = 0.999
    result = moving(points)
    assert measured("saturated", result).values.tolist() == [0.25] * TIMES
    assert measured("saturated_data", result).value == pytest.approx(0.18, abs=0.01)  # the circle touches tanh's end
    far = parse_config({"dataset": {"kind": "circle", "scale": 3.0}})
    assert measured("saturated_data", make_result(far)).value < 0.02  # what no output reaches is not at its end


def test_networks_are_asked_alike_by_their_weights_and_by_the_landscape() -> None:
    """What a bundle keeps in place of weights says the same within what its grid can tell."""
    result = make_result()
    weights = {name: 0.3 * value for name, value in result.weights.items()}
    whole = dataclasses.replace(Seen.of_result(result), read_weights=lambda: weights)
    kept = dataclasses.replace(whole, read_weights=dict, read_landscape=lambda: landscape_of(result.config, weights))
    points = RNG.uniform(-1, 1, (300, 2)).astype(np.float32)
    exact, near = whole.logits(points), kept.logits(points)
    assert exact is not None and near is not None
    assert np.abs(exact - near).max() < 0.05 * np.ptp(exact)
    slopes, others = whole.slopes(points), kept.slopes(points)
    assert slopes is not None and others is not None
    assert np.median(slopes) == pytest.approx(np.median(others), rel=0.05)
    nothing = dataclasses.replace(whole, read_weights=dict)
    assert nothing.logits(points) is None and not get_measure("slope")(nothing).known


def test_a_discriminator_that_knows_its_points_by_heart_shows() -> None:
    """A network that says real left of zero: fresh points of the circle are so half the time."""
    config = parse_config({"discriminator": {"hidden": []}})
    weights = make_result(config).weights | {
        "discriminator/0/kernel": np.array([[-1.0], [0.0]], np.float32),
        "discriminator/0/bias": np.zeros(1, np.float32),
    }
    result = make_result(config, weights=weights)
    assert measured("held_out", result).value == pytest.approx(0.5, abs=0.04)
    assert measured("trained_on", result).value == pytest.approx(0.5, abs=0.04)
    assert measured("slope", result).value == pytest.approx(1.0, rel=1e-3)
    critic = parse_config({"loss": {"kind": "wasserstein"}, "discriminator": {"hidden": []}})
    assert not measured("held_out", make_result(critic, weights=weights)).known  # it decides nothing


def test_what_a_run_does_not_have_is_not_known() -> None:
    config = parse_config({"steps": 2, "generator": {"output": "linear"}})
    short = dataclasses.replace(make_result(config), weights={}, history={"step": np.array([2])}, metrics={})
    for name, one in MEASURES.items():
        if name not in ("spread", "far", "centre", "moved", "turned", "centre_path"):
            assert not one(Seen.of_result(short)).known, name


def test_a_checkpoint_tells_what_the_run_told_so_far() -> None:
    result = make_result(CONFIG)
    half = TIMES // 2
    arrays: dict[str, Any] = {
        "step": np.array(500),
        "snapshots/step": result.snapshot_steps[:half],
        "snapshots/points": result.snapshots[:half],
        "scored": np.arange(half) < half - 1,
        **{f"history/{name}": column[:5] for name, column in result.history.items()},
        **{f"scores/{name}": column[: half - 1] for name, column in result.metrics.items()},
    }
    seen = Seen.of_checkpoint(CONFIG, arrays)
    assert seen.step == 500 and not seen.ended and seen.diverged_at is None
    assert get_measure("coverage")(seen).value == result.metrics["coverage"][half - 2]
    assert np.array_equal(get_measure("moved")(seen).values, measured("moved", result).values[: half - 1])
    for wrong in ({"snapshots/points": result.snapshots[:half, :, :1]}, {"scored": np.array([True])}):
        with pytest.raises(ConfigError, match="checkpoint"):
            Seen.of_checkpoint(CONFIG, arrays | wrong)
    with pytest.raises(ConfigError, match="checkpoint"):
        Seen.of_checkpoint(CONFIG, {"step": np.array(3)})


def test_a_name_is_given_once_and_an_unknown_one_is_named() -> None:
    with pytest.raises(TypeError, match="'moved' is taken by gancore.diagnosis.measures.points"):
        measure("moved", "Again", "number", "Once more.")(lambda seen: None)
    with pytest.raises(ConfigError, match="quantity: 'speed' is unknown"):
        get_measure("speed")
