"""``python -m gancore.diagnosis.evidence``: what the shipped studies support against each diagnosis, from their runs.

Run it when the gallery or a diagnosis has changed. Every run of the gallery is diagnosed. A change counts from one
variant of a study to another with the same points, as far as what differs is one thing: one setting (the number of
steps too, which else is the same), one level of one factor, or a named variant against the study's first. It is
supported where the corrected 95% interval of the change of ``w1_excess``, paired by seed and corrected over all such
pairs of a study and distribution, lies below zero.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gancore.analysis.confounds import IGNORED
from gancore.analysis.estimates import MIN_SEEDS, contrasts
from gancore.config import differing, flatten
from gancore.datasets.named import name_of
from gancore.diagnosis.findings import Findings, diagnose
from gancore.diagnosis.helping import FILE
from gancore.store import Store, gallery_bundles
from gancore.studies import Study, label_of, load_study
from gancore.studies.commands import settings_of
from gancore.studies.variants import Variant

LEAST = 0.5
"""Share of the runs before the change that a diagnosis must apply to."""
DIGITS = 4
"""Decimal places that the file keeps."""
FEW = 4
"""Changed settings that are named one by one; more of them are called what the study calls them, such as a recipe."""


class _Arm(NamedTuple):
    variant: Variant
    found: tuple[Findings, ...]
    excess: np.ndarray
    """w1_excess of each seed, [seeds]; infinite of a run that diverged."""


def rows_of(study: Study, store: Store) -> Iterator[dict[str, Any]]:
    """What one study supports, from its stored runs."""
    arms = [arm for variant in study.variants if (arm := _arm(study, variant, store)) is not None]
    for dataset in dict.fromkeys(arm.variant.config.dataset for arm in arms):
        pairs = list(_pairs([arm for arm in arms if arm.variant.config.dataset == dataset]))
        if not pairs:
            continue
        found = contrasts([after.excess - before.excess for before, after in pairs])
        for i, (before, after) in enumerate(pairs):
            if found.seeds[i] >= MIN_SEEDS and found.high[i] < 0:
                interval = (float(values[i]) for values in (found.estimate, found.low, found.high))
                yield from _rows(study, before, after, *interval)


def _arm(study: Study, variant: Variant, store: Store) -> _Arm | None:
    runs = [store.get(config.run_id, study.name) for config in study.configs_of(variant)]
    if any(run is None for run in runs):
        return None
    excess = [run.metrics.get("w1_excess") for run in runs if run is not None]
    found = tuple(diagnose(run) for run in runs if run is not None)
    return _Arm(variant, found, np.array([np.nan if one is None else one for one in excess], np.float64))


def _pairs(arms: Sequence[_Arm]) -> Iterator[tuple[_Arm, _Arm]]:
    """Before and after one change."""
    for before, after in permutations(arms, 2):
        one, other = before.variant, after.variant
        differ = differing([one.config, other.config], IGNORED)
        if "steps" in differ and len(differ) > 1:
            continue
        if one.levels is not None and other.levels is not None:
            alike = sum(a != b for a, b in zip(one.levels, other.levels, strict=True)) == 1
        else:
            alike = before is arms[0] or len(differ) == 1
        if alike:
            yield before, after


def _rows(
    study: Study, before: _Arm, after: _Arm, estimate: float, low: float, high: float
) -> Iterator[dict[str, Any]]:
    old, new = flatten(before.variant.config), flatten(after.variant.config)
    changes = {path: value for path, value in new.items() if old.get(path) != value and path not in IGNORED}
    for kind in dict.fromkeys(one.kind for found in before.found for one in found.found if one.failing):
        had, has = (sum(any(one.kind == kind for one in found.found) for found in arm.found) for arm in (before, after))
        if had >= LEAST * len(before.found) and has < had:
            yield {
                "kind": kind,
                "study": study.name,
                "dataset": name_of(before.variant.config.dataset),
                "start": settings_of(before.variant.config),
                "before": before.variant.arm_label or before.variant.label,
                "label": _label(before.variant, after.variant, changes),
                "changes": changes,
                "seeds": len(before.found),
                "had": had,
                "has": has,
                "learned_before": sum(found.learned for found in before.found),
                "learned": sum(found.learned for found in after.found),
                "estimate": round(estimate, DIGITS),
                "low": round(low, DIGITS),
                "high": round(high, DIGITS),
            }


def _label(before: Variant, after: Variant, changes: dict[str, Any]) -> str:
    if len(changes) > FEW and after.arm_label:
        return after.arm_label
    return label_of(after.config, [before.config])


def make() -> dict[str, Any]:
    """The file's content: the studies it is of, and a row a change and diagnosis."""
    names = [bundle.name for bundle in gallery_bundles()]
    store = Store.open()
    rows = [row for name in names for row in rows_of(load_study(name), store)]
    rows.sort(
        key=lambda row: (row["kind"], row["dataset"], -row["learned"], row["estimate"], row["study"], row["label"])
    )
    return {"studies": names, "rows": rows}


if __name__ == "__main__":
    made = make()
    path = Path(__file__).parent / FILE
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{path}: {len(made['rows'])} rows from {', '.join(made['studies'])}")
