"""A measured quantity over the steps of one run."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from gancore.figures.colours import BOTH, MUTED, STEPS, finished
from gancore.words import number, percent

SHARE = [-0.04, 1.04]
"""Ends of an axis of shares: a line at 0 or 1 is drawn in its full width."""


def quantity(
    steps: ArrayLike,
    values: ArrayLike,
    label: str,
    *,
    share: bool = False,
    end: int | None = None,
    usual: float | None = None,
    height: int = 110,
) -> alt.LayerChart:
    """The history of one quantity; ``share``: it is from 0 to 1, drawn in percent. ``end`` is the run's last step.
    ``usual`` has a dashed line: the end of what the quantity is where all is well.

    ``steps`` and ``values`` [n]; those that are not finite are left out.
    """
    frame = pd.DataFrame({"step": np.asarray(steps), "value": np.asarray(values, np.float64)})
    frame = frame[np.isfinite(frame["value"])]
    ticks: dict[str, Any] = {"values": [0, 0.5, 1], "format": "%"} if share else {"tickCount": 3}
    scale = alt.Scale(domain=SHARE, nice=False) if share else alt.Scale(zero=True)
    domain = alt.Scale(domain=[0, end], nice=False) if end else alt.Scale(nice=False)
    x = alt.X(
        "step:Q",
        title="training step",
        scale=domain,
        axis=alt.Axis(grid=False, tickCount=4, labelExpr=STEPS, labelFlush=False),
    )
    y = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(labelFlush=False, **ticks))
    hint = [
        alt.Tooltip("step:Q", title="step", format=","),
        alt.Tooltip("value:Q", title=label, format=".0%" if share else ",.3r"),
    ]
    base = alt.Chart(frame).encode(x=x, y=y, tooltip=hint)
    line = base.mark_line(color=BOTH, strokeWidth=2, clip=True)
    points = base.mark_point(color=BOTH, filled=True, size=20 if len(frame) > 1 else 60, opacity=1)
    said = percent if share else number
    last = (
        f"{said(float(frame['value'].iloc[-1]))} at step {int(frame['step'].iloc[-1]):,}" if len(frame) else "not known"
    )
    text = f"{label} over the training steps: {last}"
    layers = [line, points]
    if usual is not None:
        dashed = alt.Chart(pd.DataFrame({"value": [usual]})).mark_rule(color=MUTED, strokeDash=[4, 4])
        layers.insert(0, dashed.encode(y="value:Q"))
        text += f", against a line at {said(usual)}"
    return finished(alt.layer(*layers).properties(height=height, description=text))  # type: ignore[return-value]
