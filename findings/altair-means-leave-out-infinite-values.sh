#!/usr/bin/env bash
# Altair 6.3.0, vl-convert-python 1.9.0.post1, pandas 3.1.1.
#
# Expected: mean(loss) in a chart is the mean of the frame's column: infinite where a run has an infinite loss, or a gap.
# Behaviour: JSON has no infinity, so Altair sends null, and Vega's aggregates leave null out. The curve of means goes on
#   as the mean of the runs that did not diverge, the lower the more of them did; "count()" beside it counts them all.
# Seen: losses 1 and infinity at one step: the chart says mean 1, count 2; pandas says infinity.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q altair==6.3.0 vl-convert-python==1.9.0.post1 pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import re

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

losses = pd.DataFrame({"loss": [1.0, np.inf]})


def shown(text):
    svg = vl_convert.vegalite_to_svg(alt.Chart(losses).mark_text().encode(text=text).to_dict())
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


mean, count = shown("mean(loss):Q"), shown("count():Q")
print("chart: mean", mean, "count", count, "- pandas: mean", losses["loss"].mean())
assert mean == ["1"] and count == ["2"] and np.isinf(losses["loss"].mean()), "the behaviour has changed"
PYTHON
