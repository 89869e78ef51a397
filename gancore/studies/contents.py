"""What a store has of a study, in a short text: whatever is computed or made of it is found again by that."""

from __future__ import annotations

import hashlib
import json

from gancore.store import Store
from gancore.studies.study import Study


def contents_of(store: Store, study: Study, seeds: int) -> tuple[str, str]:
    """A digest of the study's stored runs with their values, which changes when they do, and the study as TOML."""
    runs = [store.get(config.run_id, study.name) for config in study.configs(seeds)]
    values = [(run.run_id, run.created, dict(run.metrics)) for run in runs if run is not None]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest(), study.to_toml()
