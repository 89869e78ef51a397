"""The HTML report, read back by a parser and by a Chromium that has no network."""

from __future__ import annotations

import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.chromium import MARKS
from support.titles import CLAIM, HOSTILE, LABEL, TITLE

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.report import FORMATS, Report, write_report
from gancore.report.html import page
from gancore.store import Store
from gancore.studies import finished_studies, load_study, parse_study
from gancore.studies.commands import is_known, study_command, train_command
from gancore.words import OTHER_CURVES, chance, fixed, number, percent, signed


class Document(HTMLParser):
    """What a browser would take from a page: elements, their attributes, and their text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "img", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data))

    def said(self, *tags: str) -> str:
        """The text of some elements; of all that are read where none is named."""
        return "\n".join(
            text for tag, text in self.texts if (tag in tags if tags else tag not in ("script", "style", "pre"))
        )

    def payload(self) -> dict:
        return json.loads(next(text for tag, text in self.texts if tag == "script"))


@pytest.fixture
def store(own_store: Path) -> Store:
    return Store.open(own_store)


def document(store: Store, name: str = "first-fixes", seeds: int | None = None) -> Document:
    study = load_study(name, store)
    return Document(page(Report(store, study, seeds or study.seeds)))


@pytest.mark.parametrize("name", finished_studies())
def test_a_page_is_well_formed_asks_for_nothing_and_its_contents_lead_somewhere(store: Store, name: str) -> None:
    found = document(store, name)
    assert not found.open
    ids = [attributes["id"] for _, attributes in found.elements if attributes.get("id")]
    assert len(ids) == len(set(ids))
    # A script that the page holds itself is saved from it; all other links lead to places in the page.
    anchors = [attributes for tag, attributes in found.elements if tag == "a"]
    saved = [attributes["href"] for attributes in anchors if "download" in attributes]
    assert saved and all(href.startswith("data:text/x-python;base64,") for href in saved)
    links = [attributes["href"] for attributes in anchors if "download" not in attributes]
    assert len(links) >= 7 and {str(link).removeprefix("#") for link in links} <= set(ids)
    for _, attributes in found.elements:
        for asked in ("src", "href", "xlink:href", "srcset", "data", "action", "poster"):
            place = attributes.get(asked) or "#"
            assert str(place).startswith(("#", "data:,")) or (asked == "href" and place in saved)
        assert not [key for key in attributes if key.startswith("on")]
    (policy,) = [a["content"] for t, a in found.elements if t == "meta" and "http-equiv" in a]
    assert str(policy).startswith("default-src 'none'") and "unsafe-eval" not in str(policy)


def test_the_largest_shipped_study_says_what_its_runs_say_in_less_than_6_megabytes(store: Store) -> None:
    study = load_study("four-fixes", store)
    text = page(Report(store, study, 10))
    assert len(text.encode()) <= 6_000_000
    said = Document(text).said()
    words = " ".join(said.split())
    assert study.title in words and study.question in words and OTHER_CURVES in words
    for place, claim in enumerate(study.claims, start=1):
        assert f"{place}. {claim.text}" in words
    report = Report(store, study, 10)
    for claim in report.analysis.claims:
        assert signed(claim.deciding.estimate) in said
    best = next(cell for cell in report.analysis.cells if cell.label == "batch 256, generator 16-32, radius 0.5")
    assert (best.learned, best.n) == (8, 10)
    row = words[words.index("Numbers At the end") :]
    row = row[row.index(best.label) :]
    assert row.startswith(f"{best.label} 10 8 of 10 49% to 94% {number(best.iqm)}")
    assert "gancore study run four-fixes --seeds 10" in Document(text).said("pre")
    for config in study.configs(10):
        assert text.count(config.run_id) >= 1


def test_names_that_look_like_code_stay_text(store: Store) -> None:
    text = page(Report(store, parse_study(HOSTILE), 4))
    found = Document(text)
    assert found.said("h1") == TITLE
    assert found.said("title").splitlines()[0] == f"{TITLE} · gancore"
    assert f"1. {CLAIM}" in found.said("span")
    assert LABEL in found.said("td").splitlines() and LABEL in found.said("summary").splitlines()
    tags = [tag for tag, _ in found.elements]
    assert tags.count("script") == 3 and "img" not in tags and "b" in tags
    assert [panel["title"] for panel in found.payload()["panels"]] == ["baseline", LABEL]
    drawings = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL)]
    assert any(LABEL.split(" onerror")[0] in "".join(drawing.itertext()) for drawing in drawings)
    assert all(drawing.get("role") == "img" for drawing in drawings)
    charts = [drawing for drawing in drawings if drawing.get("class") == "marks"]
    assert len(charts) == 2
    for title, described, *_ in charts:
        assert title.text and "title" in title.tag
        assert LABEL in (described.text or "") and "desc" in described.tag
    assert "49" not in found.said("h1")


def test_missing_runs_are_named_and_the_rest_is_shown(store: Store) -> None:
    study = load_study("first-fixes", store)
    store = Store(store.root, [one for one in store.layers if one.name == study.name])  # others have runs of it too
    report = Report(store, study, 6)
    found = Document(page(report))
    assert report.missing == 10
    words = " ".join(found.said().split())
    assert "20 of 30" in words and "10 of 30 runs are not trained" in words
    missing = [config.run_id for config in study.configs(6) if config.run_id not in store]
    assert all(run_id[:12] in found.said("code").split() for run_id in missing)
    assert words.count("not trained") >= 10


def test_several_datasets_have_their_own_lines_and_reference(store: Store) -> None:
    words = " ".join(document(store, "four-distributions").said().split())
    for name in ("Parabola", "Circle", "Two moons", "Swiss roll", "All datasets together"):
        assert words.count(name) >= 2
    numbers = words[words.index("Numbers At the end") :]
    assert numbers.count("Real data would score") >= 4 and numbers.count("A collapsed generator would score") >= 4


def test_a_study_without_a_single_run_is_a_sentence_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    study = load_study("first-fixes", store).with_overrides(steps=77)
    with pytest.raises(ConfigError, match="nothing of first-fixes is stored yet; train it with: gancore study run"):
        write_report(Report(store, study, 4), tmp_path / "out" / "x.html", FORMATS["html"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", finished_studies())
def test_each_runs_command_trains_that_very_run(store: Store, name: str) -> None:
    for config in load_study(name, store).configs(2):
        words = shlex.split(train_command(config))
        assert words[:3] == ["gancore", "train", "--dataset"]
        options = list(zip(words[2::2], words[3::2], strict=True))
        settings = dict(value.split("=", 1) for option, value in options if option == "--set")
        given = {"dataset.kind": words[3], **settings, "seed": dict(options)["--seed"]}
        assert with_changes(RunConfig(), given).run_id == config.run_id


def test_a_study_that_nobody_else_has_is_reproduced_from_its_file(store: Store) -> None:
    study = load_study("first-fixes", store)
    changed = study.with_overrides(steps=20_000)
    assert is_known(study, store) and not is_known(changed, store)
    assert study_command(changed, 3, store) == "gancore study run first-fixes.toml --seeds 3"
    found = Document(page(Report(store, parse_study(HOSTILE), 4)))
    assert any(parse_study(text) == parse_study(HOSTILE) for tag, text in found.texts if tag == "pre" and "[[" in text)


@pytest.mark.parametrize("options", [{}, {"pick": "worst"}, {"pick": "2", "metric": "coverage"}])
def test_the_command_for_this_page_has_every_option_that_it_was_made_with(store: Store, options: dict) -> None:
    study = load_study("first-fixes", store)
    made = Report(store, study, 3, **options)
    said = next(text for tag, text in Document(page(made)).texts if tag == "pre" and "gancore report" in text)
    words = shlex.split(said.splitlines()[-1])
    assert words[:5] == ["gancore", "report", "first-fixes", "--out", "first-fixes.html"]
    given = dict(zip(words[5::2], words[6::2], strict=True))
    assert given.pop("--seeds") == "3" and given.pop("--metric") == made.metric
    assert given == ({"--pick": made.pick} if "pick" in options else {})


@pytest.mark.parametrize(
    ("value", "said"), [(None, "–"), (float("nan"), "–"), (-0.0004, "0.000"), (-1.5, "−1.500"), (2.0, "2.000")]
)
def test_numbers_have_a_true_minus_and_no_signed_zero(value: float | None, said: str) -> None:
    assert fixed(value) == said


def test_signs_and_small_chances() -> None:
    assert (fixed(0.25, 2, "+"), fixed(-0.00001, 3, "+"), chance(0.0004), chance(None)) == (
        "+0.25",
        "0.000",
        "<0.001",
        "–",
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.996, ">99%"), (1.0, "100%"), (0.994, "99%"), (0.003, "<1%"), (0.0, "0%"), (0.125, "13%"), (None, "–")],
)
def test_shares_are_in_the_same_words_on_pages_and_in_reports(value: float | None, said: str) -> None:
    from gancore.ui import text

    assert percent(value) == said and text.percent is percent


class TestInABrowser:
    """From the disk, with the network off."""

    pytestmark = MARKS

    def opened(self, chromium, path: Path, width: int = 1280, scheme: str = "light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, locale="en-GB"
        )
        view = context.new_page()
        problems: list[str] = []
        view.on("console", lambda message: problems.append(message.text))
        view.on("pageerror", lambda error: problems.append(str(error)))
        view.on("dialog", lambda dialog: problems.append(f"a script ran: {dialog.message}"))
        view.on("request", lambda request: problems.append(request.url) if request.url != path.as_uri() else None)
        view.goto(path.as_uri())
        view.wait_for_selector("#viewer canvas")
        view.wait_for_timeout(300)
        return view, problems

    def red(self, view) -> list[int]:
        """Red points in each panel of the grid."""
        return view.evaluate(
            "[...document.querySelectorAll('#viewer .gc-grid canvas')].map(c => {"
            " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
            " for (let i = 0; i < d.length; i += 4) if (d[i] > 180 && d[i + 1] < 140 && d[i + 3] > 100) n++; return n})"
        )

    def test_it_draws_and_moves_without_a_network(self, chromium, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "four-fixes.html"
        write_report(Report(store, load_study("four-fixes", store), 40), path, FORMATS["html"])
        view, problems = self.opened(chromium, path)
        counts = self.red(view)
        assert len(counts) == 16 and min(counts) > 20
        shown = view.evaluate("document.querySelector('#viewer canvas').toDataURL()")
        view.locator("#viewer input[type=range]").fill("0")
        view.wait_for_timeout(200)
        assert view.evaluate("document.querySelector('#viewer canvas').toDataURL()") != shown
        words = view.inner_text("main")
        assert all(verdict in words for verdict in ("supported", "refuted"))
        assert not problems
        view.emulate_media(media="print")
        assert not view.locator("#viewer input[type=range]").is_visible()
        assert not view.locator("nav").is_visible() and view.locator("h1").is_visible()

    @pytest.mark.parametrize("width", [390, 1280])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_it_reads_on_a_phone_and_in_the_dark(
        self, chromium, store: Store, tmp_path: Path, width: int, scheme: str
    ) -> None:
        path = tmp_path / "report.html"
        write_report(Report(store, load_study("four-distributions", store), 10), path, FORMATS["html"])
        view, problems = self.opened(chromium, path, width, scheme)
        assert view.evaluate("document.documentElement.scrollWidth") <= width
        paper, ink = view.evaluate(
            "[getComputedStyle(document.body).backgroundColor,"
            " getComputedStyle(document.querySelector('svg text')).fill]"
        )
        lightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) / 3 for colour in (paper, ink)]
        assert (lightness[0] > 200 > 100 > lightness[1]) if scheme == "light" else (lightness[0] < 60 < lightness[1])
        assert not problems

    def test_names_that_look_like_code_do_nothing(self, chromium, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "report.html"
        write_report(Report(store, parse_study(HOSTILE), 4), path, FORMATS["html"])
        view, problems = self.opened(chromium, path)
        assert view.inner_text("h1") == TITLE and LABEL in view.inner_text("#viewer")
        assert not problems
