"""Drafts of studies: links and tables round trip, every problem is said, hostile text stays text."""

from __future__ import annotations

import base64
import re
import zlib

import pytest
from support.drafts import EVERYTHING

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.studies import load_study, parse_study, shipped_studies
from gancore.studies.commands import settings_of
from gancore.studies.drafts import (
    ClaimRow,
    Draft,
    FactorRow,
    SettingRow,
    VariantRow,
    decode_study,
    draft_from_settings,
    draft_of,
    encode_study,
    problems,
    settings_of_link,
    study_of,
)
from gancore.studies.drafts.cells import joined, pieces
from gancore.studies.drafts.links import MAX_LINK, WORDS
from gancore.ui.builder.tables import frame_of, rows_of


def draft(**changes: object) -> Draft:
    """A small draft that is right, with fields replaced."""
    fields = {
        "name": "mine",
        "title": "Mine",
        "question": "Why?",
        "factors": (FactorRow("b", "batch_size", "32; 256"),),
    }
    return Draft(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [*shipped_studies(), "everything"])
def test_a_draft_made_from_a_study_equals_it_and_so_does_its_link(text: str) -> None:
    study = parse_study(EVERYTHING) if text == "everything" else load_study(text)
    assert problems(draft_of(study)) == []
    assert study_of(draft_of(study)) == study
    link = encode_study(study)
    assert decode_study(link) == study
    assert re.fullmatch(r"[A-Za-z0-9_-]+", link) and len(link) <= {"everything": 700, "recipes": 2_000}.get(text, 1_000)
    assert len(link) < 0.7 * len(study.to_toml())


def test_a_table_of_rows_survives_its_frame() -> None:
    rows = draft_of(parse_study(EVERYTHING)).factors
    assert rows_of(frame_of(rows, FactorRow), FactorRow) == rows
    assert rows_of(frame_of((), ClaimRow), ClaimRow) == ()  # type: ignore[type-var]
    frame = frame_of((VariantRow("a"), VariantRow()), VariantRow)
    frame.loc[2] = [None, float("nan"), None]  # a row that was added and left empty
    assert rows_of(frame, VariantRow) == (VariantRow("a"),)


def test_links_that_are_damaged_are_refused_in_a_sentence() -> None:
    link = encode_study(load_study("four-fixes"))
    bomb = zlib.compressobj(9, zdict=WORDS)
    large = "a" + base64.urlsafe_b64encode(bomb.compress(b" " * 50_000_000) + bomb.flush()).decode().rstrip("=")
    for text in ("", "a", "<script>", "b" + link[1:], link[:-20], link + "AAAA", link[:50] + "x" + link[51:], "a" * 30):
        with pytest.raises(ConfigError, match="^design: ") as error:
            decode_study(text)
        assert len(str(error.value).splitlines()) == 1 and len(str(error.value)) < 300
    with pytest.raises(ConfigError, match=r"^design: it has [0-9,]+ characters; at most 8,000|more than 64 KB"):
        decode_study(large)
    bomb = zlib.compressobj(9, zdict=WORDS)
    small = "a" + base64.urlsafe_b64encode(bomb.compress(b" " * 4_000_000) + bomb.flush()).decode().rstrip("=")
    assert len(small) < MAX_LINK
    with pytest.raises(ConfigError, match="more than 64 KB"):
        decode_study(small)
    for cut in range(1, len(link), 7):  # no part of a link is a study
        with pytest.raises(ConfigError):
            decode_study(link[:cut])


def test_a_link_holds_nothing_that_a_file_may_not() -> None:
    packer = zlib.compressobj(9, zdict=WORDS)
    hostile = b'name = "../../x"\ntitle = "a"\nquestion = "b"\n'
    link = "a" + base64.urlsafe_b64encode(packer.compress(hostile) + packer.flush()).decode().rstrip("=")
    with pytest.raises(ConfigError, match=r"design: name: '../../x' is not allowed; use a-z"):
        decode_study(link)


def test_a_study_too_large_for_a_link_is_refused_with_a_way_out() -> None:
    import random

    words = random.Random(0)
    claims = tuple(ClaimRow("".join(words.choices("abcdefghijklmnopqrstuvwxyz ", k=290)), "b") for _ in range(64))
    with pytest.raises(
        ConfigError, match=r"design: 'mine' makes a link of [0-9,]+ characters; at most 8,000.*as a file"
    ):
        encode_study(study_of(draft(claims=claims)))


def test_settings_of_the_training_page_start_a_study() -> None:
    config = with_changes(RunConfig(), {"dataset.kind": "moons", "generator.hidden": [8, 8], "batch_size": 256})
    query = "&".join(f"{path}={value}" for path, value in settings_of(config).items())
    for link in (f"https://example.org/training?{query}&seeds=6&job=0123456789ab&shown=2", query + "&seeds=6"):
        study = study_of(draft_from_settings(*settings_of_link(link)))
        assert study.base == config and study.seeds == 6
        assert [level.changes for level in study.factors[0].levels] == [{"batch_size": 256}, {"batch_size": 32}]
    assert study_of(draft_from_settings({})).base == RunConfig()
    with pytest.raises(ConfigError, match="link: 'hello there' is not allowed; paste the address"):
        settings_of_link("hello there")
    unknown = problems(draft_from_settings(*settings_of_link("?study=four-fixes&batch_size=0")))
    assert [line.split(":")[1].strip() for line in unknown] == ["study", "batch_size", "batch_size"]


