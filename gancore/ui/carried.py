"""The study that a link carries in ``design``: read, opened, and what had to be left out of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import streamlit as st

from gancore.config import ConfigError
from gancore.studies import Study, encode_study
from gancore.studies.drafts import decode_known
from gancore.ui.running.later import set_later
from gancore.ui.url import warn

LEFT_OUT = "left_out_of_design"
KEPT = 64
"""Links whose studies a server remembers; a link has at most 8,000 characters."""


def study() -> Study | None:
    """The study in the link, or None; what is wrong with it is said."""
    text = st.query_params.get("design")
    if not text:
        return None
    try:
        found, left_out = _decoded(text)
    except (ValueError, OverflowError, RecursionError) as error:
        known = isinstance(error, ConfigError)
        warn([str(error) if known else "design: its study holds a value that cannot be read; copy the whole link"])
        del st.query_params["design"]
        return None
    opened, before = st.session_state.get(LEFT_OUT, ("", ()))
    warn([*left_out, *(before if opened == text else ())])
    return found


@lru_cache(maxsize=KEPT)
def _decoded(text: str) -> tuple[Study, tuple[str, ...]]:
    """A link's study and what is left out of it, read once for all visits; one that cannot be read is not kept."""
    study, left_out = decode_known(text)
    return study, tuple(left_out)


def open_study(study: Study, left_out: Sequence[str] = ()) -> None:
    """Has the page open this study at the next ``running.prepare``, with the builder closed. Raises ConfigError.

    ``left_out``: sentences about what its file had besides, which stand on the page as long as the study does.
    """
    design = encode_study(study)
    st.session_state[LEFT_OUT] = design, tuple(left_out)
    set_later(study="own", design=design, seeds=study.seeds, builder=False, builder_first=False)
