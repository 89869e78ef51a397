"""What a command says when it trained nothing because its runs are stored, and what to type to train something."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from gancore.config import RunConfig
    from gancore.store import Scope, Store, StoredRun

AgainOption = Annotated[
    bool, typer.Option("--again", help="Train also what ships with gancore or was imported, into your own store.")
]


def scope_of(again: bool) -> Scope:
    """Which layers of the store a command counts."""
    return "own" if again else "shipped"


def say_where(found: Sequence[tuple[RunConfig, str, StoredRun | None, str]]) -> bool:
    """Say on standard error that no run was trained and where they are stored; False where some run was."""
    runs = [run for _, status, run, _ in found if status == "cached" and run is not None]
    if len(runs) < len(found):
        return False
    count = "the run" if len(runs) == 1 else f"all {len(runs)} runs"
    shipped = sorted({run.source for run in runs if run.shipped})
    imported = sorted({run.source for run in runs if not run.shipped and run.source != "store"})
    places = [
        *([f"with gancore (in {', '.join(shipped)})"] if shipped else []),
        *([f"in what was imported ({', '.join(imported)})"] if imported else []),
        *(["in your own store"] if any(run.source == "store" for run in runs) else []),
    ]
    print(f"nothing was trained: {count} came finished {' and '.join(places)}", file=sys.stderr)
    return True


def suggest(commands: Sequence[tuple[str, Sequence[str]]], store: Path | None) -> None:
    """Print commands (what each does, its words) on standard error, for the store that was used."""
    for what, words in commands:
        where = [] if store is None else ["--store", str(store)]
        print(f"{what}: {shlex.join(['gancore', *words, *where])}", file=sys.stderr)


def suggest_training(
    found: Sequence[tuple[RunConfig, str, StoredRun | None, str]],
    words: Sequence[str],
    store: Store,
    given: Path | None,
) -> None:
    """After ``gancore train``: how to train these runs all the same, and a seed that nobody has trained.

    ``words`` is the command without its seeds.
    """
    from gancore.config import with_changes

    if not say_where(found):
        return
    configs = [config for config, *_ in found]
    seed = max(config.seed for config in configs) + 1
    while with_changes(configs[0], {"seed": seed}).run_id in store:
        seed += 1
    seeds = ["--seeds", str(len(configs))] if len(configs) > 1 else ["--seed", str(configs[0].seed)]
    again = [("to train the same here", [*words, *seeds, "--again"])]
    own = all(run is not None and run.source == "store" for _, _, run, _ in found)
    suggest([*([] if own else again), ("to train another seed", [*words, "--seed", str(seed)])], given)
