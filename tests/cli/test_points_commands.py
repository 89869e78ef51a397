"""gancore points, and --points of other commands: own points by file, name or hash."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.command_line import call, wrong
from support.pages import made_up
from support.tables_of_points import POINTS, csv, saurus

from gancore.config import parse_config
from gancore.datasets.points import digest
from gancore.store import Store

SHA256 = digest(POINTS)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "saurus.tsv"
    path.write_bytes(csv(saurus(), sep="\t"))
    return str(path)


@pytest.fixture
def trained(own_store: Path, file: str, capsys) -> Store:
    """A store with a run on the points of the file."""
    call(capsys, "points", "add", file, "--where", "dataset=dino")
    store = Store(own_store)
    store.put(made_up(parse_config({"dataset": {"kind": "points", "sha256": SHA256}, "steps": 800})))
    return store


class TestPoints:
    def test_a_file_is_added_and_its_points_are_listed_and_shown(self, capsys, file: str) -> None:
        code, out, err = call(capsys, "points", "add", file, "--where", "dataset=dino")
        assert (code, out) == (0, f"{SHA256[:12]}  saurus.tsv  60 points\n")
        assert "60 points from x and y where dataset=dino (tabs between columns, with a header)" in err
        code, out, _ = call(capsys, "points", "list", "--json")
        assert json.loads(out) | {"created": ""} == {
            "sha256": SHA256, "rows": 60, "bytes": 1088, "name": "saurus.tsv", "columns": ["x", "y"],
            "where": "dataset=dino", "left_out": 0, "duplicates": 0, "created": "", "runs": 0,
        }  # fmt: skip
        assert SHA256[:12] in call(capsys, "points", "list")[1]
        code, out, _ = call(capsys, "points", "show", SHA256[:6])
        assert code == 0 and "30 points to train on, 30 held out for scores" in out
        assert "no stored run was trained on them" in out
        assert f"+{'-' * 60}+" in out, "a picture of them"

    def test_a_list_of_none_says_how_to_add_some(self, capsys) -> None:
        assert call(capsys, "points", "list")[1] == "no points are kept; keep some with: gancore points add FILE\n"

    def test_what_runs_use_is_removed_only_if_that_is_confirmed(self, capsys, trained: Store, file: str) -> None:
        (run,) = trained.runs()
        sentence = wrong(capsys, "points", "remove", "saurus.tsv")
        assert f"is in use: 1 run was trained on them ({run.run_id[:12]}); add --yes" in sentence
        assert trained.points.get(SHA256) is not None
        assert f"1 run was trained on them ({run.run_id[:12]})" in call(capsys, "points", "show", "saurus.tsv")[1]
        code, out, _ = call(capsys, "points", "remove", "saurus.tsv", "--yes")
        assert code == 0 and "adding the same file again brings them back" in out
        assert trained.points.get(SHA256) is None and trained.get(run.run_id) is not None
        call(capsys, "points", "add", file, "--where", "dataset=dino")
        assert trained.points.get(SHA256) is not None

    def test_what_is_wrong_is_one_sentence(self, capsys, file: str, tmp_path: Path) -> None:
        assert "where: 'dataset=din' takes no row (did you mean dino?)" in wrong(
            capsys, "points", "add", file, "--where", "dataset=din"
        )
        assert "--columns: 'x' is not allowed; name two" in wrong(capsys, "points", "add", file, "--columns", "x")
        assert "cannot be read (No such file" in wrong(capsys, "points", "add", str(tmp_path / "gone.csv"))
        assert "cannot be read (Is a directory)" in wrong(capsys, "points", "add", str(tmp_path))
        assert "'gone' is not kept in this store" in wrong(capsys, "points", "remove", "gone")
        assert not (tmp_path / "store").exists()


class TestTrain:
    """What is stored already is not trained, so that no worker starts."""

    def test_a_file_stands_for_its_points(self, capsys, trained: Store, file: str) -> None:
        code, out, _ = call(
            capsys, "train", "--points", file, "--columns", "x,y", "--where", "dataset=dino", "--steps", "800", "--json"
        )
        found = json.loads(out)
        assert code == 0 and found["status"] == "cached" and found["config"]["dataset"]["sha256"] == SHA256

    @pytest.mark.parametrize("name", ["saurus.tsv", SHA256[:8], SHA256])
    def test_kept_points_are_named(self, capsys, trained: Store, name: str, monkeypatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path / "..")
        code, out, _ = call(capsys, "train", "--points", name, "--steps", "800", "--json")
        assert (code, json.loads(out)["status"]) == (0, "cached")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (
                ["--dataset", "points.csv"],
                "--dataset: 'points.csv' is a file and no kind of distribution; give a file of",
            ),
            (["--dataset", "circle", "--points", "a.csv"], "--dataset: 'circle' cannot go with --points; give one"),
            (["--columns", "x,y"], "--columns: it needs --points FILE"),
            (["--where", "a=b"], "--where: it needs --points FILE"),
            (["--points", "abcd", "--where", "a=b"], "--where: kept points have no columns; give it with a file"),
            (
                ["--set", "dataset.kind=points", "--set", f"dataset.sha256={'0' * 64}"],
                "names points that are not in this",
            ),
        ],
    )
    def test_what_does_not_go_together_is_said(self, capsys, arguments: list[str], said: str) -> None:
        code, _, err = call(capsys, "train", *arguments)
        assert code == 2 and said in err


class TestStudies:
    TEXT = 'name = "own"\ntitle = "Own"\nquestion = "Which?"\nseeds = 1\n[base]\nsteps = 800\n'

    def test_a_study_file_names_a_file_beside_it(self, capsys, trained: Store, file: str) -> None:
        path = Path(file).with_name("own.toml")
        path.write_text(f'{self.TEXT}[base.dataset]\nfile = "saurus.tsv"\nwhere = "dataset=dino"\n')
        code, out, err = call(capsys, "study", "run", str(path), "--json")
        assert code == 0, err
        assert json.loads(out)["status"] == "cached"
        assert "1/1" in call(capsys, "study", "show", str(path))[1]

    def test_points_stand_for_the_base_of_a_study(self, capsys, trained: Store, file: str) -> None:
        path = Path(file).with_name("circle.toml")
        path.write_text(self.TEXT)
        code, out, err = call(capsys, "study", "run", str(path), "--points", file, "--where", "dataset=dino", "--json")
        assert code == 0 and json.loads(out)["status"] == "cached", err

    @pytest.mark.parametrize(
        ("dataset", "said"),
        [
            ('file = "gone.csv"', "base.dataset: points: 'gone.csv' cannot be read"),
            ("file = 3", 'base.dataset.file: 3 is not allowed; it must be the name of a file, such as "points.csv"'),
            ('file = "saurus.tsv"\ncolumns = ["x", 3]', "base.dataset.columns: ['x', 3] is not allowed; name two"),
            ('file = "saurus.tsv"\nwhere = "dataset=x"', "base.dataset: where: 'dataset=x' takes no row"),
        ],
    )
    def test_what_is_wrong_with_it_is_one_sentence(self, capsys, file: str, dataset: str, said: str) -> None:
        path = Path(file).with_name("own.toml")
        path.write_text(f"{self.TEXT}[base.dataset]\n{dataset}\n")
        assert said in wrong(capsys, "study", "show", str(path))


class TestBundles:
    @pytest.fixture
    def study(self, trained: Store, file: str) -> Path:
        path = Path(file).with_name("own.toml")
        path.write_text(f'{TestStudies.TEXT}[base.dataset]\nkind = "points"\nsha256 = "{SHA256}"\n')
        return path

    @pytest.mark.parametrize("with_points", [False, True])
    def test_points_are_a_part_of_it_only_if_the_person_says_so(
        self, capsys, study: Path, tmp_path: Path, with_points: bool, monkeypatch
    ) -> None:
        values = {"mean": 0.1, "low": 0.1, "high": 0.1}
        monkeypatch.setattr("gancore.metrics.references", lambda dataset, **_: {"w1": values, "w1_excess": values})
        monkeypatch.setattr(
            "gancore.metrics.collapsed", lambda dataset, references: {"one_point": {"w1": 1.0}, "mean": {"w1": 1.0}}
        )
        out = tmp_path / "own.gancore"
        option = ["--with-points"] if with_points else []
        code, said, err = call(capsys, "runs", "export", "--study", str(study), "--out", str(out), *option)
        assert code == 0, err
        assert (f"with the points {SHA256[:12]}" in said) is with_points
        elsewhere = tmp_path / "elsewhere"
        assert call(capsys, "runs", "import", str(out), "--store", str(elsewhere))[0] == 0
        (bundle,) = Store.open(elsewhere, "imported").layers
        assert bundle.point_hashes == ([SHA256] if with_points else [])
        points = bundle.points(SHA256)
        assert (points is not None and digest(points) == SHA256) is with_points

    def test_a_script_reads_them_from_a_file_that_is_written_if_the_person_says_so(
        self, capsys, trained: Store, tmp_path: Path
    ) -> None:
        (run,) = trained.runs()
        name, script = f"points-{SHA256[:12]}.npy", str(tmp_path / "out" / "run.py")
        code, out, err = call(capsys, "runs", "export", run.run_id, "--script", script)
        assert code == 0 and out.splitlines() == [script] and f"{name} beside it; --with-points writes" in err
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["run.py"]
        code, out, err = call(capsys, "runs", "export", run.run_id, "--script", script, "--with-points")
        assert code == 0 and out.splitlines() == [script, str(tmp_path / "out" / name)] and not err
        assert digest(np.load(tmp_path / "out" / name)) == SHA256

    def test_it_goes_with_a_study_or_a_script(self, capsys) -> None:
        assert "--with-points: it goes with --study NAME" in wrong(capsys, "runs", "export", "abcd", "--with-points")
