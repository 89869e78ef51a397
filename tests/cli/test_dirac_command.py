"""gancore dirac: what it says, draws and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import call, wrong

from gancore.dirac import verdict

SHORT = ["--steps", "60"]


def test_it_says_what_happens_and_why(capsys):
    code, out, _ = call(capsys, "dirac", "--penalty", "r1", "--set", "penalty.gamma=2", "--steps", "200")
    verdict, eigenvalues, step = out.splitlines()
    assert code == 0
    assert verdict.startswith("Converges: after 200 steps it is ") and verdict.endswith("it began 1.41 away.")
    assert "−0.0646 and −1.94. Both real parts are negative" in eigenvalues  # λ² + 2λ + 1/8 = 0
    assert step.endswith("they shrink.")


def test_help_teaches(capsys):
    code, out, _ = call(capsys, "dirac", "--help")
    assert code == 0
    for words in ("The real data are one point at 0", "D(x) = ψ·x", "Mescheder", "gancore dirac --penalty r1", "--out"):
        assert words in " ".join(out.split())


def test_json_has_the_whole_trajectory(capsys):
    code, out, _ = call(
        capsys, "dirac", *SHORT, "--start", "0.5,-1", "--loss", "wasserstein", "--simultaneous", "--json"
    )
    found = json.loads(out)
    assert code == 0
    assert (found["loss"]["kind"], found["update"]["order"], found["start"]) == (
        "wasserstein",
        "simultaneous",
        [0.5, -1.0],
    )
    assert len(found["theta"]) == len(found["psi"]) == 61
    assert found["radius"] == pytest.approx((found["theta"][-1] ** 2 + found["psi"][-1] ** 2) ** 0.5)
    assert found["verdict"] == "diverges"


def test_one_that_leaves_the_plane_is_json_too(capsys):
    thrown = ["--penalty", "r1", "--set", "penalty.gamma=100"]
    code, out, _ = call(capsys, "dirac", *thrown, "--json")
    found = json.loads(out)
    assert (code, found["verdict"], found["radius"]) == (0, "diverges", None)
    assert "it has left the plane" in call(capsys, "dirac", *thrown)[1]


@pytest.mark.parametrize(
    ("name", "starts", "holds"),
    [("a.svg", "<svg", "Phase portrait"), ("a.html", "<!doctype html>", "circles"), ("a.png", "\x89PNG", "")],
)
def test_pictures(capsys, tmp_path: Path, name, starts, holds):
    target = tmp_path / name
    code, _, err = call(capsys, "dirac", *SHORT, "--out", str(target))
    assert (code, err) == (0, "")
    content = target.read_bytes().decode("latin-1" if name == "a.png" else "utf-8")
    assert content.startswith(starts) and holds in content


def test_every_pair(capsys, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(verdict, "FURTHER", 30)
    target = tmp_path / "pairs.svg"
    code, out, _ = call(capsys, "dirac", "--all", "--steps", "20", "--out", str(target))
    lines = out.splitlines()
    assert code == 0 and lines[0].split()[:3] == ["loss", "penalty", "verdict"]
    assert {tuple(line.split()[:2]) for line in lines[1:]} >= {("hinge", "none"), ("minimax", "r1_r2")}
    assert "relativistic_average" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--loss", "foo"], "loss.kind: 'foo' is unknown; use one of hinge"),
        (["--penalty", "r1", "--set", "penalty.gamma=-1"], "penalty.gamma: '-1' is not allowed"),
        (
            ["--set", "dataset.kind=moons"],
            "dataset.kind: the Dirac GAN has no such setting; set what begins with loss.",
        ),
        (["--start", "1"], "--start: '1' is not allowed; use two numbers from -100 to 100"),
        (["--start", "a,b"], "--start: 'a,b' is not allowed; use two numbers, such as 1,1"),
        (["--start", "nan,1"], "--start: 'nan,1' is not allowed"),
        (["--start", "0,0"], "--start: '0,0' is not allowed; nothing moves at the equilibrium"),
        (["--steps", "0"], "--steps: 0 is not allowed; use a whole number from 1 to 5,000"),
        (["--steps", "100000"], "--steps: 100000 is not allowed"),
        (["--rate", "0"], "--rate: 0.0 is not allowed; it must be greater than 0"),
        (["--out", "a.gif"], "--out: 'a.gif' is not allowed; use a name that ends in .svg, .png, .html"),
        (["--all", "--loss", "hinge"], "--all: it has every loss with every penalty"),
        (["--loss", "hinge", "--set", "loss.kind=minimax"], "--loss: --set loss.kind says the same"),
        (["--set", "loss.flip=0.1"], "loss.flip: 0.1 is not allowed; use 0"),
        (["--loss", "relativistic", "--set", "update.kind=separate"], "update.kind: 'separate' is not allowed with"),
    ],
)
def test_bad_input_is_named(capsys, arguments, says):
    assert says in wrong(capsys, "dirac", *SHORT[: 0 if "--steps" in arguments else 2], *arguments)


def test_a_file_that_cannot_be_written(capsys, tmp_path: Path):
    assert "cannot be written" in wrong(capsys, "dirac", *SHORT, "--out", str(tmp_path / "no" / "a.svg"))
