"""The paragraphs on "Run until decided" and on A × B say what the code does, in a native writer's words."""

from __future__ import annotations

import numpy as np
from support.paths import ROOT
from support.simulated import FACTORS

from gancore.analysis.effects import effects_of
from gancore.analysis.sequential import Plan
from gancore.figures.effects import INTERACTION
from gancore.studies import parse_study
from gancore.studies.design import MAX_SEEDS
from gancore.words import level

STUDY = f'name = "sim"\ntitle = "Simulated"\nquestion = "Is it?"\nseeds = 2\n{FACTORS}'


def test_the_rule_of_run_until_decided_has_its_facts_in_order() -> None:
    plan = Plan(30, 10)
    facts = [
        "3 looks are planned: at 10, 20 and 30 seeds",
        "at the first look at which its corrected interval excludes zero",
        "that verdict is final",
        "Over all looks together, the chance of a wrong verdict is at most 5%",
        f"in proportion to the seeds it adds, out of {MAX_SEEDS}",
        f"the look at 10 seeds spends {level(0.05 * 10 / MAX_SEEDS)}",
        f"{level(1 - 0.05 * 10 / MAX_SEEDS)} intervals",
        "neither looking often nor planning again with more seeds makes a wrong verdict more likely",
    ]
    places = [plan.rule.find(fact) for fact in facts]
    assert -1 not in places and places == sorted(places), plan.rule


def test_an_interaction_is_half_of_how_much_one_effect_changes_with_the_other() -> None:
    assert "half of how much the effect of one changes when the other is made as well" in INTERACTION
    assert "helps if both together do better than their separate effects add up to" in INTERACTION
    design = parse_study(STUDY).design
    effects = {effect.name: np.array(effect.weights) for effect in effects_of(design)}
    name = next(one for one in effects if "×" in one)
    one, other = (effects[part.strip()] for part in name.split("×"))
    # An effect with the other change made, and without it: the mean over those cells alone.
    made, left = (np.where(np.sign(other) == sign, 2 * one, 0) for sign in (1, -1))
    assert np.allclose(effects[name], (made - left) / 2)


def test_the_answers_source_is_named_as_far_as_it_is_known() -> None:
    for name in ("README.md", "streamlit_app.py"):
        assert "a public question-and-answer site" in " ".join((ROOT / name).read_text(encoding="utf-8").split())
