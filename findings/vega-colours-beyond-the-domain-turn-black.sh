#!/usr/bin/env bash
# vl-convert-python 1.9.0.post1 (Vega-Lite 6.1).
#
# Expected: a colour scale with a domain gives values beyond its ends the colours of its ends, as d3's sequential scales
#   and matplotlib do; the picture then says "at least as much".
# Behaviour: beyond the ends the colours go on along the last piece of the scheme, until each channel is at its limit.
#   With a scheme for two directions both sides end in black, so far too high and far too low look the same, and
#   neither colour is in the legend. clamp=true mends it.
# Seen: redblue over [0, 1]: 0 is dark red and 1 dark blue, -1 and 2 are both rgb(0, 0, 0); viridis has white above 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q vl-convert-python==1.9.0.post1
"$folder/venv/bin/python" - <<'PYTHON'
import re

import vl_convert


def colours(scheme, **scale):
    chart = {
        "data": {"values": [{"v": value} for value in (-1, 0, 1, 2)]},
        "mark": {"type": "point", "filled": True},
        "encoding": {
            "x": {"field": "v", "type": "quantitative"},
            "color": {"field": "v", "type": "quantitative", "scale": {"domain": [0, 1], "scheme": scheme, **scale}},
        },
    }
    svg = vl_convert.vegalite_to_svg(chart, vl_version="6.1")
    return dict(re.findall(r'aria-label="v: ([^"]*)"[^>]*fill="([^"]*)"', svg))


both, one, clamped = colours("redblue"), colours("viridis"), colours("redblue", clamp=True)
for name, shown in {"redblue": both, "viridis": one, "redblue, clamped": clamped}.items():
    print(name, shown)
low, bottom, top, high = both.values()
assert low == high == "rgb(0, 0, 0)" and bottom != top, "the behaviour has changed"
assert list(one.values())[3] == "rgb(255, 255, 255)", "the behaviour has changed"
low, bottom, top, high = clamped.values()
assert low == bottom and high == top
PYTHON
