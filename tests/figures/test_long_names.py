"""Names of variants stand whole beside the charts that compare two of them."""

from __future__ import annotations

import pandas as pd

from gancore.figures import variants
from gancore.figures.pairs import pairs

LONG = "combined update, batch 256, generator 16-32, radius 0.5"


def test_the_axis_of_two_variants_has_their_names_in_lines():
    frame = pd.DataFrame({"seed": [0, 1], "first": [0.1, 0.2], "second": [0.2, 0.1]})
    chart = pairs(frame, ("baseline", LONG), ("#000000", "#ff0000"), "w1", "lower").to_dict()
    axis = chart["layer"][0]["encoding"]["x"]["axis"]
    assert '["combined update' in axis["labelExpr"]
    assert axis["labelLimit"] >= 300 and "radius 0.5" in axis["labelExpr"]


def test_a_legend_of_two_long_names_has_room_for_each():
    curves = pd.DataFrame({"variant": ["baseline", LONG], "seed": [0, 0], "step": [1, 1], "g_loss": [0.5, 0.6]})
    chart = variants(curves, "g_loss", ["baseline", LONG]).to_dict()
    legend = next(
        layer["encoding"]["color"]["legend"] for layer in chart["layer"] if "color" in layer.get("encoding", {})
    )
    assert legend["columns"] == 1 and legend["labelLimit"] >= 6 * len(LONG)
    short = variants(curves.replace({LONG: "batch 256"}), "g_loss", ["baseline", "batch 256"]).to_dict()
    legend = next(
        layer["encoding"]["color"]["legend"] for layer in short["layer"] if "color" in layer.get("encoding", {})
    )
    assert legend["columns"] == 2
