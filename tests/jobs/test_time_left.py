"""The time left, told through whole jobs that are simulated: workers that load, compile and train at noisy paces."""

from __future__ import annotations

import heapq
import itertools
import random
import re

import pytest

from gancore.config import RunConfig, with_changes
from gancore.jobs.estimate import COMPILING, Costs, Pace, Steady, expected, note_pace
from gancore.jobs.folders import JobFolders, write_json
from gancore.training.program import LANES
from gancore.words import about

UNKNOWN = Pace(None, {})


def design(seeds: int, **levels) -> list[RunConfig]:
    """A factorial: runs of several graph shapes."""
    found = []
    for values in itertools.product(*levels.values()):
        changes = dict(zip((name.replace("__", ".") for name in levels), values, strict=True))
        found += [with_changes(RunConfig(), changes | {"seed": seed}) for seed in range(seeds)]
    return found


class Machine:
    """Two workers that train runs in pairs at a true rate for each shape, seen through their statuses."""

    def __init__(self, configs: list[RunConfig], noise: float, seed: int = 0, workers: int = 2):
        self.costs, self.noise, self.rng = Costs.of(configs), noise, random.Random(seed)
        ids = [config.run_id for config in configs]
        groups = [ids[k : k + LANES] for k in range(0, len(ids), LANES)]
        shapes = sorted(set(self.costs.shape.values()))
        true = {shape: 1.4e10 * (1 + 0.8 * k / len(shapes)) for k, shape in enumerate(shapes)}  # which nobody was told
        self.trained: list[tuple[list[str], float, float, float]] = []
        free = [(0.0, k, frozenset[str]()) for k in range(workers)]
        heapq.heapify(free)
        for group in groups:
            at, worker, compiled = heapq.heappop(free)
            shape = self.costs.shape[group[0]]
            begin = at + (0 if shape in compiled else 2.5)
            took = LANES * self.costs.work[group[0]] / true[shape]
            self.trained.append((group, at, begin, begin + took))
            heapq.heappush(free, (begin + took, worker, compiled | {shape}))
        self.end = max(end for *_, end in self.trained)

    def seconds(self, now: float) -> float:
        """What is expected at a time, from what the workers say then."""
        at, training = {}, []
        for group, claimed, begin, end in self.trained:
            if end <= now:
                continue
            steps = self.costs.steps[group[0]]
            step = max(0, int(steps * (now - begin) / (end - begin)))
            at |= dict.fromkeys(group, step if claimed <= now else 0)
            if claimed <= now:
                wobble = 1 + self.noise * self.rng.uniform(-1, 1)
                pace = 0.0 if now < begin + 0.5 else steps / (end - begin) * len(group) * wobble
                training.append({"run_ids": group, "step": step, "pace": pace})
        return expected(self.costs, at, training, 2, UNKNOWN, ready=True)

    def told(self, every: float) -> list[tuple[float, float]]:
        steady = Steady()
        times = [k * every for k in range(int(self.end / every))]
        return [(now, steady.look(now, self.seconds(now))) for now in times]


JOBS = {
    "one shape": design(12),
    "four shapes": design(4, batch_size=[32, 256], generator__hidden=[[64, 128], [16, 32]]),
    "eight shapes": design(
        3, batch_size=[32, 256], generator__hidden=[[64, 128], [16, 32]], update__kind=["separate", "combined"]
    ),
}


@pytest.mark.parametrize("every", [0.2, 0.7, 3.0])
@pytest.mark.parametrize("name", JOBS)
def test_the_time_left_falls_and_hardly_ever_rises(name, every):
    machine = Machine(JOBS[name], noise=0.2)
    told = [seconds for _, seconds in machine.told(every)]
    for before, after in itertools.pairwise(told):
        assert after <= 1.1 * before + 0.5  # nothing but one look lies between
    lowest = told[0]
    for seconds in told:
        assert seconds <= 1.35 * lowest + 3, (name, every)
        lowest = min(lowest, seconds)


