"""Designs: factorials, fractions, controls, datasets, budgets and claims."""

from __future__ import annotations

import numpy as np
import pytest
from support.studies import TINY, study

from gancore.analysis import confounds
from gancore.config import ConfigError, parse_config
from gancore.studies import Study, load_study, parse_study, shipped_studies

THREE = """
seeds = 3
[factors.update]
path = "update.kind"
levels = ["separate", "combined"]
labels = ["apart", "together"]
[factors.size]
[[factors.size.levels]]
set = {"generator.hidden" = [64, 128]}
[[factors.size.levels]]
label = "both small"
set = {"generator.hidden" = [16, 32], discriminator.hidden = [16]}
[factors.batch]
path = "batch_size"
levels = [32, {value = 256, label = "large batch"}]
"""
EVERYTHING = """
datasets = ["circle", "moons"]
generators = ["batch=update*size"]
budget = {samples = 320_000}
[[control]]
name = "linear"
set = {"generator.output" = "linear"}
[[claim]]
text = "Together is better."
factor = "update.kind"
level = "combined"
[[claim]]
text = "Small is better."
factor = "size"
level = "both small"
metric = "coverage"
direction = "higher"
[[claim]]
text = "Linear is better."
from = "baseline"
to = "linear"
"""


def everything() -> Study:
    top, tables = EVERYTHING.split("[[control]]", 1)
    return study(top + THREE + "[[control]]" + tables)


def test_levels_may_set_several_paths_and_have_labels() -> None:
    three = study(THREE)
    assert len(three.variants) == 8
    assert [v.label for v in three.variants][:4] == ["baseline", "large batch", "both small", "both small, large batch"]
    last = three.variants[-1]
    assert (last.name, last.levels) == ("together-both-small-large-batch", (1, 1, 1))
    assert last.config.generator.hidden == (16, 32)
    assert last.config.discriminator.hidden == (16,)
    assert [level.words for level in three.factors[1].levels] == ["generator 64-128", "both small"]


def test_controls_stand_beside_the_cells() -> None:
    beside = study(THREE + '[[control]]\nname = "linear"\nset = {"generator.output" = "linear"}\n')
    assert [v.control for v in beside.variants] == [False] * 8 + [True]
    assert (beside.variants[-1].levels, beside.variants[-1].label) == (None, "linear output")
    assert len(beside.design.cells) == 8


