"""Negative numbers on a page have a minus, not the hyphen with which they are typed."""

from __future__ import annotations

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

from gancore.words import typed, typeset

PAGE = Path(__file__).parents[1] / "support" / "own_points_page.py"


def test_the_preview_of_pasted_points_has_a_minus() -> None:
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    rows = "\n".join(f"{-2.5 + 0.25 * i}, {-1 + 0.1 * i * (i % 3)}" for i in range(21))
    app.text_area(key="points_pasted").set_value(rows).run()
    assert not app.exception
    (said,) = [one.value.replace("\\", "") for one in app.caption if "runs from" in one.value]
    assert "runs from −2.5 to 2.5" in said and "from −1 to 1" in said
    assert not re.search(r"-\d", said)


def test_what_is_typed_keeps_its_hyphen() -> None:
    assert (typeset(-1.5), typed(-1.5), typeset(1e-9), typeset(1000)) == ("−1.5", "-1.5", "1e−09", "1000")
