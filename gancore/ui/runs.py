"""Stored runs as the pages need them: found, kept in memory while they are looked at, and put into words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from gancore.analysis import curves
from gancore.config import Dataset, RunConfig, differing, flatten
from gancore.store import BundleError, RunMissing, Store, StoredRun
from gancore.studies import Study
from gancore.studies.contents import contents_of
from gancore.ui.form import as_text
from gancore.ui.heavy import computed
from gancore.ui.text import escaped, percent

SCORING = "Scoring real points…"
NEXT_BEST = 5
"""Runs that are tried in turn where the nearest ones turn out to be damaged."""


def stored(store: Store, config: RunConfig) -> StoredRun | None:
    """The run of a config, with its arrays read at most once a server; None if it is not trained."""
    run = store.get(config.run_id)
    return None if run is None else kept(run)


def kept(run: StoredRun) -> StoredRun | None:
    """The same run as it was handed out before, so that its arrays are not read again.

    Where its files turn out to be damaged the page says so and None is returned: it counts as not trained.
    """
    try:
        return _kept(run.run_id, run.created, run.source, run.apart())
    except RunMissing:  # the store has put it into quarantine, and its warning is on the page (see frame.py)
        return None
    except BundleError as error:
        st.warning(escaped(error))
        return None


def nearest(store: Store, config: RunConfig) -> StoredRun | None:
    """The finished run whose config differs from this one in the fewest settings; None without any."""
    gone: set[str] = set()
    for _ in range(NEXT_BEST):
        run = store.nearest(config, gone)
        if run is None:
            return None
        if found := kept(run):
            return found
        gone.add(run.run_id)  # its files turned out to be damaged
    return None


def differences(config: RunConfig, other: RunConfig) -> str:
    """What differs between two configs, in words: ``batch_size 256 instead of 32``.

    What only one of two kinds has is not listed beside the kinds themselves.
    """
    flat, base = flatten(config), flatten(other)
    return ", ".join(
        f"{path} {as_text(flat[path])} instead of {as_text(base[path])}"
        for path in differing([config, other])
        if path in flat and path in base
    )


def snapshot(run: StoredRun, step: int) -> tuple[np.ndarray, int]:
    """The points [n, 2] of the last snapshot at or before a step, and its step; the end with all its points."""
    steps = run.snapshot_steps
    index = max((i for i, at in enumerate(steps) if at <= step), default=0)
    return (run.final if index == len(steps) - 1 else run.snapshots[index]), steps[index]


def scores_at(run: StoredRun, step: int) -> dict[str, float]:
    """Metric key → value at the snapshot of that step; NaN where it was not computed."""
    rows = run.scores
    rows = rows[rows["step"] == step]
    return {str(key): float(value) for key, value in rows.iloc[0].items()} if len(rows) else {}


def real_points(dataset: Dataset) -> np.ndarray:
    """The training set [size, 2] of a dataset."""
    return _real_points(dataset.model_dump_json(), dataset.points)  # type: ignore[attr-defined]


def at_hand(dataset: Dataset) -> np.ndarray:
    """The training set [size, 2] for a picture; no points [0, 2] where the store lacks them."""
    return np.zeros((0, 2), np.float32) if dataset.lacks() else real_points(dataset)


def say_lacking(configs: Iterable[RunConfig]) -> None:
    """Says which of the runs' points are not here, and what to do; what is stored of the runs is shown all the same."""
    for reason in dict.fromkeys(config.dataset.lacks() for config in configs):
        if reason:
            st.warning(escaped(f"{reason}. Stored runs are shown without real points."), icon=":material/search_off:")


def references_of(store: Store, dataset: Dataset) -> dict[str, dict[str, float]]:
    """Metric key → mean, low, high of what real points score; a bar shows how far that is where it is not known yet."""
    place = st.empty()
    references = store.references(dataset, lambda share: place.progress(share, f"{SCORING} {percent(share)}"))
    place.empty()
    return references


def with_seeds(config: RunConfig, seeds: int) -> list[RunConfig]:
    """The config with seeds 0 to seeds - 1."""
    return [config.model_copy(update={"seed": seed}) for seed in range(seeds)]


def config_json(config: RunConfig) -> str:
    """The full config, for a file."""
    return json.dumps(config.model_dump(mode="json"), indent=2) + "\n"


def curves_of(store: Store, study: Study, seeds: int, names: Sequence[str]) -> pd.DataFrame:
    """The curves of some variants (see ``gancore.analysis.curves``) with their labels; made once for the same runs."""
    return _curves(contents_of(store, study, seeds), tuple(names), store, study, seeds)


@computed("Reading curves…", lambda have, names, store, study, seeds: len(names) * seeds)
def _curves(have: tuple[str, ...], names: tuple[str, ...], _store: Store, _study: Study, _seeds: int) -> pd.DataFrame:
    frame = curves(_store, _study, _seeds, names)
    columns = ["label", "seed", "step", "d_acc", "d_acc_real", "d_acc_fake", "d_loss", "g_loss", "d_penalty"]
    return frame.reindex(columns=columns).rename(columns={"label": "variant"})


@st.cache_resource(max_entries=48, show_spinner=False)
def _kept(run_id: str, created: str, source: str, _run: StoredRun) -> StoredRun:
    _ = (
        _run.history,
        _run.scores,
        _run.final,
    )  # read now, so that damage does not show in mid-page
    return _run


@st.cache_data(max_entries=64, show_spinner=False)
def _real_points(dataset: str, _make: Callable[[], np.ndarray]) -> np.ndarray:
    return _make()
