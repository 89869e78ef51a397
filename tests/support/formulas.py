"""Formulas for hypothesis: texts of all kinds, and such as a person might have meant."""

from __future__ import annotations

from hypothesis import strategies as st

PARTS = (
    *("t", "x", "pi", "π", "2", "0.5", "1e3", ".5", "3.", "9", "0", "e", "tt"),
    *("sin(", "cos(", "tan(", "exp(", "log(", "sqrt(", "abs(", "min(", "max(", "mod(", "sine(", "np.sin("),
    *("(", ")", ")", ")", ",", "+", "-", "*", "/", "^", "**", "−", "×", "÷", "²", "³", ";", "|", "\n", " ", "y ="),
)
"""What a formula is made of, and some of what it is not."""

NUMBERS = st.one_of(
    st.integers(0, 12).map(str),
    st.floats(0, 1e4, allow_nan=False).map(lambda number: f"{number:.4g}"),
    st.sampled_from(["pi", "1e-9", "1e12", "0.1"]),
)
VARIABLES = st.sampled_from(["t", "t", "t", "x"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.sampled_from(["sin", "cos", "tan", "exp", "log", "sqrt", "abs", "-", ""])
    two = st.sampled_from(["+", "-", "*", "/", "^", "×", "÷", "**"])
    several = st.sampled_from(["min", "max", "mod"])
    return st.one_of(
        st.builds("{}({})".format, one, inner),
        st.builds("{} {} {}".format, inner, two, inner),
        st.builds("({}) {} ({})".format, inner, two, inner),
        st.builds("{}({}, {})".format, several, inner, inner),
    )


TREES = st.recursive(NUMBERS | VARIABLES, _larger, max_leaves=10)
"""Formulas that are read, but for constants without a finite value."""

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("tx0129.()+-*/^,;| sincoexplgqrabmdaπ²", max_size=60),
    st.lists(st.sampled_from(PARTS), max_size=20).map("".join),
    st.lists(TREES, min_size=1, max_size=4).map(" ; ".join),
)
"""Any text, texts of a formula's characters and parts, and formulas of several pieces."""

SMOOTH = st.recursive(
    st.sampled_from(["t", "t", "t/2", "x", "1", "0.5", "pi"]),
    lambda inner: st.one_of(
        st.builds("{}({})".format, st.sampled_from(["sin", "cos", "exp", "abs", "sqrt"]), inner),
        st.builds("{}*({})".format, st.sampled_from(["2", "3", "-1"]), inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
        st.builds("({})^2".format, inner),
        st.builds("max({}, {})".format, inner, inner),
        st.builds("mod({}, 2)".format, inner),
    ),
    max_leaves=6,
)
"""Formulas of which many are curves."""

ENDS = st.one_of(st.sampled_from(["0", "1", "-1", "pi", "2*pi", "-pi/2", "0 | 2", "3; 4", "t", ""]), TREES, st.floats())


def _texts(*kinds: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, object]]:
    one = st.one_of(*kinds, st.lists(st.one_of(*kinds), min_size=2, max_size=3).map("; ".join))
    return st.fixed_dictionaries(
        {"x": one, "y": one}, optional={"start": ENDS, "end": ENDS, "along": st.sampled_from(["length", "parameter"])}
    )


CURVES = st.one_of(_texts(SMOOTH), _texts(SMOOTH), _texts(SMOOTH, TREES), _texts(SMOOTH, TEXTS))
"""Settings of a formula: text for x and y, and perhaps a range."""
