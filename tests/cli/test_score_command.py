"""gancore score: a table, JSON and CSV; samples and real points from files; bad input in one line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from support.command_line import call, wrong

from gancore.datasets import Ring
from gancore.metrics import METRICS


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixty samples of a ring, alone and among other columns, and real points."""
    monkeypatch.chdir(tmp_path)
    samples = Ring().sample(np.random.default_rng(0), 60)
    np.save("samples.npy", samples)
    rows = [f"{i},{x},{y},{'a' if i < 30 else 'b'}" for i, (x, y) in enumerate(samples)]
    Path("samples.csv").write_text("\n".join(["n,left,up,part", *rows]))
    np.savetxt("real.csv", Ring().sample(np.random.default_rng(1), 100), delimiter=",")
    Path("collapsed.csv").write_text("1,0\n" * 25)
    return tmp_path


def test_the_table_has_every_metric_beside_its_references(files: Path, capsys) -> None:
    code, out, err = call(capsys, "score", "samples.npy", "--dataset", "ring")
    assert code == 0 and "60 points" in err
    head, *rows = out.splitlines()
    assert head.split("  ")[0] == "metric" and "real data would score" in head and "collapsed" in head
    known = {row.split()[0]: row for row in rows if row}
    assert {"w1", "modes", "hq", "learned"} <= set(known) and "Modes reached" in known["modes"]
    assert "learned: yes (60 samples scored)" in out
    assert "No value here: Mean distance, 95% distance, Largest gap (each needs a curve)." in out


def test_json_and_csv_have_the_same_numbers(files: Path, capsys) -> None:
    _, out, _ = call(capsys, "score", "samples.npy", "--dataset", "ring", "--set", "dataset.count=4", "--json")
    found = json.loads(out)
    assert found["dataset"]["count"] == 4 and found["scored"] == 60 and found["lacking"]["max_gap"] == "needs a curve"
    assert set(found["scores"]) | set(found["lacking"]) == set(METRICS)
    _, out, _ = call(capsys, "score", "samples.npy", "--dataset", "ring", "--set", "dataset.count=4", "--csv")
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(out))}
    assert (
        set(rows) == set(METRICS) and rows["max_gap"]["value"] == "" and rows["max_gap"]["lacking"] == "needs a curve"
    )
    for key, score in found["scores"].items():
        assert float(rows[key]["value"]) == score["value"] and float(rows[key]["real"]) == score["real"]["mean"]


def test_columns_and_rows_of_both_files(files: Path, capsys) -> None:
    options = ["--sample-columns", "left,up", "--sample-where", "part=a"]
    _, out, _ = call(capsys, "score", "samples.csv", *options, "--points", "real.csv", "--columns", "1,2", "--json")
    found = json.loads(out)
    assert found["scored"] == 30 and found["dataset"]["kind"] == "points" and found["learned"] is True
    assert any("the Wasserstein distance alone decides what counts as learned" in note for note in found["notes"])
    assert not (files / "store" / "points").exists(), "points that samples are compared with are not kept"


def test_kept_points_are_found_by_their_name(files: Path, capsys) -> None:
    call(capsys, "points", "add", "real.csv", "--name", "mine")
    _, out, _ = call(capsys, "score", "samples.npy", "--points", "mine", "--set", "dataset.scale=2", "--json")
    assert json.loads(out)["dataset"]["scale"] == 2 and json.loads(out)["learned"] is True


def test_kept_points_mean_the_same_as_where_they_are_trained_on(files: Path, capsys) -> None:
    assert call(capsys, "points", "add", "real.csv")[0] == 0  # its name ends as a file's does
    Path("real.csv").unlink()
    code, out, _ = call(capsys, "score", "samples.npy", "--points", "real.csv")
    assert code == 0 and "60 samples scored" in out
    for command in (["score", "samples.npy"], ["train"]):
        said = wrong(capsys, *command, "--points", "real.csv", "--columns", "x,y")
        assert "--columns: kept points have no columns" in said


def test_a_collapsed_generators_samples_are_scored_too(files: Path, capsys) -> None:
    _, out, _ = call(capsys, "score", "collapsed.csv", "--dataset", "circle", "--json")
    found = json.loads(out)
    assert (
        found["learned"] is False
        and found["scores"]["near"]["value"] == 1
        and found["scores"]["coverage"]["value"] < 0.1
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["samples.npy"], "--dataset, --points: give one of them"),
        (["samples.npy", "--dataset", "rings"], "'rings' is unknown; use one of"),
        (["samples.npy", "--dataset", "real.csv"], "give a file of points as --points FILE"),
        (["samples.npy", "--dataset", "ring", "--points", "real.csv"], "--dataset: 'ring' cannot go with --points"),
        (["samples.npy", "--dataset", "ring", "--set", "batch_size=3"], "'batch_size' is no setting of a distribution"),
        (["samples.npy", "--dataset", "ring", "--set", "dataset.count=900"], "dataset.count: '900' is not allowed"),
        (["samples.npy", "--dataset", "ring", "--columns", "a,b"], "--columns: it needs --points FILE; of SAMPLES use"),
        (["samples.npy", "--dataset", "ring", "--json", "--csv"], "--json and --csv: give one of them"),
        (
            ["samples.csv", "--dataset", "ring", "--sample-columns", "left,down"],
            "--sample-columns: 'down' is not a column",
        ),
        (["samples.csv", "--dataset", "ring", "--sample-columns", "left"], "--sample-columns: 'left' is not allowed"),
        (["samples.csv", "--dataset", "ring", "--sample-where", "part=c"], "--sample-where: 'part=c' takes no row"),
        (["nothing.csv", "--dataset", "ring"], "SAMPLES: 'nothing.csv' cannot be read"),
        (["samples.npy", "--points", "nothing.csv"], "points: 'nothing.csv' cannot be read"),
        (["samples.npy", "--points", "collapsed.csv"], "in every row of column 1"),
        (["samples.npy", "--points", "nobody"], "nobody"),
    ],
)
def test_bad_input_gets_one_line(files: Path, capsys, arguments: list[str], said: str) -> None:
    assert said in wrong(capsys, "score", *arguments)
