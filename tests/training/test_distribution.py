"""The engine and the plain Keras loop, each with its own random numbers, end up in the same distribution of results.

The step-by-step comparison feeds both the same draws. Here nothing is shared but the configuration: the plain loop
starts from Keras' own initial weights and draws with numpy, so that the engine's noise, initial weights and data order
are on trial as well. What the plain loop comes to is kept, since it takes four minutes of a core and changes only with
the loop itself; that the file is of this loop shows in its first steps, and with ``-m exhaustive`` in all.
"""

from __future__ import annotations

import numpy as np
import pytest
from support.plain_distribution import CELLS, FEW, MEASURES, SEEDS, Plain, cell, kept, w1
from support.two_samples import check_same_distributions, p_value

from gancore.config import RunConfig, with_changes

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def by_the_engine(config: RunConfig) -> list[tuple[float, float]]:
    """(w1, discriminator accuracy in percent over the last steps) of every seed."""
    from gancore.recording.events import Row, Snapshot
    from gancore.recording.recorder import history_row
    from gancore.training.engine import train
    from gancore.training.program import LANES

    found = []
    for first in range(0, SEEDS, LANES):
        runs = [with_changes(config, {"seed": 10_000 + first + lane}) for lane in range(LANES)]
        events = list(train(runs))
        *_, last = (event for event in events if isinstance(event, Row))
        *_, end = (event for event in events if isinstance(event, Snapshot))
        # As the plain loop's results are scored, and not as the last snapshot of a stored run is, of further points.
        pairs = zip(end.points, history_row(last.values)["d_acc"], strict=True)
        found += [(w1(config, points), float(accuracy)) for points, accuracy in pairs]
    return found


@pytest.fixture(scope="module")
def results() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Cell → (engine, plain loop), [seeds, measures] each."""
    plain = kept()
    return {name: (np.array(by_the_engine(cell(name))), plain[name]["results"]) for name in CELLS}


def test_both_reach_the_same_distributions(results):
    check_same_distributions(results, MEASURES)


def test_the_comparison_can_tell_distributions_apart(results):
    ours = {name: engine for name, (engine, _) in results.items()}
    for column, measure in enumerate(MEASURES):
        told = p_value(ours["baseline, circle"][:, column], ours["all fixes, circle"][:, column])
        assert told < 0.01 / (len(CELLS) * len(MEASURES)), measure


@pytest.mark.parametrize("name", CELLS)
def test_what_is_kept_is_of_this_plain_loop(name):
    """The same initial weights and draws, and after a few steps, each as the plain loop does it, the same points."""
    plain, of = Plain(cell(name)), kept()[name]
    assert of["results"].shape == (SEEDS, len(MEASURES))
    for seed, points in enumerate(of["after"]):
        untrained = plain.after(seed, lambda *draws: None)
        assert np.abs(untrained - points).max() > 0.01, f"{FEW} steps can be told from none"
        np.testing.assert_allclose(plain.after(seed, plain.one_by_one), points, atol=1e-4)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", CELLS)
def test_all_that_is_kept_is_of_this_plain_loop(name):
    plain, before = Plain(cell(name)), kept()[name]["results"]
    check_same_distributions({name: (np.array(list(plain.results(SEEDS))), before)}, MEASURES)
