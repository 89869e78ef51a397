#!/usr/bin/env bash
# pandas 3.1.1.
#
# Expected: choosing two of three columns changes which columns come back, not whether a broken row is noticed. A row with
#   more cells than the header raises ParserError, and on_bad_lines="error" (the default) says that it does.
# Behaviour: with usecols the surplus cells of a row are dropped without a word, even with on_bad_lines="error" given. In a
#   file of points where one row has decimal commas, "1,5,2,5" becomes the point (1, 5) instead of (1.5, 2.5).
# Seen: ParserError without usecols; with it three rows, the last of them (1.0, 5.0).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pandas==3.1.1
"$folder/venv/bin/python" - <<'PYTHON'
import io

import pandas as pd

TEXT = "x,y,label\n0.1,0.2,a\n0.3,0.4,b\n1,5,2,5,a\n"
try:
    pd.read_csv(io.StringIO(TEXT))
    raise SystemExit("the broken row was taken: the behaviour has changed")
except pd.errors.ParserError as error:
    print("whole file:", str(error).strip())
points = pd.read_csv(io.StringIO(TEXT), usecols=["x", "y"], on_bad_lines="error")
print(points)
assert points.to_numpy().tolist() == [[0.1, 0.2], [0.3, 0.4], [1.0, 5.0]], "the behaviour has changed"
PYTHON
