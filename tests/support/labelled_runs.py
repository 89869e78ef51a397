"""Runs whose trouble is known, as a table of what the diagnoses measure of them: ``tests/data/labelled_runs.json``.

``PYTHONPATH=.:tests python -m support.labelled_runs STORE`` trains what STORE lacks of ``forced_runs``, measures all of
it beside the shipped runs that learned, and writes the file. Runs forced to fail have their label by construction; one
that is healthy has learned by the rule of all studies. Thresholds were chosen on the first half alone: seeds 0 to 3 of
three settings of each way to fail, and shipped runs of seeds 0 and 1. The second half has other seeds, and a fourth
setting of each way, trained when the thresholds were fixed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from support.forced_runs import BASE, FORCED, HELD_OUT
from support.paths import ROOT

from gancore.config import RunConfig, with_changes
from gancore.diagnosis import MEASURES, Case, Quantity, Seen, case_of
from gancore.store.codec import plain
from gancore.studies.commands import settings_of

FILE = ROOT / "tests" / "data" / "labelled_runs.json"
CHOSEN = (0, 1, 2, 3)
"""Seeds of the half that thresholds were chosen on."""
JUDGED = (4, 5)
SHIPPED = (0, 1)
"""Seeds of shipped runs in the first half."""
CURVES = ("distance", "moved")
"""Quantities of which a diagnosis looks at the history."""


class Labelled(NamedTuple):
    """A run, with what is known of it."""

    label: str
    """The kind of the diagnosis that it was made for; ``equilibrium`` of a healthy one."""
    name: str
    judged: bool
    """Whether it is of the half that judges."""
    case: Case


@cache
def labelled() -> tuple[Labelled, ...]:
    """All of the file."""
    return tuple(_read(row) for row in json.loads(FILE.read_text(encoding="utf-8")))


def forced() -> Iterator[tuple[str, str, RunConfig]]:
    """Label, setting, and configuration of every run of ``forced_runs``."""
    for label, settings in FORCED.items():
        for number, changes in enumerate(settings):
            for seed in CHOSEN if label == "healthy" else (*CHOSEN, *JUDGED):
                yield label, str(number), with_changes(RunConfig(), BASE | changes | {"seed": seed})
    for label, changes in HELD_OUT.items():
        for seed in JUDGED:
            yield label, "held out", with_changes(RunConfig(), BASE | changes | {"seed": seed})


def row_of(label: str, name: str, judged: bool, seen: Seen) -> dict[str, Any]:
    """A run as the file has it: the values of all quantities, and the curves that are looked at."""
    case = case_of(seen)
    quantities = {key: _plain(case.quantities[key]) for key in MEASURES}
    return {
        "label": label,
        "name": name,
        "judged": judged,
        "settings": settings_of(seen.config) | {"seed": seen.config.seed},
        "step": case.step,
        "diverged_at": case.diverged_at,
        "quantities": {key: value for key, value in quantities.items() if value is not None},
    }


def _plain(quantity: Quantity) -> Any:
    if quantity.name in CURVES and len(quantity.values):
        return [quantity.steps.tolist(), plain([_rounded(value) for value in quantity.values]), plain(quantity.value)]
    return plain(_rounded(quantity.value))


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")


def _read(row: dict[str, Any]) -> Labelled:
    known = {}
    for key, measure in MEASURES.items():
        if measure.of.__module__.partition(".")[0] != "gancore":
            continue  # a plug-in's
        found = row["quantities"].get(key)
        steps, values, value = found if isinstance(found, list) else ([row["step"]], [found], found)
        numbers = np.array([np.nan if one is None else one for one in values], np.float64)
        value = np.nan if value is None else float(value)
        known[key] = Quantity(key, measure.label, measure.unit, np.array(steps, np.int64), numbers, value)
    case = Case(with_changes(RunConfig(), row["settings"]), row["step"], row["diverged_at"], known)
    return Labelled(row["label"], row["name"], row["judged"], case)


def make(root: str) -> list[dict[str, Any]]:
    """Train what is missing, and measure everything."""
    from gancore import jobs
    from gancore.store import Store, gallery_bundles

    store, rows = Store(root), []
    everything = list(forced())
    jobs.train([config for *_, config in everything], None, store, "labelled runs")
    for label, setting, config in everything:
        run = store.get(config.run_id)
        assert run is not None
        if label == "healthy" and run.metrics.get("learned") != 1:
            continue  # not every seed of a good recipe learns
        name = f"{label} {setting}, seed {config.seed}"
        made = "equilibrium" if label == "healthy" else label
        rows.append(row_of(made, name, config.seed in JUDGED, Seen.of(run)))
    for bundle in gallery_bundles():
        if bundle.name == "four-distributions":
            for run in sorted(bundle.runs(), key=lambda run: run.run_id):
                if run.metrics.get("learned") == 1:
                    name = f"{bundle.name} {run.run_id[:12]}, seed {run.config.seed}"
                    rows.append(row_of("equilibrium", name, run.config.seed not in SHIPPED, Seen.of(run)))
    return rows


if __name__ == "__main__":
    made = make(sys.argv[1])
    text = ",\n".join(json.dumps(row, separators=(",", ":")) for row in made)
    Path(FILE).write_text(f"[\n{text}\n]\n", encoding="utf-8")
    print(f"{FILE}: {len(made)} runs")
