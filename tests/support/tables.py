"""What the tests of tables on pages share: hostile names, a failed run, a server of one function."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest
from support.chromium import served
from support.pages import made_up

from gancore.config import RunConfig


def descriptions(app: AppTest) -> list[str]:
    import json

    return [json.loads(chart.proto.spec).get("description", "") for chart in app.get("vega_lite_chart")]


HOSTILE = """
name = "hostile"
title = "<script>alert(1)</script>"
question = "Which?"
seeds = 2
[[variant]]
name = "one"
label = "[x](javascript:alert(1)) $y$ <img src=x onerror=alert(2)>"
[[variant]]
name = "formula"
label = "=HYPERLINK(1)"
[variant.set]
batch_size = 16
[[variant]]
name = "two"
label = ":red[**bold**] `code` | # datum['v']"
[variant.set]
batch_size = 64
"""


def diverged(config: RunConfig):
    result = made_up(config)
    metrics = {key: values * float("nan") for key, values in result.metrics.items()}
    return type(result)(**{**vars(result), "status": "diverged", "diverged_at": 7, "metrics": metrics})


@contextlib.contextmanager
def serving(script: Callable[[], None], folder: Path) -> Iterator[str]:
    """The address of a server of one function as its page."""
    path = folder / "page.py"
    path.write_text(f"{inspect.getsource(script)}\n\n{script.__name__}()\n")
    with served(path) as address:
        yield address
