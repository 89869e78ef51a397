"""gancore study: a question, its variants, and several seeds of each."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gancore.cli.common import (
    JsonOption,
    SetOption,
    StepsOption,
    StoreOption,
    WorkersOption,
    changes,
    exit_code,
    number,
    obtain,
    print_json,
    print_runs,
    print_table,
    run_json,
)

app = typer.Typer(help="Compare variants over several seeds.", no_args_is_help=True)
StudyArgument = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped study's name, or a .toml file.")]


@app.command("list")
def list_studies(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the shipped studies and how much of each is stored."""
    from gancore.store import Store
    from gancore.studies import load_study, shipped_studies

    runs = Store.open(store)
    rows = []
    for name in shipped_studies():
        study = load_study(name)
        configs = study.configs()
        cached = sum(config.run_id in runs for config in configs)
        if as_json:
            print_json(
                {
                    "name": name,
                    "title": study.title,
                    "variants": len(study.variants),
                    "seeds": study.seeds,
                    "runs": len(configs),
                    "cached": cached,
                }
            )
        rows.append([name, str(len(study.variants)), str(study.seeds), f"{cached}/{len(configs)}", study.title])
    if not as_json:
        print_table(["study", "variants", "seeds", "stored", "title"], rows)


@app.command("show")
def show(name: StudyArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show a study: its question, its variants, and what is stored of it."""
    from gancore import jobs
    from gancore.store import Store
    from gancore.studies import load_study, study_table

    study, runs = load_study(name), Store.open(store)
    if as_json:
        for config in study.configs():
            run = runs.get(config.run_id)
            print_json(run_json(config, "missing" if run is None else run.status, run))
        return
    print(f"{study.title}\n{study.question}\n")
    _print_variants(study_table(runs, study))
    seconds = jobs.estimate(runs, study.configs())
    if seconds:
        print(f"\nwhat is missing takes about {seconds:.0f} s here: gancore study run {name}")


@app.command("run")
def run(
    name: StudyArgument,
    seeds: Annotated[
        int | None, typer.Option("--seeds", metavar="N", min=1, max=64, help="Seeds 0 to N-1 [default: the study's].")
    ] = None,
    steps: StepsOption = None,
    settings: SetOption = None,
    workers: WorkersOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> int:
    """Train what is missing of a study; --steps and --set change every variant."""
    from gancore.store import Store
    from gancore.studies import load_study, study_table

    study = load_study(name).with_overrides(steps=steps, set=changes(settings))
    runs = Store.open(store)
    found = obtain(runs, study.configs(seeds), study.name, workers)
    if as_json:
        for item in found:
            print_json(run_json(*item))
        return exit_code(found)
    labels = [variant.label for variant in study.variants for _ in study.configs_of(variant, seeds)]
    print_runs(found, labels)
    print()
    _print_variants(study_table(runs, study, seeds))
    sys.stdout.flush()
    return exit_code(found)


def _print_variants(table) -> None:
    """A line a variant: counts, success and interquartile means."""
    from gancore.studies.statistics import HEADLINE

    rows = [
        [
            str(row["label"]),
            f"{row['n']:.0f}/{row['n'] + row['missing']:.0f}",
            number(row["success_rate"]),
            *(number(row.get(key)) for key in HEADLINE),
        ]
        for row in table.to_dict("records")
    ]
    print_table(["variant", "stored", "success", *HEADLINE], rows)
