"""What a search costs beside the full comparison, and that both choose alike: twelve starts, from tables of curves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.fixed import answered
from support.recorded import STARTS, Table, entrants

from gancore.benchmarks.fixes import SEEDS, equal
from gancore.fixing.rules import Rules
from gancore.fixing.trials import START, Standing, Trial

RULES = Rules()


@pytest.fixture(scope="module")
def searches() -> list[tuple[Table, Standing]]:
    return [(start, start.search()) for start in STARTS]


def full(start: Table) -> float:
    """Steps of the full comparison: the start and every change, all seeds, whole runs."""
    return SEEDS * sum(start.steps(Trial(key, 0)) for key in (START, *(one.key for one in entrants())))


def raced(start: Table, stand: Standing) -> float:
    return sum(start.steps(trial) for trial in stand.known if trial.seed >= RULES.first_seed)


def shares(searches: list[tuple[Table, Standing]]) -> Iterator[float]:
    for start, stand in searches:
        yield raced(start, stand) / full(start)


def test_over_twelve_starts_races_take_a_fifth_of_the_full_comparison_at_most(searches: list[tuple[Table, Standing]]):
    assert len(searches) == 12 and len({start.name.partition(":")[0] for start, _ in searches}) == 3
    assert sum(raced(*one) for one in searches) <= sum(full(start) for start, _ in searches) / 5


def test_their_winners_are_the_full_comparison_s_or_learn_equally_often(searches: list[tuple[Table, Standing]]):
    for start, stand in searches:
        rates = {key: start.learned(key, range(SEEDS)) for key in (START, *(one.key for one in entrants()))}
        answer, best = answered(stand), max(rates.values())
        if answer.verdict == "fix":
            assert equal(start.learned(answer.winner, range(SEEDS)), best), start.name
        else:
            assert not RULES.learns(best, SEEDS), start.name


def test_they_answer_what_there_is_to_be_answered(searches: list[tuple[Table, Standing]]):
    for start, stand in searches:
        verdict = answered(stand).verdict
        assert verdict == ("nothing" if start.name.endswith("nothing") else "fix"), start.name
