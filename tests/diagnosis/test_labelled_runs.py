"""Runs made to fail in each way, and healthy ones, are told apart; on seeds that no threshold was chosen on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from support.forced_runs import FORCED
from support.labelled_runs import Labelled, labelled

from gancore.diagnosis import DIAGNOSES, Findings, found_in

HEALTHY = "equilibrium"
WAYS = [label for label in FORCED if label != "healthy"]


def of(judged: bool, healthy: bool) -> list[Labelled]:
    """A half of the table: runs made to fail, or healthy ones."""
    return [one for one in labelled() if one.judged is judged and (one.label == HEALTHY) is healthy]


def main(found: Findings) -> str:
    return found.main.kind if found.main else "none"


def test_every_way_to_fail_has_runs_in_both_halves() -> None:
    mine = [one for one in DIAGNOSES.values() if one.failing and type(one).__module__.startswith("gancore.")]
    assert set(WAYS) == {one.kind for one in mine}
    for judged, least in ((False, 12), (True, 8)):
        assert min(Counter(one.label for one in of(judged, False))[way] for way in WAYS) >= least
    assert len(of(True, False)) >= 40 and len(of(True, True)) >= 20


@pytest.mark.parametrize("judged", [False, True], ids=["chosen", "judged"])
def test_runs_made_to_fail_are_told_apart(judged: bool) -> None:
    """The first diagnosis is the way that the run was made to fail in."""
    runs = of(judged, False)
    wrong = [f"{one.name}: {main(found)}" for one in runs if main(found := found_in(one.case)) != one.label]
    assert len(wrong) <= 0.05 * len(runs), "\n".join(wrong)


@pytest.mark.parametrize("judged", [False, True], ids=["chosen", "judged"])
def test_no_healthy_run_is_called_failing(judged: bool) -> None:
    for one in of(judged, True):
        found = found_in(one.case)
        assert not found.failing and main(found) == HEALTHY, f"{one.name}: {found.sentence}"


def test_healthy_runs_hardly_look_like_failing_ones_even_where_it_is_not_known_that_they_learned() -> None:
    """The rule that a run that learned is never failing hides little; that many still get better is no fault."""
    runs = of(True, True)
    called = []
    for one in runs:
        unknown = {**one.case.quantities, "learned": replace(one.case.quantities["learned"], value=0.0)}
        found = found_in(one.case._replace(quantities=unknown)).found
        if any(finding.failing and finding.kind != "slow" for finding in found):
            called.append(one.name)
    assert len(called) <= 0.1 * len(runs), called


def test_settings_that_no_threshold_was_chosen_on_are_told_as_well() -> None:
    unseen = [one for one in of(True, False) if "held out" in one.name]
    assert len(unseen) >= 2 * len(WAYS)
    right = sum(main(found_in(one.case)) == one.label for one in unseen)
    assert right >= 0.9 * len(unseen)
