"""A store between processes: the same run put and removed at once, ids and references that all agree on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support import stored
from support.results import make_result

from gancore.config import parse_config
from gancore.store import Store, codec, record, references_key

store = stored.store


ROOT = Path(__file__).parents[2]


def run_python(code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])} | environment
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=env, text=True, stdout=subprocess.PIPE)


def test_a_bundles_collapsed_values_need_no_computing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gancore.metrics

    monkeypatch.setattr(gancore.metrics, "collapsed", lambda *_: pytest.fail("computed"))
    monkeypatch.setattr(gancore.metrics, "references", lambda *_: pytest.fail("computed"))
    opened = Store.open(tmp_path / "empty")
    for kind in ("circle", "parabola", "swiss_roll", "moons"):
        dataset = parse_config({"dataset": {"kind": kind}}).dataset
        reference, collapsed = opened.references(dataset), opened.collapsed(dataset)
        assert reference["w1"]["mean"] < collapsed["one_point"]["w1"]
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize("remove", [False, True])
def test_processes_may_put_and_remove_the_same_run_at_once(store: Store, tmp_path: Path, remove: bool) -> None:
    code = """
import os, sys
from pathlib import Path
import pandas, pyarrow.parquet
from support.results import make_result
from gancore.store import RunMissing, Store
result, store = make_result(), Store(sys.argv[1])
gate = Path(sys.argv[2])
(gate / str(os.getpid())).touch()
while len(list(gate.iterdir())) < 2: pass
for _ in range(20):
    run = store.put(result)
    try:
        assert len(run.history) == 5
        assert run.final.shape == (2000, 2)
    except RunMissing:
        assert sys.argv[3] == "True"
    if sys.argv[3] == "True":
        store.remove(run.run_id)
"""
    gate = tmp_path / "gate"
    gate.mkdir()
    processes = [run_python(code, str(store.root), str(gate), str(remove)) for _ in range(2)]
    assert [process.communicate(timeout=60) and process.returncode for process in processes] == [0, 0]
    assert [run.run_id for run in store.runs()] == ([] if remove else [make_result().config.run_id])
    assert store.verify() == []
    quarantine, incoming = store.root / "quarantine", store.root / "incoming"
    assert not quarantine.exists() or list(quarantine.iterdir()) == []
    assert list(incoming.iterdir()) == []


def test_a_writer_that_comes_second_keeps_the_first_run(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.put(make_result())
    real, looks = store._folders.get, []

    def blind_once(run_id: str, full: bool = False):
        looks.append(run_id)
        return None if len(looks) == 1 else real(run_id, full)

    monkeypatch.setattr(store._folders, "get", blind_once)
    again = store.put(make_result(seconds=99.0))
    assert (again.seconds, again.created) == (first.seconds, first.created)
    assert len(looks) == 2
    assert list((store.root / "incoming").iterdir()) == []


def test_run_id_does_not_depend_on_the_process() -> None:
    code = "from gancore.config import parse_config; import gancore; print(parse_config({'seed': 3}).run_id)"
    processes = [run_python(code, PYTHONHASHSEED=seed) for seed in ("1", "2")]
    printed = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert printed == [parse_config({"seed": 3}).run_id] * 2


def test_the_stores_hash_is_the_configs() -> None:
    from gancore.parts import identity

    config = parse_config({"seed": 7, "g_optimizer": {"learning_rate": 3e-7}})
    resolved = {"config": identity(config), "results_version": record.RESULTS_VERSION}
    assert codec.checksum(codec.canonical(resolved)) == config.run_id


def test_references_are_computed_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import gancore.metrics

    calls: list[str] = []

    def compute(dataset: object) -> dict[str, dict[str, float]]:
        calls.append(dataset.kind)  # type: ignore[attr-defined]
        return {"w1": {"mean": 0.1, "low": 0.05, "high": float("nan")}}

    monkeypatch.setattr(gancore.metrics, "references", compute)
    circle, parabola = (parse_config({"dataset": {"kind": kind}}).dataset for kind in ("circle", "parabola"))
    assert store.references(circle)["w1"]["mean"] == 0.1
    again = Store(store.root).references(circle)
    assert again["w1"]["low"] == 0.05
    assert np.isnan(again["w1"]["high"])
    store.references(parabola)
    assert calls == ["circle", "parabola"]
    path = store.root / "floors" / f"{references_key(circle)}.json"
    path.write_text(path.read_text().replace("0.05", "0.07"))
    assert Store(store.root).references(circle)["w1"]["low"] == 0.05
    assert calls == ["circle", "parabola", "circle"]


def test_references_work_without_a_writable_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gancore.metrics

    monkeypatch.setattr(gancore.metrics, "references", lambda dataset: {"w1": {"mean": 0.1}})
    (tmp_path / "file").write_text("")
    assert Store(tmp_path / "file" / "store").references(parse_config({}).dataset) == {"w1": {"mean": 0.1}}
