"""gancore gallery: the finished studies that ship with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gancore.cli.before import YesOption
from gancore.cli.common import StoreOption, WorkersOption, check_folder, exit_code, obtain
from gancore.config import ConfigError
from gancore.words import size

FOLDER = Path(__file__).parents[1] / "gallery"
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder of the bundles [default: gancore/gallery].")
]
app = typer.Typer(help="Make the finished studies that ship with gancore.", no_args_is_help=True)


@app.command("build")
def build(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A shipped study; see: gancore study list")],
    out: OutOption = None,
    store: StoreOption = None,
    workers: WorkersOption = None,
    yes: YesOption = False,
) -> int:
    """Train a shipped study where it is not stored yet, and write it as one bundle file, and the answer beside it.

    Of a study with many runs the median, the best and the worst of each variant keep their whole training, and the
    others their last points.
    """
    from gancore.analysis import pack_study
    from gancore.store import Store
    from gancore.studies import load_study, shipped_studies, study_text

    if name not in shipped_studies():
        raise ConfigError(f"NAME: {name[:80]!r} is not a shipped study; use one of {', '.join(shipped_studies())}")
    study = load_study(name)
    folder = out or FOLDER
    check_folder("--out", folder)
    # Without the gallery below it: a bundle is never made from a bundle's thinned runs.
    runs = Store(store)
    found = obtain(runs, study.configs(), study.name, workers, yes)
    if code := exit_code(found):
        return code
    path = folder / f"{study.name}.gancore"
    pack_study(runs, study, study_text(name), path, small=True)
    print(f"{path}: {len(found)} runs, {size(path.stat().st_size)}")
    _answer(folder)
    return 0


@app.command("answer")
def answer(out: OutOption = None) -> int:
    """Make the first page's answer anew, from the bundles that are there: what works, and how often."""
    folder = out or FOLDER
    check_folder("--out", folder)
    if not _answer(folder):
        raise ConfigError.of("--out", f"no bundle in {folder} has the baseline on all of the question's distributions")
    return 0


@app.command("results")
def results() -> None:
    """Print what the finished studies show, as RESULTS.md has it."""
    from gancore.report.results import results_text

    print(results_text(), end="")


def _answer(folder: Path) -> bool:
    """Write the answer of the bundles in a folder, and say what it is; False where they give none."""
    from gancore.analysis.answer import FILE, write_answer
    from gancore.store.bundles import bundles_in

    found = write_answer(bundles_in(folder), folder / FILE)
    if found is None:
        return False
    for name, way in (("smallest change", found.smallest), ("best recipe", found.best)):
        if way:
            rates = ", ".join(f"{rate.dataset} {rate.learned} of {rate.runs}" for rate in way.rates)
            print(f"{name}: {way.title}: learned {rates}")
    return True
