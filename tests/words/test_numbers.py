"""One value reads the same everywhere: the rule of rounding, the sign, and what never becomes 0% or 100%."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gancore.words import (
    chance,
    count,
    duration,
    fixed,
    interval,
    level,
    number,
    percent,
    points,
    setting_in_label,
    setting_in_words,
    setting_value,
    signed,
    size,
    typed,
)

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.145, "0.145"),
        (0.0018, "0.00180"),
        (-0.08, "−0.0800"),
        (1.09, "1.09"),
        (9.996, "10.0"),
        (0.3125, "0.313"),
        (1234.5, "1,230"),
        (999_999.0, "1.00e6"),
        (8.95e-5, "8.95e−5"),
        (-0.0, "0.000"),
        (1e-17, "0.000"),
        (-1e-17, "0.000"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
        (np.float32(0.25), "0.250"),
    ],
)
def test_a_metric_has_three_significant_digits(value: float | None, shown: str) -> None:
    assert number(value) == shown
    plus = "+" if re.match(r"[1-9]|0\.0*[1-9]", shown) else ""
    assert signed(value) == plus + shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.25, "0.25"),
        (-1.5, "-1.5"),
        (0.0, "0"),
        (1000, "1000"),
        (1e17, "1e+17"),
        (2 / 3, "0.666667"),
        (0.3000005, "0.300001"),
        (np.float32(0.1), "0.1"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_a_number_as_it_is_typed_has_no_more_digits_than_it_needs(value: float, shown: str) -> None:
    assert typed(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.405, "41%"),
        (0.285, "29%"),
        (0.125, "13%"),
        (0.997, ">99%"),
        (0.995, ">99%"),
        (0.9949, "99%"),
        (0.0049, "<1%"),
        (0.005, "1%"),
        (0.0, "0%"),
        (1.0, "100%"),
        (None, "–"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(value: float | None, shown: str) -> None:
    assert percent(value) == shown


def test_shares_with_decimals_keep_the_rule() -> None:
    assert (percent(0.9996, 1), percent(0.0004, 1), percent(0.1825, 1), percent(1.0, 1)) == (
        ">99.9%",
        "<0.1%",
        "18.3%",
        "100.0%",
    )


@given(finite)
def test_no_word_has_a_hyphen_for_a_minus_or_a_sign_on_zero(value: float) -> None:
    for text in (number(value), signed(value), fixed(value), fixed(value, 2, "+"), points(value)):
        assert "-" not in text
        assert re.search("[1-9]", text) or text[0] not in "+−"


@given(st.floats(-1e5, 1e5), st.integers(0, 6))
def test_halves_go_away_from_zero_in_the_number_as_it_is_written(value: float, decimals: int) -> None:
    known = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert Decimal(fixed(value, decimals).replace("−", "-")) == known


@given(st.floats(1e-4, 9e5), st.integers(1, 6))
def test_significant_digits_are_as_many_as_asked_for(value: float, digits: int) -> None:
    shown = number(value, digits).replace(",", "")
    assert float(shown) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))
    if "e" not in shown:
        whole = shown.partition(".")[0]
        assert len(re.sub(r"^0\.0*|\.", "", shown)) == max(digits, len(whole) if whole != "0" else 0)


def test_chances_intervals_and_levels() -> None:
    assert [chance(p) for p in (0.0, 0.0004, 0.0494, 0.0495, 0.9997, 1.0, None)] == [
        "<0.001",
        "<0.001",
        "0.049",
        "0.050",
        ">0.999",
        "1.000",
        "–",
    ]
    assert interval(-0.08, 0.1004, signed) == "−0.0800 to +0.100"
    assert (interval(math.nan, 1.0), interval(None, None, none="")) == ("–", "")
    assert interval(0.0179, 0.405, percent) == "2% to 41%"
    assert (level(0.95), level(0.9916667), level(0.0078125)) == ("95%", "99.17%", "0.7813%")
    assert (points(0.285), points(-0.004), points(-0.3)) == ("+29", "0", "−30")


def test_amounts() -> None:
    assert (count(1, "run"), count(10_000, "step")) == ("1 run", "10,000 steps")
    assert count(2, "study", "studies") == "2 studies"
    assert [duration(s) for s in (None, 0.2, 40.5, 89.4, 720, 5400)] == [
        "an unknown time",
        "less than a second",
        "41 s",
        "89 s",
        "12 min",
        "1.5 h",
    ]
    assert (size(10), size(34_567), size(1_234_567)) == ("1 kB", "35 kB", "1.23 MB")


def test_a_setting_has_one_name() -> None:
    from gancore.config import RunConfig, flatten
    from gancore.studies.labels import piece_of

    assert setting_in_words("g_optimizer.learning_rate") == "Generator learning rate"
    assert setting_in_words("update.kind") == "Update" and setting_in_words("g_optimizer") == "Generator optimizer"
    assert piece_of("d_optimizer.learning_rate", 1e-3) == "discriminator learning rate 0.001"
    names = [setting_in_words(path) for path in flatten(RunConfig())]
    assert len(set(names)) == len(names)
    assert all("_" not in name and "." not in name for name in names)
    assert setting_in_label("batch_size") == "batch size"
    assert [setting_value(v) for v in ([64, 128], 2e-4, True, 10_000, "swiss_roll", [])] == [
        "64-128",
        "0.0002",
        "yes",
        "10,000",
        "swiss roll",
        "none",
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node runs the viewer's own words")
def test_the_viewer_writes_the_same_words_in_the_browser_s_language() -> None:
    rng = np.random.default_rng(0)
    values = [0.405, 0.285, 0.115, 0.3125, 0.997, 0.995, 0.004, 0.0, -0.0, 1.0, -0.0004, 1.005, 1234.5, 8.95e-5, -2.5e7]
    values += [k / 64 for k in range(65)] + [k / 1000 for k in range(0, 1001, 7)] + [-0.5, 1e-12, 999_999.0, 9.996]
    values += (rng.normal(size=200) * 10.0 ** rng.integers(-6, 6, 200)).tolist()
    words = resources.files("gancore.viewer").joinpath("script/words.js").read_text("utf-8").replace("export ", "")
    asked = "values.map((v) => [number(v), fixed(v), fixed(v, 2), v < 0 || v > 1 ? null : share(v), thousands(v)])"
    code = f"{words}\nconst values = {json.dumps(values)};\nconsole.log(JSON.stringify({asked}));"
    made = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True, encoding="utf-8")
    for value, (said, three, two, share, thousands) in zip(values, json.loads(made.stdout), strict=True):
        assert (said, three, two) == (number(value), fixed(value), fixed(value, 2)), value
        assert share is None or share == percent(value), value
        assert thousands.replace(",", "") == fixed(value, 0), value
