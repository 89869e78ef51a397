"""What is known of a study, as a table with a row per variant and as JSON types."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gancore.analysis import Analysis, analysis_of, plain_analysis
from gancore.analysis.summaries import headline
from gancore.config import differing, flatten
from gancore.report.base import Report
from gancore.report.variants import single
from gancore.store.codec import plain
from gancore.studies import Study

if TYPE_CHECKING:
    import pandas as pd

Row = dict[Any, Any]


def variant_table(report: Report, found: Mapping[str, Analysis] | None = None) -> pd.DataFrame:
    """A row per variant, on each of the study's datasets.

    ``variant``, ``label`` and ``dataset``; the settings that are not the same in all variants, by their dotted paths;
    ``seeds`` asked for, runs trained (``runs``), of which ``failed`` diverged or have no finite score, and ``missing``
    ones; ``learned`` and its share ``success`` with a 95% Wilson interval; and for the judged and every headline metric
    its interquartile mean with a 95% bootstrap interval (``_low``, ``_high``), its range over seeds (``_min``,
    ``_max``), its reference (fresh real points) and its collapsed value (a generator collapsed to one point).
    """
    import pandas as pd

    found = analyses(report) if found is None else found
    study, store = report.study, report.store
    paths = differing(variant.config for variant in study.variants)
    cells = {key: single(analysis) for key, analysis in found.items()}
    rows: list[Row] = []
    for i, variant in enumerate(study.variants):
        settings = flatten(variant.config)
        first = cells[report.metric][i]
        # References of a dataset take seconds, so none is asked for before something is trained on it.
        known = first.n > 0
        references = store.references(variant.config.dataset) if known else {}
        collapsed = store.collapsed(variant.config.dataset)["one_point"] if known else {}
        row: Row = {"variant": variant.name, "label": variant.label, "dataset": variant.dataset}
        row |= {path: _setting(settings.get(path)) for path in paths if path != "dataset.kind"}
        row |= {"seeds": report.seeds, "runs": first.n, "failed": first.diverged, "missing": first.missing}
        row |= {name: getattr(first, name) for name in ("learned", "success", "success_low", "success_high")}
        for key in cells:
            one = cells[key][i]
            row |= {key: one.iqm} | {f"{key}_{end}": getattr(one, end) for end in ("low", "high", "min", "max")}
            reference = references.get(key, {}).get("mean", math.nan)
            row |= {f"{key}_reference": 0.0 if abs(reference) < 1e-12 else reference}  # a difference of equal means
            row |= {f"{key}_collapsed": collapsed.get(key, math.nan)}
        rows.append(row)
    return pd.DataFrame(rows)


def analyses(report: Report, keys: Sequence[str] = ()) -> dict[str, Analysis]:
    """Metric → what the runs say of it: the judged metric first, then the headline ones and those of ``keys``."""
    return analyses_of(report.study, report.table, report.metric, keys)


def analyses_of(
    study: Study, runs: pd.DataFrame, metric: str, keys: Sequence[str] = (), dataset: str | None = None
) -> dict[str, Analysis]:
    """Metric → what the runs (see ``run_table``) say of it: the judged one first. Raises ConfigError."""
    wanted = dict.fromkeys([metric, *headline(study), *keys])
    return {key: analysis_of(study, runs, key, dataset) for key in wanted}


def report_data(report: Report) -> dict[str, Any]:
    """Everything that is known of a study as JSON types."""
    from gancore import __version__
    from gancore.config import RESULTS_VERSION
    from gancore.metrics import METRICS, METRICS_VERSION

    study = report.study
    found = analyses(report)
    summary = variant_table(report, found).to_dict("records")
    analysis = plain_analysis(found[report.metric])
    runs = []
    for variant in study.variants:
        for config, run in zip(study.configs_of(variant, report.seeds), report.runs[variant.name], strict=True):
            own: dict[str, Any] = {"variant": variant.name, "seed": config.seed, "run_id": config.run_id}
            if run is None:
                runs.append(own | {"status": "missing"})
                continue
            names = ("status", "steps", "diverged_at", "seconds", "device", "versions", "created", "source", "metrics")
            runs.append(own | {name: getattr(run, name) for name in names})
    data = {
        "gancore": __version__,
        "results_version": RESULTS_VERSION,
        "metrics_version": METRICS_VERSION,
        "study": {
            "name": study.name,
            "title": study.title,
            "question": study.question,
            "seeds": report.seeds,
            "datasets": list(study.datasets),
            "factors": {f.name: [level.words for level in f.levels] for f in study.factors},
            "toml": study.to_toml(),
        },
        "metrics": {
            key: {"label": m.label, "definition": m.definition, "better": m.better, "unit": m.unit, "source": m.source}
            for key, m in METRICS.items()
        },
        "variants": [
            {"name": v.name, "label": v.label, "control": v.control, "changes": v.changes}
            | {"config": v.config.model_dump(mode="json")}
            for v in study.variants
        ],
        "summary": summary,
        "analysis": {key: analysis[key] for key in analysis if key != "study"},
        "runs": runs,
    }
    return plain(data)


def _setting(value: Any) -> Any:
    """A setting as one cell: lists as JSON."""
    return json.dumps(value) if isinstance(value, list | dict) else value
