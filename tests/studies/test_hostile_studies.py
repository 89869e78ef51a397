"""Study files and links from a stranger: each is a study, or a ConfigError in a line of few words; never another."""

from __future__ import annotations

import base64
import random
import time
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gancore.config import ConfigError
from gancore.studies import load_study, parse_study, shipped_studies
from gancore.studies.drafts import (
    Draft,
    FactorRow,
    SettingRow,
    draft_from_settings,
    draft_of,
    encode_study,
    problems,
    settings_of_link,
)
from gancore.studies.drafts.links import MARK, WORDS, decode_study
from gancore.studies.files import study_text

HEAD = 'name = "a"\ntitle = "a"\nquestion = "b"\n'
HEX = "0x" + "f" * 5000
DECIMAL = "9" * 5000
LONG = "a" * 60_000
NUMBERS = [HEX, DECIMAL, "0b" + "1" * 20_000, str(2**63), "1" * 19, "inf", "nan", "1e400", "1979-05-27"]
PLACES = [
    "seeds = {}",
    "{} = {}",
    "unknown = {}",
    "[base]\nsteps = {}",
    "[base.generator]\nhidden = [{}]",
    "[base]\ndataset = [[{}]]",
    "[base.g_optimizer]\nlearning_rate = {}",
    "[budget]\nsteps = {}",
    "[factors.a]\npath = {}\nlevels = [1, 2]",
    '[factors.a]\npath = "steps"\nlevels = {}',
    '[factors.a]\npath = "steps"\nlevels = [1, {}]',
    '[factors.a]\npath = "dataset.size"\nlevels = [1, {}]',
    '[factors.a]\npath = "dataset.kind"\nlevels = [1, {}]',
    '[factors.a]\npath = "loss.kind"\nlevels = [[1], {}]',
    '[factors.a]\npath = "generator.hidden"\nlevels = [[8], [{}]]',
    '[factors.a]\npath = "generator.hidden"\nlevels = [[8], {{a = {}}}]',
    '[factors.a]\nlevels = [{{set = {{"steps" = {}}}}}]',
    '[factors.a]\npath = "steps"\nlevels = [1, 2]\n[[claim]]\ntext = "a"\nfactor = "a"\nlevel = {}',
    '[[variant]]\nname = "a"\n[variant.set]\nsteps = {}',
    '[[variant]]\nname = "a"\nset = {{"update.d_steps" = {}}}',
]
TEXTS = ['"' + LONG + '"', "true", '"steps"', "[]", "{{}}", "[[[1]]]", "{{set = {{a = 1}}}}"]


def checked(text: str) -> None:
    try:
        study = parse_study(text)
    except ConfigError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 1200, str(error)
    else:
        assert parse_study(study.to_toml()) == study


@pytest.mark.parametrize("place", PLACES)
def test_numbers_and_values_of_any_kind_in_any_place(place: str) -> None:
    for value in [*NUMBERS, *(text.replace("{{", "{").replace("}}", "}") for text in TEXTS)]:
        checked(HEAD + place.format(*[value] * place.replace("{{", "").count("{}")) + "\n")


def linked(text: str) -> str:
    packer = zlib.compressobj(9, zdict=WORDS)
    return MARK + base64.urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")


@pytest.mark.parametrize("number", [HEX, DECIMAL])
def test_a_number_of_thousands_of_digits_in_a_link_is_refused_with_what_is_allowed(number: str) -> None:
    for place in PLACES:
        text = HEAD + place.format(*[number] * place.replace("{{", "").count("{}")) + "\n"
        with pytest.raises(ConfigError, match="^design: .*(whole number|thousands of digits|not valid TOML)"):
            decode_study(linked(text))


def mutated(text: str, draw: random.Random) -> str:
    """A text with a few pieces cut, doubled, exchanged, or replaced by what parsers trip over."""
    for _ in range(draw.randint(1, 6)):
        start = draw.randrange(len(text) + 1)
        stop = min(len(text), start + draw.choice([0, 1, 3, 20, 200]))
        other = draw.randrange(len(text) + 1)
        piece = draw.choice(
            [
                *NUMBERS,
                "[" * 50,
                "{",
                '"',
                "'''",
                "\\u0000",
                "\x7f",
                "é😀",
                "=",
                ".",
                "\n",
                "-1",
                "",
                text[other : other + 40],
            ]
        )
        text = text[:start] + piece + text[stop:]
    return text


