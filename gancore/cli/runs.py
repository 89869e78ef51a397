"""gancore runs: look at, check, score again, export and remove what is stored."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.bundles import export_study, import_
from gancore.cli.common import JsonOption, StoreOption, check_folder, number, print_json, print_table, run_json
from gancore.cli.diagnosing import diagnose, kinds_of
from gancore.cli.run_export import export_keras, export_script, origin
from gancore.datasets.named import name_of

if TYPE_CHECKING:
    from gancore.store import Store

app = typer.Typer(help="List, show, check, score again, export and remove stored runs.", no_args_is_help=True)
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A run's id, or the first 4 or more of its digits.")]


@app.command("list")
def list_runs(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the stored runs: those that ship with gancore, those of imported bundles, and last your own.

    Runs that this version cannot read are kept, and named on standard error.
    """
    from gancore.analysis.scored import scored_otherwise
    from gancore.config import RunConfig
    from gancore.store import Store
    from gancore.studies import label_of

    opened = Store.open(store)
    runs = opened.runs()[::-1]  # what one looks for stands where the terminal ends
    for kept in opened.unreadable():
        print(f"gancore: {kept.reason}", file=sys.stderr)
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
            name_of(run.config.dataset),
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
    if sentence := scored_otherwise(run.metrics_version for run in runs):
        print(f"gancore: {sentence}", file=sys.stderr)
    print_table(["run", "dataset", "settings", "seed", "status", "steps", "w1_excess", "coverage", "source"], rows)


