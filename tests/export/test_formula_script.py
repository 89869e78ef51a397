"""A typed formula in the exported script: plain numpy, written from what was read of it."""

from __future__ import annotations

import ast
import subprocess
import sys

import numpy as np
import pytest

from gancore.config import RunConfig, with_changes
from gancore.export import script

FORMULAS = {
    "circle": {},
    "parabola, even in x": {"x": "x", "y": "x^2", "start": "-1", "end": "1", "along": "parameter"},
    "heart": {"x": "16*sin(t)^3", "y": "13*cos(t) - 5*cos(2*t) - 2*cos(3*t) - cos(4*t)"},
    "two of them": {"x": "cos(t) | 4 - t", "y": "max(sin(t), -0.5, t/9) | 2", "start": "0 | 1", "end": "2*pi | 3"},
    "two, even in t": {
        "x": "t | mod(t, 1)",
        "y": "-t^2 | -(2 - t)^3",
        "start": "0; 1",
        "end": "1; 2",
        "along": "parameter",
    },
    "steep at its ends": {"x": "t", "y": "sqrt(1 - t^2)", "start": "-1", "end": "1"},
    "two, steep where they begin": {"x": "t | t + 2", "y": "sqrt(t) | -sqrt(t)", "start": "0", "end": "1"},
    "long": {"y": "sin(t)^2*cos(t)*exp(-t/3)*abs(t - 3)*sqrt(t + 1)*sin(2*t)*cos(3*t)*log(t + 3)/(1 + (t - 1)^2)"},
}


def written(fields: dict[str, str]) -> tuple[RunConfig, str]:
    """A configuration, and its distribution as the script has it."""
    config = with_changes(RunConfig(), {"dataset.kind": "formula"} | {f"dataset.{k}": v for k, v in fields.items()})
    environment = script._environment()
    environment.filters |= {"number": script._number, "broken": script._broken}
    return config, environment.get_template(f"dataset/formula{script.ENDING}").render(config=config)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_scripts_curve_is_the_distribution(name):
    config, text = written(FORMULAS[name])
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert not {"eval", "exec", "compile"} & names and "import" not in text
    space: dict = {"np": np}
    exec(text, space)  # what the script itself does
    t = np.random.default_rng(0).uniform(size=2000)
    expected = config.dataset.curve(t)  # type: ignore[attr-defined]
    np.testing.assert_allclose(space["curve"](t), expected, atol=5e-6 * np.ptp(expected, axis=0).max())


def test_the_formula_stands_in_the_script_as_numpy():
    text = written({"x": "2*cos(t)", "y": "max(sin(t)², abs(-2), 9^2)"})[1]
    assert "    x = 2 * np.cos(t)\n" in text
    assert "    y = np.maximum(np.maximum(np.sin(t) ** 2, 2.0), 9**2)\n" in text
    assert "START, END = 0, 2 * np.pi\n" in text


def test_ruff_has_nothing_to_change(tmp_path):
    if subprocess.run([sys.executable, "-m", "ruff", "--version"], capture_output=True).returncode:
        pytest.skip("ruff is not installed")
    for number, fields in enumerate(FORMULAS.values()):
        lines = "import numpy as np\n\n\n" + written(fields)[1].lstrip() + "\n\nprint(curve(np.arange(2) / 2))\n"
        (tmp_path / f"formula{number}.py").write_text(lines, encoding="utf-8")
    for arguments in (["format", "--diff"], ["check", "--select", "E4,E5,E7,E9,F,W,B,UP,SIM,C4"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--isolated", str(tmp_path)], capture_output=True
        )
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
