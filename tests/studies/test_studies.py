"""Studies: shipped ones, files that are validated whole, and overrides."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from support.studies import HEAD, TINY, study

from gancore.config import ConfigError, parse_config, with_changes
from gancore.studies import load_study, parse_study, shipped_studies, study_text


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
        (
            HEAD + '[base.dataset]\nkind = "no_such_kind"\n',
            "base: dataset.kind: 'no_such_kind' is unknown; use one of .*circle",
        ),
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
            + f'[factors.b]\npath = "batch_size"\nlevels = {list(range(1, 13))}\n'
            + f'[factors.c]\npath = "latent.dim"\nlevels = {list(range(1, 13))}\n',
            "factors: their product has 144 variants; at most 128",
        ),
        (
            HEAD + "".join(f'[[variant]]\nname = "v{n}"\nset = {{batch_size = {n + 1}}}\n' for n in range(129)),
            "variant: .*128",
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
    with pytest.raises(ConfigError, match=r"^study: .* use one of atlas, circle-vs-parabola, first-fixes"):
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
