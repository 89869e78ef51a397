"""Formulas as text: read, refused with the place, written again, and worked out, whatever the text is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from support.formulas import TEXTS, TREES

from gancore.datasets.parsing import MAX_TEXT, ExpressionError, pieces, text_of

T = np.linspace(-2, 2, 41)


def value(text: str) -> np.ndarray:
    (node,) = pieces(text, ("t",))
    return node.value({"t": T})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2*t + 1", 2 * T + 1),
        ("−2×t÷4", -T / 2),
        ("-t^2", -(T**2)),
        ("-t**2", -(T**2)),
        ("(-t)^2", T**2),
        ("2^-t", 2.0**-T),
        ("2^3^t", 2.0 ** (3.0**T)),
        ("t² + t³", T**2 + T**3),
        ("1 - 2 - t", -1 - T),
        ("1 - (2 - t)", T - 1),
        ("8/2/(t + 3)", 4 / (T + 3)),
        ("sin(π*t)", np.sin(np.pi * T)),
        ("min(t, 1, t^2)", np.minimum(np.minimum(T, 1), T**2)),
        ("max(abs(t), 0.5)", np.maximum(np.abs(T), 0.5)),
        ("mod(t, 1)", np.mod(T, 1)),
        ("exp(log(t^2 + 1))", T**2 + 1),
        ("tan(t)/sqrt(4)", np.tan(T) / 2),
        ("1.5e-1*t + .5 + 2.", 0.15 * T + 2.5),
        ("  t  ", T),
    ],
)
def test_a_formula_means_what_it_means_in_print(text, expected):
    np.testing.assert_allclose(value(text), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("sine(t)", 1, r"there is no 'sine' \(did you mean sin\?\)"),
        ("2*Cos(t)", 3, r"did you mean cos\?"),
        ("ln(t)", 1, r"did you mean log\?"),
        ("e^t", 1, r"did you mean exp\(1\)\?"),
        ("cos(x)", 5, r"did you mean t\?"),
        ("2t", 2, r"write \* before 't'"),
        ("2(t)", 2, r"write \* before '\('"),
        ("(t)(t)", 4, r"write \* before '\('"),
        ("sin t", 4, r"brackets are missing after sin"),
        ("cos(t", 4, "the bracket is not closed"),
        ("t)", 2, "no bracket was opened"),
        ("", 1, "the formula is empty"),
        ("t | ", 4, "the formula is empty"),
        ("t; 2*", 6, "a value is missing"),
        ("t + * 2", 5, r"there is no value before '\*'"),
        ("1,5*t", 2, "write numbers with a point"),
        ("np.sin(t)", 3, "names have no dots"),
        ("t % 2", 3, "mod"),
        ("t = 2", 3, "equals sign"),
        ("mod(t)", 4, "mod takes 2 values, not 1"),
        ("9^9^9^9", 3, r"9\^9\^9 is not a finite number"),
        ("t/(1 - 1) + 0/0", 13, "0/0 is not a finite number"),
        ("(-8)^(1/3)*t", 1, "not a finite number"),
        ("1e400*t", 1, "the number is too large"),
        ("t\x00", 2, r"'\\x00' is not allowed"),
        ("__import__('os').system('id')", 12, "quotation marks"),
        ("(lambda: t)()", 8, "':' is not allowed"),
        ("t if t else 1", 3, r"write \* before 'if'"),
        ("a" * (MAX_TEXT + 1), MAX_TEXT + 1, "too long"),
        ("(" * 300 + "t" + ")" * 99, 61, "nested too deeply"),
        ("-" * 300 + "t", 2, "no value before '-'"),
        ("t" + "+t" * 150, 1, "nested too deeply"),
        ("|".join("t" * 17), 33, "too many pieces"),
    ],
)
def test_what_is_no_formula_is_refused_with_the_place(text, at, said):
    with pytest.raises(ExpressionError, match=rf"^at character {at}: .*{said}"):
        pieces(text, ("t",))


def test_a_formula_may_begin_with_what_it_is_called():
    assert text_of(pieces("y = t^2; y(t)= t", ("t",), "yf")) == "t^2 | t"
    with pytest.raises(ExpressionError, match="equals sign"):
        pieces("z = t^2", ("t", "z"), "yf")


def check(text: str) -> None:
    """A text is read or refused in a sentence; what is read is written and read again, and a script's code agrees."""
    try:
        nodes = pieces(text, ("t", "x"))
    except ExpressionError as error:
        assert 0 <= error.at <= len(text) and str(error).isprintable() and len(str(error)) < 500
        return
    written = text_of(nodes)
    assert text_of(pieces(written, ("t", "x"))) == written
    at = {"t": T, "x": T[::-1].copy()}
    for node in nodes:
        with np.errstate(all="ignore"):
            # The code is gancore's own writing of the tree, here of any text at all.
            ours, script = node.value(at), eval(node.code(), {"__builtins__": {}, "np": np}, at)
        np.testing.assert_allclose(np.broadcast_to(script, 41), np.broadcast_to(ours, 41), rtol=1e-12)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_text_is_read_or_refused(text):
    check(text)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_any_tree_is_written_as_it_is_read(text):
    check(text)


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(TEXTS | TREES)
def test_a_thousand_texts_are_read_or_refused(text):
    check(text)


@pytest.mark.exhaustive
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(TEXTS | TREES)
def test_ten_thousand_texts_are_read_or_refused(text):
    check(text)
