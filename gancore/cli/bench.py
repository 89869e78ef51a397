"""gancore bench: how fast the engine is, against what it could be and what others are."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.common import JsonOption, check_folder, print_json
from gancore.config import ConfigError
from gancore.words import count, number, percent

if TYPE_CHECKING:
    from gancore.benchmarks.machine import Fact


def bench(
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="One short round of one case, within a minute: does it work? No figures to quote."
        ),
    ] = False,
    ruler: Annotated[
        bool,
        typer.Option(
            "--ruler",
            help="Measure scores instead: noise and cost of w1 for perfect samples of every distribution, and how many "
            "of those are learned.",
        ),
    ] = False,
    script: Annotated[
        bool,
        typer.Option(
            "--script",
            help="Measure the exported Keras script alone: processor time of its train() beside the engine's for that "
            "one run, in turn.",
        ),
    ] = False,
    nearest: Annotated[
        bool,
        typer.Option(
            "--nearest",
            help="Measure distances instead: processor time of 2,000 points' distances and cells, for every "
            "distribution at its defaults and at the ends of its settings.",
        ),
    ] = False,
    distributions: Annotated[
        bool,
        typer.Option(
            "--distributions",
            help="Measure distributions instead: processor time of a run's scores beside its training at batch 32, and "
            "of fresh points beside a fixed training set, for every distribution and named constant.",
        ),
    ] = False,
    recipes: Annotated[
        bool,
        typer.Option(
            "--recipes",
            help="Measure recipes instead: the engine against the matrix products of the same steps, and against JAX.",
        ),
    ] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix",
            help="Measure searches for a fix instead: twelve small starts, each beside the full comparison, trained in "
            "the store, so that it goes on where it was; about 4,500 runs.",
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the table to this Markdown file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the engine beside the bare matrix products, JAX, PyTorch and a plain Keras loop.

    Peers take turns in one run (about ten minutes); PyTorch and JAX are measured where they are installed
    (python -m pip install 'gancore[bench]'). Times are milliseconds per run and step with all cores at work.
    """
    if out is not None:
        check_folder("--out", out.parent)
    tables = {
        "ruler": (ruler, _ruler),
        "nearest": (nearest, _nearest),
        "distributions": (distributions, _distributions),
        "recipes": (recipes, _recipes),
        "fix": (fix, _fixes),
    }
    wanted = [f"--{name}" for name, given in (*((n, on) for n, (on, _) in tables.items()), ("script", script)) if given]
    if len(wanted) > 1:
        raise ConfigError(f"{wanted[0]}: it cannot go with {wanted[1]}; each of them measures something else")
    for given, table in tables.values():
        if given:
            return table(quick, out, as_json)
    from gancore.benchmarks.jobs import stores
    from gancore.benchmarks.machine import machine
    from gancore.benchmarks.suite import facts, facts_of_script, measure
    from gancore.jobs import unavailable

    if reason := unavailable():
        raise RuntimeError(reason)
    say = partial(print, file=sys.stderr)
    if script:
        rows = _facts(facts_of_script(quick, say), as_json, "cpu")
        return _write("\n".join([f"One thread on {machine()}:", "", *rows]), out, as_json)
    rows = ["| case | what | min | median | max | × products | × engine |", "|---|---|---:|---:|---:|---:|---:|"]
    device = ""
    with stores(quick) as warm:
        for line in measure(quick, say, warm):
            device = line.device
            if as_json:
                print_json(asdict(line) | {"machine": machine()})
            times = " | ".join(number(value) for value in (line.low, line.median, line.high))
            ratios = f"{number(line.against_products)} | {number(line.against_engine)}"
            rows.append(f"| {line.case} | {line.peer} | {times} | {ratios} |")
        rows += ["", *_facts(facts(quick, say, warm), as_json, device)]
    title = f"Milliseconds per run and step on {machine()}, device {device}{' (one quick round)' if quick else ''}:"
    _write("\n".join([title, "", *rows]), out, as_json)


def _facts(facts: Iterable[Fact], as_json: bool, device: str) -> list[str]:
    """The table of single figures; printed as they come where they are wanted as JSON."""
    from gancore.benchmarks.machine import machine

    rows = ["| figure | |", "|---|---:|"]
    for fact in facts:
        if as_json:
            print_json(asdict(fact) | {"machine": machine(), "device": device})
        rows.append(f"| {fact.name} | {number(fact.value)} {fact.unit} |")
    return rows


def _ruler(quick: bool, out: Path | None, as_json: bool) -> None:
    """The table of ``--ruler``: a row per distribution and way of measuring."""
    from gancore.benchmarks.machine import machine
    from gancore.benchmarks.ruler import every_sharpness

    rows = ["| distribution | w1 of perfect samples | mean | sd | ms | learned |", "|---|---|---:|---:|---:|---:|"]
    draws = 10 if quick else 200
    for row in every_sharpness(draws):
        print(f"{row.dataset}: {row.what}", file=sys.stderr)
        if as_json:
            print_json(row._asdict() | {"draws": draws, "machine": machine()})
        learned = "" if row.learned is None else percent(row.learned, 1)
        figures = " | ".join([number(row.mean), number(row.sd), number(row.milliseconds), learned])
        rows.append(f"| {row.dataset} | {row.what} | {figures} |")
    title = f"w1 of perfect samples over {draws} draws, and processor time of one value, on {machine()}:"
    _write("\n".join([title, "", *rows]), out, as_json)