@app.command("show")
def show(run_id: IdArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show a run: its configuration, versions and metrics, why others have no value on its distribution, and which
    diagnoses apply to it (see: gancore runs diagnose)."""
    from gancore.metrics import lacking
    from gancore.store import Store
    from gancore.words import without_measures

    run = Store.open(store).find(run_id)
    content = run_json(run.config, run.status, run) | {
        "created": run.created,
        "source": run.source,
        "versions": run.versions,
        "snapshots": len(run.snapshot_steps),
        "lacking": lacking(run.config.dataset)
        | without_measures(run.config.loss.judged, run.config.loss.boundary is not None),
        "diagnosis": kinds_of(run),
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


@app.command("rescore")
def rescore(
    run_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Ids of your own runs, or 4 or more of their digits.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every run of your own.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> int:
    """Compute metrics of stored runs again with this version's definitions, without training.

    The end of a run is always scored again, earlier snapshots where all their points are stored; the others keep
    the values they had, and the run's versions then say of which definitions. Points are stored with 16 bits a
    coordinate, so values move by about 1e-5 even where no definition has changed. Runs of bundles are read-only.
    """
    from gancore.config import ConfigError
    from gancore.metrics import METRICS_VERSION
    from gancore.store import Store, StoreError
    from gancore.store.rescore import rescore

    if bool(run_ids) == every:
        raise ConfigError("ID, --all: give either one or more ids of runs, or --all for every run of your own")
    opened = Store.open(store)
    runs = opened.runs() if every else [opened.find(run_id) for run_id in dict.fromkeys(run_ids or ())]
    own = {run.run_id: run for run in runs if run.source == "store"}
    shipped = [run for run in runs if run.source != "store"]
    if shipped and not every:
        which = f"{shipped[0].run_id[:12]} belongs to the bundle {shipped[0].source!r}, which is read-only"
        raise ConfigError(f"ID: {which}; only your own runs can be scored again")
    rows, failed = [], False
    left: dict[str, int] = {}
    for run in own.values():
        try:
            result = rescore(opened, run)
        except (ConfigError, StoreError) as error:
            print(f"gancore: {error}", file=sys.stderr)
            failed = True
            continue
        if as_json:
            print_json(asdict(result) | {"metrics_version": METRICS_VERSION})
        pairs = [(result.before.get(key), value) for key, value in result.after.items()]
        changed = sum(before != after for before, after in pairs)
        moved = [abs(after - before) for before, after in pairs if before is not None and after is not None]
        learned = " → ".join(number(values.get("learned")) for values in (result.before, result.after))
        versions = f"{result.version_before} → {METRICS_VERSION}"
        counts = [str(count) for count in (result.scored, result.left, changed)]
        rows.append([run.run_id[:12], versions, *counts, number(max(moved, default=0.0)), learned])
        if result.left:
            version = result.version_left or str(METRICS_VERSION)
            left[version] = left.get(version, 0) + result.left
    if rows and not as_json:
        print_table(["run", "metrics version", "scored", "left", "values changed", "by at most", "learned"], rows)
    for version, count in left.items():
        why = f"(metrics version {version}): not all of their points are stored"
        print(f"{count} snapshots keep their values {why}", file=sys.stderr)
    if shipped:
        print(f"{len(shipped)} runs belong to bundles, which are read-only; they stay as they are", file=sys.stderr)
    if not own:
        print("no runs of your own are stored", file=sys.stderr)
    return int(failed)


@app.command("remove")
def remove(run_id: IdArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Remove a run from your store. What ships with gancore, or was imported, stays."""
    from gancore.store import Store

    opened = Store.open(store)
    found = opened.find_unreadable(run_id) or _own(opened, run_id)
    opened.remove(found)
    if as_json:
        print_json({"run_id": found, "removed": True})
    else:
        print(f"removed {found}")


def _own(opened: Store, run_id: str) -> str:
    """The whole id of an own run; raises ConfigError where it is none."""
    from gancore.config import ConfigError

    run = opened.find(run_id)
    if run.source != "store":
        whole = opened.root / "bundles" / f"{run.source}.gancore"
        hint = "" if run.shipped else f" (to be rid of the whole bundle, delete {whole})"
        raise ConfigError(f"run: {run_id[:80]!r} {origin(run)}; only your own runs can be removed{hint}")
    return run.run_id


@app.command("export")
def export(
    run_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A run's id, or the first 4 or more of its digits.")
    ] = None,
    keras: Annotated[
        Path | None,
        typer.Option(
            "--keras",
            metavar="DIR",
            help="Write generator.keras, discriminator.keras, the latter with logits as well, and a README.txt into "
            "this folder. They need Keras 3 or newer.",
        ),
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(
            "--script",
            metavar="FILE",
            help="Write a plain Keras script (FILE.py) that trains this configuration without gancore.",
        ),
    ] = None,
    draws: Annotated[
        bool,
        typer.Option(
            "--draws",
            help="Beside the script, also write what the run drew in its first 200 steps (FILE-draws.npz, up to 60 MB) "
            "and FILE-replay.py, which feeds it to the script and so prints the first rows of the run's history again.",
        ),
    ] = False,
    train: Annotated[
        bool,
        typer.Option(
            "--train",
            help="Where the run is stored without its weights, as in a bundle, first train it into your own store.",
        ),
    ] = False,
    study: Annotated[
        str | None,
        typer.Option("--study", metavar="NAME|FILE", help="Export a whole finished study rather than one run."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.gancore", help="Where to write the study.")] = None,
    with_points: Annotated[
        bool,
        typer.Option(
            "--with-points",
            help="Write points of your own too: beside the script that reads them, or as a part of the study's file.",
        ),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Write a run for use without gancore (Keras models, or a script that trains it), or a whole study as one file.

    Files that are there already are replaced.
    For example: gancore runs export 0123abcd --keras models --script run.py
    or, of a run that ships with gancore: gancore runs export 0123abcd --keras models --train
    or: gancore runs export --study four-fixes --out four-fixes.gancore
    """
    from gancore.config import ConfigError
    from gancore.parts.backend import prepare
    from gancore.store import Store

    if study is not None:
        if run_id is not None or keras is not None or script is not None or draws or train:
            raise ConfigError(
                "--study: it cannot go with a run's ID, --keras, --script, --draws or --train; use it with --out alone"
            )
        return export_study(study, out, store, with_points)
    if with_points and script is None:
        raise ConfigError("--with-points: it goes with --study NAME --out FILE.gancore, or with --script FILE")
    if run_id is None:
        raise ConfigError("ID: give a run's id (see: gancore runs list), or --study NAME --out FILE.gancore")
    if out is not None:
        raise ConfigError("--out: it goes with --study; a run is written with --keras DIR or --script FILE")
    if draws and script is None:
        raise ConfigError("--draws: it goes with --script FILE, beside which the draws are written")
    if train and keras is None:
        raise ConfigError("--train: it goes with --keras DIR; a script needs no trained run")
    if keras is None and script is None:
        raise ConfigError("--keras, --script: give at least one of them, such as --keras models or --script run.py")
    run = Store.open(store).find(run_id)
    check_folder("--script", script.parent if script else None)
    prepare()  # As the workers have it, so that the numbers are theirs.
    if keras is not None:
        export_keras(run, keras, store, train)
    if script is not None:
        export_script(run, script, draws, with_points)


app.command("diagnose")(diagnose)
app.command("import")(import_)
