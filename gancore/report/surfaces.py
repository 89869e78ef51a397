"""The response surface of a study, printed and in a report's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gancore.analysis import Analysis
from gancore.analysis.surface import suits, surface_of
from gancore.config import ConfigError
from gancore.figures import surface
from gancore.figures.placing import INK, WIDTH, printed
from gancore.report.base import Report, add_figure
from gancore.report.rendering import svg_in_page
from gancore.studies import Study
from gancore.studies.labels import dataset_words


def _panels(study: Study, analysis: Analysis, ink: str) -> Iterator[tuple[str, Any]]:
    """Title and chart of every panel, of each dataset and of all together."""
    for kind in analysis.datasets:
        drawn = surface_of(study, analysis.cells, kind)
        for panel in drawn.panels if drawn else ():
            assert drawn is not None
            where = dataset_words(kind) if len(analysis.datasets) > 1 else ""
            title = ", ".join(filter(None, [where, drawn.title(panel)]))
            yield title, surface(drawn.of(panel), drawn.x.words, drawn.y.words, title, ink)


def surfaces_in_page(study: Study, analysis: Analysis) -> list[str]:
    """An SVG for each panel; none where a study varies fewer than two numbers."""
    return [
        svg_in_page(chart.properties(width=420), f"surface-{number}", f"Runs that learned: {title}".removesuffix(": "))
        for number, (title, chart) in enumerate(_panels(study, analysis, "currentColor"))
    ]


HELP = "How many runs learned by the numbers that a study varies, as a heat map."


@add_figure("surface", "Response surface", HELP, suits)
def _surface(report: Report) -> dict[str, Any]:
    """A panel for each value of the number that has the fewest, one below the other."""
    import altair as alt

    charts: list[dict[str, Any]] = []
    datasets: dict[str, Any] = {}
    for _, chart in _panels(report.study, report.analysis, INK):
        spec = chart.to_dict()
        datasets |= spec.pop("datasets")
        for name in ("config", "usermeta", "$schema"):
            spec.pop(name, None)
        charts.append(spec | {"width": WIDTH - 120})
    if not charts:
        raise ConfigError(
            "--part: 'surface' cannot be drawn; it needs two or three factors whose levels are numbers, one of them "
            f"with three levels, and {report.study.name} has none such, so use effects"
        )
    words = f"Runs that learned, of those with the same numbers.{report.gaps}"
    title = f"{report.study.title}: how many learned"
    whole = printed(alt.vconcat(alt.Chart().mark_point()), title, words).to_dict()
    described = " ".join(chart.pop("description", "") for chart in charts)
    return whole | {"vconcat": charts, "spacing": 16, "datasets": datasets, "description": described}