def test_a_half_fraction_has_the_baseline_and_half_the_cells() -> None:
    half = study('design = "half"\n' + THREE)
    assert [v.levels for v in half.variants] == [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    assert half.design.generators == ("batch = update * size",)
    assert half.with_overrides(steps=5).design == half.design


def test_every_arm_is_trained_on_each_dataset() -> None:
    both = study('datasets = ["circle", "moons"]\n' + THREE)
    assert len(both.variants) == 16
    assert [(v.name, v.label) for v in both.variants[7:10]] == [
        ("circle-together-both-small-large-batch", "Circle, together, both small, large batch"),
        ("moons-baseline", "Two moons"),
        ("moons-large-batch", "Two moons, large batch"),
    ]
    assert {v.arm for v in both.variants[8:]} == {v.arm for v in both.variants[:8]}
    assert [v.config.dataset.kind for v in both.variants] == ["circle"] * 8 + ["moons"] * 8  # type: ignore[attr-defined]


def test_budgets_set_the_steps() -> None:
    samples = study("budget = {samples = 320_000}\n" + THREE)
    assert [v.config.steps for v in samples.variants[:2]] == [10_000, 1_250]
    assert [v.label for v in samples.variants[:2]] == ["baseline", "large batch"]  # not what the budget changes
    assert confounds(samples, "baseline", "large-batch") == [
        "generator updates: 10,000 against 1,250",
        "discriminator updates: 20,000 against 2,500",
    ]
    assert {v.config.steps for v in study("budget = {steps = 77}\n" + THREE).variants} == {77}
    twice = samples.with_overrides(set={"update.d_steps": 2})
    assert [v.config.steps for v in twice.variants[:2]] == [5_000, 625]
    assert {v.config.steps for v in samples.with_overrides(steps=9).variants} == {9}
    assert samples.with_overrides(steps=9).budget is None


def test_claims_name_levels_or_variants() -> None:
    claims = everything().claims
    assert [(c.factor, c.level, c.before, c.after) for c in claims] == [
        ("update", 1, None, None),
        ("size", 1, None, None),
        (None, None, "baseline", "linear"),
    ]
    assert [(c.metric, c.direction) for c in claims] == [(None, "better"), ("coverage", "higher"), (None, "better")]


@pytest.mark.parametrize(
    "overrides", [{}, {"steps": 640}, {"set": {"latent.dim": 4}}, {"set": {"dataset.noise": 0.1, "latent.dim": 4}}]
)
def test_any_design_equals_the_one_read_back(overrides: dict[str, object]) -> None:
    shipped = [load_study(name) for name in shipped_studies()]
    own = [everything(), study(THREE), study('design = "half"\n' + THREE), parse_study(TINY), study("")]
    for made in [*own, *shipped]:
        once = made.with_overrides(**overrides)  # type: ignore[arg-type]
        assert parse_study(once.to_toml()) == once, made.name


def test_what_a_factor_varies_cannot_be_set_for_all() -> None:
    with pytest.raises(ConfigError, match="batch_size: it cannot be set for all; the factor 'batch' varies it"):
        study('design = "half"\n' + THREE).with_overrides(set={"batch_size": 8})
    with pytest.raises(ConfigError, match="dataset.kind: 'moons' is not allowed; tiny trains on circle, moons"):
        everything().with_overrides(set={"dataset.kind": "moons"})


ONE = '[factors.b]\npath = "batch_size"\nlevels = [32, 64]\n'
TWO = ONE + '[factors.c]\npath = "latent.dim"\nlevels = [128, 2]\n'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('design = "third"\n' + TWO, "design: 'third' is not allowed; .*'full' or 'half'"),
        ('design = "half"\n' + TWO, "design: 'half' needs at least 3 factors with two levels, and there are 2"),
        ('design = "half"\n' + THREE.replace("levels = [32,", "levels = [16, 32,"),
         "generators: 'batch' is not a factor with two levels; use update, size"),
        ('generators = ["c = b * b"]\n' + TWO, r"generators: 'c = b \* b' is not allowed; it must be a product"),
        ('generators = ["c"]\n' + TWO, "generators: 'c' is not allowed"),
        ('generators = ["d = b * c"]\n' + TWO, "generators: 'd' is not a factor with two levels; use b, c"),
        ('generators = ["c = a * b"]\n', r"generators: there are no \[factors\]"),
        ('design = "half"\ngenerators = ["c = a * b"]\n' + THREE, "either design or generators"),
        ('datasets = ["no_such_kind"]\n', "datasets: 'no_such_kind' is unknown; use .*circle"),
        ('datasets = ["circle", "circle"]\n', "datasets: 'circle' is there 2 times"),
        ('datasets = ["circle"]\n[[variant]]\nname = "a"\nset = {"dataset.kind" = "moons"}\n',
         "a.dataset.kind: it is not allowed; the study's datasets set it"),
        ('datasets = ["circle", "moons"]\n[[variant]]\nname = "a"\nset = {"dataset.center_x" = 1}\n',
         "a: dataset.center_x: there is no such setting"),
        ("budget = {}\n", "budget: it must be either steps or samples"),
        ("budget = {steps = 1, samples = 2}\n", "budget: it must be either steps or samples"),
        ("budget = {time = 1}\n", "budget.time: there is no such key; use one of steps, samples"),
        ("budget = {steps = 0}\n", "budget.steps: 0 is not allowed"),
        ("budget = {steps = 10}\n[base]\nsteps = 5\n", "budget: steps are set as well"),
        ("budget = {samples = 100}\n",
         "budget.samples: 100 is not a whole number of steps of 'baseline', which sees 32 .* such as 96"),
        ('[[control]]\nname = "a"\n', r"control: there are no \[factors\] .*use \[\[variant\]\]"),
        (ONE + '[[control]]\nname = "a"\nsets = {}\n',
         "control.1.sets: there is no such key; use one of name, label, set"),
        (ONE + '[[control]]\nname = "a"\nset = {batch_size = 64}\n', "'batch-64' and 'a' are the same config"),
        ("[factors.b]\nlevels = [32, 64]\n", "factors.b.path: it is missing"),
        ('[factors.b]\npath = "batch_size"\nlevels = [32, 64]\nlabels = ["few"]\n', "factors.b.labels: 1 for 2 levels"),
        ('[factors.b]\nlevels = [{set = {batch_size = 1}, x = 1}]\n', "factors.b.levels.1.x: there is no such key"),
        ("[factors.b]\nlevels = [{set = 3}]\n", "factors.b.levels.1.set: 3 is not a table"),
        ("[factors.b]\nlevels = [{set = {}, value = 3}]\n", "factors.b.levels.1: it has both value and set"),
        ('[factors.b]\npath = "batch_size"\nlevels = [{value = 3, label = 4}]\n', "levels.1.label: 4 is not allowed"),
        ('[factors.b]\npath = "batch_size"\nlevels = [1, 2]\nlabels = ["x", "x"]\n', "two are called 'x'"),
        ('[factors.b]\npath = "generator"\nlevels = [{hidden = [1]}]\n'
         '[factors.c]\npath = "generator.hidden"\nlevels = [[2]]\n',
         "factors.c.path: 'generator.hidden' is also set by factors.b"),
        (ONE + "[[claim]]\n", "claim.1.text: it is missing"),
        (ONE + '[[claim]]\ntext = "T"\n', "claim.1.from: it is missing; a claim names a factor, or two variants"),
        (ONE + '[[claim]]\ntext = "T"\nfactor = "x"\n', "claim.1.factor: 'x' is not a factor; use one of b"),
        (ONE + '[[claim]]\ntext = "T"\nfactor = "b"\nlevel = 3\n',
         "claim.1.level: 3 is not a level of b; use one of 'batch 32', 'batch 64'"),
        (ONE + '[[claim]]\ntext = "T"\nfactor = "b"\nlevel = 32\n', "claim.1.level: 32 is the baseline's"),
        (ONE.replace("64]", "64, 128]") + '[[claim]]\ntext = "T"\nfactor = "b"\n',
         "claim.1.level: it is missing, and b has 3; use one of 'batch 64', 'batch 128'"),
        (ONE.replace(", 64]", "]") + '[[claim]]\ntext = "T"\nfactor = "b"\n', "claim.1.factor: 'b' has one level only"),
        (ONE + '[[claim]]\ntext = "T"\nfactor = "b"\nfrom = "baseline"\n', "claim.1.factor: a claim is either"),
        (ONE + '[[claim]]\ntext = "T"\nlevel = 64\n', "claim.1.level: there is no factor"),
        (ONE + '[[claim]]\ntext = "T"\nfrom = "baseline"\nto = "x"\n',
         "claim.1.to: 'x' is not a variant; use one of baseline, batch-64"),
        (ONE + '[[claim]]\ntext = "T"\nfrom = "baseline"\nto = "baseline"\n', "claim.1.to: 'baseline' is also from"),
        (ONE + '[[claim]]\ntext = "T"\nfactor = "b"\nmetric = "beauty"\n',
         "claim.1.metric: 'beauty' is unknown; use one of w1"),
        (ONE + '[[claim]]\ntext = "T"\nfactor = "b"\ndirection = "lower"\n',
         "claim.1.direction: 'lower' needs a metric"),
        (ONE + '[[claim]]\ntext = "T"\nfactor = "b"\ndirection = "up"\n', "claim.1.direction: 'up' is not allowed"),
        (ONE + '[[claim]]\ntext = "T"\nfactors = "b"\n',
         "claim.1.factors: there is no such key; use one of text, factor, level, from, to"),
    ],
)  # fmt: skip
def test_wrong_designs_are_refused_by_name(body: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=rf"(?s)^tiny\.toml: .*{reason}") as caught:
        study(body)
    assert "\n" not in str(caught.value)


def test_the_four_fixes_are_a_whole_factorial_with_its_controls() -> None:
    fixes, controls = load_study("four-fixes"), load_study("four-fixes-controls")
    assert (len(fixes.variants), fixes.seeds, len(fixes.claims)) == (16, 40, 4)
    assert fixes.variants[0].config == controls.variant("baseline").config == parse_config({})
    assert fixes.variants[-1].config == controls.variant("all").config
    shifted = controls.variant("radius-0-5-shifted").config.dataset
    assert np.hypot(*[[0.7], [0.7]]) == pytest.approx(1, abs=0.011)  # the origin is on the rim
    assert shifted.scale * (0.7 + 1) < 1  # and the circle within tanh's range
    four = load_study("four-distributions")
    assert len(four.configs()) == 4 * 4 * 10
    assert four.variant("circle-all").config == controls.variant("all").config
