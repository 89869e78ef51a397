"""What works, by the studies' success rates: simplest first, and told from what changes the task."""

from __future__ import annotations

from pathlib import Path

from gancore.analysis import Analysis, Cell, analysis_from, conclusions
from gancore.analysis.estimates import success_interval
from gancore.analysis.recipes import Recipe, changed, recipes
from gancore.config import RunConfig
from gancore.recipes import matching
from gancore.store import Store
from gancore.studies import Study, finished_studies, load_study, parse_study

STUDY = """
name = "one"
title = "One"
question = "Is it?"
seeds = 10
[base]
dataset.kind = "circle"
[[variant]]
name = "baseline"
[[variant]]
name = "large"
set = {batch_size = 256}
[[variant]]
name = "both"
set = {batch_size = 256, "update.kind" = "combined"}
[[variant]]
name = "small"
set = {"dataset.scale" = 0.5}
[[variant]]
name = "rarely-logged"
set = {steps = 20000, log_every = 400}
"""


def content(study: Study, learned: dict[str, int], n: int = 10) -> Analysis:
    cells = []
    for variant in study.variants:
        count = learned.get(variant.name, 0)
        ends = success_interval(count, n)
        name = variant.name
        cells.append(Cell("circle", "variant", name, name, {}, n, 0, 0, count, count / n, *ends, *[0.1] * 5))
    return Analysis(study.name, "w1_excess", "lower", ("circle",), n, tuple(cells), (), (), (), ())


def found(learned: dict[str, int], text: str = STUDY) -> list[Recipe]:
    study = parse_study(text)
    return recipes([(study, content(study, learned))], RunConfig())


def test_what_works_is_told_by_half_the_runs_and_an_interval_above_the_baselines() -> None:
    assert [one.variant for one in found({"large": 7, "both": 3})] == ["large"]
    assert not found({"large": 5})  # 24% to 76%: not above the 28% that none of 10 leaves possible
    assert not found({"large": 9, "baseline": 6})
    assert not found({"baseline": 10})


def test_the_same_points_come_first_then_fewer_changes_then_the_higher_rate() -> None:
    names = [one.variant for one in found({"small": 10, "both": 9, "large": 7, "rarely-logged": 8})]
    assert names == ["rarely-logged", "large", "both", "small"]
    assert [one.same_task for one in found({"small": 10, "large": 7})] == [True, False]


def test_words_say_what_changes_and_what_it_replaces_but_not_what_is_only_written_down() -> None:
    by_name = {one.variant: one for one in found({"small": 10, "both": 9, "rarely-logged": 8})}
    assert (by_name["both"].words, by_name["both"].instead) == (
        "combined update + batch 256",
        "separate updates, batch 32",
    )
    assert (by_name["small"].words, by_name["small"].instead) == ("radius 0.5", "radius 1")
    assert (by_name["rarely-logged"].words, by_name["rarely-logged"].title) == ("20,000 steps", "20,000 steps")
    assert by_name["both"].title == "Combined update + batch 256"
    assert changed(by_name["rarely-logged"].config, RunConfig()) == ["steps"]


def test_settings_of_several_studies_count_once_from_the_most_runs() -> None:
    few = parse_study(STUDY.replace('"one"', '"few"').replace("seeds = 10", "seeds = 4"))
    many = parse_study(STUDY)
    both = [(few, content(few, {"large": 4}, 4)), (many, content(many, {"large": 8}))]
    for order in (both, both[::-1]):
        assert [(one.study, one.learned, one.runs) for one in recipes(order, RunConfig())] == [("one", 8, 10)]


def test_without_the_baseline_or_on_another_dataset_nothing_is_said_to_work() -> None:
    assert not found({"large": 10}, STUDY.replace('[[variant]]\nname = "baseline"\n', ""))
    assert not found({"large": 10}, STUDY.replace('"circle"', '"moons"'))


def test_the_readme_says_what_holds_as_the_runs_do() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    words = " ".join(readme.split())
    layers = {bundle.name: analysis_from(bundle.analysis) for bundle in Store.open().layers}
    claims = layers["four-fixes"].claims
    for claim, said in zip(claims, conclusions(load_study("four-fixes"), layers["four-fixes"]), strict=True):
        assert f"is {claim.verdict}. {said.text}" in words


def test_the_shipped_studies_name_what_their_cells_say() -> None:
    layers = {bundle.name: analysis_from(bundle.analysis) for bundle in Store.open().layers}
    studies = [load_study(name) for name in finished_studies()]
    best = recipes([(study, layers[study.name]) for study in studies], RunConfig())
    recipe = next(one for one in best if (found := matching(one.config)) and found.name == "ns-r1")
    assert (recipe.learned, recipe.runs) == (10, 10)
    assert [(one.words, one.learned, one.runs) for one in best if one is not recipe] == [
        ("80,000 steps", 9, 10),
        ("combined update + batch 256", 32, 40),
        ("generator 16-32 + batch 256 + radius 0.5", 28, 40),
    ]
    assert [one.same_task for one in best] == [True, True, True, False]
    for one in best:
        assert load_study(one.study).variant(one.variant).config == one.config