def test_every_problem_is_said_and_not_only_the_first() -> None:
    found = problems(
        Draft(
            "Bad Name",
            "",
            "?",
            seeds=65,
            unit="samples",
            amount=0,
            base=(
                SettingRow("batch_size", "0"),
                SettingRow("nothing.here", "1"),
                SettingRow("seed", "3"),
                SettingRow("", "7"),
                SettingRow("steps", "10"),
                SettingRow("steps", "20"),
            ),
            factors=(
                FactorRow("width", "generator.width", "1; 2"),
                FactorRow("one", "latent.dim", "128"),
                FactorRow("rate", "g_optimizer.learning_rate", "nan; 0.1; -1", "a; b"),
                FactorRow("Path", "", "32; 256"),
                FactorRow("one", "update.kind", "separate; combined"),
            ),
            variants=(VariantRow("no name", changes="batch_size"), VariantRow("fine", changes="latent.dim=0; steps=x")),
            claims=(ClaimRow(""), ClaimRow("x" * 301), ClaimRow("t", metric="w1", direction="sideways")),
        )
    )
    expected = [
        "name: 'Bad Name' is not allowed; use a-z",
        "title: '' is not allowed",
        "seeds: 65 is not allowed; it must be less than or equal to 64",
        "budget.samples: 0 is not allowed",
        "base: '7' has no setting",
        "base.seed: '3' is not allowed",
        "base.steps: it is there 2 times",
        "base: batch_size: '0' is not allowed",
        "base: nothing: there is no such setting",
        "factors.width.levels.1: generator.width: there is no such setting",
        "factors.width.levels.2: generator.width: there is no such setting",
        "factors.one.levels: '128' is not allowed; give at least 2 levels",
        "factors.rate.levels.1: g_optimizer.learning_rate: 'nan' is not allowed",
        "factors.rate.levels.3: g_optimizer.learning_rate: '-1' is not allowed",
        "factors.rate.labels: 2 for 3 levels",
        "factors.Path",
        "factors.Path.path: it is missing; name the setting",
        "factors.one: there are 2 factors of this name",
        "control.1.name: 'no name' is not allowed",
        "control.1.set: 'batch_size' is not allowed; write path=value",
        "control.2.set: latent.dim: '0' is not allowed",
        "control.2.set: steps: 'x' is not allowed",
        "claim.1.text: '' is not allowed",
        "claim.2.text: ",
        "claim.3.direction: 'sideways' is not allowed",
    ]
    for start in expected:
        assert any(line.startswith(start) for line in found), start
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"claims": (ClaimRow("t", "nope"), ClaimRow("u", "b", "7"))}, ["claim.1.factor: 'nope'", "claim.2.level: 7"]),
        ({"claims": (ClaimRow("t"),)}, ["claim.1.from: it is missing"]),
        ({"factors": (FactorRow("b", "batch_size", "32; 32"),)}, ["variants: "]),
        (
            {"factors": (FactorRow("b", "batch_size", "32; 64"), FactorRow("c", "batch_size", "1; 2"))},
            ["factors.c.path: 'batch_size' is also set by factors.b"],
        ),
        ({"unit": "samples", "amount": 1000}, ["budget.samples: 1000 is not a whole number of steps"]),
        ({"unit": "steps", "base": (SettingRow("steps", "50"),)}, ["budget: steps are set as well"]),
        ({"generators": "c = a * b"}, ["generators: 'c' is not a factor with two levels"]),
        ({"datasets": ("cube",)}, ["datasets: 'cube' is unknown"]),
        (
            {"base": (SettingRow("steps", "1000000"), SettingRow("snapshot_every", "400"))},
            ["base: snapshot_every: 400 makes"],
        ),
        ({"factors": (FactorRow("s", "seed", "1; 2"),)}, ["variant 1.seed: "]),
        ({"factors": (FactorRow("s", "batch_size", ";".join(map(str, range(1, 199)))),)}, ["factors.s", "factors"]),
        ({"factors": (FactorRow("s", "batch_size", "x" * 5000),)}, ["factors.s.levels: 'xxx"]),
    ],
)
def test_what_is_wrong_between_fields_is_said_too(changes: dict, said: list[str]) -> None:
    found = problems(draft(**changes))
    for start in said:
        assert any(line.startswith(start) for line in found), found
    assert all(len(line) < 1_000 and "\n" not in line for line in found)
    with pytest.raises(ConfigError):
        study_of(draft(**changes))


def test_settings_that_are_only_right_together_are_no_problem() -> None:
    long = (SettingRow("steps", "1000000"), SettingRow("snapshot_every", "50000"), SettingRow("log_every", "10000"))
    assert problems(draft(base=long)) == []
    assert problems(draft(base=long[:1])) == []  # the intervals follow the steps
    moons = draft(datasets=("swiss_roll",), base=(SettingRow("dataset.scale", "0.5"),))
    assert problems(moons) == []


def test_levels_are_typed_with_semicolons_commas_or_brackets() -> None:
    assert pieces("32; 256") == pieces("32, 256") == pieces(" 32 ,256 ") == ["32", "256"]
    assert pieces("64,128; 16,32") == ["64,128", "16,32"]
    assert pieces("[64, 128], [16,32], []") == ["[64, 128]", "[16,32]", "[]"]
    assert pieces(joined(["a; b", 'say "x"', ""]), ";") == ["a; b", 'say "x"', ""]
    for levels in ("64,128; 16,32", "[64,128],[16,32]"):
        study = study_of(draft(factors=(FactorRow("g", "generator.hidden", levels),)))
        assert [v.config.generator.hidden for v in study.variants] == [(64, 128), (16, 32)]
    claim = ClaimRow("t", "b", "256")  # a level by its value
    assert study_of(draft(claims=(claim,))).claims[0].level == 1
