"""The layers that a bundle keeps of its runs, and bundles of formats older and newer than this one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import small_bundle
from support.bundled import CONFIGS, STUDY, rewritten, set_json

from gancore.recording.window import Window
from gancore.store import Bundle, BundleError, Store, codec, write_bundle
from gancore.store.members import FORMAT

store = small_bundle.store
path = small_bundle.path


def npz(**changes: object) -> bytes:
    """A run's layers as a bundle keeps them, with some arrays replaced, or left out where they are None."""
    good = {
        "field": np.zeros((33, 33), np.int8),
        "manifold": np.zeros((8, 65, 2), np.int16),
        "ranges": np.array([1.25, -1, 1, -1, -1, 1, 1], float),
    }
    return codec.encode_arrays({n: a for n, a in (good | changes).items() if a is not None}, compress=False)  # type: ignore[misc]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an npz",
        npz(field=None),
        npz(extra=np.zeros(2)),
        npz(field=np.zeros((33, 33), np.int16)),
        npz(field=np.zeros((33, 34), np.int8)),
        npz(manifold=np.zeros((8, 65, 3), np.int16)),
        npz(manifold=np.full((8, 65, 2), -(2**15), np.int16)),
        npz(ranges=np.zeros(6)),
        npz(ranges=np.array([0.0, -1, 1, -1, -1, 1, 1])),
        npz(ranges=np.array([np.nan, -1, 1, -1, -1, 1, 1])),
        npz(ranges=np.array([1.25, -1, np.nan, -1, -1, 1, 1])),
        npz(ranges=np.array([1.25, 1, -1, -1, -1, 1, 1])),
        npz(ranges=np.array([1.25, -1, 1000, -1, -1, 1, 1])),
        npz(ranges=np.array([1.25, -1, 1, -np.inf, -1, 1, 1])),
        npz(ranges=np.array([1.25, -1, 1, -1, -1, 1e300, 1])),
        npz(ranges=np.array([1.25, -1, 1, 1, -1, -1, 1])),
        npz(ranges=np.array([0, np.nan, 1, 1, -1, 1, -1, -1, 1, 1])),
        npz(ranges=np.array([0, 0, 1, 0, -1, 1, -1, -1, 1, 1])),
        npz(ranges=np.array([0, 0, 1, 1e300, -1, 1, -1, -1, 1, 1])),
        npz(ranges=np.array([np.inf, 0, 1, 1, -1, 1, -1, -1, 1, 1])),
    ],
)
def test_layers_that_are_not_ours_are_refused(path: Path, data: bytes) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[next(member for member in members if member.startswith("layers/"))] = data

    assert codec.decode_landscape(npz(), 2**14).window == Window.square(1.25)
    with pytest.raises(BundleError, match=r"layers/[0-9a-f]{64}\.npz: "):
        Bundle(rewritten(path, change)).verify()


def test_oversized_layers_are_refused_before_they_are_unpacked(path: Path) -> None:
    name = f"layers/{CONFIGS[0].run_id}.npz"
    bomb = rewritten(path, lambda members: members.update({name: bytes(2**22)}))
    with pytest.raises(BundleError, match=r"layers/\w+\.npz has 4,194,304 bytes; at most 16,384"):
        Bundle(bomb)


def older(members: dict[str, bytes]) -> None:
    """As gancore wrote bundles of format 1."""
    for name in [name for name in members if name == "ceilings.json" or name.startswith("layers/")]:
        del members[name]
    set_json("manifest.json", format=1)(members)


def test_a_bundle_of_format_1_still_opens(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle(rewritten(path, older))
    bundle.verify()
    assert [run.landscape for run in bundle.runs()] == [None] * 3
    assert bundle.collapsed == {}
    monkeypatch.setattr(
        "gancore.metrics.collapsed", lambda dataset, references: {"mean": {"w1": references["w1"]["mean"]}}
    )
    assert Store(tmp_path / "own", [bundle]).collapsed(CONFIGS[0].dataset) == {"mean": {"w1": 0.1}}
    again = write_bundle(tmp_path / "again.gancore", STUDY, "tiny", bundle.runs(), bundle.references)
    assert (again.run_ids, again.get(CONFIGS[0].run_id).landscape) == (bundle.run_ids, None)  # type: ignore[union-attr]


def test_a_newer_format_is_named_even_where_its_members_are_unknown(path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["films/0.mp4"] = b"film"
        set_json("manifest.json", format=FORMAT + 1)(members)

    with pytest.raises(BundleError, match=f"format {FORMAT + 1} .* update gancore to open it"):
        Bundle(rewritten(path, change))


def test_layers_of_some_runs_alone_are_fine(path: Path) -> None:
    name = f"layers/{CONFIGS[1].run_id}.npz"
    bundle = Bundle(rewritten(path, lambda members: members.pop(name) and None))
    bundle.verify()
    assert [bundle.get(config.run_id).landscape is None for config in CONFIGS] == [False, True, False]  # type: ignore[union-attr]
