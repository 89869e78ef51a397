"""Runs that an older version of the metrics has scored: named wherever they stand beside others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gancore.metrics import METRICS_VERSION
from gancore.words import count

if TYPE_CHECKING:
    import pandas as pd


def scored_otherwise(versions: Iterable[str]) -> str:
    """A sentence about the runs among these whose scores are of other metrics than this version's; empty without any.

    ``versions``: a run's ``StoredRun.metrics_version`` each; empty for a run that is not trained.
    """
    known = Counter(version for version in versions if version)
    others = {version: runs for version, runs in sorted(known.items()) if version != str(METRICS_VERSION)}
    if not others:
        return ""
    runs = sum(others.values())
    which = "version " + " and ".join(others) if "unknown" not in others else "an earlier version"
    which += f", this gancore has version {METRICS_VERSION}"
    are = "was" if runs == 1 else "were"
    return (
        f"{runs} of {count(sum(known.values()), 'run')} {are} scored by other metrics ({which}), so that "
        f"{'its' if runs == 1 else 'their'} values and what counts as learned do not compare with those of other runs "
        "or with references. `gancore runs rescore --all` scores those of your own store again, without training; "
        "a bundle's stay as they are until a newer one is imported."
    )


def notes_on_scores(runs: pd.DataFrame) -> list[str]:
    """The sentence, if there is one, on a frame with a row per run (see ``run_table``)."""
    sentence = scored_otherwise(runs["metrics_version"].tolist()) if "metrics_version" in runs else ""
    return [sentence] if sentence else []
