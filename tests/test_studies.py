"""Studies: files are validated whole, labels show what differs, tables count every run."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from gancore.analysis import confounds, run_table
from gancore.config import ConfigError, parse_config, with_changes
from gancore.store import Store
from gancore.studies import (
    Study,
    label_of,
    labels_of,
    load_study,
    parse_study,
    shipped_studies,
    study_text,
)

HEAD = 'name = "tiny"\ntitle = "Tiny"\nquestion = "Is it?"\n'
TINY = (
    HEAD
    + """
seeds = 3
[base]
steps = 1000
snapshot_every = 500
[factors.batch]
path = "batch_size"
levels = [32, 256]
[factors.update]
path = "update.kind"
levels = ["separate", "combined"]
"""
)


def study(body: str) -> Study:
    return parse_study(HEAD + body, "tiny.toml")


# -- shipped studies


def test_shipped_studies_load_and_say_what_they_ask() -> None:
    assert {"circle-vs-parabola", "first-fixes"} <= set(shipped_studies())
    for name in shipped_studies():
        loaded = load_study(name)
        assert loaded.name == name
        assert loaded.question.count("?") >= 1
        assert loaded.question.count(".") + loaded.question.count("?") <= 2
        assert parse_study(study_text(name)) == loaded


def test_circle_vs_parabola_changes_the_dataset_alone() -> None:
    loaded = load_study("circle-vs-parabola")
    assert [variant.label for variant in loaded.variants] == ["Parabola", "Circle", "Swiss roll", "Two moons"]
    assert [v.config.dataset.kind for v in loaded.variants] == ["parabola", "circle", "swiss_roll", "moons"]  # type: ignore[attr-defined]
    assert loaded.variant("circle").config == parse_config({})
    assert (len(loaded.configs()), loaded.seeds) == (16, 4)


def test_first_fixes_are_the_three_claims_alone_and_together() -> None:
    loaded = load_study("first-fixes")
    assert [variant.name for variant in loaded.variants] == [
        "baseline",
        "combined",
        "batch-256",
        "generator-16-32",
        "all",
    ]
    assert [variant.label for variant in loaded.variants] == [
        "baseline",
        "combined update",
        "batch 256",
        "generator 16-32",
        "all of these",
    ]
    assert loaded.variants[0].config == parse_config({})
    together = loaded.variant("all").config
    assert (together.update.kind, together.batch_size, together.generator.hidden) == ("combined", 256, (16, 32))


# -- configs


def test_configs_go_variant_by_variant_with_the_same_seeds() -> None:
    tiny = parse_study(TINY)
    configs = tiny.configs()
    assert [(c.batch_size, c.update.kind, c.seed) for c in configs] == [
        (batch, kind, seed) for batch in (32, 256) for kind in ("separate", "combined") for seed in range(3)
    ]
    assert len({config.run_id for config in configs}) == 12
    assert tiny.configs_of("batch-256", 1) == [with_changes(tiny.base, {"batch_size": 256})]
    assert [config.seed for config in tiny.configs_of(tiny.variants[0], 5)] == [0, 1, 2, 3, 4]
    for seeds in (0, 65, True, 1.5):
        with pytest.raises(ConfigError, match=r"seeds: .* 1 to 64"):
            tiny.configs(seeds)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="variant: 'nope' is not in tiny; use one of baseline, combined-update"):
        tiny.configs_of("nope")


def test_factors_multiply_and_their_first_levels_are_the_baseline() -> None:
    tiny = parse_study(TINY)
    assert [v.name for v in tiny.variants] == ["baseline", "combined-update", "batch-256", "combined-update-batch-256"]
    assert [v.label for v in tiny.variants] == [
        "baseline",
        "combined update",
        "batch 256",
        "combined update, batch 256",
    ]
    assert tiny.variants[3].changes == {"batch_size": 256, "update.kind": "combined"}


def test_settings_may_be_written_nested_or_dotted() -> None:
    quoted = study('[[variant]]\nname = "a"\n[variant.set]\n"generator.hidden" = [16, 32]\n')
    nested = study('[[variant]]\nname = "a"\n[variant.set.generator]\nhidden = [16, 32]\n')
    assert quoted == nested
    assert quoted.variants[0].config.generator.hidden == (16, 32)


def test_a_study_without_variants_is_its_base() -> None:
    alone = study("[base]\nbatch_size = 64\n")
    assert [(v.name, v.config.batch_size) for v in alone.variants] == [("baseline", 64)]
    assert alone.seeds == 4


# -- files that are wrong


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = ", "not valid TOML"),
        ('title = "T"\nquestion = "Q?"\n', "name: it is missing"),
        ('name = "a"\nquestion = "Q?"\n', "title: it is missing"),
        ('name = "a"\ntitle = "T"\n', "question: it is missing"),
        (HEAD.replace("tiny", "../up"), r"name: '\.\./up' is not allowed; use a-z, 0-9"),
        (HEAD.replace("tiny", "Tiny Study"), "name: 'Tiny Study' is not allowed"),
        (HEAD.replace("tiny", "a" * 65), "name: .* at most 64 characters"),
        (HEAD + "seeds = 0\n", "seeds: 0 is not allowed; .* 1"),
        (HEAD + "seeds = 65\n", "seeds: 65 is not allowed; .* 64"),
        (HEAD + 'seeds = "4"\n', "seeds: '4' is not allowed; .* integer"),
        (HEAD + "seed = 4\n", "seed: there is no such key; use one of name, title, question, seeds"),
        (HEAD + "[factor.batch]\n", "factor: there is no such key"),
        (
            HEAD + "[base]\nbatchsize = 3\n",
            r"base: batchsize: there is no such setting .did you mean batch_size.*batch_size",
        ),
        (HEAD + "[base]\nbatch_size = 0\n", "base: batch_size: 0 is not allowed; .* 1"),
        (HEAD + "[base]\nseed = 1\n", "base.seed: 1 is not allowed"),
        (HEAD + '[base.dataset]\nkind = "square"\n', "base: dataset.kind: 'square' is unknown; use one of .*circle"),
        (HEAD + "[[variant]]\n", r"variant\.1\.name: it is missing"),
        (HEAD + '[[variant]]\nname = "A b"\n', r"variant\.1\.name: 'A b' is not allowed"),
        (
            HEAD + '[[variant]]\nname = "a"\nsets = {}\n',
            r"variant\.1\.sets: there is no such key; use one of name, label, set",
        ),
        (
            HEAD + '[[variant]]\nname = "a"\nset = {"generator.width" = 1}\n',
            "a: generator.width: there is no such setting",
        ),
        (HEAD + '[[variant]]\nname = "a"\nset = {batch_size = "many"}\n', "a: batch_size: 'many' is not allowed"),
        (HEAD + '[[variant]]\nname = "a"\nset = {seed = 3}\n', "a.seed: 3 is not allowed"),
        (
            HEAD + '[[variant]]\nname = "a"\n[[variant]]\nname = "b"\nset = {batch_size = 32}\n',
            "variants: 'a' and 'b' are the same config",
        ),
        (
            HEAD + '[[variant]]\nname = "a"\n[[variant]]\nname = "a"\nset = {batch_size = 64}\n',
            "variant.name: 'a' is used 2 times",
        ),
        (
            HEAD + '[[variant]]\nname = "a"\n[factors.b]\npath = "batch_size"\nlevels = [1]\n',
            "either .*variant.* or .*factors.*, not both",
        ),
        (HEAD + '[factors.b]\npath = "batch_size"\n', "factors.b.levels: it is missing"),
        (HEAD + '[factors.b]\npath = "batch_size"\nlevels = []\n', r"factors.b.levels: \[\] is not allowed"),
        (HEAD + '[factors.b]\npath = "batch_size"\nlevels = 3\n', "factors.b.levels: 3 is not allowed"),
        (
            HEAD + '[factors.b]\npath = "batch_size"\nlevel = [3]\n',
            "factors.b.level: there is no such key; use one of path",
        ),
        (HEAD + '[factors.b]\npath = "batches"\nlevels = [3]\n', "batches: there is no such setting"),
        (HEAD + '[factors.b]\npath = "seed"\nlevels = [3]\n', "seed: 3 is not allowed"),
        (HEAD + '[factors.b]\npath = "batch_size"\nlevels = [32, 0]\n', "batch_size: 0 is not allowed"),
        (
            HEAD + '[factors.b]\npath = "batch_size"\nlevels = [32, 64, 32]\n',
            "variants: 'baseline' .* are the same config",
        ),
        (
            HEAD + '[factors.b]\npath = "batch_size"\nlevels = [32]\n[factors.c]\npath = "batch_size"\nlevels = [64]\n',
            "factors.c.path: 'batch_size' is also set by factors.b",
        ),
        (
            HEAD
            + f'[factors.b]\npath = "batch_size"\nlevels = {list(range(1, 12))}\n'
            + f'[factors.c]\npath = "latent.dim"\nlevels = {list(range(1, 12))}\n',
            "factors: their product has 121 variants; at most 64",
        ),
        (
            HEAD + "".join(f'[[variant]]\nname = "v{n}"\nset = {{batch_size = {n + 1}}}\n' for n in range(65)),
            "variant: .*64",
        ),
        (HEAD + "#" * 65_536, "at most 64 KB"),
        (HEAD + "x = " + "[" * 5000 + "]" * 5000, "nested too deeply|not valid TOML|no such key"),
    ],
)
def test_wrong_files_are_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=rf"(?s)^wrong\.toml: .*{reason}") as caught:
        parse_study(text, "wrong.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "First-Fixes", "a b", "/etc/hosts", "first-fixes\n", "library"]
)
def test_odd_names_are_refused_without_touching_the_disk(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("a file was opened"))
    with pytest.raises(ConfigError, match=r"^study: .* use one of circle-vs-parabola, first-fixes"):
        load_study(name)


def test_studies_come_from_files_too(tmp_path: Path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    assert load_study(path) == load_study(str(path)) == parse_study(TINY)
    with pytest.raises(ConfigError, match=r"study: .*gone.* cannot be read \(No such file"):
        load_study(tmp_path / "gone.toml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_study(path)
    path.write_text("#" * 70_000)
    with pytest.raises(ConfigError, match="at most 64 KB"):
        load_study(path)


# -- labels


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "baseline"),
        ({"seed": 3}, "baseline"),
        ({"batch_size": 256}, "batch 256"),
        ({"generator.hidden": [16, 32]}, "generator 16-32"),
        ({"discriminator.hidden": []}, "discriminator without hidden layers"),
        ({"update.kind": "combined"}, "combined update"),
        ({"update.d_steps": 2}, "2 discriminator steps"),
        ({"dataset.scale": 0.5}, "scale 0.5"),
        ({"dataset.kind": "parabola"}, "Parabola"),
        ({"dataset.kind": "swiss_roll", "dataset.noise": 0.1}, "Swiss roll, noise 0.1"),
        ({"generator.output": "linear"}, "linear output"),
        ({"latent.kind": "uniform"}, "uniform latent"),
        ({"g_optimizer.learning_rate": 1e-3}, "generator learning rate 0.001"),
        ({"d_optimizer.beta_1": 0.9}, "discriminator beta 1 0.9"),
        ({"generator.activation": "relu"}, "generator activation relu"),
        ({"loss.kind": "minimax"}, "minimax loss"),
        ({"steps": 20_000}, "20,000 steps"),
        ({"batch_size": 256, "generator.hidden": [16, 32]}, "generator 16-32, batch 256"),
    ],
)
def test_labels_show_only_what_differs(changes: dict[str, object], label: str) -> None:
    base = parse_config({})
    assert label_of(with_changes(base, changes), [base]) == label
    assert label_of(with_changes(base, changes)) == label


def test_labels_are_relative_to_the_first_and_unique() -> None:
    base = parse_config({"dataset": {"kind": "moons"}, "batch_size": 64})
    configs = [base, with_changes(base, {"batch_size": 32}), with_changes(base, {"dataset.kind": "circle"})]
    assert labels_of(configs) == ["Two moons", "Two moons, batch 32", "Circle"]
    assert labels_of([base]) == ["baseline"]


def test_a_variants_own_label_is_kept_beside_what_differs(tmp_path: Path) -> None:
    own = study('[[variant]]\nname = "a"\n[[variant]]\nname = "b"\nlabel = "big"\nset = {batch_size = 256}\n')
    assert [variant.label for variant in own.variants] == ["baseline", "big"]
    table = run_table(Store(tmp_path), own, 1)
    assert table["label"].tolist() == ["baseline", "big"]
    assert table["changes"].tolist() == ["baseline", "batch 256"]


# -- overrides


def test_overrides_reach_every_variant() -> None:
    loaded = load_study("first-fixes")
    short = loaded.with_overrides(steps=200, set={"latent.dim": "8"})
    assert {(v.config.steps, v.config.latent.dim) for v in short.variants} == {(200, 8)}
    assert (short.base.steps, short.base.latent.dim) == (200, 8)
    assert [(v.name, v.label) for v in short.variants] == [(v.name, v.label) for v in loaded.variants]
    assert [v.config.batch_size for v in short.variants] == [32, 32, 256, 32, 256]
    assert not {c.run_id for c in short.configs()} & {c.run_id for c in loaded.configs()}
    assert loaded.with_overrides() is loaded


def test_an_override_beats_a_variants_own_setting_and_relabels_it() -> None:
    loaded = parse_study(TINY.replace('levels = ["separate", "combined"]', 'levels = ["separate"]'))
    assert [v.label for v in loaded.variants] == ["baseline", "batch 256"]
    with pytest.raises(
        ConfigError, match="variants: 'baseline' and 'batch-256' are the same config once batch_size is set"
    ):
        loaded.with_overrides(set={"batch_size": 64})
    both = study(
        '[[variant]]\nname = "a"\n[[variant]]\nname = "b"\nset = {batch_size = 256, "latent.dim" = 2}\n'
    ).with_overrides(set={"batch_size": 64})
    assert [(v.label, v.config.batch_size, v.changes) for v in both.variants] == [
        ("baseline", 64, {}),
        ("latent 2", 64, {"latent.dim": 2}),
    ]


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"steps": 0}, "steps: 0 is not allowed"),
        ({"set": {"speed": 1}}, "speed: there is no such setting"),
        ({"set": {"seed": 1}}, "set.seed: 1 is not allowed"),
        ({"set": {"batch_size": "lots"}}, "batch_size: 'lots' is not allowed"),
    ],
)
def test_wrong_overrides_are_refused(overrides: dict[str, object], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        load_study("first-fixes").with_overrides(**overrides)  # type: ignore[arg-type]


@pytest.mark.parametrize("overrides", [{}, {"steps": 77}, {"set": {"g_optimizer.learning_rate": 1e-7}}])
@pytest.mark.parametrize("name", ["first-fixes", "circle-vs-parabola"])
def test_a_study_survives_its_own_toml(name: str, overrides: dict[str, object]) -> None:
    changed = load_study(name).with_overrides(**overrides)  # type: ignore[arg-type]
    odd = dataclasses.replace(changed, title='Quotes " and \\ and ümläut\x7f\n')
    again = parse_study(odd.to_toml())
    assert again.title == odd.title
    assert [c.run_id for c in again.configs()] == [c.run_id for c in changed.configs()]
    assert [(v.name, v.label) for v in again.variants] == [(v.name, v.label) for v in changed.variants]


# -- designs

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
    "overrides", [{}, {"steps": 640}, {"set": {"latent.dim": 2}}, {"set": {"dataset.noise": 0.1, "latent.dim": 2}}]
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
        ('datasets = ["square"]\n', "datasets: 'square' is unknown; use .*circle"),
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
    assert (len(fixes.variants), fixes.seeds, len(fixes.claims)) == (16, 10, 4)
    assert fixes.variants[0].config == controls.variant("baseline").config == parse_config({})
    assert fixes.variants[-1].config == controls.variant("all").config
    shifted = controls.variant("radius-0-5-shifted").config.dataset
    assert np.hypot(*[[0.7], [0.7]]) == pytest.approx(1, abs=0.011)  # the origin is on the rim
    assert shifted.scale * (0.7 + 1) < 1  # and the circle within tanh's range
    four = load_study("four-distributions")
    assert len(four.configs()) == 4 * 4 * 10
    assert four.variant("circle-all").config == controls.variant("all").config


@pytest.mark.parametrize(
    "text",
    [
        f"name = 'x'\n[base]\n{'.'.join('a' * 5000)} = 1\n",
        "name = 'x'\n[[variant]]\nname = 'v'\n[variant.set]\n" + "".join(f"[variant.set.{'.'.join('a' * 900)}]\n"),
        f"name = 'x'\ndatasets = {'[' * 3000}{']' * 3000}\n",
    ],
)
def test_a_file_that_would_keep_the_parser_busy_is_refused_in_a_sentence(text):
    with pytest.raises(ConfigError) as refused:
        parse_study(text)
    assert len(str(refused.value)) < 2000
