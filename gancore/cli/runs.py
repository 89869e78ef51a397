"""gancore runs: look at, check, export and remove what is stored."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.common import JsonOption, StoreOption, check_folder, number, print_json, print_table, run_json

if TYPE_CHECKING:
    from gancore.store import StoredRun

app = typer.Typer(help="List, show, check, export and remove stored runs.", no_args_is_help=True)
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


@app.command("export")
def export(
    run_id: IdArgument,
    keras: Annotated[
        Path | None,
        typer.Option("--keras", metavar="DIR", help="Write generator.keras and discriminator.keras into this folder."),
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(
            "--script",
            metavar="FILE",
            help="Write a plain Keras script (FILE.py) that trains this configuration without gancore, and beside it "
            "FILE.npz with what the run drew in its first 200 steps.",
        ),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write a run's networks as Keras models, or a Keras script that trains it, for use without gancore.

    Files that are there already are replaced.
    For example: gancore runs export 0123abcd --keras models --script run.py
    """
    from gancore.config import ConfigError
    from gancore.store import Store
    from gancore.training.backend import prepare

    if keras is None and script is None:
        raise ConfigError("--keras, --script: give at least one of them, such as --keras models or --script run.py")
    run = Store.open(store).find(run_id)
    check_folder("--keras", keras)
    check_folder("--script", script.parent if script else None)
    prepare()  # As the workers have it, so that the numbers are theirs.
    if keras is not None:
        _export_keras(run, keras)
    if script is not None:
        _export_script(run, script)


def _export_keras(run: StoredRun, folder: Path) -> None:
    from gancore.config import ConfigError
    from gancore.training.export import write_keras

    if not run.weights:
        raise ConfigError(
            f"--keras: {run.run_id[:12]} ships with gancore (in {run.source}) without its weights; "
            f"'gancore gallery build {run.source} --out NEWDIR' trains that study into your own store, weights and all"
        )
    try:
        paths = write_keras(run.config, run.weights, folder)
    except OSError as error:
        raise _unwritable("--keras", folder, error) from None
    for path in paths:
        print(path)


def _export_script(run: StoredRun, path: Path) -> None:
    from gancore.training.export import DRAWN_STEPS, write_script

    try:
        draws, steps = write_script(run.config, path)
    except OSError as error:
        raise _unwritable("--script", path, error) from None
    print(path)
    fewer = steps < min(DRAWN_STEPS, run.config.steps)
    why = " (those of more steps would make a file of over 60 MB)" if fewer else ""
    if draws is None:
        print(f"no draws are written beside it: one step's make a file of over 60 MB; {path.name} draws its own")
        return
    print(f"{draws}: initial weights and the draws of {steps} steps, {draws.stat().st_size / 1e6:.1f} MB{why}")
    print(f"the run's first history rows again: python {path} --draws {draws} --steps {steps} --json")


def _unwritable(option: str, path: Path, error: OSError) -> Exception:
    from gancore.config import ConfigError

    return ConfigError(f"{option}: {str(path)[:200]!r} cannot be written ({error.strerror or error})")
