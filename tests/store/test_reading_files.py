"""A file is read up to a limit, and memory is asked for as its size needs it, not as the limit allows."""

from __future__ import annotations

import contextlib
import os
import threading
import tracemalloc
from pathlib import Path

import pytest

from gancore.jobs.folders import read_json
from gancore.jobs.request import read_request
from gancore.store.errors import Damaged
from gancore.store.files import read_bounded
from gancore.studies import load_study


@pytest.mark.parametrize("size", [0, 1, 1000, 2**16, 2**16 + 1])
def test_a_file_of_the_limit_is_read_and_a_larger_one_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(os.urandom(size))
    assert read_bounded(path, size) == path.read_bytes()
    assert read_bounded(path, 2**31) == path.read_bytes()
    if size:
        with pytest.raises(Damaged, match=f"it is larger than {size - 1:,} bytes"):
            read_bounded(path, size - 1)


def test_a_file_takes_its_size_and_not_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes(b'{"a": "' + b"b" * 30_000 + b'"}')
    readers = (lambda: read_bounded(path, 2**31), lambda: read_json(path), lambda: read_request(path))
    for reader in readers:
        tracemalloc.start()
        reader()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 2_000_000


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
def test_what_has_no_size_is_read_to_the_limit(tmp_path: Path) -> None:
    """A pipe, or a file of the system's."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write(data: bytes) -> threading.Thread:
        def go() -> None:
            with contextlib.suppress(BrokenPipeError):
                pipe.write_bytes(data)

        thread = threading.Thread(target=go)
        thread.start()
        return thread

    thread = write(b"a" * 200_000)
    assert read_bounded(pipe, 200_000) == b"a" * 200_000
    thread.join()
    thread = write(b"a" * 300_000)
    with pytest.raises(Damaged, match="larger than 200,000"):
        read_bounded(pipe, 200_000)
    thread.join()


def test_a_name_that_no_file_can_have_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="null byte"):
        read_bounded(tmp_path / "a\0b", 10)
    with pytest.raises(ValueError, match=r"^study: 'a\\x00.toml' cannot be read"):
        load_study("a\0.toml")
    assert read_json(tmp_path / "a\0b") is None
    assert read_json(tmp_path) is None
