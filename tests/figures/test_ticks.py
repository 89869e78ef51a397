"""What stands at the ticks of a scatter, as a page and a report draw it."""

from __future__ import annotations

import re

import numpy as np
import pytest
import vl_convert

from gancore import figures

SQUARE = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]], float)


@pytest.mark.parametrize(
    ("centre", "length", "labels"),
    [
        (0.0, 1.0, ["−1", "−0.5", "0", "0.5", "1"]),
        (0.0, 300.0, ["−200", "0", "200"]),
        (0.0, 3e-4, ["−0.0002", "0", "0.0002"]),
        (50.0, 40.8, ["0", "20", "40", "60", "80", "100"]),
        (90_000.0, 1.0, ["89999", "89999.5", "90000", "90000.5", "90001"]),
    ],
)
@pytest.mark.parametrize("own", [False, True])
def test_ticks_are_round_numbers_and_read_as_such(centre: float, length: float, labels: list[str], own: bool) -> None:
    units = (np.full(2, centre), np.full(2, length))
    chart = figures.scatter(SQUARE, units=units) if own else figures.scatter(centre + length * SQUARE)
    svg = vl_convert.vegalite_to_svg(chart.to_dict())
    assert re.findall(r"<text[^>]*>([^<]+)</text>", svg) == 2 * labels
