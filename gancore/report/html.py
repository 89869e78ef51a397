"""One HTML file that says it all: it opens from a disk, asks nothing of any network, and prints."""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from gancore import figures
from gancore.analysis import PICKS, Analysis, frame_of
from gancore.analysis.outcomes import OVERALL
from gancore.metrics import METRICS
from gancore.report import sections
from gancore.report.base import Report, Say, add_format
from gancore.report.rendering import svg_in_page
from gancore.studies.labels import dataset_words
from gancore.words import OTHER_CURVES, chance, fraction, interval, number, percent, setting_in_words, signed

START = """
const payload = JSON.parse(document.getElementById("payload").textContent);
window.gancoreViewer.mount(document.getElementById("viewer"), payload);
"""


@add_format(
    "html",
    ".html",
    ".htm",
    label="Web page",
    help="One page that works offline: verdicts, the grid with its slider, curves, tables, configurations and run ids.",
    mime="text/html",
)
def write_html(report: Report, path: Path, say: Say) -> None:
    """Write the page."""
    path.write_text(page(report, say), encoding="utf-8")


def page(report: Report, say: Say = lambda share, what: None) -> str:
    """A report as one HTML document."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Not above: figures are offered in the order in which they are imported, and this one comes after the others.
    from gancore.report.surfaces import surfaces_in_page
    from gancore.viewer import left_out, script, study_payload, style

    say(0.02, "analysing")
    analysis = report.analysis
    listed = sections.claims(report.study, analysis)
    say(0.2, "numbers of each variant")
    results = sections.results(report)
    say(0.5, "charts")
    effects = sections.effects(analysis)
    charts = {group["dataset"]: _effects_chart(group, analysis) for group in effects}
    success = _success_chart(analysis)
    say(0.6, "points and curves")
    # The seed that was asked for comes first, and is what the page shows.
    picks = tuple(dict.fromkeys((report.pick, *PICKS)))
    payload = study_payload(report.store, report.study, report.seeds, picks, own=report.with_points)
    say(0.85, "page")
    environment = Environment(
        loader=PackageLoader("gancore.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # In the order given, which is the order of the viewer's choices; NaN would not be JSON.
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": False,
        "allow_nan": False,
        "ensure_ascii": False,
        "separators": (",", ":"),
    }
    environment.filters |= {word.__name__: word for word in (number, percent, chance, signed, setting_in_words)}
    environment.globals |= {word.__name__: word for word in (fraction, interval, number, percent, signed)}
    scripts = [script(), START]
    return environment.get_template("report.html").render(
        study=report.study,
        seeds=report.seeds,
        metric=METRICS[report.metric],
        learned=sections.learned(),
        version=_version(),
        facts=sections.facts(report),
        claims=listed,
        reach=sections.reach(listed),
        rules=list(dict.fromkeys(claim.rule for claim in analysis.claims)),
        notes=analysis.notes,
        failures=analysis.failures,
        listed=sections.LISTED,
        results=results,
        effects=effects,
        charts=charts,
        success=success,
        surfaces=surfaces_in_page(report.study, analysis),
        configurations=sections.configurations(report),
        versions=sections.versions(report),
        runs=sections.runs(report),
        commands=sections.commands(report),
        payload=payload,
        left_out=left_out(payload, report.store, report.study, report.seeds).replace("`", ""),
        other_curves=OTHER_CURVES,
        scripts=scripts,
        hashes=[_hash(text) for text in scripts],
        styles=[files("gancore.report").joinpath("templates/report.css").read_text(encoding="utf-8"), style()],
    )


def _effects_chart(group: dict[str, Any], analysis: Analysis) -> str:
    frame = frame_of(group["rows"]).dropna(subset=["estimate"])
    if frame.empty:
        return ""
    chart = figures.effects(frame.assign(effect=frame["label"]), analysis.metric, analysis.better)
    title = f"Effects on {analysis.metric}: {group['name']}"
    return svg_in_page(chart.properties(width=460), f"effects-{group['dataset']}", title)


def _success_chart(analysis: Analysis) -> str:
    import altair as alt

    frame = frame_of([cell for cell in analysis.cells if cell.dataset != OVERALL])
    frame = frame.assign(variant=frame["label"], dataset=[_column(kind) for kind in frame["dataset"]])
    return svg_in_page(figures.success_map(frame).properties(width=alt.Step(130)), "success", "Runs that learned")


def _column(kind: str) -> str:
    """What a column of success says above it: where the variants are the datasets, there is one for all of them."""
    return "Learned" if kind == "all" else dataset_words(kind)


def _hash(script: str) -> str:
    """What a content security policy knows a script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _version() -> str:
    try:
        return version("gancore")
    except PackageNotFoundError:
        return "(not installed)"
