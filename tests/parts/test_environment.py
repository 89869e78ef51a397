"""What a process that trains is started with."""

from __future__ import annotations

import pytest

from gancore.parts.backend import environment

OURS = ("OPENBLAS_THREAD_TIMEOUT", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "TF_ENABLE_ONEDNN_OPTS")


@pytest.mark.parametrize("name", OURS)
def test_what_is_set_already_stays(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name, raising=False)
    assert int(environment()[name]) >= 0
    monkeypatch.setenv(name, "7")
    assert environment()[name] == "7"


def test_scores_keep_their_number_of_threads() -> None:
    # Matrix products split by another number of threads differ in the last bits, and with them what is stored.
    assert not {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"} & environment().keys()
