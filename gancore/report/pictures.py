"""A study as one printed picture: its points, curves, effects or verdicts, on white and 7 inches wide."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gancore import plugins
from gancore.analysis import frame_of
from gancore.analysis.outcomes import without_value
from gancore.config import ConfigError, quoted
from gancore.figures import effects
from gancore.figures.effects import INTERACTION, crossed
from gancore.figures.grid import Panel, curve_grid, grid
from gancore.figures.placing import INK, SMALL, WIDTH, Places, broken, one_line, printed, wrapped
from gancore.figures.reals import left_out
from gancore.report.base import FIGURES, Report, Say, add_figure, add_format
from gancore.report.rendering import pdf, png, printed_svg
from gancore.report.verdicts import verdict_spec
from gancore.store import StoredRun
from gancore.studies import Study
from gancore.studies.arrange import arrange
from gancore.studies.labels import dataset_words
from gancore.words import closeness_explained, closeness_in_short

DOTS, SHAPES = 24_000, 9_000
"""Points drawn in all panels together, as dots in a PNG and as shapes in an SVG or PDF, where each takes its bytes."""
PANEL_DOTS = 1000
"""Points drawn in one panel at most."""
FILE_UNITS = "Axes of one's own points are in the units of their file."
ACROSS = 8
"""Columns that fit a page."""
LARGE = 4
"""Columns of panels that are still large: up to as many rows are turned to columns where those are fewer."""


def spec_of(report: Report, vector: bool) -> dict[str, Any]:
    """The Vega-Lite specification of what ``report.part`` names; a vector picture has fewer points. Raises ConfigError.

    Its data are inline and nothing of Altair's settings is changed, so that it may be made beside other charts.
    """
    if report.part not in FIGURES:
        raise ConfigError(f"--part: {quoted(report.part)} is not part of a picture; use one of {', '.join(FIGURES)}")
    figure = FIGURES[report.part]
    with plugins.named(figure.draw, f"the figure {figure.name!r}"):
        drawn = figure.draw(report.but(vector=vector))
        return drawn if isinstance(drawn, dict) else drawn.to_dict()


@add_format(
    "png", ".png", label="Picture (PNG)", help="7 inches wide at 300 dots per inch.", mime="image/png", parts=True
)
def write_png(report: Report, path: Path, say: Say) -> None:
    """The picture in dots."""
    path.write_bytes(png(_said(report, False, say)))


@add_format(
    "svg", ".svg", label="Picture (SVG)", help="A vector image, 7 inches wide.", mime="image/svg+xml", parts=True
)
def write_svg(report: Report, path: Path, say: Say) -> None:
    """The picture in shapes, for a web page or to be edited."""
    spec = _said(report, True, say)
    path.write_text(printed_svg(spec, f"{report.study.title}: {report.part}"), encoding="utf-8")


@add_format("pdf", ".pdf", label="Picture (PDF)", help="One page, 7 inches wide.", mime="application/pdf", parts=True)
def write_pdf(report: Report, path: Path, say: Say) -> None:
    """The picture as a page that fits a printed column of text."""
    path.write_bytes(pdf(_said(report, True, say)))


def places_of(study: Study) -> Places:
    """Where a study's panels stand: as the page arranges them, turned where they are too many across, or in a row."""
    arranged = arrange(study, study.variants)
    tall = arranged is not None and len(arranged.columns) < len(arranged.rows) <= LARGE
    if arranged is not None and len(arranged.columns) <= ACROSS and not tall:
        return Places(arranged.rows, arranged.columns, arranged.places)
    if arranged is not None and len(arranged.rows) <= ACROSS:
        turned = {name: (column, row) for name, (row, column) in arranged.places.items()}
        return Places(arranged.columns, arranged.rows, turned)
    return wrapped([variant.name for variant in study.variants])


def note_of(run: StoredRun | None, scores: Mapping[str, float | None], step: int | None = None) -> str:
    """``seed 3: 97% near, 100% covered``, by these scores, and whether the run had ended by a step, or at all."""
    if run is None:
        return ""
    near, coverage, excess = (scores.get(key) for key in ("near", "coverage", "w1_excess"))
    words = closeness_in_short(run.config.dataset.support(), near, coverage, excess)
    shares = [words] if words else []
    at = run.diverged_at
    ended = [] if at is None or (step is not None and step < at) else [f"diverged at step {at:,}"]
    if step is not None and step < run.steps and run.end_alone:
        ended.append(f"only step {run.steps:,} was kept")
    return f"seed {run.config.seed}" + (": " if shares or ended else "") + ", ".join(shares + ended)


def _said(report: Report, vector: bool, say: Say) -> dict[str, Any]:
    """The specification, with word of what is being made."""
    say(0.1, f"reading the runs for the {report.part}")
    spec = spec_of(report, vector)
    say(0.5, f"drawing the {report.part}")
    return spec


