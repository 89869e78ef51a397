"""A study as the viewer draws it: panels with their frames through training, and every run's curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.analysis import pick_seed, runs_of
from gancore.config import RunConfig
from gancore.figures import FAKE, REAL, thinned
from gancore.figures.colours import MUTED, colours_of, dashes_of
from gancore.figures.reals import Reals, windows_for
from gancore.metrics import METRICS
from gancore.recording.window import Window
from gancore.store import BundleError, RunMissing, Store, StoredRun
from gancore.studies import Study, Variant
from gancore.studies.arrange import Arrangement, arrange
from gancore.viewer import fields
from gancore.viewer.curves import curves_of, evenly
from gancore.viewer.packing import packed, packed_points
from gancore.words import near_in_words, short

if TYPE_CHECKING:
    from gancore.recording.landscape import Landscape

REALS = 1500
"""Real points in a panel."""
FAKES = 500
"""Generated points in a panel's frame, at most; with the real ones 2,000."""
FEWEST = 20
"""Generated points in a panel's frame, at least."""
BUDGET = 90_000
"""Generated points in all frames of all panels for one pick, 4 bytes each before base64: 0.5 MB on the wire."""
FRAMES = 51
"""Frames of a run, at most: what the default settings keep. Many panels have fewer, so that a cloud stays a cloud."""
VALUES = ("near", "coverage", "w1_excess")
"""Metrics that a panel names at every frame."""
TOGETHER = "all"
EACH = "each"


