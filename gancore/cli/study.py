"""gancore study: a question, its variants, and several seeds of each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.before import YesOption
from gancore.cli.common import (
    JsonOption,
    SetOption,
    StepsOption,
    StoreOption,
    WorkersOption,
    changes,
    exit_code,
    obtain,
    print_json,
    print_runs,
    print_table,
    run_json,
)
from gancore.cli.given import ColumnsOption, PointsOption, WhereOption, points_changes
from gancore.cli.stored import AgainOption, say_where, scope_of, suggest
from gancore.words import about, chance, number, percent, signed

if TYPE_CHECKING:
    from gancore.analysis import Analysis
    from gancore.studies import Study

app = typer.Typer(help="Compare variants over several seeds.", no_args_is_help=True)
StudyArgument = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped study's name, or a .toml file.")]


MOST_SEEDS = 64
"""Seeds a variant that a command may ask for."""


@app.command("list")
def list_studies(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the shipped and the imported studies and how much of each is stored."""
    from gancore.store import Store
    from gancore.studies import known_studies, load_study

    runs = Store.open(store)
    rows = []
    for name in known_studies(runs):
        study = load_study(name, runs)
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
        if any(row[3].startswith("0/") for row in rows):
            print("\nwhat has no stored run ships as a file alone; how long it takes here: gancore study show STUDY")


