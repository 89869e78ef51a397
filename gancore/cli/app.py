"""The command tree."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gancore import __version__, plugins
from gancore.cli import (
    bench,
    dirac,
    environment,
    fix,
    gallery,
    jobs,
    points,
    recipes,
    report,
    runs,
    score,
    step,
    study,
    train,
)

app = typer.Typer(
    name="gancore",
    help="Why does a small GAN learn a distribution or fail, and which change fixes it? Train, store and compare.",
    epilog="The app: streamlit run streamlit_app.py",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("env")(environment.env)
app.command("train")(train.train)
app.command("fix")(fix.fix)
app.command("dirac")(dirac.dirac)
app.command("step")(step.step)
app.command("score")(score.score)
app.command("report")(report.report)
app.command("bench")(bench.bench)
app.add_typer(runs.app, name="runs")
app.add_typer(gallery.app, name="gallery")
app.add_typer(jobs.app, name="jobs")
app.add_typer(points.app, name="points")
app.add_typer(recipes.app, name="recipes")
app.add_typer(study.app, name="study")


def _print_version(asked: bool) -> None:
    if asked:
        print(f"gancore {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
    ] = False,
) -> None:
    """What goes before every command: each plug-in that is left out is named on standard error."""
    for sentence in plugins.problems():
        print(f"gancore: {sentence}", file=sys.stderr)
