"""gancore runs: look at, check and remove what is stored."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from gancore.cli.common import JsonOption, StoreOption, number, print_json, print_table, run_json

app = typer.Typer(help="List, show, check and remove stored runs.", no_args_is_help=True)
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A run's id, or the first 4 or more of its digits.")]


@app.command("list")
def list_runs(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the stored runs, your own first, then those that ship with gancore."""
    from gancore.config import RunConfig
    from gancore.store import Store
    from gancore.studies import label_of

    runs = Store.open(store).runs()
    if as_json:
        for run in runs:
            print_json(run_json(run.config, run.status, run) | {"source": run.source, "created": run.created})
        return
    if not runs:
        print("no runs are stored; train one with: gancore train")
        return
    rows = [
        [
            run.run_id[:12],
            run.config.dataset.kind,  # type: ignore[attr-defined]
            label_of(run.config, [RunConfig()]),
            str(run.config.seed),
            run.status,
            str(run.steps),
            number(run.metrics.get("w1_excess")),
            number(run.metrics.get("coverage")),
            run.source,
        ]
        for run in runs
    ]
    print_table(["run", "dataset", "settings", "seed", "status", "steps", "w1_excess", "coverage", "source"], rows)


@app.command("show")
def show(run_id: IdArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show a run: its configuration, versions and metrics."""
    from gancore.store import Store

    run = Store.open(store).find(run_id)
    content = run_json(run.config, run.status, run) | {
        "created": run.created,
        "source": run.source,
        "versions": run.versions,
        "snapshots": len(run.snapshot_steps),
    }
    if as_json:
        print_json(content)
    else:
        print(json.dumps(content, indent=2, ensure_ascii=False))


@app.command("verify")
def verify(store: StoreOption = None, as_json: JsonOption = False) -> int:
    """Check every stored file against its checksum; damaged runs go to quarantine and are trained again."""
    from gancore.store import Store

    problems = Store.open(store).verify()
    for problem in problems:
        if as_json:
            print_json({"run_id": problem.run_id, "reason": problem.reason})
        else:
            print(problem.reason, file=sys.stderr)
    if not problems and not as_json:
        print("every stored run is sound")
    return 1 if problems else 0


@app.command("remove")
def remove(run_id: IdArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Remove a run from your store. What ships with gancore stays."""
    from gancore.config import ConfigError
    from gancore.store import Store

    opened = Store.open(store)
    run = opened.find(run_id)
    if run.source != "store":
        raise ConfigError(
            f"run: {run_id[:80]!r} ships with gancore (in {run.source}); only your own runs can be removed"
        )
    opened.remove(run.run_id)
    if as_json:
        print_json({"run_id": run.run_id, "removed": True})
    else:
        print(f"removed {run.run_id}")
