"""Bundles as files: written, imported, and found with the package and in a store."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Collection, Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.store.bundle import Bundle
from gancore.store.codec import canonical, checksum, encode_landscape, encode_snapshots, plain
from gancore.store.errors import BundleError
from gancore.store.files import replace_file
from gancore.store.members import FORMAT, MAX_RUNS, NAME
from gancore.store.parquet import encode_frame
from gancore.store.point_codec import encode_points
from gancore.store.record import StoredRun
from gancore.store.references import Collapsed, References

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("gancore.store")

THINNED = 500
"""Most points kept of a snapshot; the last one is also kept whole."""
FEWEST = 300
"""Points kept of a snapshot where a bundle has many runs; then it keeps fewer snapshots as well."""
POINTS = 1_250_000
"""Thinned points in a bundle, 4 bytes each: 160 runs keep 26 snapshots of 300 points."""
FEWER = 600_000
"""The same where most runs keep their last snapshot alone."""
ENDS = 1_000
"""Points of a last snapshot that is kept alone."""


def write_bundle(
    path: Path | str,
    study_text: str,
    name: str,
    runs: Iterable[StoredRun],
    references: Mapping[str, References],
    analysis: Mapping[str, Any] | None = None,
    collapsed: Mapping[str, Collapsed] | None = None,
    points: Mapping[str, np.ndarray] | None = None,
    whole: Collection[str] | None = None,
) -> Bundle:
    """Write a bundle, the same bytes for the same content, and open it.

    ``references`` and ``collapsed`` map ``references_key(dataset)`` to the dataset's; ``analysis`` is JSON content.
    Snapshots are thinned to their first points, many runs to fewer snapshots, evenly from the first to the last; the
    last one is also kept whole. Weights are left out; what the networks say (``StoredRun.landscape``) is kept instead.
    ``points``: hash → points of one's own that are to be part of it. ``whole``: ids of the runs that keep snapshots
    of their whole training, where the others keep the last one alone; None for all.
    """
    import pandas as pd

    if not NAME.fullmatch(name):
        raise BundleError(f"name: {name[:80]!r} is not allowed; use a-z, 0-9 and '-', at most 64 characters")
    chosen = dict(sorted({run.run_id: run for run in runs}.items()))
    if not chosen:
        raise BundleError(f"{name}: a bundle needs at least one run")
    if len(chosen) > MAX_RUNS:
        raise BundleError(f"{name}: {len(chosen):,} runs are too many; a bundle holds {MAX_RUNS:,}, so use fewer seeds")

    def together(frames: Mapping[str, pd.DataFrame]) -> bytes:
        return encode_frame(pd.concat([f.assign(run_id=run_id) for run_id, f in frames.items()], ignore_index=True))

    members = {
        "study.toml": study_text.encode(),
        "runs.json": canonical([run.info.model_dump(mode="json") | {"files": {}} for run in chosen.values()]),
        "floors.json": canonical(plain(references)),
        "history.parquet": together({run_id: run.history for run_id, run in chosen.items()}),
        "checkpoints.parquet": together({run_id: run.scores for run_id, run in chosen.items()}),
    }
    if analysis:
        members["analysis.json"] = canonical(analysis)
    if collapsed:
        members["ceilings.json"] = canonical(plain(collapsed))
    quota = POINTS // len(chosen) if whole is None else FEWER // max(1, len(chosen.keys() & set(whole)))
    for run_id, run in chosen.items():
        kept = whole is None or run_id in whole
        members[f"snapshots/{run_id}.npz"] = _thinned(run, quota) if kept else _last(run)
        if run.landscape is not None:
            members[f"layers/{run_id}.npz"] = encode_landscape(run.landscape)
    for sha256, own in (points or {}).items():
        members[f"points/{sha256}.npy"] = encode_points(own)
    checksums = {member: checksum(data) for member, data in members.items()}
    made = FORMAT if points else FORMAT - 1  # which what came before reads too
    manifest = {"format": made, "name": name, "created_by": f"gancore {_version()}", "members": checksums}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, data in [("manifest.json", canonical(manifest)), *sorted(members.items())]:
            info = zipfile.ZipInfo(member)  # dated 1980, whatever the clock says
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, 9)
    bundle = Bundle(buffer.getvalue())
    bundle.verify()  # so that what is written can be read elsewhere
    replace_file(Path(path), buffer.getvalue())
    return bundle


def _thinned(run: StoredRun, quota: int) -> bytes:
    """A run's snapshots with about ``quota`` points in all."""
    count = len(run.snapshot_steps)
    points = min(THINNED, max(FEWEST, quota // count))
    kept = np.unique(np.linspace(0, count - 1, min(count, max(2, quota // points))).round().astype(int))
    steps: list[int] = [run.snapshot_steps[index] for index in kept.tolist()]
    # Stored plainly inside, because the bundle compresses it.
    raw, last = run.raw_snapshots, run.raw_final
    beside = None if raw is None or last is None else (raw[kept, :points], last)
    return encode_snapshots(steps, run.snapshots[kept, :points], run.final, compress=False, raw=beside)


def _last(run: StoredRun) -> bytes:
    """A run's last snapshot alone, with its first points."""
    raw = None if run.raw_final is None else run.raw_final[:ENDS]
    beside = None if raw is None else (raw[None], raw)
    return encode_snapshots(run.snapshot_steps[-1:], run.final[None, :ENDS], compress=False, raw=beside)


def gallery_bundles() -> list[Bundle]:
    """The bundles that ship with gancore; a broken one is left out with a warning."""
    folder = resources.files("gancore") / "gallery"
    return _bundles(folder.iterdir(), "gallery", shipped=True) if folder.is_dir() else []


def bundles_in(folder: Path) -> list[Bundle]:
    """The bundles in a folder; a broken one is left out with a warning."""
    return _bundles(folder.iterdir(), str(folder))


def imported_bundles(root: Path) -> list[Bundle]:
    """The bundles that were imported into the store at ``root``; a broken one is left out with a warning."""
    try:
        return _bundles((root / "bundles").iterdir(), "imported bundles")
    except OSError:
        return []


def _bundles(entries: Iterable[Any], where: str, shipped: bool = False) -> list[Bundle]:
    bundles: list[Bundle] = []
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name.endswith(".gancore"):
            try:
                bundles.append(Bundle(entry if isinstance(entry, Path) else entry.read_bytes(), shipped))
            except (BundleError, OSError) as error:
                log.warning("%s: %s", where, error)
    return bundles


def import_bundle(root: Path, source: Path | str) -> Bundle:
    """Check a bundle whole and keep a copy below the store at ``root``, where its runs are read from.

    Raises BundleError, and then nothing of it is kept. One of the same name is replaced.
    """
    bundle = Bundle(Path(source), whole=True)
    bundle.verify()
    path = root / "bundles" / f"{bundle.name}.gancore"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, bundle.content)
    except OSError as error:
        raise BundleError(f"{bundle.name}: cannot be kept in {path.parent} ({error.strerror or error})") from None
    return bundle


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("gancore")
    except metadata.PackageNotFoundError:
        return "(not installed)"
