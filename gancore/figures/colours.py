"""Colours that mean the same thing in every chart and read on light and dark backgrounds."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

REAL = "#4198f0"
"""Real points, and the discriminator on real points."""
FAKE = "#c6202b"
"""Generated points, and the discriminator on them; nearly half as bright as real ones, to be told apart in grey."""
BOTH = "#9a7fd1"
"""Real and generated taken together."""
MUTED = "#8a8f98"
"""Reference lines."""

OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8f98", "#b8a800")
"""Okabe and Ito's palette for colour-blind readers; black and the pale yellow are replaced by tones that show on both
backgrounds."""
DASHES = ((1, 0), (6, 3), (2, 2))
"""Line patterns that tell variants apart once the colours come round again."""


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """Variant name → colour, by its place in the study, so that a variant looks the same everywhere."""
    return {name: OKABE_ITO[i % len(OKABE_ITO)] for i, name in enumerate(names)}


def dashes_of(names: Sequence[str]) -> dict[str, list[int]]:
    """Variant name → dash pattern: solid for the first eight, then other patterns."""
    return {name: list(DASHES[(i // len(OKABE_ITO)) % len(DASHES)]) for i, name in enumerate(names)}


STEPS = "datum.value >= 1000 ? datum.value / 1000 + 'k' : datum.value"
"""Vega expression for the labels of an axis of training steps."""


QUIET = alt.Config(
    background="transparent",
    view=alt.ViewConfig(stroke="#8a8f9860", strokeWidth=1),
    axis=alt.AxisConfig(
        gridColor="#8a8f9830",
        domainColor="#8a8f9880",
        tickColor="#8a8f9880",
        tickSize=4,
        labelPadding=4,
        titlePadding=6,
        titleFontWeight="normal",
    ),
    legend=alt.LegendConfig(padding=0, rowPadding=2, columnPadding=10, labelFontSize=12, symbolSize=120),
)
"""What all charts share; set at once, because every ``configure_…`` copies the chart."""


def finished(chart: alt.Chart | alt.LayerChart) -> alt.Chart | alt.LayerChart:
    """The chart with what all share: transparent background, canvas renderer, quiet axes."""
    return chart.properties(usermeta={"embedOptions": {"renderer": "canvas", "actions": False}}, config=QUIET)
