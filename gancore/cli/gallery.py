"""gancore gallery: the finished studies that ship with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gancore.cli.before import YesOption
from gancore.cli.common import StoreOption, WorkersOption, check_folder, exit_code, obtain
from gancore.words import size

app = typer.Typer(help="Make the finished studies that ship with gancore.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``build`` a command of its own while it is the only one."""


@app.command("build")
def build(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A shipped study; see: gancore study list")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the bundle [default: gancore/gallery].")
    ] = None,
    store: StoreOption = None,
    workers: WorkersOption = None,
    yes: YesOption = False,
) -> int:
    """Train a shipped study where it is not stored yet, and write it as one bundle file."""
    from gancore.analysis import pack_study
    from gancore.config import ConfigError
    from gancore.store import Store
    from gancore.studies import load_study, shipped_studies, study_text

    if name not in shipped_studies():
        raise ConfigError(f"NAME: {name[:80]!r} is not a shipped study; use one of {', '.join(shipped_studies())}")
    study = load_study(name)
    folder = out or Path(__file__).parents[1] / "gallery"
    check_folder("--out", folder)
    # Without the gallery below it: a bundle is never made from a bundle's thinned runs.
    runs = Store(store)
    found = obtain(runs, study.configs(), study.name, workers, yes)
    if code := exit_code(found):
        return code
    path = folder / f"{study.name}.gancore"
    pack_study(runs, study, study_text(name), path)
    print(f"{path}: {len(found)} runs, {size(path.stat().st_size)}")
    return 0
