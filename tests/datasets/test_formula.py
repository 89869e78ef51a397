"""A typed formula: exact where there is a closed form, one setting for equal formulas, and refused with the place."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy.spatial import KDTree
from support.formulas import CURVES

from gancore.config import ConfigError, RunConfig, parse_config, stored_config, with_changes
from gancore.datasets import Circle, Parabola
from gancore.datasets.formula import Formula
from gancore.parts import identity


def formula(**fields) -> Formula:
    return parse_config({"dataset": {"kind": "formula", **fields}}).dataset  # type: ignore[return-value]


def test_the_circle_and_the_parabola_are_formulas_too():
    t = np.linspace(0, 1, 500, endpoint=False)
    np.testing.assert_allclose(formula().curve(t), Circle().curve(t), atol=1e-5)
    assert formula().closed and abs(formula().length() - 2 * np.pi) < 1e-5
    even_in_x = formula(x="x", y="x^2", start=-1, end=1, along="parameter")
    np.testing.assert_allclose(even_in_x.curve(t), Parabola().curve(t), atol=1e-9)
    # The length of y = x² from -1 to 1 is √5 + asinh(2)/2.
    along = formula(x="t", y="t^2", start="-1", end="1")
    assert abs(along.length() - (np.sqrt(5) + np.arcsinh(2) / 2)) < 1e-5


def test_uniform_along_the_curve_and_uniform_in_t_differ():
    t = (np.arange(4000) + 0.5) / 4000
    for along, spread in (("length", 1.005), ("parameter", 10)):
        steps = np.hypot(*np.diff(formula(x="3*t", y="exp(t)", start=0, end=4, along=along).curve(t), axis=0).T)
        assert (steps.max() / steps.min() < spread) == (along == "length")


def test_fields_are_in_one_spelling_so_that_equal_formulas_are_one_run():
    said = {"x": " x(t) = 2 × cos( t )", "y": "y = (sin(π*t))²", "start": 0, "end": "2*pi"}
    config = parse_config({"dataset": {"kind": "formula", **said}})
    other = parse_config({"dataset": {"kind": "formula", "x": "2*cos(t)", "y": "sin(pi*t)^2"}})
    assert config == other and config.run_id == other.run_id
    again = stored_config(json.loads(json.dumps(identity(config))))
    assert again.run_id == config.run_id and again == config
    assert with_changes(RunConfig(), {"dataset.kind": "formula", "dataset.x": "t;t + 3"}).dataset.x == "t | t + 3"  # type: ignore[attr-defined]


def test_pieces_have_their_own_ranges_and_share_what_is_given_once():
    two = formula(x="t; 5 + cos(t)", y="0; sin(t)", start="0; -pi", end="2; pi")
    assert len(two.pieces) == 2 and not two.closed
    np.testing.assert_allclose(two.pieces[0][1], 2 / (2 + 2 * np.pi), atol=1e-5)
    copies = formula(x="cos(t) | 3 + cos(t) | 6 + cos(t)")
    np.testing.assert_allclose([high for _, high in copies.pieces], [1 / 3, 2 / 3, 1], atol=1e-9)
    support = copies.support()
    assert support.locate(np.array([[3.0, 1.0], [4.5, 0.0]]))[0] == pytest.approx([0, 0.5], abs=1e-6)


def test_a_jump_is_a_place_where_a_piece_may_end():
    with pytest.raises(ConfigError, match=r"^dataset\.x: 'mod\(t, 1\)' is not allowed; x jumps from 1 to 0 at t = 1;"):
        formula(x="mod(t, 1)", y="t", start=0, end=2)
    whole = formula(x="mod(t, 1)", y="t", start="0; 1", end="1; 2")
    assert whole.curve(np.array([0.0, 0.4999, 0.5001, 1.0])).round(2).tolist() == [[0, 0], [1, 1], [0, 1], [1, 2]]
    assert len(formula(x="abs(mod(t, 2) - 1)", y="t").pieces) == 1


@pytest.mark.parametrize(
    ("fields", "path", "said"),
    [
        ({"x": "sine(t)"}, "x", r"'sine\(t\)' is not allowed; at character 1: .*did you mean sin\?"),
        ({"y": "2*u"}, "y", r"at character 3: there is no 'u'"),
        ({"x": "x + 1"}, "x", r"at character 1: there is no 'x' \(did you mean t\?\)"),
        ({"start": "t"}, "start", r"at character 1: there is no 't'"),
        ({"y": "1/t"}, "y", r"y is not finite at t = 0$"),
        ({"x": "cos(t); log(t - 1)"}, "x", r"x is not finite at t = 0 of piece 2"),
        ({"x": "1/(t - 1)"}, "x", "x is beyond 1,000,000 near t = 1$"),
        ({"y": "tan(t)"}, "y", r"y is beyond 1,000,000 near t = 1\.57$"),
        ({"y": "9^9^9^9"}, "y", r"9\^9\^9 is not a finite number"),
        ({"y": "exp(exp(exp(t)))"}, "y", r"y is not finite at t = "),
        ({"x": "2", "y": "pi"}, "x", "neither x nor y depends on t"),
        ({"x": "t - t", "y": "0*t"}, "x", "its points are all the same, so it has no length"),
        ({"x": "100000 + cos(t)"}, "x", "move it nearer"),
        ({"x": "sin(99999*t)"}, "y", "full turns from start to end; at most 32 are followed"),
        ({"x": "t", "y": "sin(2048*2*pi*t)", "start": 0, "end": 1}, "y", "full turns"),
        ({"x": "t; t", "y": "sin(20*t)"}, "y", "about 39 full turns"),
        ({"start": "2*pi"}, "end", r"'2\*pi' is not allowed; it must be more than the start, 2\*pi"),
        ({"end": 1e7}, "end", "between -1,000,000 and 1,000,000"),
        ({"x": "t; t; t", "y": "t; t"}, "y", "it has 2 pieces; give 1, which serves all, or 3 as x has"),
        ({"x": "min(t, 1)", "y": "t - t", "along": "parameter"}, "along", r"between t = 1 and 6\.28 the curve stands"),
        ({"x": True}, "x", "it must be text"),
        ({"x": "t" * 401}, "x", "400"),
    ],
)
def test_what_is_no_curve_is_refused_by_its_field(fields, path, said):
    with pytest.raises(ConfigError, match=said) as error:
        formula(**fields)
    assert error.value.path == f"dataset.{path}" and str(error.value).startswith(f"dataset.{path}: ")


def test_an_end_that_is_not_finite_in_one_place_only_is_found():
    with pytest.raises(ConfigError, match=r"y is beyond 1,000,000 near t = 0\.3$"):
        formula(x="t", y="1/(t - 0.3001234)^2", start=-1, end=1)


@pytest.mark.parametrize("fields", [{"x": "sin(3*t)", "y": "sin(2*t)"}, {"x": "t", "y": "abs(sin(t)) + x^2/9"}])
def test_the_nearest_point_is_found(fields):
    dataset, rng = formula(**fields), np.random.default_rng(0)
    queries = np.concatenate(
        [rng.uniform(-2, 7, (500, 2)), dataset.sample(rng, 500) + 0.02 * rng.normal(size=(500, 2))]
    )
    expected, _ = KDTree(dataset.curve(np.linspace(0, 1, 200_001))).query(queries)
    np.testing.assert_allclose(dataset.distance(queries), expected, atol=1e-4)


def test_the_label_is_the_formula_in_short():
    assert formula().words() == "(cos(t), sin(t))"
    assert formula(x="", y="x^2", start=-1, end=1).words() == "y = x^2"
    long = formula(x="t | t + 9", y="16*sin(t)^3 + 13*cos(t) - 5*cos(2*t) - 2*cos(3*t)", start=-1, end=1).words()
    assert len(long) == 48 and long.startswith("y = 16*sin(t)^3") and long.endswith("… and 1 more")


def check(fields: dict[str, object]) -> None:
    """Settings give points near a curve, or a sentence about one of the fields."""
    try:
        dataset = formula(**fields)
    except ConfigError as error:
        assert error.path.startswith("dataset.") and str(error).isprintable() and len(str(error)) < 500
        return
    assert formula(**dataset.model_dump(include={"x", "y", "start", "end", "along"})) == dataset
    points = dataset.model_copy(update={"size": 100}).points()
    assert points.shape == (100, 2) and np.isfinite(points).all()
    low, top = dataset.extent()
    assert (top >= low).all() and dataset.words()
    distance, cell = dataset.support().locate(points)
    size = (top - low).max()
    assert np.quantile(distance, 0.95) <= 2e-3 * size and distance.max() <= 0.05 * size
    assert cell.min() >= 0 and cell.max() < 64


@pytest.mark.parametrize(
    "fields",
    [{"x": "3*t", "y": "t; 1514^cos(x)", "along": "parameter"}, {"x": "sin(t)", "y": "t; min(1, 1e12*t)"}],
    ids=["crowded bends beside long steps", "a rise within 1e-12"],
)
def test_a_point_beside_a_crowd_of_places_is_found_among_those_that_lie_apart(fields):
    check(fields)


@settings(max_examples=100, deadline=None)
@given(CURVES)
def test_any_formula_gives_points_or_a_sentence(fields):
    check(fields)


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(CURVES)
def test_a_thousand_formulas_give_points_or_a_sentence(fields):
    check(fields)


@pytest.mark.exhaustive
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(CURVES)
def test_ten_thousand_formulas_give_points_or_a_sentence(fields):
    check(fields)
