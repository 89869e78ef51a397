"""A checkpoint or live view that cannot be read counts as none, whatever is wrong with it; the sound ones go on."""

from __future__ import annotations

import io
import logging
import os
import random
import warnings
import zipfile
from collections.abc import Iterator

import numpy as np

from gancore import jobs
from gancore.jobs import checkpoints
from gancore.jobs.checkpoints import checkpoint_step, read_checkpoint, write_checkpoint
from gancore.jobs.folders import JobFolders
from gancore.jobs.live import write_live
from gancore.store import Store

RUN = "ab" * 32
ARRAYS = {
    "step": np.array(700, np.int32),
    "scored": np.array([True, False]),
    "generator/weights/0": np.arange(6, dtype=np.float32).reshape(2, 3),
}


def sound() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **ARRAYS)  # type: ignore[arg-type]
    return buffer.getvalue()


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as file:
        warnings.simplefilter("ignore")  # of two members of one name
        for name, data in members.items():
            file.writestr(name.rstrip("!"), data)
    return buffer.getvalue()


def member(header: str, data: bytes = b"\0" * 4, version: bytes = b"\1\0") -> bytes:
    """An npy file with any header."""
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2 if version == b"\1\0" else 4, "little") + text + data


def hostile() -> Iterator[bytes]:
    """Files whose headers claim memory, code, other types, or nonsense."""
    headers = [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 99999999999)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': ()}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}",
        "{'descr': '<U1', 'fortran_order': False, 'shape': ()}",
        "{'descr': 'no such type', 'fortran_order': False, 'shape': ()}",
        "{'descr': '<i4', 'fortran_order': 2, 'shape': ()}",
        "{'descr': '<i4', 'shape': ()}",
        "__import__('os').system('true')",
        "{" * 300 + "}" * 300,
        "(" * 5000,
        "'\\d'",
        "\0",
        "",
    ]
    for header in headers:
        for version in (b"\1\0", b"\2\0", b"\3\0", b"\x09\0"):
            yield archive({"step.npy": member(header, version=version)})
    step = member("{'descr': '<i4', 'fortran_order': False, 'shape': ()}", (700).to_bytes(4, "little"))
    negative = member("{'descr': '<i8', 'fortran_order': False, 'shape': ()}", (-5).to_bytes(8, "little", signed=True))
    huge = member("{'descr': '<u8', 'fortran_order': False, 'shape': ()}", (2**64 - 1).to_bytes(8, "little"))
    real = member("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", np.float64(np.nan).tobytes())
    yield from (archive({"step.npy": one}) for one in (negative, huge, real))
    yield archive({"step.npy": step, "../../x.npy": step})
    yield archive({"step.npy": step, "step.npy!": step})
    yield archive({"step": step})
    yield archive({})
    yield archive({"step.npy": b"\0" * 10**6}, zipfile.ZIP_DEFLATED)
    one = bytearray(archive({"step.npy": step}))
    central = one.index(b"PK\1\2")
    for at, value in ((8, 1), (10, 97), (10, 12), (10, 14), (24, 255), (27, 127), (28, 255), (42, 255)):
        changed = one.copy()  # encrypted, unknown or other methods, sizes and offsets beyond the file
        changed[central + at] = value
        yield bytes(changed)
    yield from (b"", b"PK", b"PK\5\6" + b"\0" * 18, b"\x93NUMPY", b"\x80\x04N.", os.urandom(100), b"PK\3\4" * 1000)


def damaged() -> Iterator[bytes]:
    """Six thousand files: cut off, with flipped bytes, and hostile ones."""
    whole, rng = sound(), random.Random(7)
    crafted = list(hostile())
    yield from crafted
    for _ in range(2000 - len(crafted)):
        yield whole[: rng.randrange(len(whole))]
    for count in (1, 1, 2, 8):
        for _ in range(1000):
            changed = bytearray(whole)
            for _ in range(count):
                changed[rng.randrange(len(whole))] ^= rng.randrange(1, 256)
            yield bytes(changed)


def test_six_thousand_damaged_files_count_as_none_or_as_what_was_written(own_store):
    folders = JobFolders(own_store)
    folders.checkpoint(RUN).parent.mkdir(parents=True)
    logging.getLogger("gancore.jobs").setLevel(logging.ERROR)  # a line each
    seen = lost = 0
    try:
        for data in damaged():
            run_id = f"{seen:064x}"  # Some file systems take a millisecond to write over a file.
            folders.checkpoint(run_id).write_bytes(data)
            found, step = read_checkpoint(folders, run_id), checkpoint_step(folders, run_id)
            seen += 1
            lost += found is None
            assert step in (0, 700)
            # A flipped byte may be one that says nothing, such as a date.
            assert (
                found is None
                or "generator/weights/0" not in found
                or all(np.array_equal(found[name], ARRAYS[name]) for name in ARRAYS)
            )
    finally:
        logging.getLogger("gancore.jobs").setLevel(logging.NOTSET)
    assert seen == 6000
    assert lost > 5000


def test_a_damaged_file_is_told_in_one_line_of_the_log_and_a_missing_one_is_not(own_store, caplog):
    folders = JobFolders(own_store)
    assert read_checkpoint(folders, RUN) is None and checkpoint_step(folders, RUN) == 0
    assert caplog.records == []
    folders.checkpoint(RUN).parent.mkdir(parents=True)
    folders.checkpoint(RUN).write_bytes(b"")
    assert read_checkpoint(folders, RUN) is None
    (line,) = caplog.messages
    assert line.startswith(f"checkpoints/{RUN}.npz counts as none") and "\n" not in line


def test_a_checkpoint_larger_than_allowed_is_not_read(own_store, monkeypatch):
    folders = JobFolders(own_store)
    write_checkpoint(folders, RUN, ARRAYS)
    assert read_checkpoint(folders, RUN) is not None
    monkeypatch.setattr(checkpoints, "LIMIT", 100)
    assert read_checkpoint(folders, RUN) is None


def test_a_damaged_live_view_counts_as_none(own_store):
    store, folders = Store(own_store), JobFolders(own_store)
    history = {"step": np.array([5]), "d_loss": np.array([0.5])}
    write_live(folders, RUN, 5, history, np.zeros((2000, 2), np.float32), 0)
    live = jobs.live(store, RUN)
    assert live is not None and (live.step, live.snapshot_step) == (5, 0)
    whole = folders.live(RUN).read_bytes()
    cut = (0, 3, 100, len(whole) // 2, len(whole) - 1)
    for data in (*(whole[:at] for at in cut), sound(), archive({"step.npy": b""}), b"\0" * 50):
        folders.live(RUN).write_bytes(data)
        assert jobs.live(store, RUN) is None


def test_a_checkpoint_is_on_disk_before_it_takes_its_place(own_store, monkeypatch):
    done: list[str] = []
    replace, sync = os.replace, os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("sync"), sync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append("replace"), replace(*paths))[1])
    write_checkpoint(JobFolders(own_store), RUN, ARRAYS)
    assert done[:2] == ["sync", "replace"]
