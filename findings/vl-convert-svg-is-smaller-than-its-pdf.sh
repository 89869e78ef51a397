#!/usr/bin/env bash
# vl-convert-python 1.9.0.
#
# Expected: one chart has one size, whatever it is saved as: 504 points are 7 inches in a PDF and 7 inches in an SVG.
# Behaviour: the PDF takes a unit of the chart for a point (72 an inch); the SVG's root has the same number without a
#   unit, which browsers, Inkscape, Word and LaTeX take for CSS pixels (96 an inch). A figure that fits its column as PDF
#   comes out at three quarters of its width as SVG.
# Seen: PDF 7.00 inches, SVG width="504" without a unit, which is 5.25 inches.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q vl-convert-python==1.9.0.post1 pypdf==6.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import re

import vl_convert
from pypdf import PdfReader

chart = {
    "width": 504, "height": 100, "padding": 0, "autosize": {"type": "fit", "contains": "padding"},
    "data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}},
}
pdf = PdfReader(io.BytesIO(vl_convert.vegalite_to_pdf(chart))).pages[0].mediabox
root = re.search(r"<svg[^>]*>", vl_convert.vegalite_to_svg(chart))[0]
width = re.search(r'\bwidth="([^"]*)"', root)[1]
print(f"PDF {float(pdf.width) / 72:.2f} inches, SVG width={width!r}: {float(width) / 96:.2f} inches")
assert abs(float(pdf.width) / 72 - 7) < 0.05 and float(width) == 504
PYTHON
