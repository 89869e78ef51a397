"""A search's error rates, in searches that are simulated whole."""

from __future__ import annotations

from statistics import mean

import pytest
from support.fixed import answered, named, simulated

from gancore.analysis.estimates import success_interval
from gancore.fixing.race import standing
from gancore.fixing.rules import Rules
from gancore.fixing.trials import START, Entrant, Outcome, Trial

SEARCHES = 1000
RULES = Rules()
HOPELESS = [named("single", 12, 0.0), named("recipe", 4, 0.0), 0.0]


def covered(standings: list, rate: float) -> float:
    """How often the interval of a winner's fresh runs holds its true rate, confirmed or refuted."""
    inside = []
    for stand in standings:
        for key in dict.fromkeys(event.key for event in stand.events if event.what in ("confirmed", "refuted")):
            fresh = [stand.known[Trial(key, seed)].learned for seed in range(RULES.fresh)]
            low, high = success_interval(sum(fresh), len(fresh))
            inside.append(low <= rate <= high)
    return mean(inside)


@pytest.mark.parametrize(
    ("singles", "recipes", "start"),
    [HOPELESS, [named("single", 6, 0.5), named("recipe", 2, 0.5), 0.5]],
    ids=["nothing learns", "all learn as often as the start"],
)
def test_where_nothing_helps_it_says_so(singles, recipes, start):
    verdicts = [answered(simulated(seed, singles, recipes, start)).verdict for seed in range(SEARCHES)]
    assert verdicts.count("nothing") / SEARCHES >= 0.95


@pytest.mark.parametrize("rate", [0.9, 1.0])
def test_one_change_that_helps_is_found_at_the_planned_rate(rate):
    singles = named("single", 12, 0.0) | {"fix": rate}
    found = [answered(simulated(seed, singles, named("recipe", 4, 0.0))) for seed in range(SEARCHES)]
    share = mean(answer.verdict == "fix" and "fix" in answer.winner for answer in found)
    spread = 3 * (share * (1 - share) / SEARCHES) ** 0.5
    assert share >= RULES.power(rate) - spread
    assert RULES.power(rate) > 0.85


@pytest.mark.parametrize("rate", [0.6, 0.8])
def test_confirmed_rates_hold_the_truth_as_often_as_they_say(rate: float):
    # All learn equally often, so that what wins the race does so by luck: its rate there is too high.
    singles = named("single", 8, rate)
    standings = [simulated(seed, singles, {}, 0.1) for seed in range(400)]
    raced = [
        mean(stand.known[Trial(answered(stand).winner, seed)].learned for seed in RULES.seeds)
        for stand in standings
        if Trial(answered(stand).winner, RULES.seeds[-1]) in stand.known and answered(stand).winner in singles
    ]
    assert mean(raced) > rate + 0.1  # the winner's curse, which fresh seeds have not
    assert covered(standings, rate) >= 0.93


def test_a_race_costs_a_fifth_of_the_full_comparison_where_little_helps():
    singles, recipes = named("single", 19, 0.0) | {"fix": 1.0}, named("recipe", 8, 0.0)
    stand = simulated(3, singles, recipes)
    raced = sum(0.5 if t.length == "short" else 1.0 for t in stand.known if t.seed >= RULES.first_seed)
    assert answered(stand).winner == "fix"
    assert raced <= 10 * (1 + len(singles) + len(recipes)) / 5


def test_the_smallest_change_wins_where_a_recipe_would_too():
    stand = simulated(1, {"small": 1.0, "other": 0.0}, {"recipe": 1.0})
    assert answered(stand).winner == "small"
    assert not any(trial.key == "recipe" for trial in stand.known)


def test_a_pair_is_tried_before_a_recipe():
    singles = {"one": 0.4, "two": 0.4, "three": 0.0}
    stand = simulated(5, singles, {"recipe": 1.0})
    stages = [event.stage for event in stand.events if event.what == "races"]
    assert stages == sorted(stages, key=["setting", "pair", "recipe"].index) and "pair" in stages
    assert answered(stand).winner == "recipe"


def test_a_start_that_learns_is_said_to_and_races_nothing():
    stand = simulated(0, named("single", 5, 1.0), {}, start=1.0)
    assert answered(stand) == ("learns", START, "")
    assert {trial.key for trial in stand.known} == {START}


def test_the_winner_is_confirmed_on_seeds_that_no_race_has():
    stand = simulated(2, named("single", 3, 0.0) | {"fix": 1.0}, {})
    fresh = {trial.seed for trial in stand.known if trial.seed < RULES.first_seed}
    assert fresh == set(range(20))
    for key in ("fix", START, answered(stand).runner_up):
        assert all(Trial(key, seed) in stand.known for seed in fresh)


def test_a_dear_change_is_set_aside_for_one_that_costs_less_and_always_learns():
    entrants = [Entrant("cheap", "recipe", 1.0), Entrant("dear", "recipe", 3.0)]
    stand = standing(entrants, lambda one, other: None, RULES, lambda trial: Outcome(trial.key != START, 0.02))
    assert (answered(stand).verdict, answered(stand).winner) == ("fix", "cheap")
    assert [event.what for event in stand.events if event.key == "dear"] == ["races", "aside"]
    assert not any(trial.key == "dear" and trial.length == "whole" for trial in stand.known if trial.seed >= 1000)
    assert answered(stand).runner_up == "dear"  # it is the only other one that learns


def test_what_was_set_aside_for_its_cost_races_where_the_cheap_one_is_no_fix():
    def outcome(trial: Trial) -> Outcome:
        lucky = trial.key == "cheap" and trial.length == "short"
        return Outcome(lucky or trial.key == "dear", 0.02)

    entrants = [Entrant("cheap", "recipe", 1.0), Entrant("dear", "recipe", 3.0)]
    stand = standing(entrants, lambda one, other: None, RULES, outcome)
    assert (answered(stand).verdict, answered(stand).winner) == ("fix", "dear")


def test_a_costly_change_races_only_where_no_cheaper_one_is_a_fix():
    def raced(cheap: bool) -> set[str]:
        entrants = [Entrant("cheap", "recipe"), Entrant("costly", "recipe", 200.0)]
        learns = {"cheap": cheap, "costly": True, START: False}
        stand = standing(entrants, lambda one, other: None, RULES, lambda trial: Outcome(learns[trial.key], 0.02))
        assert answered(stand).winner == ("cheap" if cheap else "costly")
        return {trial.key for trial in stand.known if trial.length == "short"}

    assert raced(True) == {START, "cheap"}
    assert raced(False) == {START, "cheap", "costly"}
