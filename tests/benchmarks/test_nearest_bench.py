"""The table of distances has every distribution; how long they take is no test."""

from __future__ import annotations

import pytest
from support.command_line import call

from gancore.benchmarks.nearest import POINTS, clouds, located, settings
from gancore.config import ConfigError, Dataset, parse_config
from gancore.datasets import Circle
from gancore.datasets.named import NAMED


def test_every_distribution_is_measured_at_its_ends_too() -> None:
    found = dict(settings())
    assert set(Dataset.registry) | set(NAMED) <= set(found)
    assert found["ring, count 100"].count == 100 and found["annulus, uniform_in radius"].uniform_in == "radius"
    assert found["sine, frequency 100"].frequency == 100 and found["grid, sigma 0.01"].sigma == 0.01


def test_the_slowest_of_three_clouds_counts() -> None:
    circle = Circle()
    assert {name: points.shape for name, points in clouds(circle).items()} == dict.fromkeys(
        ["near", "wide", "collapsed"], (POINTS, 2)
    )
    row = located("circle", circle, circle.support(), 1)
    assert row.setting == "circle" and row.cloud in clouds(circle) and row.milliseconds > 0


def test_a_variance_is_not_taken_that_the_default_covariance_does_not_go_with() -> None:
    with pytest.raises(ConfigError, match=r"dataset\.covariance: 0\.05 is not allowed; it must be between -0\.01 and"):
        parse_config({"dataset": {"kind": "gaussian", "variance_x": 0.001}})
    assert parse_config({"dataset": {"kind": "gaussian", "variance_x": 0.001, "covariance": 0.0}})


def test_the_table_is_of_a_process_as_a_worker_is_one(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def started(command: list[str], environment: dict[str, str]) -> list[str]:
        assert command[-2:] == ["gancore.benchmarks.nearest", "1"] and "OPENBLAS_THREAD_TIMEOUT" in environment
        return command

    monkeypatch.setattr("gancore.benchmarks.nearest.started", started)
    rows = [["ring", 0.5, "near"], ["heart", 1.25, "wide"]]
    monkeypatch.setattr("gancore.benchmarks.nearest.answer_of", lambda _: {"rows": rows})
    code, out, _ = call(capsys, "bench", "--nearest", "--quick")
    assert code == 0 and out.index("| heart | wide | 1.25 |") < out.index("| ring | near | 0.500 |")