@pytest.mark.parametrize("name", JOBS)
def test_from_a_third_on_the_time_left_is_about_right(name):
    machine = Machine(JOBS[name], noise=0.2)
    for now, seconds in machine.told(0.7):
        left = machine.end - now
        if now > machine.end / 3:
            assert left / 1.6 - 4 <= seconds <= 1.6 * left + 4


def test_words_change_rarely_and_have_no_more_digits_than_are_known():
    words = [about(seconds) for _, seconds in Machine(JOBS["eight shapes"], noise=0.2).told(0.7)]
    changes = sum(before != after for before, after in itertools.pairwise(words))
    assert changes <= 2 * len(set(words))
    for text in words:
        assert re.fullmatch(r"a few seconds|about \d+ (s|min)", text)


def test_compiling_counts():
    costs = Costs.of(design(2))
    at = dict.fromkeys(costs.work, 0)
    status = {"run_ids": list(at), "step": 0, "pace": 0.0}
    alone = expected(costs, at, [status], 1, UNKNOWN, ready=True)
    assert alone == pytest.approx(LANES * next(iter(costs.work.values())) / 2e10 + COMPILING)
    assert expected(costs, at, [], 1, UNKNOWN, ready=True) == pytest.approx(alone)  # before it was claimed
    assert expected(costs, at, [], 1, UNKNOWN, ready=False) > alone  # TensorFlow is still to be loaded


def test_a_machine_that_is_slow_for_one_shape_is_expected_to_be_so_for_another():
    costs = Costs.of(design(2, batch_size=[32, 256]))
    at = dict.fromkeys(costs.work, 0)
    first = [run_id for run_id in at if costs.steps[run_id] and costs.shape[run_id] == costs.shape[next(iter(at))]]
    nominal = costs.steps[first[0]] / (LANES * costs.work[first[0]] / 2e10)
    slow, fast = (
        expected(costs, at, [{"run_ids": first, "step": 100, "pace": len(first) * nominal * factor}], 1, UNKNOWN, True)
        for factor in (0.25, 1.0)
    )
    assert slow > 3 * fast - COMPILING * 3


def test_the_pace_of_shapes_is_remembered_and_one_odd_run_does_not_change_much(tmp_path):
    folders = JobFolders(tmp_path)
    small, large = design(1, batch_size=[32, 2048])
    note_pace(folders, small, 10.0)
    note_pace(folders, large, 100.0)
    steady = Pace.read(folders)
    costs = Costs.of([small, large])
    for config, seconds in ((small, 10.0), (large, 100.0)):
        rate = steady.of(costs.shape[config.run_id])
        assert LANES * costs.work[config.run_id] / rate == pytest.approx(seconds)
    note_pace(folders, small, 40.0)
    assert Pace.read(folders).of(costs.shape[small.run_id]) == pytest.approx(steady.of(costs.shape[small.run_id]) / 2)


@pytest.mark.parametrize(
    "content", [{"rate": 0}, {"rate": "fast"}, [1], {"rate": None, "shapes": {"a": -1}}, {"rate": True}]
)
def test_a_damaged_note_of_the_pace_is_no_note(tmp_path, content):
    folders = JobFolders(tmp_path)
    write_json(folders.pace, content)
    assert Pace.read(folders) == UNKNOWN


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "a few seconds"), (12, "about 10 s"), (28, "about 30 s"), (34, "about 30 s"), (55, "about 1 min"),
     (61, "about 1 min"), (95, "about 2 min"), (569, "about 9 min"), (580, "about 10 min"), (1_700, "about 30 min"),
     (3_500, "about 1 h"), (5_000, "about 1.5 h"), (30_000, "about 8 h"), (200_000, "about 2 days"),
     (None, "an unknown time"), (float("nan"), "an unknown time"), (1e9, "more than a month")],
)  # fmt: skip
def test_expected_times_in_words(seconds, words):
    assert about(seconds) == words
