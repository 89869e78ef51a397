"""Settings that change on the way, in a run's plain script."""

from __future__ import annotations

import ast

import pytest

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.export.script import script_text, write_script

RATES = (
    "3100:d_optimizer.learning_rate=0.0001,3100:g_optimizer.learning_rate=5e-05,12000:g_optimizer.learning_rate=1e-3"
)


def config(changes: str, **more) -> RunConfig:
    return with_changes(RunConfig(), {"steps": 20_000, "changes": changes} | more)


def test_a_script_changes_learning_rates_where_the_run_does():
    text = script_text(config(RATES))
    tree = ast.parse(text)
    assert "3100: [(d_optimizer, 0.0001), (g_optimizer, 5e-05)]," in text and "12_000: [(g_optimizer, 0.001)]," in text
    assert any(isinstance(node, ast.Attribute) and node.attr == "learning_rate" for node in ast.walk(tree))
    assert max(map(len, text.splitlines())) <= 88


@pytest.mark.parametrize(
    ("changes", "more", "says"),
    [
        ("5:instance_noise.sigma=0.1", {}, "can change learning rates alone"),
        (
            "5:g_optimizer.learning_rate=0.1",
            {"g_optimizer.schedule.kind": "cosine", "g_optimizer.schedule.end": 100},
            r"no script with g_optimizer\.schedule",
        ),
        ("5:d_optimizer.learning_rate=0.1", {"update.kind": "combined", "update.unrolled": 2}, "no such optimizer"),
        (
            "5:d_optimizer.learning_rate=0.1",
            {"loss.kind": "supervised", "latent.kind": "uniform", "latent.dim": 2},
            "no such optimizer",
        ),
    ],
)
def test_what_a_script_cannot_change_is_refused_with_the_reason(changes, more, says):
    with pytest.raises(ConfigError, match=says):
        script_text(config(changes, **more))


def test_a_replay_of_draws_has_no_changes(tmp_path):
    with pytest.raises(ConfigError, match=r"^--draws: settings of this run change"):
        write_script(config(RATES), tmp_path / "script.py", with_draws=True)
    assert not list(tmp_path.iterdir())
