"""gancore points: files of points of one's own, kept by their content."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.common import JsonOption, StoreOption, print_json, print_table
from gancore.cli.given import ColumnsOption, WhereOption, keep_points
from gancore.words import count, number, size, typed

if TYPE_CHECKING:
    from gancore.store import KeptPoints, Store, StoredRun

app = typer.Typer(help="Keep, list, show and remove points of your own to train on.", no_args_is_help=True)
KeptArgument = Annotated[
    str, typer.Argument(metavar="NAME|HASH", help="Kept points by name, or the first 4 or more digits of their hash.")
]
SHOWN = 5
"""Runs that a sentence names."""


@app.command("add")
def add(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, TSV, semicolons, blanks, ARFF, Parquet, NPY or NPZ.")
    ],
    columns: ColumnsOption = None,
    where: WhereOption = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What to call them [default: the file's name].")
    ] = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep the points of a file: 20 to 1,000,000 rows of two numbers, found by the hash of their content from then on.

    Adding the same points again changes nothing.
    For example: gancore points add DatasaurusDozen.tsv --where dataset=dino
    """
    from gancore.store import Store

    kept = keep_points(Store(store), file, columns, where, name)
    if as_json:
        print_json(_plain(kept))
    else:
        print(f"{kept.sha256[:12]}  {kept.info.name}  {count(kept.rows, 'point')}")
        print(f"train on them with: gancore train --points {kept.sha256[:12]}", file=sys.stderr)


@app.command("list")
def list_points(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the points that are kept."""
    from gancore.store import Store

    opened = Store.open(store)
    everything = opened.points.all()
    uses = _uses(opened)
    if as_json:
        for kept in everything:
            print_json(_plain(kept) | {"runs": len(uses.get(kept.sha256, []))})
        return
    if not everything:
        print("no points are kept; keep some with: gancore points add FILE")
        return
    rows = [
        [
            kept.sha256[:12],
            kept.info.name,
            f"{kept.rows:,}",
            ",".join(kept.info.columns),
            kept.info.where,
            str(len(uses.get(kept.sha256, []))),
            size(kept.bytes),
        ]
        for kept in everything
    ]
    print_table(["points", "name", "rows", "columns", "where", "runs", "size"], rows)


@app.command("show")
def show(name: KeptArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show kept points: a picture of them, where they lie, the first rows, and the runs that were trained on them."""
    import numpy as np

    from gancore.cli.shades import shades
    from gancore.store import Store, StoreError

    opened = Store.open(store)
    kept = opened.points.find(name)
    points = opened.points.get(kept.sha256)
    runs = _uses(opened).get(kept.sha256, [])
    if points is None:
        raise StoreError(
            f"points {kept.sha256[:12]} are not what was kept; remove them, and add the file that they came from again"
        )
    quartiles = np.quantile(points, [0, 0.25, 0.5, 0.75, 1], axis=0)
    if as_json:
        axes = {axis: quartiles[:, index].tolist() for index, axis in enumerate("xy")}
        print_json(_plain(kept) | {"quartiles": axes, "runs": [run.run_id for run in runs]})
        return
    print(f"{kept.info.name}: {count(kept.rows, 'point')}, {kept.sha256}")
    print(f"{count(len(points) - len(points) // 2, 'point')} to train on, {len(points) // 2:,} held out for scores")
    print(f"repeated: {kept.info.duplicates:,}; rows left out of the file: {kept.info.left_out:,}\n")
    print(*shades(points), "", sep="\n")
    print_table(
        ["axis", "column", "lowest", "quarter", "median", "three quarters", "highest"],
        [[axis, kept.info.columns[i], *map(number, quartiles[:, i])] for i, axis in enumerate("xy")],
    )
    print()
    print_table(["x", "y"], [[typed(x), typed(y)] for x, y in points[:10].tolist()])
    print(f"\n{_used(runs)}" if runs else "\nno stored run was trained on them")


@app.command("remove")
def remove(
    name: KeptArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them although runs were trained on them.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove kept points; what runs use is kept unless --yes is given. Adding the file again brings them back.

    The runs stay, and can be looked at; they cannot be trained further or scored again without their points.
    """
    from gancore.config import ConfigError
    from gancore.store import Store

    opened = Store.open(store)
    kept = opened.points.find(name)
    runs = _uses(opened).get(kept.sha256, [])
    if runs and not yes:
        allowed = "add --yes to remove them all the same (the runs stay, and adding the file again brings them back)"
        raise ConfigError.refused("points", name, allowed, f"is in use: {_used(runs)}")
    opened.points.remove(kept.sha256)
    if as_json:
        print_json({"sha256": kept.sha256, "removed": True, "runs": len(runs)})
    else:
        print(f"removed {kept.sha256[:12]} ({kept.info.name}); adding the same file again brings them back")


def _plain(kept: KeptPoints) -> dict[str, object]:
    return {"sha256": kept.sha256, "rows": kept.rows, "bytes": kept.bytes} | kept.info.model_dump(mode="json")


def _uses(store: Store) -> dict[str, list[StoredRun]]:
    """Hash → the stored runs that were trained on those points."""
    found: dict[str, list[StoredRun]] = {}
    for run in store.runs():
        sha256 = getattr(run.config.dataset, "sha256", None)
        if sha256 is not None:
            found.setdefault(sha256, []).append(run)
    return found


def _used(runs: list[StoredRun]) -> str:
    named = ", ".join(run.run_id[:12] for run in runs[:SHOWN])
    more = f" and {len(runs) - SHOWN} more" if len(runs) > SHOWN else ""
    return f"{count(len(runs), 'run')} {'was' if len(runs) == 1 else 'were'} trained on them ({named}{more})"
