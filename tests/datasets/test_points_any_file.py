"""Whatever a file holds, it gives points or a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.tables_of_points import DIALECTS

from gancore.config import ConfigError
from gancore.datasets.points import LEAST, read_table
from gancore.datasets.points.opening import ENDINGS

CELLS = st.one_of(
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(
        ["", "nan", "NA", "?", "1,5", "1.5e3", "-", "x", '"a b"', '"', "'", "1_000", "0x1F", "\ufeff", "ü", "%"]
    ),
    st.text(max_size=5),
)
SEPARATORS = st.sampled_from([",", ";", "\t", "|", " ", "  ", ", "])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
NAMES = st.one_of(st.sampled_from([f"a{ending}" for ending in ENDINGS]), st.just("clipboard"), st.text(max_size=20))


@st.composite
def texts(draw: st.DrawFn) -> tuple[bytes, str]:
    """Rows of cells, most of them numbers, in any dialect and with some of it broken."""
    separator, end, width = draw(SEPARATORS), draw(ENDS), draw(st.integers(1, 4))
    seed = draw(st.integers(0, 2**16))
    body = np.random.default_rng(seed).normal(size=(draw(st.integers(0, 40)), width)).round(3).astype(str).tolist()
    for row in draw(st.lists(st.lists(CELLS, max_size=5), max_size=4)):
        body.insert(draw(st.integers(0, len(body))), row)
    encoding = draw(st.sampled_from(["utf-8", "utf-16", "cp1252"]))
    return end.join(separator.join(row) for row in body).encode(encoding, "ignore"), draw(NAMES)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[bytes, str]:
    """A good file with a few bytes changed, cut out, or cut off."""
    name = draw(st.sampled_from(sorted(DIALECTS)))
    data = bytearray(DIALECTS[name])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 2)):
            case 0:
                data[at : at + 1] = draw(st.binary(max_size=3))
            case 1:
                del data[at : at + draw(st.integers(1, 40))]
            case _:
                del data[at:]
    return bytes(data), name


FILES = st.one_of(st.tuples(st.binary(max_size=400), NAMES), texts(), damaged())
WHERE = st.one_of(st.none(), st.text(max_size=8), st.just("x=1"))


def gives_points_or_a_sentence(file: tuple[bytes, str], where: str | None) -> None:
    data, name = file
    try:
        table = read_table(data, name, None, where)
    except ConfigError as error:
        sentence = str(error)
        assert sentence.partition(":")[0] in ("points", "where", "columns") and sentence.isprintable()
        assert len(sentence) < 1000
        return
    assert table.points.dtype == np.float64 and table.points.shape == (len(table.points), 2)
    assert len(table.points) >= LEAST and np.isfinite(table.points).all()
    assert len(table.points) + table.left_out == table.matching <= table.rows
    assert table.duplicates < len(table.points) and table.found.isprintable()


@settings(max_examples=1_000, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
@given(FILES, WHERE)
def test_any_file_gives_points_or_a_sentence(file: tuple[bytes, str], where: str | None) -> None:
    gives_points_or_a_sentence(file, where)


@pytest.mark.exhaustive
@settings(max_examples=10_000, suppress_health_check=list(HealthCheck), deadline=None)
@given(FILES, WHERE)
def test_ten_thousand_files_give_points_or_a_sentence(file: tuple[bytes, str], where: str | None) -> None:
    gives_points_or_a_sentence(file, where)
