"""Whatever a link holds, its page says a sentence and draws: real links with parameters cut, swapped and blown up."""

from __future__ import annotations

import base64
import random
import re
import zlib
from collections import Counter
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.untrained import untrained

from gancore import jobs
from gancore.config import ConfigError, RunConfig, flatten, with_changes
from gancore.metrics import METRICS
from gancore.store import Store
from gancore.studies import encode_study, load_study
from gancore.studies.drafts import decode_known
from gancore.studies.drafts.links import WORDS
from gancore.ui import runs

ROOT = Path(__file__).parents[2]
READ_AS_REFUSED = (ValueError, OverflowError, RecursionError)
"""What ``gancore.ui.carried`` says a sentence of."""
STUDY = load_study("first-fixes")
TOML = STUDY.to_toml().replace('"first-fixes"', '"mine"').replace("seeds = 4", "seeds = 2")
LINKS: dict[str, list[dict[str, str]]] = {
    "ablation": [
        {"study": "first-fixes", "seeds": "2", "seed": "1", "step": "5000", "left": "d_acc_fake", "range": "0,4000"},
        {"study": "first-fixes", "seeds": "2", "claim": "1", "metric": "near", "layers": "field,density", "off": "all"},
        {"study": "first-fixes", "seeds": "2", "first": "batch-256", "second": "combined", "run": "0123456789ab"},
        {"study": "own", "design": "", "seeds": "2", "rows": "automatic", "dataset": "circle"},
    ],
    "training": [
        {"dataset.kind": "moons", "batch_size": "256", "seeds": "3", "shown": "1", "step": "400"},
        {"generator.hidden": "16,32", "g_optimizer.learning_rate": "0.001", "steps": "5000", "job": "0123456789ab"},
    ],
    "data": [{"dataset.kind": "circle", "dataset.scale": "0.5", "dataset.center_x": "0.2", "dataset.size": "500"}],
}
VALUES = ["", " ", "-1", "0", "1e400", "nan", "inf", "9" * 5_000, "0x" + "f" * 3_000, "-0x" + "1" * 4_000, "٣", "²"]
VALUES += [
    "[]",
    "{}",
    "null",
    "true",
    "1,2,3",
    "a=b&c=d",
    "<script>",
    "../../etc/passwd",
    "\x00",
    "😀" * 50,
    "%00",
    "x" * 9_000,
]
NUMBERS = [
    "1e999",
    "-1",
    "0x" + "f" * 2_000,
    "9" * 4_400,
    "nan",
    "inf",
    "true",
    '"two"',
    "[1, 2]",
    "{a = 1}",
    "1979-05-27",
]
NAMES = ["batch_sise", "dataset.kindd", "generator", "seed", "dataset", "g_optimizer.learning_rate.x"]


def packed(text: str) -> str:
    """A study file as the ``design`` of a link, whatever it says."""
    packer = zlib.compressobj(9, zdict=WORDS)
    data = packer.compress(text.encode("utf-8", "surrogatepass")) + packer.flush()
    return "a" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def mutated_study(chance: random.Random) -> str:
    """A study file with a value, a name or a piece of another kind, and still in a sound envelope."""
    kind = chance.randrange(4)
    if kind == 0:
        places = [match.span() for match in re.finditer(r"(?<== )[^\n]+", TOML)]
        start, end = chance.choice(places)
        return TOML[:start] + chance.choice(NUMBERS) + TOML[end:]
    if kind == 1:
        name, value = chance.choice(NAMES), chance.choice([*NUMBERS, "1"])
        return (
            TOML.replace("[base]\n", f"[base]\n{name} = {value}\n")
            + f"\n[[variant]]\nname = 'new'\nset = {{{name} = {value}}}\n"
        )
    start = chance.randrange(len(TOML))
    if kind == 2:
        return TOML[:start] + TOML[start + chance.randrange(1, 60) :]
    return TOML[:start] + chance.choice(["\n", '"', "[[", "= 1\n", "\x00", "é", TOML]) + TOML[start:]


