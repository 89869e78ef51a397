"""gancore score: samples of anybody's generator against a distribution or against points."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.common import JsonOption, SetOption, StoreOption, changes, print_json, print_table
from gancore.cli.given import (
    ColumnsOption,
    PointsOption,
    WhereOption,
    check_kind,
    check_together,
    columns_of,
    table_or_kept,
)
from gancore.config import ConfigError, Dataset
from gancore.datasets.named import names
from gancore.words import DASH, count, interval, number, percent

if TYPE_CHECKING:
    from gancore.analysis.samples import SampleScores
    from gancore.store import Store


def score(
    samples: Annotated[
        str,
        typer.Argument(metavar="SAMPLES", help="File of samples: CSV, TSV, ARFF, Parquet, NPY or NPZ; - reads text."),
    ],
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", metavar="NAME", help=f"{', '.join(names())}."),
    ] = None,
    settings: SetOption = None,
    points: PointsOption = None,
    columns: ColumnsOption = None,
    where: WhereOption = None,
    sample_columns: Annotated[
        str | None,
        typer.Option(
            "--sample-columns", metavar="X,Y", help="Columns of SAMPLES [default: x and y, or the first two]."
        ),
    ] = None,
    sample_where: Annotated[
        str | None, typer.Option("--sample-where", metavar="COLUMN=VALUE", help="Rows of SAMPLES to take.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a row per metric with numbers in full.")] = False,
) -> None:
    """Score samples that any generator made: every metric beside what real data and a collapsed generator would score.

    They are judged against a distribution (--dataset, changed by --set dataset.…), in its own coordinates, or against
    real points of your own (--points), in their units.
    For example: gancore score samples.npy --dataset ring --set dataset.count=25
    """
    from gancore.analysis.samples import score
    from gancore.datasets.points import read_table
    from gancore.store import Store

    if as_json and as_csv:
        raise ConfigError("--json and --csv: give one of them")
    opened = Store.open(store)
    target = _target(opened, dataset, settings, points, columns, where)
    if samples == "-":
        source, name = sys.stdin.buffer.read(), "standard input"
    else:
        source, name = Path(samples), Path(samples).name
    try:
        table = read_table(source, name, columns_of(sample_columns, "--sample-columns"), sample_where, varied=False)
    except ConfigError as error:  # the reader knows points by that name alone
        raise error.named({"points": "SAMPLES", "columns": "--sample-columns", "where": "--sample-where"}) from None
    print(f"{name}: {table.found}", file=sys.stderr)
    terminal = sys.stderr.isatty()
    found = score(table, target, opened, _said if terminal else None)
    if terminal:
        print("\r\x1b[K", end="", file=sys.stderr)
    if as_json:
        print_json(found.plain())
    elif as_csv:
        _print_csv(found)
    else:
        _print(found)


def _target(
    store: Store,
    dataset: str | None,
    settings: Sequence[str] | None,
    points: str | None,
    columns: str | None,
    where: str | None,
) -> Dataset:
    """The distribution that the options mean; points of a file are not kept. Raises ConfigError, StoreError."""
    from gancore.analysis.samples import reference
    from gancore.config import RunConfig, with_changes
    from gancore.datasets.points import Table

    check_kind(dataset)
    wanted = changes(settings)
    for path in wanted:
        if not path.startswith("dataset."):
            allowed = "set what a distribution has, such as dataset.scale=0.5"
            raise ConfigError.refused("--set", path, allowed, "is no setting of a distribution")
    check_together(points, columns, where, dataset, else_use="of SAMPLES use --sample-")
    if points is None:
        if dataset is None and "dataset.kind" not in wanted:
            raise ConfigError("--dataset, --points: give one of them, so that there is something to compare with")
        kind = {} if dataset is None else {"dataset.kind": dataset}
        return with_changes(RunConfig(), kind | wanted).dataset
    found = table_or_kept(store, points, columns, where)
    if isinstance(found, Table):
        own = reference(found)
    else:
        own = with_changes(RunConfig(), {"dataset.kind": "points", "dataset.sha256": found.sha256}).dataset
    base = RunConfig().model_copy(update={"dataset": own})
    return with_changes(base, wanted).dataset


def _said(share: float) -> None:
    """How far the references are, on one line of a terminal."""
    print(f"\rscoring fresh real points: {percent(share)} ", end="", file=sys.stderr, flush=True)


def _print(found: SampleScores) -> None:
    rows = []
    for row in found.rows:
        if row.lacking:
            continue
        real = f"{number(row.real)} ({interval(row.real_low, row.real_high)})"
        rows.append([row.key, row.label, number(row.value), real, number(row.collapsed), row.better])
    print_table(["metric", "", "score", "real data would score", "collapsed", "better"], rows)
    said = DASH if found.learned is None else "yes" if found.learned else "no"
    print(f"\nlearned: {said} ({count(found.scored, 'sample')} scored)")
    for note in found.notes:
        print(f"note: {note}")


def _print_csv(found: SampleScores) -> None:
    from dataclasses import asdict, fields

    from gancore.analysis.samples import ScoreRow

    writer = csv.DictWriter(sys.stdout, [field.name for field in fields(ScoreRow)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in found.rows)