@pytest.mark.parametrize("name", shipped_studies())
def test_shipped_studies_with_damage_are_studies_or_refused(name: str) -> None:
    text, draw = study_text(name), random.Random(0)
    for _ in range(40):
        checked(mutated(text, draw))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
@example("0=" + HEX)
@example("a" + "." * 2000 + "=1")
def test_any_text_is_a_study_or_refused(text: str) -> None:
    checked(text)
    checked(HEAD + text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.binary(max_size=300))
def test_any_link_is_a_study_or_refused(text: str, data: bytes) -> None:
    packed = MARK + base64.urlsafe_b64encode(data).decode().rstrip("=")
    for link in (text, packed, linked(text.encode("utf-8", "replace").decode())):
        with pytest.raises(ConfigError, match="^design: "):
            decode_study(link)


def test_links_with_damage_are_studies_or_refused() -> None:
    link, draw = encode_study(load_study("four-fixes")), random.Random(1)
    signs = "ABCabc019-_=é "
    for _ in range(200):
        at = draw.randrange(len(link))
        odd = link[:at] + draw.choice(signs) + link[at + draw.choice([0, 1, 5]) :]
        try:
            decode_study(odd)
        except ConfigError as error:
            assert str(error).startswith("design: ") and len(str(error)) < 1200


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["steps", "dataset.kind", "generator.hidden", "", "a.b", "seed"]), st.text(max_size=30)
        ),
        max_size=3,
    ),
    st.text(max_size=40),
)
@example([("steps", DECIMAL)], f"1; {DECIMAL}")
@example([("steps", HEX)], "1; [[[")
def test_any_draft_has_problems_or_is_a_study(rows: list[tuple[str, str]], levels: str) -> None:
    base = tuple(SettingRow(path, value) for path, value in rows)
    for path in ("steps", "generator.hidden", ""):
        draft = Draft("a", "a", "b", base=base, factors=(FactorRow("a", path, levels),))
        found = problems(draft)
        assert all(isinstance(line, str) and "\n" not in line and len(line) < 1200 for line in found)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=100))
@example(f"?steps={DECIMAL}&seeds={DECIMAL}")
@example("http://[")
def test_any_link_to_the_training_page_gives_settings_or_is_refused(text: str) -> None:
    try:
        problems(draft_from_settings(*settings_of_link(text)))
    except ConfigError as error:
        assert str(error).startswith("link: ")


def test_an_error_of_a_study_knows_its_field() -> None:
    for text, path in (
        (HEAD + "seeds = 0\n", "seeds"),
        (HEAD + "[base]\nbatch_size = 0\n", "base.batch_size"),
        (HEAD + "[base]\nseed = 3\n", "base.seed"),
        (HEAD + f"[base]\nsteps = {HEX}\n", "base.steps"),
        (
            HEAD + '[factors.a]\npath = "steps"\nlevels = [1, 2]\n[[claim]]\ntext = "a"\nfactor = "b"\n',
            "claim.1.factor",
        ),
        (HEAD + "colour = 3\n", "colour"),
    ):
        with pytest.raises(ConfigError) as error:
            parse_study(text)
        assert error.value.path == path


def test_the_worst_files_are_refused_in_little_time() -> None:
    start = time.monotonic()
    for text in (
        "a." * 30_000 + "a = 1",
        "[" * 30_000,
        "a = " + "[" * 30_000,
        "a = " + "{a=" * 10_000,
        "\n".join(f"[a{'.a' * 900}]" for _ in range(30)),
        HEAD + "\n".join(f"[[variant]]\nname = 'v{n}'\nset = {{steps = {n + 1}}}" for n in range(1000)),
        HEAD + "".join(f'[factors.f{n}]\npath = "a{n}"\nlevels = [1,2,3,4,5,6,7,8]\n' for n in range(800)),
    ):
        with pytest.raises(ConfigError):
            parse_study(text)
    assert time.monotonic() - start < 60


def test_drafts_of_shipped_studies_have_no_problem() -> None:
    assert problems(draft_of(load_study("four-fixes"))) == []
