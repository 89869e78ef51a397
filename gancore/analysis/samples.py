"""Samples that any generator made, scored by every metric beside what real data and a collapsed one would score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore import metrics
from gancore.config import ConfigError, Dataset, RunConfig, with_changes
from gancore.datasets.points import OwnPoints, Table, digest, look_in, read_table
from gancore.datasets.points.reading import check_extent
from gancore.metrics.base import BATCHES
from gancore.metrics.evaluate import LEAST
from gancore.metrics.references import summary
from gancore.store import Store
from gancore.words import count

Array = NDArray[np.float64]

DRAWS = 20
"""Draws that a reference is the mean of."""
REALS = 22
"""Seed of the real points that samples are compared with; references and collapsed values have the two before."""
PLACE = "gancore.score"
"""Where the points of one's own that were given as a reference last are kept, in memory alone."""


@dataclass(frozen=True)
class ScoreRow:
    """One metric of the samples."""

    key: str
    label: str
    value: float | None
    """None where the metric does not apply, or came to no number."""
    real: float | None
    """What real data would score on average, as the lowest and the highest of 20 draws."""
    real_low: float | None
    real_high: float | None
    collapsed: float | None
    """What a generator that has collapsed to one point would score."""
    better: str
    """``lower`` or ``higher``."""
    lacking: str
    """Why there is no value, as ``needs a curve``; empty where there is one."""


@dataclass(frozen=True, eq=False)
class SampleScores:
    """What samples score on a distribution."""

    dataset: Dataset
    samples: Array
    """The finite ones [n, 2], in the coordinates of the dataset."""
    left_out: int
    """Samples that were not finite."""
    scored: int
    """How many the scores are of."""
    rows: tuple[ScoreRow, ...]
    """Every metric, those without a value last."""
    notes: tuple[str, ...]
    """What a reader has to know, in sentences."""

    def __getitem__(self, key: str) -> float:
        """A metric's value, NaN where it has none; raises ConfigError for a metric that does not exist."""
        metrics.get_metric(key)
        value = next(row.value for row in self.rows if row.key == key)
        return math.nan if value is None else value

    @property
    def learned(self) -> bool | None:
        """Whether the samples pass for a success; None where that has no value."""
        value = self["learned"]
        return None if math.isnan(value) else value == 1.0

    def plain(self) -> dict[str, Any]:
        """Everything but the samples, as JSON has it."""
        shown = [row for row in self.rows if not row.lacking]
        return {
            "dataset": self.dataset.model_dump(mode="json"),
            "samples": len(self.samples),
            "left_out": self.left_out,
            "scored": self.scored,
            "learned": self.learned,
            "scores": {
                row.key: {
                    "value": row.value,
                    "real": {"mean": row.real, "low": row.real_low, "high": row.real_high},
                    "collapsed": row.collapsed,
                    "better": row.better,
                }
                for row in shown
            },
            "lacking": {row.key: row.lacking for row in self.rows if row.lacking},
            "notes": list(self.notes),
        }


