"""References and collapsed values of scores, and which snapshots are scored exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support import scores
from support.scores import KEYS, every, make

from gancore.config import ConfigError, parse_config
from gancore.datasets import Circle
from gancore.metrics import applicable, collapsed, needs_exact, references

circle_references = scores.circle_references


def test_references_are_ordered_and_repeatable(circle_references):
    assert list(circle_references) == KEYS
    for reference in circle_references.values():
        assert reference["low"] <= reference["mean"] <= reference["high"]
    assert circle_references["w1"]["low"] < circle_references["w1"]["high"]
    assert references(Circle(), pairs=2) == references(Circle(), pairs=2)


def test_references_are_those_of_real_points(circle_references):
    assert 0.02 < circle_references["w1"]["mean"] < 0.15, "two samples of 1,000 differ"
    assert circle_references["w1_excess"]["mean"] == pytest.approx(0, abs=1e-12)
    assert circle_references["curve_p95"]["high"] < 1e-7
    for key in ("near", "coverage", "learned"):
        assert circle_references[key] == {"mean": 1.0, "low": 1.0, "high": 1.0}


def test_references_do_not_depend_on_the_scale_or_the_training_set():
    expected = references(Circle(), pairs=1)
    again = references(Circle(scale=0.5, size=200, seed=5), pairs=1)
    for key, reference in expected.items():
        assert again[key] == pytest.approx(reference, abs=1e-6), key


def every_collapsed(kind):
    dataset = make(kind)
    reference = references(dataset, pairs=1)
    return reference, collapsed(dataset, reference)


@every
def test_collapsed_values_are_worse_than_reference(kind):
    reference, collapsed = every_collapsed(kind)
    assert list(collapsed) == ["one_point", "mean"] and all(list(values) == KEYS for values in collapsed.values())
    for name, values in collapsed.items():
        assert all(math.isfinite(number) for number in values.values())
        for key, entry in applicable(make(kind)).items():
            loss = (
                values[key] - reference[key]["mean"]
                if entry.better == "lower"
                else reference[key]["mean"] - values[key]
            )
            if key in ("curve_mean", "curve_p95", "near"):  # blind to collapse
                assert loss >= -1e-6, (name, key)
            elif key not in ("precision", "density"):  # these prefer a point among many reals to real points
                assert loss > 0.01, (name, key)


def test_collapsed_values_of_the_circle_are_known(circle_references):
    values = collapsed(Circle(), circle_references)
    assert values["mean"]["w1"] == pytest.approx(1) and values["mean"]["curve_p95"] == pytest.approx(1)
    assert values["one_point"]["w1"] == pytest.approx(4 / np.pi, abs=4 * 0.62 / np.sqrt(1000))
    assert values["one_point"]["near"] == 1 and values["one_point"]["coverage"] == 1 / 64
    assert collapsed(Circle(scale=0.5, seed=3), circle_references) == values


def test_references_need_a_pair():
    with pytest.raises(ConfigError, match="pairs: 0 is not allowed"):
        references(Circle(), pairs=0)


def test_the_last_snapshot_is_always_exact():
    for data in ({}, {"steps": 1}, {"steps": 10_001}, {"steps": 7, "snapshot_every": 50}, {"batch_size": 8192}):
        config = parse_config(data)
        assert config.steps in needs_exact(config) <= set(config.snapshot_steps)


def test_more_training_earns_more_exact_scores():
    baseline = parse_config({})
    assert needs_exact(baseline) == {10_000}
    eightfold = parse_config({"batch_size": 256})
    chosen = needs_exact(eightfold)
    assert 4 <= len(chosen) <= 8 and min(chosen) >= 0.75 * eightfold.steps
    assert needs_exact(parse_config({"batch_size": 128, "update": {"d_steps": 2}})) == chosen
    assert needs_exact(parse_config({"batch_size": 8192})) == set(eightfold.snapshot_steps)


def test_the_last_quarter_comes_first_and_the_rest_is_spread():
    config = parse_config({"batch_size": 640})  # about 13 seconds of training, 26 snapshots
    chosen = sorted(needs_exact(config))
    late = [step for step in config.snapshot_steps if step > 0.75 * config.steps]
    assert len(chosen) == 13 and set(late) <= set(chosen)
    early = np.diff([step for step in chosen if step not in late])
    assert early.max() <= 2 * early.min()