def study_payload(
    store: Store,
    study: Study,
    seeds: int,
    picks: Sequence[str] = ("median",),
    variants: Sequence[Variant] | None = None,
    rows: Sequence[str] | None = None,
    table: bool = True,
    beat: Callable[[], None] = lambda: None,
    own: bool = True,
) -> fields.Payload:
    """What ``gancoreViewer.mount`` draws, as JSON types.

    ``picks``: the seeds that stand for a variant, each drawn when it is chosen: median, best, worst, a seed's number,
    ``all`` (every seed's points in one panel) or, alone, ``each`` (one panel per seed). ``variants``: those shown, None
    for all. ``rows``: the factors that are the rows (see ``arrange``); without ``table`` panels stand one after the
    other. ``beat`` is called again and again, and may raise what ends the work. ``own``: whether points of one's own
    are part of it. Raises ConfigError.
    """
    shown = list(study.variants if variants is None else variants)
    found: dict[str, list[StoredRun | None]] = {}
    for name, runs in runs_of(store, study, seeds).items():
        beat()
        found[name] = [_sound(run) for run in runs]
    arrangement = None if EACH in picks or not table else arrange(study, shown, rows)
    panels, chosen = _panels(shown, found, picks)
    frames = _frame_count(chosen, len(panels))
    quota = max(FEWEST, min(FAKES, BUDGET // max(1, len(panels) * frames)))
    datasets = {_dataset(variant.config): variant.config.dataset for variant in shown}
    found_reals = {key: Reals.of(dataset, own) for key, dataset in datasets.items()}  # type: ignore[arg-type]
    windows = windows_for(found_reals)
    keys = list(datasets)
    labels = [variant.label for variant in study.variants]
    colours, dashes = colours_of(labels), dashes_of(labels)
    return {
        "colours": {"real": REAL, "fake": FAKE, "muted": MUTED},
        "reals": [
            _reals(dataset, reals, window)
            for dataset, reals, window in zip(datasets.values(), found_reals.values(), windows.values(), strict=True)
        ],
        "metrics": {key: METRICS[key].label for key in VALUES},
        "variants": {
            variant.name: {
                "colour": colours[variant.label],
                "dash": dashes[variant.label],
                "real": keys.index(_dataset(variant.config)),
                "averaged": variant.config.ema.active,
            }
            for variant in shown
        },
        "panels": [
            {
                "key": variant.name,
                "title": variant.label if seed is None else f"{variant.label}, seed {seed}",
                "place": list(arrangement.places[variant.name]) if arrangement else _seed_place(shown, variant, seed),
            }
            for variant, seed in panels
        ],
        "table": _seeds_table(shown, seeds) if EACH in picks else _table(arrangement),
        "picks": [
            {
                "name": pick,
                "shown": [
                    _shown(runs, windows[_dataset(variant.config)], quota, frames, EACH not in picks, beat)
                    for (variant, _), runs in zip(panels, chosen[pick], strict=True)
                ],
            }
            for pick in picks
        ],
        "curves": curves_of(shown, found, colours, dashes),
    }


def _reals(dataset: Any, reals: Reals, window: Window) -> fields.Reals:
    support, units = dataset.support(), dataset.own_units()
    return {
        "points": packed_points(thinned(reals.points, REALS), window),
        "window": _rounded(window),
        "units": [] if units is None else [float(number) for part in units for number in part],
        "count": len(reals.points),
        "missing": reals.missing,
        "near": near_in_words([support]),
        "cells": support.cells if support else 0,
        "counted": support.counted if support else "",
    }


def _sound(run: StoredRun | None) -> StoredRun | None:
    """The run, or None where its files turn out to be damaged (the store has said so)."""
    try:
        if run is not None:
            _ = run.history, run.scores
        return run
    except (RunMissing, BundleError):
        return None


def _drawable(run: StoredRun) -> StoredRun | None:
    """The run with its points, which are read now and go with it; None where they are damaged."""
    run = run.apart()
    try:
        _ = run.snapshot_steps
        return run
    except (RunMissing, BundleError):
        return None


def _panels(
    variants: Sequence[Variant], found: dict[str, list[StoredRun | None]], picks: Sequence[str]
) -> tuple[list[tuple[Variant, int | None]], dict[str, list[list[StoredRun]]]]:
    """Panels as (variant, seed), and for each pick the runs that a panel shows."""
    if EACH in picks:
        panels = [(variant, seed) for variant in variants for seed in range(len(found[variant.name]))]
        return list(panels), {EACH: [[run] if (run := found[v.name][seed]) else [] for v, seed in panels]}
    chosen: dict[str, list[list[StoredRun]]] = {}
    for pick in picks:
        if pick == TOGETHER:
            chosen[pick] = [[run for run in found[variant.name] if run] for variant in variants]
        else:
            runs = [pick_seed(found[variant.name], pick) for variant in variants]
            chosen[pick] = [[run] if run else [] for run in runs]
    return [(variant, None) for variant in variants], chosen


def _frame_count(chosen: dict[str, list[list[StoredRun]]], panels: int) -> int:
    """Frames of a run, at most: as many as the budget has room for where every frame has the fewest points."""
    runs = [run for shown in chosen.values() for panel in shown for run in panel]
    kept = max((len(run.scores) for run in runs), default=1)  # a row a snapshot
    return min(FRAMES, kept, max(2, BUDGET // max(1, panels * FEWEST)))


def _shown(
    chosen: Sequence[StoredRun], window: Window, quota: int, frames: int, layered: bool, beat: Callable[[], None]
) -> fields.Shown | None:
    """The frames of one panel: of a run, or of several in one cloud; None without a run that can be drawn."""
    beat()
    # Their points are read here and forgotten here: those of all runs together would take gigabytes.
    runs = [run for one in chosen if (run := _drawable(one))]
    if not runs:
        return None
    # Of those whose last points alone were kept none says which steps there are, where another one can.
    alone = [run for run in runs if run.end_alone]
    first = next((run for run in runs if run not in alone), runs[0])
    steps = _frames(first, frames)
    share = max(1, math.ceil(quota / len(runs)))
    clouds = []
    for index, step in steps:
        at = [_points_at(run, step, run in alone)[:share] for run in runs]
        # The last frame has all its points to choose from, so that it is never poorer than the others.
        if index == len(first.snapshot_steps) - 1:
            at = [run.final[:share] for run in runs]
        clouds.append(np.concatenate([_filled(points, share) for points in at]))
    single = len(runs) == 1
    values = {key: _values(runs, key, [step for _, step in steps]) for key in VALUES}
    shown: fields.Shown = {
        "seed": first.config.seed if single else None,
        "seeds": [run.config.seed for run in runs],
        "end_alone": [run.config.seed for run in alone],
        "diverged": first.diverged_at if single else None,
        "steps": [step for _, step in steps],
        "count": share * len(runs),
        "share": share,
        "points": packed_points(np.stack(clouds), window),
        "values": values,
    }
    if layered and single and (layers := _layers(first, window)):
        shown["layers"] = layers
    return shown


def _frames(run: StoredRun, most: int) -> list[tuple[int, int]]:
    """Index and step of the snapshots that become frames, evenly from the first to the last."""
    steps = run.snapshot_steps
    return [(int(index), steps[index]) for index in evenly(len(steps), most)]


def _points_at(run: StoredRun, step: int, alone: bool) -> np.ndarray:
    """The points [n, 2] of the last snapshot at or before a step; none where the run's last ones alone were kept and
    come later."""
    index = max((i for i, at in enumerate(run.snapshot_steps) if at <= step), default=0)
    later = alone and run.snapshot_steps[index] > step
    return run.snapshots[index][:0] if later else run.snapshots[index]


def _filled(points: np.ndarray, count: int) -> np.ndarray:
    """Exactly ``count`` points: what is missing is not a number."""
    gap = count - len(points)
    return points if gap <= 0 else np.concatenate([points, np.full((gap, 2), np.nan, np.float32)])


def _values(runs: Sequence[StoredRun], key: str, steps: Sequence[int]) -> list[float | None]:
    """A metric at each frame, the median over the runs; None where it was not computed."""
    columns = []
    for run in runs:
        frame = run.scores
        known = dict(zip(frame["step"], frame[key], strict=True)) if key in frame else {}
        columns.append([known.get(step, math.nan) for step in steps])
    found = []
    for at in zip(*columns, strict=True):
        finite = [value for value in at if math.isfinite(value)]
        found.append(short(float(np.median(finite)), 6) if finite else None)
    return found


def _layers(run: StoredRun, window: Window) -> fields.NetworkLayers | None:
    """What the final networks say; None where no frame is of their step, so that nothing could stand over them."""
    if run.steps != run.snapshot_steps[-1]:
        return None
    try:
        landscape: Landscape | None = run.landscape
    except (RunMissing, BundleError):  # damaged weights; the points are sound
        return None
    if landscape is None:
        return None
    reach = float(np.abs(np.arcsinh(landscape.field)).max()) or 1.0
    return {
        "step": run.steps,
        "window": _rounded(_within(landscape.window, window)),
        "size": landscape.field.shape[0],
        # A byte a logit, as even steps of its inverse hyperbolic sine: gradients show where it is small and large.
        "field": packed(np.rint(np.arcsinh(landscape.field) / reach * 127).astype(np.int8)),
        "reach": reach,
        "manifold": [len(landscape.manifold), landscape.manifold.shape[1]],
        "curves": packed_points(landscape.manifold, window),
    }


def _within(inner: Window, outer: Window) -> Window:
    """A window in the coordinates of another."""
    x, y = outer.to_unit(np.array(inner.centre)).tolist()
    across, up = (np.array(inner.half) / outer.half).tolist()
    return Window((x, y), (across, up))


def _rounded(window: Window) -> list[float]:
    return [short(number, 6) for number in (*window.centre, *window.half)]


def _seed_place(variants: Sequence[Variant], variant: Variant, seed: int | None) -> list[int] | None:
    return None if seed is None else [list(variants).index(variant), seed]


def _seeds_table(variants: Sequence[Variant], seeds: int) -> fields.Table:
    """One row per variant and one column per seed."""
    rows, columns = [variant.label for variant in variants], [f"seed {seed}" for seed in range(seeds)]
    return {"rows": rows, "columns": columns, "down": "variant", "along": "seed"}


def _table(arrangement: Arrangement | None) -> fields.Table | None:
    if arrangement is None:
        return None
    return {
        "rows": list(arrangement.rows),
        "columns": list(arrangement.columns),
        "down": " and ".join(arrangement.row_factors),
        "along": " and ".join(arrangement.column_factors),
    }


def _dataset(config: RunConfig) -> str:
    return config.dataset.model_dump_json()