def mutated(number: int) -> tuple[str, dict[str, str | list[str]]]:
    """The page and the query of a link; the same for the same number."""
    chance = random.Random(number)
    page = chance.choice(["ablation", "ablation", "training", "training", "data"])
    query: dict[str, str | list[str]] = dict(chance.choice(LINKS[page]))
    if "design" in query:
        query["design"] = encode_study(STUDY) if chance.random() < 0.4 else packed(mutated_study(chance))
    for _ in range(chance.randrange(1, 4)):
        name = chance.choice(list(query))
        value, kind = str(query[name]), chance.randrange(5)
        if kind == 0:
            query[name] = value[: chance.randrange(len(value) + 1)]
        elif kind == 1:
            query[name] = chance.choice(VALUES)
        elif kind == 2:
            query[name] = [value, chance.choice(VALUES), chance.choice(VALUES)]
        elif kind == 3:
            query[chance.choice([f"{name}x", name.upper(), "__proto__", "seed", "step"])] = chance.choice(VALUES)
        else:
            at = chance.randrange(len(value) + 1)
            query[name] = value[:at] + chance.choice(["-", "0", "=", "%", "\\", "\n", "é"]) + value[at + 1 :]
    return page, query


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(tmp_path_factory.mktemp("mutated"))
    for config in STUDY.configs(2):
        store.put(untrained(config))
    store.put(untrained(RunConfig(seed=1)))
    return store.root


@pytest.fixture(autouse=True)
def nothing_heavy(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker starts, and no dataset that a link makes up is scored for seconds."""
    monkeypatch.setenv("GANCORE_STORE", str(filled))
    monkeypatch.setattr(Store, "open", Store)
    monkeypatch.setattr(jobs, "warm", lambda store: None)
    monkeypatch.setattr(jobs, "submit", lambda *args, **kwargs: pytest.fail("a link started to train"))
    references = {key: {"mean": 0.1, "low": 0.0, "high": 0.2} for key in METRICS}
    monkeypatch.setattr(Store, "references", lambda self, dataset: references)
    monkeypatch.setattr(Store, "collapsed", lambda self, dataset: {"one_point": {key: 1.0 for key in METRICS}})
    monkeypatch.setattr(runs, "references_of", lambda store, dataset: references)


def bears(number: int) -> None:
    """Opens a mutated link; the page neither fails nor stays empty."""
    page, query = mutated(number)
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    shown = {name: str(value)[:200] for name, value in query.items()}
    assert not app.exception, (number, page, shown, app.exception[0].stack_trace)
    views = [one for one in app.get("bidi_component") if "viewer" in one.proto.component_name]
    # A study that a link makes up may have no runs; then the page says how to train it.
    untrained_study = page == "ablation" and any("No run of this study is stored yet" in box.value for box in app.info)
    assert app.title and (app.get("vega_lite_chart") or views or untrained_study), (number, page, shown)
    for element in [*app.error, *app.warning, *app.info]:
        assert len(str(element.value)) < 3_000, (number, page, shown)


@pytest.mark.parametrize("start", range(0, 60, 10))
def test_a_mutated_link_gets_a_view(start: int) -> None:
    for number in range(start, start + 10):
        bears(number)


@pytest.mark.exhaustive
@pytest.mark.parametrize("start", range(60, 360, 60))
def test_more_mutated_links_get_a_view(start: int) -> None:
    for number in range(start, start + 60):
        bears(number)


def read(page: str, query: dict[str, str | list[str]]) -> str:
    """What comes of a link's words where they are read: "study", "settings", "refused", or "choices" of a page."""
    last = {name: value[-1] if isinstance(value, list) else value for name, value in query.items()}
    if page == "ablation":
        if not last.get("design"):
            return "choices"
        try:
            study, left_out = decode_known(last["design"])
        except READ_AS_REFUSED as error:
            assert len(str(error)) < 3_000 or not isinstance(error, ConfigError)
            return "refused"
        assert study.configs(1) and all(len(sentence) < 3_000 for sentence in left_out)
        return "study"
    try:
        with_changes(RunConfig(), {name: last[name] for name in last if name in flatten(RunConfig())})
    except ConfigError as error:
        assert len(str(error)) < 3_000
        return "refused"
    return "settings"


def test_a_thousand_mutated_links_are_read_or_refused_in_a_sentence() -> None:
    """A page opens what is read here; these are the links above and many more."""
    found = Counter(read(*mutated(number)) for number in range(1_000))
    assert min(found[kind] for kind in ("study", "settings", "refused")) > 15, found