@add_figure("grid", "Grid", "The points of every variant at the end of training.")
def _grid(report: Report) -> Any:
    panels = []
    for variant in report.study.variants:
        run = report.picked[variant.name]
        scores = {} if run is None else run.metrics
        panels.append(
            Panel(
                variant.name,
                one_line(variant.label),
                note_of(run, scores),
                report.reals[variant.name],
                None if run is None else run.final,
                variant.config.dataset.own_units(),  # type: ignore[attr-defined]
            )
        )
    most = min(PANEL_DOTS, (SHAPES if report.vector else DOTS) // len(panels))
    words = (
        f"{_capital(report.shown)} of each variant at the end of training, at most {most:,} points per panel. "
        + closeness_explained(variant.config.dataset.support() for variant in report.study.variants)
    ).strip()
    said = left_out(report.reals.values())
    if any(panel.units is not None for panel in panels):
        said += f" {FILE_UNITS}"
    return grid(
        panels, places_of(report.study), title=report.study.title, subtitle=words + said + report.gaps, most=most
    )


@add_figure("curves", "Curves", "The discriminator's accuracy and the generator's loss over training.")
def _curves(report: Report) -> Any:
    import altair as alt

    study = report.study
    titles = {variant.name: one_line(variant.label) for variant in study.variants}
    steps = {variant.name: variant.config.steps for variant in study.variants}
    places = places_of(study)
    known = "d_acc" in report.curves and bool(report.curves["d_acc"].notna().any())
    of_discriminator = "d_acc" if known else "d_loss"  # critics have no accuracy, and a supervised fit has neither
    judged = of_discriminator in report.curves and bool(report.curves[of_discriminator].notna().any())
    keys = (of_discriminator, "g_loss") if judged else ("g_loss",)
    charts = [curve_grid(report.curves, key, places, titles, steps) for key in keys]
    words = (
        f"In colour the median of {report.seeds} seeds and the range from the lowest to the highest; in pale grey the "
        f"medians of the other variants.{report.gaps}"
    )
    both = alt.vconcat(*charts, spacing=18).properties(description=f"{study.title}: curves. {words}")
    return printed(both, study.title, words)


@add_figure("effects", "Effects", "What each factor or variant changes, with intervals.")
def _effects(report: Report) -> dict[str, Any]:
    """A chart per dataset, stacked; each is made by ``figures.effects`` and then set for print."""
    import altair as alt

    found, study = report.analysis, report.study
    frame = frame_of(found.effects)
    if len(frame):
        frame = frame.dropna(subset=["estimate"])
    if frame.empty:
        if none := without_value(study, [report.metric]):
            raise ConfigError(f"--part: 'effects' cannot be drawn. {' '.join(none)} Use another --metric")
        raise ConfigError(
            f"--part: 'effects' cannot be drawn; {study.name} has no runs of two variants with the same seeds yet, "
            "so use grid or curves"
        )
    charts: list[dict[str, Any]] = []
    datasets: dict[str, Any] = {}
    words = [broken(label, 0.44 * WIDTH, SMALL + 1, 8) for label in map(crossed, frame["label"])]
    frame = frame.assign(effect=["\n".join(lines) for lines in words])
    height = 8 + 10 * max(map(len, words))
    width = WIDTH - 24 - 0.49 * (SMALL + 1) * max(len(line) for lines in words for line in lines)
    for kind in found.datasets:
        rows = frame.loc[frame["dataset"] == kind]
        if rows.empty:
            continue
        spec = effects(rows, found.metric, found.better).to_dict()
        datasets |= spec.pop("datasets")
        for name in ("config", "usermeta", "$schema"):
            spec.pop(name, None)
        for layer in spec["layer"][1:]:
            if "title" in layer["encoding"]["x"]:
                layer["encoding"]["x"]["axis"] = {"tickCount": 5}
            layer["encoding"]["y"]["axis"] |= {
                "labelExpr": "split(datum.label, '\\n')",
                "labelOffset": {"expr": f"{-(SMALL + 3) / 2} * (length(split(datum.value, '\\n')) - 1)"},
                "labelLimit": WIDTH,
                "labelFontSize": SMALL + 1,
                "labelColor": INK,
                "labelLineHeight": SMALL + 3,
            }
        name = dataset_words(kind)
        several = len(found.datasets) > 1
        charts.append(
            spec
            | {"width": width, "height": {"step": height}}
            | ({"title": {"text": name, "anchor": "start", "fontSize": SMALL + 2, "color": INK}} if several else {})
        )
    title = f"{study.title}: effects on {found.metric}"
    intervals = "Differences of means over seeds with 95% intervals, corrected for their number (Holm)."
    if any("×" in line for lines in words for line in lines):
        intervals += f" {INTERACTION}"
    empty = alt.vconcat(alt.Chart().mark_point())
    whole = printed(empty, title, f"{intervals}{report.gaps}").to_dict()
    described = " ".join(chart.pop("description", "") for chart in charts)
    return whole | {"vconcat": charts, "spacing": 16, "datasets": datasets, "description": described}


@add_figure("verdicts", "Verdicts", "The claims, each with its interval and what it says.")
def _verdicts(report: Report) -> dict[str, Any]:
    return verdict_spec(report)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