def score(
    samples: ArrayLike | Table | Path | str,
    dataset: Dataset | str | ArrayLike | Table | Path,
    store: Store | None = None,
    progress: metrics.Progress | None = None,
) -> SampleScores:
    """Every metric of samples [n, 2] beside what real data and a collapsed generator would score.

    ``samples``: an array, or a file (CSV, Parquet, NPY, ...) by its path; at least 20. Of a distribution they are in
    its own coordinates, placed and scaled; of points of one's own in the units of those points. ``dataset`` is a
    distribution (``datasets.Ring(count=25)``), its kind at the defaults (``"ring"``), or real points: an array or a
    file's path. Real points are split in halves by chance, and samples are judged by one of them.

    Scores change with the number of samples, so references are of as many: 2,000, or of fewer samples as many as there
    are. References of 2,000 are kept in ``store`` (the default one). Samples that are not finite are left out and
    counted. ``progress`` is called with the share that is done. Raises ConfigError.
    """
    target = reference(dataset)
    points = _points(samples, "samples", varied=False)
    finite = np.isfinite(points).all(axis=1)
    known, left_out = points[finite], int((~finite).sum())
    _check_number(known, "samples", left_out)
    if isinstance(target, OwnPoints):
        units = target.units()
        known = target.placed((known - units.centre) / units.half)
    size = min(len(known), metrics.POINTS)
    if size == metrics.POINTS:
        kept = store or Store.open()
        references = metrics.Measured(kept.references(target, progress), size)
        collapsed = kept.collapsed(target)
    else:
        references = metrics.references(target, points=size, progress=progress)
        collapsed = metrics.collapsed(target, references)
    values = metrics.score(target, known, target.sample(np.random.default_rng(REALS), len(known)), references)
    batches = min(BATCHES, len(known) // size)
    shown = references if batches == BATCHES else references | _of_fewer(target, references, batches)
    lacking = metrics.lacking(target)
    keys = [*(key for key in metrics.METRICS if key not in lacking), *lacking]
    rows = tuple(_row(key, values, shown, collapsed["one_point"], lacking) for key in keys)
    return SampleScores(target, known, left_out, size, rows, tuple(_notes(len(known), left_out, size, known, target)))


def reference(dataset: Dataset | str | ArrayLike | Table | Path) -> Dataset:
    """The distribution that is meant: itself, a kind, or points of one's own. Raises ConfigError."""
    if isinstance(dataset, Dataset):
        return dataset
    if isinstance(dataset, str) and (dataset in Dataset.registry or not Path(dataset).suffix):
        return with_changes(RunConfig(), {"dataset.kind": dataset}).dataset
    points = _points(dataset, "points", varied=True)
    points = points[np.isfinite(points).all(axis=1)]
    _check_number(points, "points", 0)
    check_extent("points", ("x", "y"), points)
    known = digest(points)
    look_in(PLACE, lambda sha256: points if sha256 == known else None)
    return OwnPoints(sha256=known)


def _points(given: Any, field: str, varied: bool) -> Array:
    """Points [n, 2] in float64, as they were given; raises ConfigError."""
    if isinstance(given, Table):
        return given.points
    if isinstance(given, str | Path):
        try:
            return read_table(Path(given), Path(given).name, varied=varied).points
        except ConfigError as error:
            raise error.named({"points": field}) from None
    try:
        points = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise ConfigError.refused(field, given, "it must be numbers, [n, 2]", "is not an array of points") from None
    if points.ndim != 2 or points.shape[1] != 2:
        raise ConfigError.of(field, f"the shape {points.shape} is not allowed; it must be [n, 2]")
    return points


def _check_number(points: Array, field: str, left_out: int) -> None:
    if len(points) < LEAST:
        beside = f" beside {left_out:,} that are not finite" if left_out else ""
        raise ConfigError.of(field, f"{len(points):,}{beside} are not enough; at least {LEAST} are needed")


def _of_fewer(dataset: Dataset, references: metrics.Measured, batches: int) -> dict[str, dict[str, float]]:
    """What real data would score in w1, and beyond its mean, of fewer batches than references are of: less evenly."""
    rng = np.random.default_rng(REALS + 1)
    drawn = [
        metrics.score(dataset, dataset.ideal(rng, references.points), None, references, when="some")["w1"]
        for _ in range(DRAWS * batches)
    ]
    w1 = np.reshape(drawn, (DRAWS, batches)).mean(axis=1)
    excess = w1 - references["w1"]["mean"]
    return {"w1": summary(w1.tolist()), "w1_excess": summary(excess.tolist())}


def _row(key: str, values: Any, references: Any, collapsed: Any, lacking: Any) -> ScoreRow:
    metric, reference = metrics.METRICS[key], references.get(key, {})
    return ScoreRow(
        key,
        metric.label,
        _number(values.get(key)),
        _number(reference.get("mean")),
        _number(reference.get("low")),
        _number(reference.get("high")),
        _number(collapsed.get(key)),
        metric.better,
        lacking.get(key, ""),
    )


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _notes(samples: int, left_out: int, size: int, points: Array, dataset: Dataset) -> list[str]:
    notes: list[str] = []
    if left_out:
        notes.append(f"{count(left_out, 'sample')} without two finite numbers left out.")
    if size < metrics.POINTS:
        notes.append(
            f"Scores change with the number of samples: everything here is of {size:,}, so it cannot be compared with "
            f"scores of {metrics.POINTS:,}."
        )
    elif samples > size:
        w1 = min(BATCHES, samples // size) * size
        notes.append(f"Scores are of {size:,} of the {samples:,} samples, w1 of {w1:,}: always the same ones.")
    if metrics.POINTS <= samples < BATCHES * size:
        notes.append(f"Of {BATCHES * size:,} samples or more w1 has less noise.")
    if metrics.lacking(dataset):
        notes.append(metrics.lacking_in_words(metrics.lacking(dataset)))
    return [*notes, *metrics.explained(dataset)]
