"""Windows: what pictures show of any distribution; the question's stay in the square that they always had."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.config import Dataset, parse_config
from gancore.recording.landscape import window_of
from gancore.recording.window import Window, windows_of


def points_of(**fields: object) -> np.ndarray:
    return parse_config({"dataset": fields}).dataset.points()  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["circle", "parabola", "swiss_roll", "moons"])
@pytest.mark.parametrize("scale", [1.0, 0.5, 3.0])
def test_the_questions_datasets_are_in_the_square_around_the_origin(kind, scale):
    window = Window.around([points_of(kind=kind, scale=scale)])
    assert window.plain and window.half[0] == pytest.approx(1.25 * scale, rel=1e-3)
    # The networks are asked in the same square, whose size the support decides.
    assert window_of(parse_config({"dataset": {"kind": kind, "scale": scale}}).dataset).half[0] == pytest.approx(
        1.25 * scale, rel=1e-4
    )


@pytest.mark.parametrize(
    ("fields", "centre", "half"),
    [
        ({"kind": "formula", "x": "t", "y": "sin(x)"}, (np.pi, 0), (1.25 * np.pi, 1.25 * np.pi)),
        ({"kind": "circle", "center_x": 5, "center_y": -2, "scale": 0.1}, (0.5, -0.2), (0.125, 0.125)),
        ({"kind": "formula", "x": "t", "y": "100*x", "end": 1}, (0.5, 50), (0.625, 62.5)),
        ({"kind": "formula", "x": "t + 9", "y": "7", "end": 2}, (10, 7), (1.25, 1.25)),
    ],
)
def test_others_have_a_window_around_them(fields, centre, half):
    window = Window.around([points_of(**fields)])
    assert window.centre == pytest.approx(centre, rel=1e-3, abs=1e-3) and window.half == pytest.approx(half, rel=1e-3)
    assert window_of(parse_config({"dataset": fields}).dataset) == window


@pytest.mark.parametrize("kind", sorted(Dataset.registry))
def test_every_distribution_fills_its_window(kind):
    points = points_of(kind=kind)
    window = Window.around([points])
    assert window.holds(points).all()
    across, up = np.ptp(window.to_unit(points), axis=0)
    assert max(across, up) >= 1.2, "two thirds of one side, at least"


def test_panels_share_axes_unless_one_would_not_be_seen_on_them():
    circle, small = points_of(kind="circle"), points_of(kind="circle", scale=0.5)
    shared = windows_of({"a": circle, "b": small})
    assert shared["a"] == shared["b"] and shared["a"].half[0] == pytest.approx(1.25, rel=1e-3)
    far = points_of(kind="formula", x="90 + t", y="t")
    apart = windows_of({"a": circle, "b": far})
    assert apart["a"].plain and apart["b"].centre[0] == pytest.approx(90 + np.pi, abs=0.01)
    near = windows_of({"a": points_of(kind="formula", x="t", y="sin(x)"), "b": points_of(kind="formula", x="t", y="0")})
    assert near["a"] == near["b"], "two of one place and size"


def test_without_points_it_is_the_square_of_the_question():
    assert Window.around([]) == Window.around([np.zeros((0, 2))]) == Window()
    assert windows_of({}) == {}
    one = Window.around([np.array([[3.0, 4.0], [np.nan, 1.0]])])
    assert one.centre == (3, 4) and one.half[0] > 1


def test_coordinates_run_from_minus_one_to_one():
    window = Window((2.0, -1.0), (0.5, 10.0))
    assert window.domains == ([1.5, 2.5], [-11.0, 9.0])
    assert window.to_unit(np.array([[1.5, 9.0], [2.0, -1.0]])).tolist() == [[-1, 1], [0, 0]]
    assert window.holds(np.array([[2.5, 9.0], [2.6, 0.0], [np.nan, 0.0]])).tolist() == [True, False, False]
