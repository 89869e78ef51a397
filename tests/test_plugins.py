"""Plug-ins: what a package adds from outside trains, shows and exports; what it does wrong is named."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.plugged import EXAMPLES, environment, gancore, page, several

KINDS = (
    "dataset",
    "diagnosis",
    "figure",
    "format",
    "latent",
    "loss",
    "metric",
    "optimizer",
    "penalty",
    "recipe",
    "update",
)
STUDY = """
name = "plugged"
title = "Plug-ins"
question = "Do they train?"
seeds = 1

[base]
steps = 60
batch_size = 64
snapshot_every = 30
log_every = 20

[[variant]]
name = "many"
[variant.set]
"dataset.kind" = "astroid"
"penalty.kind" = "drift"
"g_optimizer.kind" = "sign"
"d_optimizer.kind" = "sign"
"update.kind" = "fakes_first"
"latent.kind" = "signs"

[[variant]]
name = "paired"
[variant.set]
"loss.kind" = "pairing"
"update.kind" = "combined"
"""
BAD = {
    "absent": ("import no_such_library", "No module named 'no_such_library'"),
    "taken": (
        "from gancore.parts import Latent\n\nclass Mine(Latent):\n    kind: 'Literal[\"mine\"]' = 'mine'\n"
        "    def draw(self, *a): ...\n    def carried(self, n): ...\n\n"
        "class Again(Mine):\n    kind: 'Literal[\"normal\"]' = 'normal'\n",
        "the kind 'normal' is taken by gancore.parts.latents",
    ),
    "roleless": (
        "from gancore.parts import Penalty\n\nclass Weak(Penalty):\n    kind: 'Literal[\"weak\"]' = 'weak'\n"
        "    power: float = 1.0\n",
        "power: it must declare one role",
    ),
}


@dataclass(frozen=True)
class Trained:
    """A store with the study's two runs, trained by a real worker."""

    store: Path
    study: Path
    many: str
    paired: str

    def run(self, *arguments: str, folders: tuple[Path, ...] = (EXAMPLES,)):
        return gancore(self.store, *arguments, folders=folders)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Trained:
    folder = tmp_path_factory.mktemp("plugged")
    study, store = folder / "plugged.toml", folder / "store"
    study.write_text(STUDY)
    done = gancore(store, "study", "run", str(study), "--json", "--workers", "1", folders=(EXAMPLES,))
    assert done.returncode == 0, done.stderr
    ids = {}
    for line in done.stdout.splitlines():
        run = json.loads(line)
        assert run["status"] == "finished", run
        ids[run["config"]["loss"]["kind"]] = run["run_id"]
    return Trained(store, study, ids["non_saturating"], ids["pairing"])


@pytest.fixture(scope="module")
def bad(tmp_path_factory) -> Path:
    """A folder with three plug-ins, each wrong in a way of its own."""
    folder = tmp_path_factory.mktemp("bad")
    points = []
    for name, (text, _) in BAD.items():
        (folder / f"bad_{name}.py").write_text(f"from typing import Literal\n{text}\n")
        points.append(f"{name} = bad_{name}")
    info = folder / "bad_plugins-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-plugins\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text("[gancore.plugins]\n" + "\n".join(points) + "\n")
    return folder


def test_every_kind_of_plug_in_is_listed(tmp_path):
    said = gancore(tmp_path / "store", "env", folders=(EXAMPLES,))
    found = gancore(tmp_path / "store", "env", "--json", folders=(EXAMPLES,))
    plugins = json.loads(found.stdout)["plugins"]
    assert tuple(plugin["name"] for plugin in plugins) == KINDS
    assert not any(plugin["problem"] for plugin in plugins), plugins
    for kind in KINDS:
        assert f"plug-in {kind}" in said.stdout
    assert json.loads(gancore(tmp_path / "store", "env", "--json").stdout)["plugins"] == []


