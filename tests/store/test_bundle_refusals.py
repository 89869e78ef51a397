"""Bundles are refused when anything about them is not as it was written."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support import small_bundle
from support.bundled import read_all, rewritten, set_json

from gancore.store import Bundle, BundleError, Store, members, parquet

store = small_bundle.store
path = small_bundle.path


@pytest.mark.parametrize(
    "name",
    [
        "study.toml",
        "runs.json",
        "floors.json",
        "ceilings.json",
        "history.parquet",
        "checkpoints.parquet",
        "snapshots",
        "layers",
    ],
)
def test_a_changed_member_is_refused(path: Path, name: str) -> None:
    def change(members: dict[str, bytes]) -> None:
        member = next(member for member in members if member.startswith(name))
        members[member] = members[member] + b" "

    with pytest.raises(BundleError, match=f"{name}.*has changed since the bundle was written"):
        read_all(rewritten(path, change, trust=False))


@pytest.mark.parametrize(
    "name",
    [
        "../escape.npz",
        "/etc/passwd",
        "snapshots/../../x.npz",
        "C:\\x.npz",
        "extra.txt",
        "snapshots/short.npz",
        "layers/short.npz",
        "layers/../" + 64 * "0" + ".npz",
        "layers/" + 64 * "0" + ".npz",
        "study.toml\n",
        "x" * 5000,
    ],
)
def test_unexpected_member_names_are_refused(path: Path, name: str) -> None:
    with pytest.raises(BundleError, match="unexpected member"):
        Bundle(rewritten(path, lambda members: members.update({name: b"x"})))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_given_twice_is_refused(path: Path) -> None:
    buffer = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("study.toml", "other")
    with pytest.raises(BundleError, match=r"the member study\.toml twice"):
        Bundle(buffer.getvalue())


@pytest.mark.parametrize("name", members.REQUIRED)
def test_a_missing_member_is_refused(path: Path, name: str) -> None:
    def change(members: dict[str, bytes]) -> None:
        del members[name]

    with pytest.raises(BundleError, match=f"no {name}"):
        Bundle(rewritten(path, change, trust=name != "manifest.json"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (set_json("manifest.json", format=4), "format 4 .* reads up to 3; update gancore"),
        (set_json("manifest.json", format=1), "unexpected member 'ceilings.json'"),
        (set_json("manifest.json", format=0), "manifest.json"),
        (set_json("manifest.json", format="1"), "format"),
        (set_json("manifest.json", name="../up"), "name"),
        (lambda members: members.update({"manifest.json": b"[1]"}), "manifest.json"),
        (lambda members: members.update({"manifest.json": b"{"}), "manifest.json"),
        (lambda members: members.update({"runs.json": b"{}"}), "runs.json"),
        (lambda members: members.update({"floors.json": b"[]"}), "floors.json"),
        (lambda members: members.update({"floors.json": b'{"a": {"w1": {"mean": "x"}}}'}), "floors.json"),
        (lambda members: members.update({"ceilings.json": b"[]"}), "ceilings.json: it is not"),
        (
            lambda members: members.update({"ceilings.json": b'{"a": {"w1": {"mean": 1}}}'}),
            "ceilings.json: .* mean and",
        ),
        (lambda members: members.update({"ceilings.json": b'{"a": {"mean": 1}}'}), "ceilings.json: "),
        (lambda members: members.update({"study.toml": b"\xff\xfe"}), "study.toml"),
        (lambda members: members.update({"history.parquet": b"PAR1"}), "history.parquet"),
    ],
)
def test_content_that_is_not_ours_is_refused(
    path: Path, change: Callable[[dict[str, bytes]], None], reason: str
) -> None:
    with pytest.raises(BundleError, match=reason):
        read_all(rewritten(path, change, trust=reason != "manifest.json"))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("run_id", "0" * 64, "not the hash"),
        ("run_id", "../../etc", "run_id"),
        ("status", "won", "status: 'won' is not allowed"),
        ("format", 9, "format 9"),
        ("seed_of_doubt", 1, "seed_of_doubt"),
        ("metrics", {"w1": "low"}, "metrics"),
    ],
)
def test_run_infos_are_validated(path: Path, field: str, value: object, reason: str) -> None:
    def change(members: dict[str, bytes]) -> None:
        runs = json.loads(members["runs.json"])
        runs[0][field] = value
        members["runs.json"] = json.dumps(runs).encode()

    with pytest.raises(BundleError, match=rf"the bundle: runs\.json: .*{reason}"):
        Bundle(rewritten(path, change))


def test_oversized_members_are_refused_before_they_are_unpacked(path: Path) -> None:
    bomb = rewritten(path, lambda members: members.update({"study.toml": b" " * 100_000}))
    assert len(bomb) < 200_000
    with pytest.raises(BundleError, match=r"study\.toml has 100,000 bytes; at most 65,536"):
        Bundle(bomb)


def test_a_table_with_too_many_rows_is_refused(path: Path) -> None:
    import pandas as pd

    rows = 3 * 5002 + 1
    frame = pd.DataFrame({"step": np.zeros(rows, np.int64), "run_id": ["a"] * rows})
    data = rewritten(path, lambda members: members.update({"history.parquet": parquet.encode_frame(frame)}))
    with pytest.raises(BundleError, match=r"history\.parquet: .*more than 15,006 rows"):
        _ = Bundle(data).runs()[0].history


def test_rows_of_another_run_do_not_stand_in(path: Path, store: Store) -> None:
    frame = store.runs()[0].history.assign(run_id="a" * 64)
    data = rewritten(path, lambda members: members.update({"history.parquet": parquet.encode_frame(frame)}))
    with pytest.raises(BundleError, match="no rows of run"):
        _ = Bundle(data).runs()[0].history


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip" * 100])
def test_files_that_are_no_zip_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.gancore"
    path.write_bytes(data)
    with pytest.raises(BundleError, match=r"odd\.gancore: is not a gancore bundle"):
        Bundle(path)
    with pytest.raises(BundleError, match=r"gone\.gancore: cannot be read"):
        Bundle(tmp_path / "gone.gancore")


def test_a_truncated_or_flipped_bundle_is_refused(path: Path) -> None:
    data = path.read_bytes()
    with pytest.raises(BundleError):
        Bundle(data[:-30])
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(data), size=60):
        flipped = bytearray(data)
        flipped[place] ^= 0x55
        try:
            runs = read_all(bytes(flipped))
        except BundleError:
            continue
        # Where the flip hit a date or an attribute that carries nothing, the content is whole.
        assert runs == 3
