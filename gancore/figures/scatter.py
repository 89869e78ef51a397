"""Real points underneath, generated points on top, as the question draws them."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from gancore.figures.colours import FAKE, MUTED, REAL, finished
from gancore.figures.ticks import in_units
from gancore.recording.window import Window
from gancore.words import fixed

MAX_POINTS = 2000
"""Points drawn in one panel, real and generated together."""


MAX_FAKES = 500
"""Generated points among them: few enough to leave the real ones visible underneath."""


Units = tuple[np.ndarray, np.ndarray]
"""Centre [2] and length [2]: a coordinate v reads ``centre + length * v``."""


def thinned(points: np.ndarray, most: int) -> np.ndarray:
    """At most ``most`` of the points [n, 2], always the same ones for the same n, in their order."""
    if len(points) <= most:
        return points
    return points[np.sort(np.random.default_rng(0).choice(len(points), most, replace=False))]


def scatter(
    real: np.ndarray,
    fake: np.ndarray | None = None,
    *,
    window: Window | None = None,
    side: int = 280,
    title: str = "",
    labels: bool = True,
    units: Units | None = None,
) -> alt.Chart:
    """One square panel: ``real`` [n, 2] in blue, ``fake`` [m, 2] in red on top, both in dataset coordinates.

    The axes are those of the ``window``, or of one around the real points alone, so that it stays put while the
    generated ones move. More than 2,000 points are thinned, and then the subtitle says to how many of each; points
    outside the frame are counted there too. ``units``: the centre and length along each axis by which labels read in
    the units of a file.
    """
    fake = np.zeros((0, 2), np.float32) if fake is None else np.asarray(fake)
    real = np.asarray(real)
    window = Window.around([real]) if window is None else window
    shown_fake = thinned(fake, MAX_FAKES)
    shown_real = thinned(real, MAX_POINTS - (MAX_FAKES if len(fake) else 0))
    notes = _drawn({"real": (len(shown_real), len(real)), "generated": (len(shown_fake), len(fake))})
    outside = int((~window.holds(fake)).sum())
    if outside:
        notes.append(f"{outside:,} of {len(fake):,} fakes outside")
    points = np.concatenate([shown_real, shown_fake]).astype(np.float32)
    frame = pd.DataFrame({"x": points[:, 0], "y": points[:, 1]})
    frame["points"] = ["real"] * len(shown_real) + ["fake"] * len(shown_fake)
    frame = frame[np.isfinite(points).all(axis=1)]

    def axis(name: str, domain: list[float]) -> dict:
        scale = alt.Scale(domain=domain, nice=False, zero=False)
        ticks = alt.Axis(title=None, grid=False, labels=labels, ticks=labels, domain=False, labelFlush=True)
        centre, length = (0.0, 1.0) if units is None else (float(both["xy".index(name)]) for both in units)
        ticks.values, ticks.labelExpr = in_units(domain, centre, length)
        return {"field": name, "type": "quantitative", "scale": scale, "axis": ticks}

    chart = (
        alt.Chart(frame, description=_describe(title, real, fake, notes))
        .mark_circle(clip=True)
        .encode(
            x=alt.X(**axis("x", window.domains[0])),
            y=alt.Y(**axis("y", window.domains[1])),
            color=alt.Color("points:N", scale=alt.Scale(domain=["real", "fake"], range=[REAL, FAKE]), legend=None),
            # Nearly opaque, so that both keep their brightness; the upper ones smaller, so that the lower ones show.
            size=alt.Size("points:N", scale=alt.Scale(domain=["real", "fake"], range=[15, 8]), legend=None),
            opacity=alt.value(0.9),
        )
        .properties(
            width=side,
            height=side,
            padding={"left": 1, "top": 1, "right": 6, "bottom": 1},
            autosize=alt.AutoSizeParams(type="pad", contains="content"),
        )
    )
    small: dict = {"fontSize": 11, "fontWeight": "normal", "color": MUTED}
    if title:
        below = {f"subtitle{name[0].upper()}{name[1:]}": value for name, value in small.items()}
        chart = chart.properties(title=alt.TitleParams(title, subtitle=notes, anchor="start", **below))
    elif notes:
        chart = chart.properties(title=alt.TitleParams(notes, anchor="end", offset=3, **small))
    return finished(chart)  # type: ignore[return-value]


def _drawn(kinds: dict[str, tuple[int, int]]) -> list[str]:
    """Which points are drawn, of each kind, where these are not all."""
    if all(shown == total for shown, total in kinds.values()):
        return []
    parts = [
        f"{shown:,} of {total:,} {kind}" if shown < total else f"all {total:,} {kind}"
        for kind, (shown, total) in kinds.items()
        if total
    ]
    # Short, since a panel beside curves has room for so many letters.
    return [f"{', '.join(parts)}{'' if len(parts) > 1 else ' points'}, at random"]


def _describe(title: str, real: np.ndarray, fake: np.ndarray, notes: list[str]) -> str:
    """Alternative text: what is drawn, and where the generated points lie."""
    text = f"{title + ': ' if title else ''}scatter of {len(real):,} real points in blue"
    finite = fake[np.isfinite(fake).all(axis=1)].astype(np.float64)
    if len(finite):
        centre, spread = finite.mean(axis=0), finite.std(axis=0)
        text += (
            f" under {len(fake):,} generated points in red, centred at ({fixed(centre[0], 2)}, {fixed(centre[1], 2)})"
            f" with standard deviations {fixed(spread[0], 2)} and {fixed(spread[1], 2)}"
        )
    return f"{text}. {'; '.join(notes)}".strip()
