"""Whole studies moved between machines, as one file each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gancore.cli.common import JsonOption, StoreOption, check_folder, print_json
from gancore.words import size


def export_study(name: str, out: Path | None, store: Path | None, with_points: bool = False) -> None:
    """Write a study's bundle; ConfigError where the file's name, the study or its runs are not there."""
    from gancore.analysis import pack_study
    from gancore.config import ConfigError
    from gancore.store import Store
    from gancore.studies import hash_of, load_study, study_text

    if out is None or out.suffix != ".gancore":
        given = "" if out is None else f"{str(out)[:80]!r} is not allowed; "
        raise ConfigError(f"--out: {given}with --study it must name a .gancore file, such as --out study.gancore")
    check_folder("--out", out.parent)
    opened = Store.open(store)
    bundle = pack_study(opened, load_study(name, opened, hash_of), study_text(name, opened, hash_of), out, with_points)
    own = f", with the points {', '.join(sha256[:12] for sha256 in bundle.point_hashes)}" if bundle.point_hashes else ""
    print(f"{out}: {len(bundle.run_ids)} runs, {size(out.stat().st_size)}{own}")


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .gancore file.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a study that was exported elsewhere: its runs are then found like those that ship with gancore.

    The file is checked whole first; one that was changed, or is of a newer format, is refused and nothing is kept.
    """
    from gancore.store import Store, import_bundle

    opened = Store(store)
    bundle = import_bundle(opened.root, file)
    if as_json:
        print_json({"study": bundle.name, "runs": len(bundle.run_ids), "created_by": bundle.created_by})
    else:
        print(f"{bundle.name}: {len(bundle.run_ids)} runs; look at it with: gancore study analyze {bundle.name}")