@pytest.mark.parametrize(
    "first",
    ["gancore.store", "gancore.metrics", "gancore.report", "gancore.parts", "gancore.diagnosis", "gancore.ui.frame"],
)
def test_plug_ins_load_whatever_is_imported_first(first, tmp_path):
    text = (
        f"import {first}, gancore.report, gancore.metrics; from gancore import plugins; "
        "assert plugins.problems() == [], plugins.problems(); "
        "assert {'mean_radius'} <= set(gancore.metrics.METRICS); assert 'plain' in gancore.report.FORMATS; "
        "assert 'seeds' in gancore.report.FIGURES; from gancore.config import Dataset; "
        "assert 'astroid' in Dataset.registry; from gancore.recipes import recipe; "
        "assert recipe('signs').config.g_optimizer.kind == 'sign'; from gancore.diagnosis import DIAGNOSES, MEASURES; "
        "assert 'one_sided' in DIAGNOSES and 'left' in MEASURES"
    )
    command = [sys.executable, "-c", text]
    done = subprocess.run(command, env=environment(tmp_path, EXAMPLES), capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_what_plug_ins_add_trains_and_shows(trained):
    many = json.loads(trained.run("runs", "show", trained.many, "--json").stdout)
    assert many["versions"]["plug-in gancore-examples"] == "1.0"
    assert many["config"]["dataset"]["kind"] == "astroid"
    assert many["metrics"]["mean_radius"] > 0
    assert many["metrics"]["d_penalty"] > 0
    paired = json.loads(trained.run("runs", "show", trained.paired, "--json").stdout)
    assert "g_loss" in paired["metrics"]
    assert not any("acc" in name for name in paired["metrics"])  # a critic's output is no decision


@pytest.mark.slow
def test_pages_show_what_plug_ins_add(trained):
    config = {"dataset.kind": "astroid", "penalty.kind": "drift", "latent.kind": "signs", "update.kind": "fakes_first"}
    config |= {"g_optimizer.kind": "sign", "d_optimizer.kind": "sign", "batch_size": "64", "steps": "60"}
    config |= {"log_every": "20", "snapshot_every": "30", "seeds": "1"}
    shown = page(trained.store, "pages/training.py", (EXAMPLES,), **config)
    assert shown["exceptions"] == [] and shown["warnings"] == []
    assert any("near the curve" in text for text in shown["words"])
    assert any(row[0] == "Mean radius" for table in shown["tables"] for row in table)
    critic = {"loss.kind": "pairing", "update.kind": "combined"}
    critic |= {key: config[key] for key in ("batch_size", "steps", "log_every", "snapshot_every", "seeds")}
    shown = page(trained.store, "pages/training.py", (EXAMPLES,), **critic)
    assert shown["exceptions"] == [] and shown["warnings"] == []
    assert any("a critic" in text for text in shown["words"])


@pytest.mark.slow
def test_what_plug_ins_add_is_exported(trained, tmp_path):
    study, out = str(trained.study), lambda name: ("--out", str(tmp_path / name))
    reports = [("report", study, *out(f"plugged.{kind}")) for kind in ("txt", "html", "csv")]
    reports += [("report", study, *out(f"{part}.svg"), "--part", part) for part in ("seeds", "grid", "curves")]
    reports += [("report", study, *out("logs"), "--format", "tensorboard")]
    keras = ("runs", "export", trained.many, "--keras", str(tmp_path / "keras"))
    scripts = [("runs", "export", run, "--script", str(tmp_path / "a.py")) for run in (trained.many, trained.paired)]
    *done, many, paired = several(trained.store, [*reports, keras, *scripts], (EXAMPLES,))
    assert len(done) == 8 and all(one.returncode == 0 for one in done), done
    assert (tmp_path / "plugged.txt").read_text().splitlines()[0] == "Plug-ins"
    assert all((tmp_path / f"plugged.{kind}").stat().st_size for kind in ("html", "csv"))
    assert all("<svg" in (tmp_path / f"{part}.svg").read_text() for part in ("seeds", "grid", "curves"))
    assert any((tmp_path / "logs").rglob("*tfevents*"))
    assert (tmp_path / "keras" / "generator.keras").exists()
    for one, kind in ((many, "astroid"), (paired, "pairing")):
        assert one.returncode == 2 and f"{kind!r} has no script" in one.stderr, one


@pytest.mark.slow
def test_without_the_plug_in_its_runs_are_kept_and_name_it(trained):
    before = {path: path.read_bytes() for path in (trained.store / "runs").rglob("*") if path.is_file()}
    named = "it was made with the plug-in gancore-examples 1.0, which this installation lacks"
    for arguments in (("list",), ("list", "--json"), ("show", trained.many), ("verify",)):
        done = trained.run("runs", *arguments, folders=())
        assert named in done.stderr, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
        assert [json.loads(line) for line in done.stdout.splitlines()] if "--json" in arguments else True
    done = trained.run("train", "--set", "dataset.kind=astroid", folders=())
    assert done.returncode == 2 and "'astroid' is unknown" in done.stderr
    assert {path: path.read_bytes() for path in before} == before
    back = trained.run("study", "run", str(trained.study), "--json")
    assert {path: path.read_bytes() for path in before} == before, back.stderr  # found again, not trained again
    assert back.returncode == 0


def test_a_bad_plug_in_is_named_on_the_command_line_and_the_rest_works(bad, tmp_path):
    store = tmp_path / "store"
    done = gancore(store, "study", "list", folders=(bad, EXAMPLES))
    lines = [line for line in done.stderr.splitlines() if "left out" in line]
    assert done.returncode == 0 and len(lines) == len(BAD), done.stderr
    for name, (_, reason) in BAD.items():
        mine = [line for line in lines if f"the plug-in {name} of bad-plugins 2.0" in line]
        assert len(mine) == 1 and reason in mine[0], lines
    facts = json.loads(gancore(store, "env", "--json", folders=(bad, EXAMPLES)).stdout)
    problems = {plugin["name"]: plugin["problem"] for plugin in facts["plugins"]}
    assert {name for name, problem in problems.items() if problem} == set(BAD)
    assert set(KINDS) <= set(problems)
    # What a module registered before it failed goes with it.
    done = gancore(store, "train", "--set", "latent.kind=mine", folders=(bad,))
    assert done.returncode == 2 and "'mine' is unknown" in done.stderr, done.stderr


def test_a_bad_plug_in_is_named_on_the_page_and_the_page_works(bad, tmp_path):
    shown = page(tmp_path / "store", "pages/data.py", (bad,), **{"dataset.kind": "ring"})
    assert shown["exceptions"] == []
    for name, (_, reason) in BAD.items():
        assert any(
            f"plug-in {name} of" in text and reason in text
            for text in (warning.replace("\\", "") for warning in shown["warnings"])
        ), shown["warnings"]
    assert any("points" in text for text in shown["words"])


def test_a_figure_that_fails_is_named_in_one_sentence(tmp_path):
    (tmp_path / "failing.py").write_text(
        "from gancore.report.base import add_figure\n\n"
        "@add_figure('failing', 'Failing', 'Nothing.')\ndef failing(report):\n    return report.no_such_thing\n"
    )
    info = tmp_path / "failing-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: failing\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[gancore.plugins]\nfailing = failing\n")
    out = tmp_path / "x.png"
    done = gancore(
        tmp_path / "store", "report", "first-fixes", "--out", str(out), "--part", "failing", folders=(tmp_path,)
    )
    assert done.returncode == 2 and not out.exists()
    last = done.stderr.splitlines()[-1]
    assert "the figure 'failing' of failing failed (AttributeError" in last and "Traceback" not in done.stderr
