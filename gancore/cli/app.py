"""The command tree."""

from __future__ import annotations

import typer

from gancore.cli import bench, bundles, environment, gallery, report, runs, study, train  # noqa: F401  (adds to runs)

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
app.command("report")(report.report)
app.command("bench")(bench.bench)
app.add_typer(runs.app, name="runs")
app.add_typer(gallery.app, name="gallery")
app.add_typer(study.app, name="study")
