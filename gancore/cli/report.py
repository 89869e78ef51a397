"""gancore report: a study as a page, a picture, a table, a video, or all of them."""

from __future__ import annotations

import contextlib
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.common import JsonOption, StoreOption, check_folder, interrupted_by_signals, print_json
from gancore.config import ConfigError, quoted
from gancore.words import OTHER_CURVES, short, size

if TYPE_CHECKING:
    from gancore.report import Format, Say
    from gancore.store import Store
    from gancore.studies import Study


def report(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME|FILE", help="A study's name, a .toml file, or a .gancore file (read in place)."),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where to write it; its ending chooses the format.")
    ],
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="F",
            help="Where the ending does not say it: html, pdf, svg, png, csv, json, latex, markdown, gif, mp4, webm, "
            "tensorboard, scripts or zip.",
        ),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(
            "--part", metavar="PART", help="What a picture shows: grid, curves, effects or verdicts [default: grid]."
        ),
    ] = None,
    metric: Annotated[
        str,
        typer.Option(
            "--metric", metavar="KEY", help="The metric of effects and verdicts, such as curve_p95 or coverage."
        ),
    ] = "w1_excess",
    seeds: Annotated[
        int | None, typer.Option("--seeds", metavar="N", min=1, max=64, help="Seeds 0 to N-1 [default: the study's].")
    ] = None,
    pick: Annotated[
        str,
        typer.Option("--pick", metavar="SEED", help="The seed that stands for a variant: median, best, worst, or N."),
    ] = "median",
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="LIST",
            help="What the table of variants in .tex and .md has: runs, learned and metric keys, separated by commas.",
        ),
    ] = None,
    spread: Annotated[
        str,
        typer.Option(
            "--spread",
            metavar="S",
            help="What stands beside each mean there: interval (of the interquartile mean), sd (mean ± sd) or none.",
        ),
    ] = "interval",
    bold: Annotated[bool, typer.Option("--bold/--no-bold", help="The best value of each metric there in bold.")] = True,
    with_points: Annotated[
        bool, typer.Option("--with-points", help="Make points of your own a part of it: draw them, and pack them.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write a report of what is stored of a study; nothing is trained.

    \b
    A page with everything, which works offline:
      gancore report four-fixes --out four-fixes.html
    Pictures, .png, .svg or .pdf; the grid, the curves, the effects or the verdicts:
      gancore report four-fixes --out verdicts.pdf --part verdicts
    The grid through training, .gif, .mp4 or .webm, of each variant's best seed:
      gancore report four-fixes --out training.mp4 --pick best
    Tables, .csv, .json, .tex or .md, by another metric and of 5 seeds:
      gancore report four-fixes --out table.csv --metric coverage --seeds 5
    A LaTeX table of two metrics as mean ± standard deviation:
      gancore report four-fixes --out table.tex --columns learned,w1_excess,coverage --spread sd
    TensorBoard logs, a folder:
      gancore report four-fixes --out logs --format tensorboard
    All of that, and the study itself:
      gancore report study.gancore --out everything.zip

    A file that is there already is replaced; a folder only if it is empty, or an earlier export with nothing added.
    With --json a line tells the progress, and the last one the file.
    """
    from gancore.metrics import get_metric
    from gancore.report import FIGURES, Report, format_of, write_report
    from gancore.report.options import checked_options

    chosen = format_of(out, format)
    if part is not None and part not in FIGURES:
        raise ConfigError(f"--part: {quoted(part)} is not allowed; use one of {', '.join(FIGURES)}")
    if part is not None and not chosen.parts:
        raise ConfigError(f"--part: {chosen.name} has no parts; use it with {', '.join(_with_parts())}")
    try:
        get_metric(metric)
    except ConfigError as error:
        raise error.named({"metric": "--metric"}) from None
    options = checked_options(columns, spread, bold)
    with _opened(name, store) as (runs, study):
        count = study.seeds if seeds is None else seeds
        _check_pick(pick, count)
        _check_out(out, chosen)
        made = Report(runs, study, count, metric, pick, part or next(iter(FIGURES)), options, with_points=with_points)
        try:
            with interrupted_by_signals(), _progress(as_json, out.name) as say:
                write_report(made, out, chosen, say)
        except KeyboardInterrupt:
            print("gancore: stopped; nothing was written", file=sys.stderr)
            return 1
    made_of = sum(path.stat().st_size for path in (out.rglob("*") if out.is_dir() else [out]) if path.is_file())
    if as_json:
        print_json({"path": str(out), "format": chosen.name, "bytes": made_of})
    else:
        print(f"{out}: {chosen.label}, {size(made_of)}")
        if chosen.name == "tensorboard":
            from gancore.report.tensorboard import opened_with

            print(f"See them with: {opened_with(out)}\n{OTHER_CURVES}")
    return 0


@contextlib.contextmanager
def _opened(name: str, store: Path | None) -> Iterator[tuple[Store, Study]]:
    """The study and where its runs are; a bundle's are read from its file, and nothing is kept of it."""
    from gancore.store import Bundle, Store
    from gancore.studies import hash_of, load_study, parse_study

    if name.endswith(".gancore"):
        bundle = Bundle(Path(name))
        with tempfile.TemporaryDirectory(prefix="gancore-") as aside:
            yield Store(aside, (bundle,)), parse_study(bundle.study_text, name)
        return
    opened = Store.open(store)
    yield opened, load_study(name, opened, hash_of)


@contextlib.contextmanager
def _progress(as_json: bool, label: str) -> Iterator[Say]:
    """A bar on standard error, or a line of JSON each time that something is said."""
    if as_json:

        def tell(share: float, what: str) -> None:
            print_json({"share": short(share, 4), "what": what})
            sys.stdout.flush()

        yield tell
        return
    from gancore.jobs.bar import Bar

    form = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    with Bar(total=1.0, desc=label, bar_format=form) as bar:

        def show(share: float, what: str) -> None:
            bar.set_postfix_str(what, refresh=False)
            bar.n = math.floor(100 * min(max(share, 0.0), 1.0)) / 100  # never rounded up to 100%
            bar.refresh()

        yield show


def _check_pick(pick: str, seeds: int) -> None:
    """Raise ConfigError unless this seed can stand for a variant."""
    from gancore.analysis import PICKS

    numbered = pick.isascii() and pick.isdigit() and len(pick) <= 4 and int(pick) < seeds
    if pick not in PICKS and not numbered:
        raise ConfigError(
            f"--pick: {quoted(pick)} is not allowed; use {', '.join(PICKS)} or a seed from 0 to {seeds - 1}"
        )


def _check_out(out: Path, chosen: Format) -> None:
    """Raise ConfigError where something else stands in the file's place, or its folder cannot be written."""
    if out.is_dir() and not chosen.folder:
        raise ConfigError(f"--out: {quoted(str(out))} is a folder; {chosen.name} is a file, so name one")
    if out.is_file() and chosen.folder:
        raise ConfigError(f"--out: {quoted(str(out))} is a file; {chosen.name} fills a folder, so name one")
    check_folder("--out", out.parent)


def _with_parts() -> list[str]:
    from gancore.report import FORMATS

    return [known.name for known in FORMATS.values() if known.parts]
