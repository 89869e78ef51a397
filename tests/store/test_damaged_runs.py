"""What is broken in a store reads as missing, is kept aside, and can be trained again."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from support import stored
from support.results import make_result
from support.stored import folder_of, rewrite_info

from gancore.config import parse_config
from gancore.store import RunMissing, Store, codec

store = stored.store


FILES = ["checkpoints.parquet", "history.parquet", "snapshots.npz", "weights.npz"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_a_broken_file_puts_the_run_in_quarantine(
    store: Store, name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = store.put(make_result()).run_id
    path = folder_of(store, run_id) / name
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.unlink()
    with caplog.at_level(logging.WARNING):
        assert store.get(run_id) is None
    assert len(caplog.messages) == 1
    assert run_id[:12] in caplog.text
    assert name in caplog.text
    assert "will be trained again" in caplog.text
    assert not folder_of(store, run_id).exists()
    (kept,) = (store.root / "quarantine").iterdir()
    assert name in (kept / "reason.txt").read_text()
    assert store.put(make_result()).metrics  # It can be trained and stored again.
    assert run_id in store


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_noticed_when_the_file_is_read(store: Store, name: str) -> None:
    run = store.put(make_result())
    path = folder_of(store, run.run_id) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    attribute = "scores" if name.startswith("checkpoints") else name.partition(".")[0]
    with pytest.raises(RunMissing, match=rf"{run.run_id[:12]}.*{name}.*changed.*trained again"):
        getattr(run, attribute)
    assert run.run_id not in store


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"format": NaN}', b"\xff\xfe"])
def test_a_broken_run_json_is_missing(store: Store, damage: bytes) -> None:
    run_id = store.put(make_result()).run_id
    (folder_of(store, run_id) / "run.json").write_bytes(damage)
    assert store.get(run_id) is None
    assert "run.json" in next((store.root / "quarantine").glob("*/reason.txt")).read_text()


def test_a_number_edited_in_run_json_is_noticed(store: Store) -> None:
    run_id = store.put(make_result()).run_id
    path = folder_of(store, run_id) / "run.json"
    text = path.read_text()
    assert '"seconds":12.5' in text
    path.write_text(text.replace('"seconds":12.5', '"seconds":99.5'))
    assert store.get(run_id) is None


def test_a_run_in_another_runs_folder_is_refused(store: Store) -> None:
    run_id = store.put(make_result()).run_id
    other = parse_config({"seed": 5}).run_id
    shutil.copytree(folder_of(store, run_id), folder_of(store, other))
    assert store.get(other) is None
    assert store.get(run_id) is not None


def test_a_config_that_does_not_hash_to_its_id_is_refused(store: Store) -> None:
    run_id = store.put(make_result()).run_id
    rewrite_info(store, run_id, config=parse_config({"seed": 1}).model_dump(mode="json"))
    (problem,) = store.verify()
    assert "hash of its config" in problem.reason


@pytest.mark.parametrize("misses", [1, 2])
def test_a_sound_run_is_never_quarantined(store: Store, misses: int, monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.put(make_result())
    real, looks = store._folders._check, []

    def fooled(folder: Path, run_id: str, full: bool) -> object:
        looks.append(folder)
        if len(looks) <= misses:  # As if it had been stored, or replaced, between two reads.
            raise codec.Damaged("run.json is missing")
        return real(folder, run_id, full)

    monkeypatch.setattr(store._folders, "_check", fooled)
    found = store.get(run.run_id)
    assert (found is not None) == (misses == 1)  # One miss must not make anybody train it again.
    assert store.get(run.run_id) is not None
    assert list((store.root / "quarantine").glob("*")) == []


def test_a_file_replaced_by_a_sound_rerun_is_not_damage(store: Store) -> None:
    old = store.put(make_result())
    assert store.remove(old.run_id)
    again = make_result()
    again.history["g_loss"] = again.history["g_loss"] + 1
    store.put(again)
    np.testing.assert_array_equal(old.history["g_loss"].to_numpy(), again.history["g_loss"])
    assert old.run_id in store


def test_npz_headers_cannot_claim_memory_or_pickles(tmp_path: Path) -> None:
    import io
    import zipfile

    def archive(data: bytes, name: str = "steps.npy") -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            file.writestr(name, data)
        return buffer.getvalue()

    def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, array, allow_pickle=allow_pickle)
        return buffer.getvalue()

    plain = npy(np.zeros(4, np.float32))
    assert list(codec.decode_arrays(archive(plain), 2**20)) == ["steps"]
    huge = plain.replace(b"'shape': (4,), }", b"'shape': (4000000000000,), }")[: len(plain)]
    hostile = [
        archive(huge),
        archive(npy(np.array([{"a": 1}], dtype=object), allow_pickle=True)),
        archive(plain, "../steps.npy"),
        archive(plain[:-1]),
        archive(b"not an array"),
        archive(plain)[:-10],
        b"",
    ]
    for data in hostile:
        with pytest.raises(codec.Damaged):
            codec.decode_arrays(data, 2**20)
    with pytest.raises(codec.Damaged, match="more than 100 bytes"):
        codec.decode_arrays(archive(plain), 100)
