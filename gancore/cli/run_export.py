"""What gancore runs export writes of a single run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gancore.cli.common import check_folder, obtain
from gancore.config import ConfigError

if TYPE_CHECKING:
    from gancore.store import StoredRun


def export_keras(run: StoredRun, folder: Path, root: Path | None, train: bool) -> None:
    """Write a run's models; one without weights is first trained into the store at ``root`` where ``train`` says so."""
    from gancore.export.keras_files import write_keras

    if not run.weights and not train:
        raise ConfigError(
            f"--keras: {run.run_id[:12]} {origin(run)} without its weights; add --train, which trains exactly this "
            f"run ({run.config.steps:,} steps) into your own store and then writes its models"
        )
    check_folder("--keras", folder)  # before minutes of training, and not for what is refused
    if not run.weights:
        run = _trained(run, root)
    try:
        paths = write_keras(run.config, run.weights, folder)
    except OSError as error:
        raise _unwritable("--keras", folder, error) from None
    for path in paths:
        print(path)


def export_script(run: StoredRun, path: Path, draws: bool, with_points: bool) -> None:
    """Write the script that trains a run, and its draws and points of one's own where they are asked for."""
    from gancore.datasets.points import OwnPoints
    from gancore.export.script import points_file, write_script

    try:
        paths = write_script(run.config, path, draws, with_points)
    except OSError as error:
        raise _unwritable("--script", path, error) from None
    for path in paths:
        print(path)
    if isinstance(run.config.dataset, OwnPoints) and not with_points:
        name = points_file(run.config.dataset.sha256)
        print(f"the script reads the points from {name} beside it; --with-points writes that too", file=sys.stderr)


def origin(run: StoredRun) -> str:
    """Where a run of a bundle comes from, as the rest of a sentence that begins with it."""
    return f"ships with gancore (in {run.source})" if run.shipped else f"was imported (with the bundle {run.source})"


def _trained(run: StoredRun, root: Path | None) -> StoredRun:
    """The same run from the own store at ``root``, trained there if need be; RuntimeError where that fails."""
    from gancore.store import Store

    # Without the bundles below it, in which the run is stored already.
    found = obtain(Store.open(root, "own"), [run.config], f"run {run.run_id[:12]}", None, yes=True)
    own = found[0][2]
    if own is None:
        raise RuntimeError(found[0][3] or f"run {run.run_id[:12]} was not trained")
    return own


def _unwritable(option: str, path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{option}: {str(path)[:200]!r} cannot be written ({error.strerror or error})")
