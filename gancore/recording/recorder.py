"""Recorder: the engine's events → scored, storable results."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from gancore import metrics, plugins
from gancore.config import Dataset, RunConfig
from gancore.metrics.base import References
from gancore.recording.events import Event, Finished, Row, Snapshot
from gancore.recording.raw import RAW, raw_scores, raw_weights
from gancore.recording.result import RunResult
from gancore.recording.scoring import score_snapshot


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of what a run's numbers depend on; no package is imported for it."""
    found = {"python": platform.python_version(), "metrics": str(metrics.METRICS_VERSION)}
    for name, packages in {
        "tensorflow": ("tensorflow", "tensorflow-cpu"),
        "keras": ("keras",),
        "numpy": ("numpy",),
        "gancore": ("gancore",),
    }.items():
        for package in packages:
            try:
                found[name] = version(package)
                break
            except PackageNotFoundError:
                found[name] = "not installed"
    return found


def history_row(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A row's measures with accuracies in percent and the means of real and fake, [runs] each; a critic has none."""
    row = {name: value * 100 if "_acc_" in name else value for name, value in values.items()}
    for name in ("d_loss", "d_acc"):
        if f"{name}_real" in row:
            row[name] = (row[f"{name}_real"] + row[f"{name}_fake"]) / 2
    return row


class Recorder:
    """Collects the events of runs that train together and scores every snapshot.

    Scores are made in a thread of their own, on any core that is free, so that training goes on meanwhile;
    reading ``scores`` waits for those still to come. The last snapshot's needs the final weights, so it is made once
    the training has ended. ``roam`` is called in that thread first: a worker is pinned to one core, and its threads
    with it, until they are set free.
    """

    def __init__(
        self,
        configs: Sequence[RunConfig],
        references: Callable[[Dataset], References],
        roam: Callable[[], None] | None = None,
    ):
        self.configs, self.references = list(configs), references
        self.rows: list[tuple[int, dict[str, np.ndarray]]] = []
        self.snapshots: list[tuple[int, np.ndarray]] = []
        self.raw: list[np.ndarray] = []
        """Points of the raw generators at each snapshot, where those of the snapshots are of averaged weights."""
        self._scores: list[Future[list[dict[str, float]]]] = []
        self._scorer = ThreadPoolExecutor(1, "scores", roam)
        self.metric_seconds = 0.0
        """Time spent on scores so far."""
        self.finished: Finished | None = None
        self._started = time.perf_counter()

    def feed(self, event: Event) -> None:
        """Take an event of ``train``, in order."""
        match event:
            case Row():
                self.rows.append((event.step, history_row(event.values)))
            case Snapshot():
                self.snapshots.append((event.step, event.points))
                self.raw += [] if event.raw is None else [event.raw]
                self._begin_score(event)
            case Finished():
                self.finished = event
                if len(self._scores) < len(self.snapshots):
                    last = self._snapshot(len(self.snapshots) - 1)
                    self._scores.append(self._scorer.submit(self._score, last, event.weights))

    @property
    def scores(self) -> list[list[dict[str, float]]]:
        """Every snapshot's scores, a dictionary a run; raises what went wrong in making them."""
        return [score.result() for score in self._scores]

    def _snapshot(self, number: int) -> Snapshot:
        """A snapshot as it came."""
        return Snapshot(*self.snapshots[number], self.raw[number] if self.raw else None)

    def _begin_score(self, event: Snapshot) -> None:
        """Have a snapshot scored, unless it is of the last step, which waits for the end of training."""
        if event.step < self.configs[0].steps:
            self._scores.append(self._scorer.submit(self._score, event))

    def _score(
        self, event: Snapshot, weights: Sequence[Mapping[str, np.ndarray]] | None = None
    ) -> list[dict[str, float]]:
        start = time.perf_counter()
        found = [
            score_snapshot(config, event.step, points, self.references, weights[run] if weights else None)
            for run, (config, points) in enumerate(zip(self.configs, event.points, strict=True))
        ]
        for run, points in enumerate(() if event.raw is None else event.raw):
            own = raw_weights(weights[run]) if weights else None
            found[run] |= raw_scores(score_snapshot(self.configs[run], event.step, points, self.references, own))
        self.metric_seconds += time.perf_counter() - start
        return found

    def close(self) -> None:
        """Give up scores that nobody waits for, and the thread that makes them."""
        self._scorer.shutdown(wait=False, cancel_futures=True)

    def checkpoint(self, run: int) -> dict[str, np.ndarray]:
        """What one run has recorded so far, as named arrays; it does not wait for scores, which can be made again."""
        columns = {f"history/{name}": column for name, column in self.history(run).items()}
        scores = [score.result()[run] if score.done() else None for score in self._scores]
        scores += [None] * (len(self.snapshots) - len(scores))
        known = [score for score in scores if score is not None]
        keys = self._keys(self.configs[run])
        columns |= {f"scores/{name}": np.array([score[name] for score in known]) for name in keys}
        return columns | {
            "scored": np.array([score is not None for score in scores]),
            "metrics_version": np.array(metrics.METRICS_VERSION),
            "snapshots/step": np.array([step for step, _ in self.snapshots], np.int64),
            "snapshots/points": np.stack([points[run] for _, points in self.snapshots]),
            "seconds": np.array((time.perf_counter() - self._started) / len(self.configs)),
            **({"raw/points": np.stack([points[run] for points in self.raw])} if self.raw else {}),
        }

    @staticmethod
    def _keys(config: RunConfig) -> list[str]:
        """The scores of one of its snapshots."""
        keys = list(metrics.applicable(config.dataset))
        return [*keys, *(f"{RAW}{key}" for key in keys)] if config.ema.active else keys

    def restore(self, saved: Sequence[Mapping[str, np.ndarray]]) -> None:
        """Go on from what ``checkpoint`` gave, one per run and all of the same step; ValueError if it does not fit."""

        def named(prefix: str) -> dict[str, np.ndarray]:
            names = [name for name in saved[0] if name.startswith(prefix)]
            return {name.removeprefix(prefix): np.stack([one[name] for one in saved]) for name in names}

        history, snapshots = named("history/"), named("snapshots/")
        # Groups may have been of other runs, each with as many scores as were done, and with other metrics.
        scores = [
            {name.removeprefix("scores/"): column for name, column in one.items() if name.startswith("scores/")}
            for one in saved
        ]
        for config, known in zip(self.configs, scores, strict=True):
            if set(known) != set(self._keys(config)):
                raise ValueError(f"scores: {sorted(known)} are not this version's metrics")
        steps = history.pop("step")[0]
        self.rows = [(int(step), {n: v[:, i] for n, v in history.items()}) for i, step in enumerate(steps)]
        self.snapshots = [(int(s), snapshots["points"][:, i]) for i, s in enumerate(snapshots["step"][0])]
        raw = named("raw/")
        if bool(raw) != self.configs[0].ema.active:
            raise ValueError("raw: points of raw generators are recorded where weights are averaged, and only there")
        self.raw = [raw["points"][:, i] for i in range(len(self.snapshots))] if raw else []
        # What any of the runs lacks is made again for all: a snapshot's scores follow from its points alone.
        current = all(int(one.get("metrics_version", 1)) == metrics.METRICS_VERSION for one in saved)
        scored = np.all([one["scored"] for one in saved], axis=0) & current
        self._scores = []
        for i in range(len(self.snapshots)):
            if not scored[i]:
                self._begin_score(self._snapshot(i))
                continue
            ready: Future[list[dict[str, float]]] = Future()
            places = [int(one["scored"][:i].sum()) for one in saved]
            ready.set_result(
                [
                    {name: float(column[place]) for name, column in known.items()}
                    for known, place in zip(scores, places, strict=True)
                ]
            )
            self._scores.append(ready)
        self._started -= sum(float(one["seconds"]) for one in saved)

    def history(self, run: int) -> dict[str, np.ndarray]:
        """History columns of one run so far, [rows] each."""
        columns = {"step": np.array([step for step, _ in self.rows], np.int64)}
        for name in self.rows[0][1] if self.rows else ():
            columns[name] = np.array([row[name][run] for _, row in self.rows])
        return columns

    def results(self) -> list[RunResult]:
        """One result a run, once the training has ended."""
        if self.finished is None:
            raise RuntimeError("the training has not ended")
        scores = self.scores
        self.close()
        seconds = (time.perf_counter() - self._started) / len(self.configs)
        own = [[score[run] for score in scores] for run in range(len(self.configs))]
        return [self._result(run, self.finished, own[run], seconds) for run in range(len(self.configs))]

    def _result(self, run: int, end: Finished, scores: list[dict[str, float]], seconds: float) -> RunResult:
        diverged = end.diverged_at[run]
        history = self.history(run)
        snapshots, raw = self.snapshots, self.raw
        if diverged is not None:
            # What came after is not a number; the row that holds the divergence stays, so that curves show it.
            kept = history["step"] < diverged
            kept[: kept.sum() + 1] = True
            history = {name: column[kept] for name, column in history.items()}
        finite = [np.isfinite(points[run]).all() for _, points in snapshots]
        if raw:
            finite = [good and np.isfinite(points[run]).all() for good, points in zip(finite, raw, strict=True)]
            raw = [points for points, good in zip(raw, finite, strict=True) if good]
        snapshots = [snapshot for snapshot, good in zip(snapshots, finite, strict=True) if good]
        scores = [score for score, good in zip(scores, finite, strict=True) if good]
        return RunResult(
            config=self.configs[run],
            status="finished" if diverged is None else "diverged",
            steps=self.configs[run].steps if diverged is None else diverged,
            diverged_at=diverged,
            seconds=seconds,
            history=history,
            snapshot_steps=np.array([step for step, _ in snapshots], np.int64),
            snapshots=np.stack([points[run] for _, points in snapshots]).astype(np.float32),
            metrics={name: np.array([score[name] for score in scores]) for name in scores[0]},
            weights=end.weights[run],
            raw=np.stack([points[run] for points in raw]).astype(np.float32) if raw else None,
            versions=versions() | plugins.used_by(value for _, value in self.configs[run]),
            device=end.device,
        )
