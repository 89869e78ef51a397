"""A finished study as one file, with the analysis that its runs give."""

from __future__ import annotations

from pathlib import Path

from gancore.analysis.frames import PICKS, analyze, pick_seed, runs_of
from gancore.analysis.plain import plain_analysis
from gancore.config import ConfigError
from gancore.datasets.points import OwnPoints, load
from gancore.store import Bundle, Store, write_bundle
from gancore.store.references import references_key
from gancore.studies.study import Study

MANY = 100
"""Runs of a shipped study at most that all keep snapshots of their whole training."""


def pack_study(
    store: Store, study: Study, text: str, path: Path | str, with_points: bool = False, small: bool = False
) -> Bundle:
    """Write a study (``text`` is its file) with its runs, thinned, its references and its analysis to a bundle.

    ``with_points`` makes points of one's own a part of it; otherwise it names them by their hashes. ``small``: of many
    runs, the median, the best and the worst of each variant keep snapshots of their whole training, and the others
    their last one. ConfigError where runs are missing, or the points that are to be part of it.
    """
    configs = study.configs()
    found = [store.get(config.run_id) for config in configs]
    runs = [run for run in found if run is not None]
    if len(runs) < len(configs):
        raise ConfigError(
            f"study: {len(configs) - len(runs)} of the {len(configs)} runs of {study.name} are not trained; "
            f"train them with: gancore study run {study.name}"
        )
    datasets = {references_key(config.dataset): config.dataset for config in configs}
    references = {key: store.references(dataset) for key, dataset in datasets.items()}
    collapsed = {key: store.collapsed(dataset) for key, dataset in datasets.items()}
    analysis = plain_analysis(analyze(store, study))
    own = (
        {one.sha256: load(one.sha256) for one in datasets.values() if isinstance(one, OwnPoints)} if with_points else {}
    )
    whole = _whole(store, study) if small and len(runs) > MANY else None
    return write_bundle(path, text, study.name, runs, references, analysis, collapsed, own, whole)


def _whole(store: Store, study: Study) -> set[str]:
    """Ids of the runs that figures pick out: of each variant its median, best and worst."""
    picked = (pick_seed(runs, how) for runs in runs_of(store, study).values() for how in PICKS)
    return {run.run_id for run in picked if run}