def _nearest(quick: bool, out: Path | None, as_json: bool) -> None:
    """The table of ``--nearest``: a row per setting, the slowest first."""
    from gancore.benchmarks.machine import machine
    from gancore.benchmarks.nearest import POINTS, REPEATS, searched

    rows = sorted(searched(1 if quick else REPEATS), key=lambda row: -row.milliseconds)
    lines = ["| distribution | slowest points | ms |", "|---|---|---:|"]
    for row in rows:
        if as_json:
            print_json(row._asdict() | {"points": POINTS, "machine": machine()})
        lines.append(f"| {row.setting} | {row.cloud} | {number(row.milliseconds)} |")
    title = f"Processor time of the distances and cells of {POINTS:,} points, on {machine()}:"
    _write("\n".join([title, "", *lines]), out, as_json)


def _distributions(quick: bool, out: Path | None, as_json: bool) -> None:
    """The table of ``--distributions``: a row per distribution, the one with the costliest scores first."""
    from gancore.benchmarks.distributions import every_cost
    from gancore.benchmarks.machine import machine

    columns = ("distribution", "step", "a snapshot's scores", "the last's", "once", "scores, share", "fresh, × circle")
    rows = [f"| {' | '.join(columns)} |", f"|---|{'---:|' * (len(columns) - 1)}"]
    for cost in sorted(every_cost(quick), key=lambda cost: -cost.share):
        if as_json:
            print_json(cost._asdict() | {"machine": machine()})
        figures = [number(value) for value in (cost.step, cost.snapshot, cost.last, cost.once)]
        rows.append(f"| {' | '.join([cost.name, *figures, percent(cost.share, 1), number(cost.fresh)])} |")
    title = f"Milliseconds of a core for a run at batch 32 on {machine()}{' (one quick round)' if quick else ''}:"
    _write("\n".join([title, "", *rows]), out, as_json)


def _recipes(quick: bool, out: Path | None, as_json: bool) -> None:
    """The table of ``--recipes``: a row per recipe, each ratio beside what it should be."""
    from gancore.benchmarks.machine import machine
    from gancore.benchmarks.recipes import measure_recipes

    columns = ("recipe", "products", "engine", "× products", "at most", "JAX", "× faster", "at least", "compile, s")
    rows = [f"| {' | '.join(columns)} |", f"|---|{'---:|' * (len(columns) - 1)}"]
    for line in measure_recipes(quick, partial(print, file=sys.stderr)):
        if as_json:
            print_json(asdict(line) | {"machine": machine()})
        figures = (line.products, line.engine, line.against_products, line.most)
        figures += (line.jax, line.faster_than_jax, line.faster, line.compile)
        rows.append(f"| {line.name} | {' | '.join(map(number, figures))} |")
    title = f"Milliseconds of a core per run and step on {machine()}{' (one quick round)' if quick else ''}:"
    _write("\n".join([title, "", *rows]), out, as_json)


def _fixes(quick: bool, out: Path | None, as_json: bool) -> None:
    """The table of ``--fix``: a row per start, and the sum of what was spent."""
    from gancore.benchmarks.fixes import SEEDS, FixLine, measure_fixes
    from gancore.jobs import unavailable
    from gancore.store import Store

    if reason := unavailable():
        raise RuntimeError(reason)
    rows = ["| start | race, steps | confirmed, steps | full comparison, steps | share | search | comparison | alike |"]
    rows.append("|---|---:|---:|---:|---:|---|---|---|")
    lines: list[FixLine] = []
    for line in measure_fixes(Store.open(), quick, partial(print, file=sys.stderr)):
        lines.append(line)
        if as_json:
            print_json(line._asdict() | {"share": line.share})
        spent = f"{line.race:,} | {line.fresh:,} | {line.full:,} | {percent(line.share)}"
        said = f"{line.verdict}: {line.winner}, {line.rates[0]} of {SEEDS} | {line.best}, {line.rates[1]} of {SEEDS}"
        rows.append(f"| {line.start} | {spent} | {said} | {'yes' if line.alike else 'no'} |")
    race, full = sum(line.race for line in lines), sum(line.full for line in lines)
    alike = sum(line.alike for line in lines)
    title = f"Searches and full comparisons of {count(len(lines), 'start')}, all runs trained:"
    summary = f"Races took {percent(race / full)} of the full comparisons' steps; {alike} of {len(lines)} are alike."
    _write("\n".join([title, "", *rows, "", summary]), out, as_json)


def _write(table: str, out: Path | None, as_json: bool) -> None:
    if not as_json:
        print(table)
    if out is not None:
        out.write_text(table + "\n", encoding="utf-8")
