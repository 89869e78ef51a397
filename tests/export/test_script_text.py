"""The text of a run's script: what its configuration uses, nothing else, and as tools want it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest
from support.scripts import CHANGES, small

from gancore.config import ConfigError, Dataset, Loss, RunConfig, with_changes
from gancore.export import script
from gancore.export.script import script_text

RULES = "E4,E5,E7,E9,F,W,I,B,UP,SIM,D1,C4"


def code_lines(text: str) -> list[str]:
    """The lines that are neither blank, comment nor docstring."""
    docs: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.Module) and ast.get_docstring(node):
            docs |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = enumerate(text.splitlines(), start=1)
    return [line for number, line in lines if line.strip() and line.lstrip()[0] != "#" and number not in docs]


def test_ruff_finds_nothing_in_any_script(tmp_path):
    if subprocess.run([sys.executable, "-m", "ruff", "--version"], capture_output=True).returncode:
        pytest.skip("ruff is not installed")
    for number, changes in enumerate(CHANGES.values()):
        (tmp_path / f"one{number}.py").write_text(script_text(with_changes(RunConfig(), changes)), encoding="utf-8")
        (tmp_path / f"small{number}.py").write_text(script_text(with_changes(small(), changes)), encoding="utf-8")
    for arguments in (["format", "--check"], ["check", "--select", RULES]):
        ruff = [sys.executable, "-m", "ruff", *arguments, "--isolated", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_baselines_script_is_short_and_holds_nothing_of_other_settings():
    text = script_text(RunConfig())
    assert len(code_lines(text)) <= 85
    assert len(text.splitlines()) <= 130
    for other in (
        "SCALE",
        "NOISE",
        "D_STEPS",
        "CENTRE",
        "iterations",
        'relu"',
        "uniform(-",
        "moons",
        "argparse",
        "json",
    ):
        assert other not in text.replace('leaky_relu"', ""), other
    assert not re.search(r"^\s*(import|from) gancore", text, re.MULTILINE)
    assert RunConfig().run_id[:12] in text


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"generator.hidden": [7]}, ['keras.layers.Dense(7, activation="leaky_relu"),']),
        ({"discriminator.hidden": ""}, ["keras.Input((2,)),", "keras.layers.Dense(1),  # a logit"]),
        (
            {"steps": 1_000_000, "log_every": 400, "snapshot_every": 5000, "seed": 12345},
            ["STEPS, LOG_EVERY = 1_000_000, 400", "SEED = 12_345"],
        ),
        ({"g_optimizer.learning_rate": 5e-5}, ["g_optimizer = keras.optimizers.Adam(learning_rate=5e-05, beta_1=0.5)"]),
        ({"d_optimizer.learning_rate": 0.001, "d_optimizer.beta_1": 0.9}, ["d_optimizer = keras.optimizers.Adam()"]),
        ({"loss.kind": "minimax"}, ["loss = -bce(tf.zeros_like(logits), logits)"]),
        ({"latent.kind": "uniform"}, ["d_latent, g_latent = tf.unstack(tf.random.uniform((2, BATCH, LATENT), -1))"]),
        ({"update.shared_adam_clock": True}, ["g_optimizer.iterations.assign(d_optimizer.iterations)"]),
        ({"dataset.noise": 0.05, "dataset.scale": 2.0}, ["NOISE = 0.05", "SCALE = 2.0"]),
    ],
)
def test_a_setting_is_in_the_script(changes, lines):
    text = script_text(with_changes(RunConfig(), changes))
    for line in lines:
        assert re.search(rf"^\s*{re.escape(line)}", text, re.MULTILINE), (line, text)


@pytest.mark.parametrize("kind", sorted(Dataset.registry))
def test_every_dataset_has_a_script(kind):
    compile(script_text(with_changes(RunConfig(), {"dataset.kind": kind})), "run.py", "exec")


@pytest.mark.parametrize("kind", sorted(Loss.registry))
def test_every_loss_has_a_script(kind):
    needed = {"update.kind": "combined"} if Loss.registry[kind].paired else {}  # type: ignore[attr-defined]
    compile(script_text(with_changes(RunConfig(), {"loss.kind": kind} | needed)), "run.py", "exec")


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # of a kind that no configuration can have
@pytest.mark.parametrize(
    ("part", "field", "kind", "known"),
    [
        (
            "generator",
            "activation",
            "swish",
            "elu, gelu, leaky_relu, maxout, relu, selu, sigmoid, silu, sine, softplus, tanh",
        ),
        ("dataset", "kind", "no_such_kind", ", ".join(sorted(Dataset.registry))),
        ("update", "kind", "alternating", "combined, separate"),
    ],
)
def test_a_kind_without_a_script_is_refused_by_its_name(part, field, kind, known):
    config = RunConfig()
    odd = config.model_copy(update={part: getattr(config, part).model_copy(update={field: kind})})
    with pytest.raises(ConfigError, match=f"^{part}.{field}: '{kind}' has no script; use one of {known}$"):
        script_text(odd)


def test_a_setting_that_no_template_reads_is_refused_rather_than_left_out(monkeypatch):
    flatten = script.flatten
    monkeypatch.setattr(script, "flatten", lambda config: flatten(config) | {"loss.penalty": 10.0})
    with pytest.raises(ConfigError, match=r"^loss.penalty: "):
        script_text(RunConfig())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"g_optimizer.kind": "optimistic_adam"},
            "g_optimizer.kind: 'optimistic_adam' has no script",
        ),
        (
            {"g_optimizer.kind": "rmsprop", "g_optimizer.epsilon_inside": False, "g_optimizer.momentum": 0.5},
            "g_optimizer.momentum: with epsilon_inside false a script has no momentum; use 0.0",
        ),
        ({"d_optimizer.clip_norm": 1, "d_optimizer.clip_value": 1}, "d_optimizer.clip_norm: Keras clips by norm or by"),
        (
            {"d_optimizer.schedule.kind": "exponential", "d_optimizer.schedule.warmup": 5},
            "d_optimizer.schedule.warmup: Keras warms up no exponential schedule, but a cosine and a constant rate",
        ),
        (
            {"g_optimizer.schedule.kind": "step", "update.shared_adam_clock": True},
            "g_optimizer.schedule.kind: 'step' has no script with update.shared_adam_clock",
        ),
        ({"loss.flip": 0.1}, "loss.flip: this run sets it, and a script cannot"),
        (
            {"update.kind": "extragradient", "update.order": "simultaneous"},
            "update.kind: 'extragradient' has no script, as Keras' optimizers step from where a gradient was",
        ),
        ({"update.consensus": 1, "update.kind": "combined", "update.order": "simultaneous"}, "update.consensus: this"),
    ],
)
def test_what_keras_cannot_say_is_refused_with_the_reason(changes, said):
    with pytest.raises(ConfigError) as error:
        script_text(with_changes(RunConfig(), changes))
    assert str(error.value).startswith(said)
