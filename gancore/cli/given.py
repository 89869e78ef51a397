"""Points of one's own as a command takes them: --points FILE, --columns x,y, --where column=value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.common import changes
from gancore.config import ConfigError
from gancore.datasets.named import names

if TYPE_CHECKING:
    from gancore.datasets.points import Table
    from gancore.store import KeptPoints, Store

DatasetOption = Annotated[
    str | None, typer.Option("--dataset", metavar="NAME", help=f"{', '.join(names())} [default: circle].")
]
PointsOption = Annotated[
    str | None,
    typer.Option("--points", metavar="FILE", help="Points of your own: a file, or the name or hash of kept points."),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", metavar="X,Y", help="Columns of --points [default: x and y, or the first two]."),
]
WhereOption = Annotated[
    str | None,
    typer.Option("--where", metavar="COLUMN=VALUE", help="Rows of --points to take, such as dataset=dino."),
]


def settings_given(
    store: Store,
    settings: Sequence[str] | None,
    steps: int | None,
    dataset: str | None,
    points: str | None,
    columns: str | None,
    where: str | None,
) -> dict[str, object]:
    """What ``--set``, ``--steps``, ``--dataset`` and ``--points`` change, by path. Raises ConfigError, StoreError."""
    check_kind(dataset)
    wanted: dict[str, object] = {**changes(settings), **points_changes(store, points, columns, where, dataset)}
    if dataset is not None:
        wanted["dataset.kind"] = dataset
    if steps is not None:
        wanted["steps"] = steps
    return wanted


def columns_of(text: str | None, option: str = "--columns") -> list[str] | None:
    """The two names of ``--columns``, or of another option; raises ConfigError."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names):
        raise ConfigError.refused(option, text, f"name two of them, such as {option} x,y")
    return names


def keep_points(store: Store, points: str, columns: str | None, where: str | None, name: str = "") -> KeptPoints:
    """Points of a file, kept in the store from now on, or points that it keeps already; raises ConfigError, StoreError.

    What was found in the file is said on standard error.
    """
    import sys

    from gancore.datasets.points import Table

    found = table_or_kept(store, points, columns, where)
    if not isinstance(found, Table):
        return found
    kept = store.points.add(found, name)
    print(f"{Path(points).name}: {found.found} Kept as {kept.sha256[:12]}.", file=sys.stderr)
    return kept


def table_or_kept(store: Store, points: str, columns: str | None, where: str | None) -> Table | KeptPoints:
    """What ``--points`` means: a file, read, or points that the store keeps; raises ConfigError, StoreError."""
    from gancore.datasets.points import read_table

    path = Path(points)
    if path.exists() or (path.suffix and points not in {kept.info.name for kept in store.points.all()}):
        return read_table(path, path.name, columns_of(columns), where)
    if columns or where:
        option = "--columns" if columns else "--where"
        raise ConfigError.of(option, "kept points have no columns; give it with a file, as --points points.csv")
    return store.points.find(points)


def points_changes(
    store: Store, points: str | None, columns: str | None, where: str | None, dataset: str | None = None
) -> dict[str, str]:
    """The settings that ``--points`` and what goes with it stand for; empty without it. Raises ConfigError, StoreError.

    ``dataset`` is what ``--dataset`` names.
    """
    check_together(points, columns, where, dataset)
    if points is None:
        return {}
    return {"dataset.kind": "points", "dataset.sha256": keep_points(store, points, columns, where).sha256}


def check_together(
    points: str | None, columns: str | None, where: str | None, dataset: str | None, else_use: str = ""
) -> None:
    """Refuse what goes with ``--points`` alone where it is not given, and another distribution where it is.

    Raises ConfigError. ``else_use`` begins the options of the same kind that need no ``--points``.
    """
    if points is None:
        for option, value in (("columns", columns), ("where", where)):
            if value is not None:
                other = f"; {else_use}{option}" if else_use else ""
                raise ConfigError.of(f"--{option}", f"it needs --points FILE{other}")
    elif dataset not in (None, "points"):
        raise ConfigError.refused("--dataset", dataset, "give one of them", "cannot go with --points")


def check_kind(dataset: str | None) -> None:
    """Say how points are given where ``--dataset`` names a file of them; raises ConfigError."""
    from gancore.datasets.points.opening import ENDINGS

    if dataset is None or dataset in names():
        return
    if Path(dataset).suffix.lower() in ENDINGS or "/" in dataset:
        allowed = "give a file of points as --points FILE (with --columns and --where where it needs them)"
        raise ConfigError.refused("--dataset", dataset, allowed, "is a file and no kind of distribution")
