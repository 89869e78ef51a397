"""Points as a picture of characters, which ``gancore points show`` has."""

from __future__ import annotations

import numpy as np

from gancore.cli.shades import SHADES, shades


def test_points_stand_where_they_lie() -> None:
    lines = shades(np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 1.0], [0.5, 1.0]]), 11, 4)
    inside = [line[line.index("|") + 1 : -1] for line in lines[1:-2]]
    assert [len(line) for line in inside] == [11] * 4
    top, *between, bottom = inside
    assert top.strip(" ")[0] in SHADES[1:] and top[5] != " " and top[-1] == SHADES[-1], "two points are the most"
    assert top.count(" ") == 9 and bottom[0] != " " and bottom[1:].isspace() and not "".join(between).strip()


def test_axes_have_the_ends_of_the_file() -> None:
    points = np.random.default_rng(0).uniform([-2.5, 1e6], [0.25, 3e6], (400, 2))
    points[:4] = [[-2.5, 1e6], [0.25, 3e6], [-2.5, 3e6], [0.25, 1e6]]
    first, *_, last, below = shades(points)
    assert first.strip() == last.strip() == f"+{'-' * 60}+"
    assert below.split() == ["-2.5", "0.25"] and len(below.rstrip()) == len(first)
    sides = [line.partition("|")[0].strip() for line in shades(points)[1:-2]]
    assert (sides[0], sides[-1]) == ("3e+06", "1e+06") and not any(sides[1:-1])


def test_a_crowd_does_not_hide_a_single_point() -> None:
    crowd = np.concatenate([np.zeros((100_000, 2)), [[1.0, 1.0]]])
    body = "".join(line.partition("|")[2] for line in shades(crowd)[1:-2])
    assert body.count(SHADES[-1]) == body.count(SHADES[1]) == 1
