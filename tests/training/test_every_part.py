"""Every kind of every part, at work: as the plain loop, whatever trains beside it, and after a break."""

from __future__ import annotations

import pytest
from support.company import check_independence
from support.every_part import COUNT, MIXED, members, mixed
from support.matching import LAST, largest_difference

from gancore.config import RunConfig, families_of, flatten
from gancore.training.program import LANES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_the_runs_have_every_kind_of_every_family():
    there = {(path, value) for name in MIXED for path, value in flatten(mixed(name)).items() if path.endswith("kind")}
    for path, family in families_of(RunConfig()).items():
        if path != "dataset":
            assert {kind for where, kind in there if where == f"{path}.kind"} == {*members(family)}, path
    assert len(MIXED) == COUNT


@pytest.mark.slow
@pytest.mark.parametrize("name", MIXED)
def test_lanes_match_the_plain_loop_on_the_same_draws(name):
    runs = [mixed(name, seed, **{"g_optimizer.learning_rate": 2e-4 * (seed + 1)}) for seed in range(LANES)]
    # In float64: where a sign decides (Lion, clipping), float32's last bit may move a weight by a whole step.
    assert largest_difference(runs, "float64", lanes=LAST) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", MIXED)
def test_a_run_depends_neither_on_its_company_nor_on_a_break(name):
    check_independence([mixed(name, seed) for seed in range(2)])