@app.command("show")
def show(name: StudyArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show a study: its question, its variants, and what is stored of it."""
    from gancore import jobs
    from gancore.analysis import study_table
    from gancore.store import Store
    from gancore.studies import hash_of, load_study

    runs = Store.open(store)
    study = load_study(name, runs, hash_of)
    if as_json:
        for config in study.configs():
            run = runs.get(config.run_id)
            print_json(run_json(config, "missing" if run is None else run.status, run))
        return
    print(f"{study.title}\n{study.question}\n")
    _print_variants(study, study_table(runs, study))
    seconds = jobs.estimate(runs, study.configs())
    if seconds:
        print(f"\nwhat is missing takes {about(seconds)} here: gancore study run {name}")


@app.command("run")
def run(
    name: StudyArgument,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", min=1, max=MOST_SEEDS, help="Seeds 0 to N-1 [default: the study's]."),
    ] = None,
    steps: StepsOption = None,
    settings: SetOption = None,
    points: PointsOption = None,
    columns: ColumnsOption = None,
    where: WhereOption = None,
    until_decided: Annotated[
        bool, typer.Option("--until-decided", help="Train batches of seeds until every claim is decided.")
    ] = False,
    max_seeds: Annotated[
        int | None,
        typer.Option(
            "--max-seeds", metavar="N", min=3, max=MOST_SEEDS, help="Maximum seeds per variant [default: 60]."
        ),
    ] = None,
    every: Annotated[
        int | None,
        typer.Option("--every", metavar="N", min=3, max=MOST_SEEDS, help="Seeds between two looks [default: 10]."),
    ] = None,
    max_minutes: Annotated[
        float | None, typer.Option("--max-minutes", metavar="M", help="Stop after so long [default: 30].")
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="KEY", help="What decides [default: w1_excess].")
    ] = None,
    again: AgainOption = False,
    workers: WorkersOption = None,
    yes: YesOption = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> int:
    """Train what is missing of a study; --steps, --set and --points change every variant.

    With --until-decided seeds are added batch by batch, with a look at the results after each, until every claim (or,
    of a study without claims, every main effect and variant) is decided. Over all looks together, the chance of a
    wrong verdict is at most 5%; each look spends part of it, so that neither looking often nor asking again for more
    seeds makes a wrong verdict more likely.
    """
    from gancore.analysis import study_table
    from gancore.config import ConfigError
    from gancore.store import Store
    from gancore.studies import load_study

    runs = Store.open(store, scope_of(again))
    wanted = {**changes(settings), **points_changes(runs, points, columns, where)}
    study = load_study(name, Store.open(store), lambda table: runs.points.add(table).sha256)
    study = study.with_overrides(steps=steps, set=wanted)
    given = {"--max-seeds": max_seeds, "--every": every, "--max-minutes": max_minutes, "--metric": metric}
    if until_decided:
        from gancore.analysis.sequential import EVERY, MAXIMUM, Plan
        from gancore.cli.until import run_until_decided

        if seeds is not None:
            raise ConfigError("--seeds: it cannot go with --until-decided; use --max-seeds for the most")
        plan = Plan(MAXIMUM if max_seeds is None else max_seeds, EVERY if every is None else every)
        minutes = 30.0 if max_minutes is None else max_minutes
        return run_until_decided(runs, study, plan, metric or "w1_excess", minutes, workers, as_json)
    for option, value in given.items():
        if value is not None:
            raise ConfigError(f"{option}: it needs --until-decided")
    found = obtain(runs, study.configs(seeds), study.name, workers, yes)
    if say_where(found):
        given = [word for text in settings or () for word in ("--set", text)]
        given += ["--steps", str(steps)] if steps is not None else []
        for option, value in (("--points", points), ("--columns", columns), ("--where", where)):
            given += [option, value] if value is not None else []
        now = seeds or study.seeds
        more = [] if now >= MOST_SEEDS else [("to train more seeds", ["--seeds", str(min(2 * now, MOST_SEEDS))])]
        own = all(run is not None and run.source == "store" for _, _, run, _ in found)
        same = [] if own else [("to train the same here", [*(["--seeds", str(seeds)] if seeds else []), "--again"])]
        suggest([(what, ["study", "run", name, *given, *words]) for what, words in (*same, *more)], store)
    if as_json:
        for item in found:
            print_json(run_json(*item))
        return exit_code(found)
    labels = [variant.label for variant in study.variants for _ in study.configs_of(variant, seeds)]
    print_runs(found, labels)
    print()
    _print_variants(study, study_table(runs, study, seeds))
    sys.stdout.flush()
    return exit_code(found)


@app.command("analyze")
def analyze(
    name: StudyArgument,
    metric: Annotated[
        str, typer.Option("--metric", metavar="KEY", help="What to judge by, such as curve_p95 or coverage.")
    ] = "w1_excess",
    dataset: Annotated[
        str | None, typer.Option("--dataset", metavar="KIND", help="One of the study's datasets, or overall.")
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", min=1, max=MOST_SEEDS, help="Seeds 0 to N-1 [default: the study's]."),
    ] = None,
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a report in Markdown.")] = False,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print one table: a line per cell, effect and view of a claim.")
    ] = False,
) -> None:
    """Estimate effects with intervals over seeds, and judge the study's claims; nothing is trained."""
    from gancore.analysis import analysis_of, plain_analysis, run_table, tidy
    from gancore.config import ConfigError
    from gancore.store import Store
    from gancore.studies import hash_of, load_study

    chosen = [option for option, on in (("--json", as_json), ("--markdown", markdown), ("--csv", csv)) if on]
    if len(chosen) > 1:
        raise ConfigError(f"{chosen[0]}: it cannot go with {chosen[1]}; use one of --json, --markdown, --csv")
    opened = Store.open(store)
    study = load_study(name, opened, hash_of)
    runs = run_table(opened, study, seeds)
    analysis = analysis_of(study, runs, metric, dataset)
    if as_json:
        print_json(plain_analysis(analysis))
    elif markdown:
        from gancore.report.markdown import markdown_report
        from gancore.report.options import TableOptions
        from gancore.report.values import analyses_of

        found = analyses_of(study, runs, metric, dataset=dataset)
        print(markdown_report(study, found, TableOptions(), level=2), end="")
    elif csv:
        from gancore.report.escaping import cell

        table = tidy(analysis).map(lambda value: cell(value) if isinstance(value, str) else value)
        print(table.to_csv(index=False, lineterminator="\n"), end="")
    else:
        print(f"{study.title}\n{study.question}\n")
        _print_analysis(study, analysis)


def _print_analysis(study: Study, analysis: Analysis) -> None:
    """Cells, effects and claims for a terminal."""
    from gancore.analysis import claim_sentences, judged

    several = len(analysis.datasets) > 1
    head = ["dataset"] if several else []
    cells = [
        [
            *([row.dataset] if several else []),
            row.label,
            f"{row.n}/{row.n + row.missing}",
            f"{row.learned}/{row.n}",
            percent(row.success_low),
            percent(row.success_high),
            *map(number, (row.iqm, row.low, row.high)),
        ]
        for row in analysis.cells
    ]
    print_table(
        [*head, "variant", "stored", "learned", "low", "high", f"{analysis.metric} (IQM)", "low", "high"], cells
    )
    effects = [
        [
            *([row.dataset] if several else []),
            row.effect,
            *map(signed, (row.estimate, row.low, row.high)),
            chance(row.p_holm),
            percent(row.improvement),
            str(row.n),
        ]
        for row in analysis.effects
    ]
    if effects:
        print(f"\nchanges in {analysis.metric}, {analysis.better} is better; intervals are Holm-corrected 95% ones")
        print_table([*head, "effect", "change", "low", "high", "p (Holm)", "improves", "seeds"], effects)
    claims = judged(study, analysis)
    for claim in claims:
        where = f" on {claim.row.dataset}" if several else ""
        print(f"\n{claim.row.verdict}{where}: {claim.row.text}\n  {claim_sentences(claim).replace('`', '')}")
    for rule in dict.fromkeys(claim.row.rule for claim in claims):
        print(f"\n{rule}")
    for note in analysis.notes:
        print(f"\nnote: {note}")


def _print_variants(study: Study, table) -> None:
    """A line per variant: counts, success and interquartile means, the first with its 95% interval."""
    from gancore.analysis.outcomes import values_explained
    from gancore.analysis.summaries import headline

    judged, *others = headline(study)
    rows = [
        [
            str(row["label"]),
            f"{row['n']}/{row['n'] + row['missing']}",
            percent(row["success"]),
            *(number(row[key]) for key in (judged, f"{judged}_low", f"{judged}_high")),
            *(number(row[key]) for key in others),
        ]
        for row in table.to_dict("records")
    ]
    print_table(["variant", "stored", "success", judged, "low", "high", *others], rows)
    for sentence in values_explained(study, [judged, *others]):
        print(f"\nnote: {sentence}")
