"""Bundles moved between machines: checked whole, kept as a layer below the user's own runs, and thinned when large."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.bundled import CONFIGS, REFERENCES, STUDY, rewritten
from support.command_line import call
from support.results import make_result

from gancore.config import parse_config
from gancore.store import Bundle, BundleError, Store, bundles, import_bundle, write_bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    store = Store(tmp_path / "there")
    for config in CONFIGS:
        store.put(make_result(config))
    write_bundle(tmp_path / "any name.gancore", STUDY, "tiny", store.runs(), REFERENCES, {"claims": [{"text": "<b>"}]})
    return tmp_path / "any name.gancore"


def test_an_imported_bundle_is_a_layer_of_the_store_and_own_runs_come_first(bundle: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    imported = import_bundle(here, bundle)
    assert imported.analysis == {"claims": [{"text": "<b>"}]}
    opened = Store.open(here)
    for config in CONFIGS:
        run = opened.get(config.run_id)
        assert run is not None
        assert run.source == "tiny"
    opened.put(make_result(CONFIGS[0]))
    own = Store.open(here).get(CONFIGS[0].run_id)
    assert own is not None
    assert own.source == "store"
    import_bundle(here, bundle)  # again: replaced, not doubled
    assert [path.name for path in (here / "bundles").iterdir()] == ["tiny.gancore"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda members: members.update({"history.parquet": members["history.parquet"][:-20]}), "history.parquet"),
        (lambda members: members.update({"../../escape.npz": b"x"}), "unexpected member"),
        (lambda members: members.update({"analysis.json": b"[1]"}), "analysis.json is not a JSON object"),
        (lambda members: members.pop("runs.json"), "has no runs.json"),
    ],
)
def test_what_is_not_as_it_was_written_is_refused_and_nothing_of_it_is_kept(
    bundle: Path, tmp_path: Path, change, reason: str
) -> None:
    bad = tmp_path / "bad.gancore"
    bad.write_bytes(rewritten(bundle, change))
    with pytest.raises(BundleError, match=reason):
        import_bundle(tmp_path / "here", bad)
    assert not (tmp_path / "here").exists()


def test_a_broken_imported_file_leaves_the_store_working(bundle: Path, tmp_path: Path, caplog) -> None:
    import_bundle(tmp_path / "here", bundle)
    (tmp_path / "here" / "bundles" / "half.gancore").write_bytes(bundle.read_bytes()[:500])
    opened = Store.open(tmp_path / "here")
    assert CONFIGS[0].run_id in opened
    assert "half.gancore" in caplog.text


def test_many_runs_keep_fewer_snapshots_and_points_but_the_first_and_the_whole_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "there")
    config = parse_config({"steps": 1000, "snapshot_every": 50})
    full = store.put(make_result(config))
    monkeypatch.setattr(bundles, "POINTS", 6 * bundles.FEWEST)
    write_bundle(tmp_path / "tiny.gancore", STUDY, "tiny", [full], {})
    thinned = Bundle(tmp_path / "tiny.gancore").get(full.run_id)
    assert thinned is not None
    assert len(thinned.snapshot_steps) == 6
    assert thinned.snapshot_steps[0] == full.snapshot_steps[0]
    assert thinned.snapshot_steps[-1] == full.snapshot_steps[-1]
    assert set(thinned.snapshot_steps) <= set(full.snapshot_steps)
    assert thinned.snapshots.shape[1] == bundles.FEWEST
    np.testing.assert_allclose(thinned.final, full.final, atol=1e-3)
    at = full.snapshot_steps.index(thinned.snapshot_steps[2])
    np.testing.assert_allclose(thinned.snapshots[2], full.snapshots[at, : bundles.FEWEST], atol=1e-3)


def test_the_commands_move_a_study_to_another_store(capsys, tmp_path: Path) -> None:
    out, here = tmp_path / "moved.gancore", tmp_path / "here"
    code, said, _ = call(capsys, "runs", "export", "--study", "first-fixes", "--out", str(out))
    assert (code, "20 runs" in said) == (0, True)
    code, said, _ = call(capsys, "runs", "import", str(out), "--store", str(here), "--json")
    found = json.loads(said)
    assert (code, found["study"], found["runs"]) == (0, "first-fixes", 20)
    code, said, _ = call(capsys, "study", "analyze", "first-fixes", "--store", str(here), "--json")
    assert json.loads(said)["failures"] == []
    assert Bundle(out).analysis["study"] == "first-fixes"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["export"], "ID: give a run's id"),
        (["export", "--study", "first-fixes"], "--out: with --study it must name a .gancore file"),
        (["export", "--study", "first-fixes", "--out", "x.zip"], "--out: 'x.zip' is not allowed"),
        (["export", "--study", "nothing", "--out", "x.gancore"], "study: 'nothing' is not a study; use one of"),
        (["export", "0123abcd", "--study", "first-fixes", "--out", "x.gancore"], "--study: it cannot go with"),
        (["export", "0123abcd", "--out", "x.gancore"], "--out: it goes with --study"),
        (["export", "--study", "UNFINISHED", "--out", "x.gancore"], "12 of the 12 runs of rates are not trained"),
        (["import", "nowhere.gancore"], "nowhere.gancore: cannot be read"),
        (["import", "README.md"], "README.md: is not a gancore bundle"),
    ],
)
def test_wrong_input_is_a_sentence_and_writes_nothing(capsys, tmp_path, monkeypatch, arguments, reason) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("# not a bundle")
    study = '[factors.rate]\npath = "d_optimizer.learning_rate"\nlevels = [1e-3, 2e-3, 3e-3]\n'
    (tmp_path / "rates.toml").write_text(f'name = "rates"\ntitle = "T"\nquestion = "Q?"\nseeds = 4\n{study}')
    given = [str(tmp_path / "rates.toml") if word == "UNFINISHED" else word for word in arguments]
    code, _, err = call(capsys, "runs", *given)
    assert code in (1, 2)
    assert reason in err
    assert "Traceback" not in err
    assert {path.name for path in tmp_path.iterdir()} <= {"README.md", "rates.toml", "store"}
