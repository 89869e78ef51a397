"""A bundle from a stranger is refused or read in little memory, and nothing of one that is refused stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.hostile_bundles import bundle_of, hostile_bundles, members_of, parquet, small_bundle, snapshots, with_runs
from support.paths import ROOT

from gancore.store import Bundle, BundleError, import_bundle

MOST = 300
"""Megabytes above those of a process that has read a sound bundle."""
MEASURED = """
import json, sys
from pathlib import Path
from support.peak import peak_megabytes
from gancore.store import BundleError, import_bundle

root, sound, *others = map(Path, sys.argv[1:])
import_bundle(root, sound)
found = {}
for path in others:
    before = peak_megabytes()
    try:
        import_bundle(root, path)
        said = ""
    except BundleError as error:
        said = str(error)
    found[str(path)] = [peak_megabytes() - before, said]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bundle(tmp_path_factory.mktemp("sound") / "small.gancore")


def imported(sound: Path, root: Path, *paths: Path) -> dict[str, list]:
    """File → megabytes by which importing it has raised the peak of a process, and what was said of it."""
    command = [sys.executable, "-c", MEASURED, *map(str, (root, sound, *paths))]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_hostile_bundles_are_refused_in_little_memory(sound: Path, tmp_path: Path) -> None:
    paths = []
    for number, make in enumerate(hostile_bundles(sound).values()):
        paths.append(tmp_path / f"{number}.gancore")
        paths[-1].write_bytes(make())
    found = imported(sound, tmp_path / "store", *paths)
    said = dict(zip(hostile_bundles(sound), found.values(), strict=True))
    accepted = [name for name, (_, reason) in said.items() if not reason]
    assert not accepted
    assert sum(taken for taken, _ in said.values()) <= MOST, said
    assert [name for name, (_, reason) in said.items() if len(reason) > 400 or "\n" in reason] == []
    assert [path.name for path in (tmp_path / "store" / "bundles").iterdir()] == ["small.gancore"]


@pytest.mark.slow
def test_the_largest_bundle_that_is_allowed_is_read_in_little_memory(sound: Path, tmp_path: Path) -> None:
    import numpy as np
    import pyarrow as pa

    members = with_runs(members_of(sound), 4096, snapshots(2, 300))
    ids = [run["run_id"] for run in json.loads(members["runs.json"])]
    rows = 4096 * 100
    columns = {f"a{number}": pa.array(np.random.default_rng(number).random(rows)) for number in range(8)}
    table = pa.table({"step": pa.array(np.zeros(rows, np.int64)), "run_id": pa.array(np.repeat(ids, 100))} | columns)
    members["checkpoints.parquet"] = parquet(table, use_dictionary=["run_id"])
    few = pa.table({f"a{number}": pa.array(np.zeros(rows)) for number in range(18)})
    members["history.parquet"] = parquet(
        few.append_column("step", table["step"]).append_column("run_id", table["run_id"]), use_dictionary=["run_id"]
    )
    path = tmp_path / "large.gancore"
    path.write_bytes(bundle_of(members))
    ((taken, reason),) = imported(sound, tmp_path / "store", path).values()
    assert reason == ""
    assert taken <= MOST


def test_each_hostile_bundle_says_what_is_wrong(sound: Path, tmp_path: Path) -> None:
    path, attacks = tmp_path / "odd.gancore", hostile_bundles(sound)
    for name, reason in (
        ("lists for run ids", "it has an unexpected column 'run_id' of type list"),
        ("a page larger than its rows", "a page is larger, or of another kind, than the column's rows need"),
        ("numbers through a dictionary", "a column of numbers has a dictionary"),
        ("long run ids", "a run_id is not 64 hexadecimal digits"),
        ("run ids that share a start", "one of run ids has none"),
        ("columns of many runs", "at most 8,388,608 values are allowed"),
    ):
        path.write_bytes(attacks[name]())
        with pytest.raises(BundleError, match=rf"^odd\.gancore: history\.parquet: .*{reason}"):
            import_bundle(tmp_path / "store", path)


def test_what_is_wrong_is_said_in_few_words(sound: Path) -> None:
    good = members_of(sound)
    (run,) = json.loads(good["runs.json"])
    long = "a" * 10_000
    for odd in (run | {"metrics": {long: 1}}, run | {long: 1}, run | {"device": [long] * 50}, {long: long}, [long]):
        with pytest.raises(BundleError) as error:
            Bundle(bundle_of(good | {"runs.json": json.dumps([odd]).encode()}))
        assert len(str(error.value)) <= 400
    with pytest.raises(BundleError) as error:
        Bundle(bundle_of(good | {long: b""}))
    assert len(str(error.value)) <= 400
