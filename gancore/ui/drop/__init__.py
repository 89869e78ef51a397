"""A study file that is dropped anywhere on a page, and opened there."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from gancore.config import ConfigError
from gancore.studies.drafts import known_study
from gancore.studies.files import MAX_BYTES
from gancore.ui import carried
from gancore.ui.text import escaped

STYLE = """
.gc-drop {position: fixed; inset: 0; z-index: 1000000; display: grid; place-items: center; pointer-events: none;
  font: 600 1.3rem sans-serif; color: #fff; background: rgb(37 99 235 / 75%); outline: 3px dashed #fff;
  outline-offset: -1.2rem;}
.gc-drop[hidden] {display: none;}
.st-key-drop {display: none;}
"""


def section() -> None:
    """Opens a study file when one is dropped; says what is wrong with one that is no study.

    A page calls it before ``running.prepare``, which sets the page's widgets to that study in the same run.
    """
    result = _component()(data={"most": MAX_BYTES}, key="drop", on_dropped_change=_nothing)
    dropped = getattr(result, "dropped", None)
    if not dropped:
        return
    try:
        name, size, text = str(dropped["name"])[:120], int(dropped["size"]), str(dropped["text"])
        if not name.endswith(".toml"):
            raise ConfigError.refused("file", name, "drop a study's .toml file")
        if size > MAX_BYTES:
            raise ConfigError.of(name, f"it has {size:,} bytes; a study has at most {MAX_BYTES // 1024} KB")
        carried.open_study(*known_study(text.removeprefix("\ufeff"), name))
    except (KeyError, TypeError, ValueError) as error:  # whatever a browser may send
        reason = str(error) if isinstance(error, ConfigError) else "file: what the browser sent is not a file"
        st.error(escaped(reason), icon=":material/upload_file:")


def _nothing() -> None:
    """What was dropped is read from the component's result."""


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    script = (resources.files("gancore.ui.drop") / "drop.js").read_text(encoding="utf-8")
    return component("gancore_drop", css=STYLE, js=script, isolate_styles=False)
