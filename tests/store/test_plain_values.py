"""Values as JSON types, from one function for all that is stored or printed."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from gancore.store.codec import plain


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1.5, 1.5),
        (math.nan, None),
        (-math.inf, None),
        (np.float64(0.25), 0.25),
        (np.float32(0.5), 0.5),
        (np.float32("inf"), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ({1: (np.float32("nan"), [2])}, {"1": [None, [2]]}),
        (None, None),
        ("a", "a"),
    ],
)
def test_every_value_becomes_one_that_json_has(value, wanted) -> None:
    found = plain(value)
    assert found == wanted and type(found) is type(wanted)
    json.dumps(found, allow_nan=False)
