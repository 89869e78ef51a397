"""The answer that the shipped runs give to the question: the smallest change and the best recipe, with their rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gancore.analysis.behaviour import Behaviour, behaviour, why_harder
from gancore.analysis.confounds import IGNORED
from gancore.analysis.frames import pick_seed, runs_of
from gancore.analysis.plain import analysis_from
from gancore.analysis.recipes import cells_of, changed, pieces_of, recipes
from gancore.analysis.rows import Cell
from gancore.config import RunConfig, differing, flatten, with_changes
from gancore.datasets.named import name_of
from gancore.recipes import matching, recipe
from gancore.store import Bundle, BundleError, RunMissing, Store, StoredRun
from gancore.store.codec import canonical
from gancore.store.errors import Damaged
from gancore.store.files import replace_file
from gancore.store.plain import parse_json
from gancore.studies import Study, parse_study
from gancore.studies.commands import settings_of
from gancore.studies.labels import dataset_words
from gancore.studies.variants import Variant

DISTRIBUTIONS = ("parabola", "circle", "moons", "swiss_roll")
"""The question's four."""
EASY, HARD = "parabola", "circle"
"""Those of them that it is about: one that its settings learn, and one that they do not."""
FILE = "answer.json"
LEARNS = 0.9
"""Share of runs that learned from which settings are said to learn a distribution."""
NETWORKS, OPTIMIZERS = ("generator", "discriminator"), ("g_optimizer.", "d_optimizer.")
Method = tuple[tuple[str, str], ...]


class Plain(BaseModel):
    """Plain values that a file keeps."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rate(Plain):
    """How often settings learned one distribution."""

    dataset: str
    learned: int
    runs: int
    low: float
    """Wilson's 95% interval of the share."""
    high: float
    study: str
    """Whose runs they are."""
    variant: str
    run_id: str
    """Their median run."""

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.learned / self.runs


class Way(Plain):
    """Settings, and how often they learned."""

    words: str
    """What they change of the question's, such as ``combined update + batch 256``."""
    instead: str
    """What the question has in its place."""
    recipe: str | None
    """The recipe that they are."""
    settings: dict[str, str]
    """Dotted path → value as it is typed, beside the question's settings on the circle."""
    rates: list[Rate]
    """A rate for each of the question's distributions, in their order."""
    elsewhere: list[Rate] = Field(default=[])
    """Rates on other distributions."""

    @property
    def config(self) -> RunConfig:
        """On the circle."""
        return with_changes(RunConfig(), self.settings)

    @property
    def title(self) -> str:
        """The recipe's label, or what is changed, to stand alone."""
        return recipe(self.recipe).label if self.recipe else f"{self.words[:1].upper()}{self.words[1:]}"

    @property
    def sentence(self) -> str:
        """What it is, in plain words."""
        return recipe(self.recipe).sentence if self.recipe else f"In place of {self.instead}."

    def on(self, dataset: str) -> Rate:
        """The rate on one of the question's distributions."""
        return next(rate for rate in self.rates if rate.dataset == dataset)

    @property
    def learns(self) -> int:
        """How many of the other distributions it learned in nine of ten runs."""
        return sum(rate.share >= LEARNS for rate in self.elsewhere)


class Longer(Plain):
    """The question's own settings with more steps alone, on the circle."""

    steps: int
    learned: int
    runs: int


class Answer(Plain):
    """What the first page says at once."""

    studies: list[str]
    """Whose runs it is made of."""
    baseline: Way
    smallest: Way | None
    """Of the settings that learn the circle in most of their runs, those that change the fewest settings."""
    best: Way | None
    """Those whose lowest rate on the four distributions is highest."""
    longer: Longer | None
    why: str
    """Why the circle is harder than the parabola, by what the runs measured."""


def shipped_answer() -> Answer | None:
    """The answer that ships with gancore; None where there is none that this version can read."""
    file = resources.files("gancore") / "gallery" / FILE
    try:
        return Answer.model_validate(parse_json(file.read_bytes()))
    except (OSError, Damaged, ValidationError):
        return None


def write_answer(bundles: Sequence[Bundle], path: Any) -> Answer | None:
    """Keep the answer of finished studies in a file; None, and no file, where they give none."""
    found = answer_of(bundles)
    if found is not None:
        replace_file(path, canonical(found.model_dump(mode="json")) + b"\n")
    return found


def answer_of(bundles: Iterable[Bundle]) -> Answer | None:
    """The answer of finished studies; None where none of them has the baseline on all of the question's distributions.

    Settings that several studies have are counted once, by the study with the most runs. Raises ConfigError.
    """
    layers = list(bundles)
    store = Store("/nowhere/gancore", layers)
    analysed = [(parse_study(one.study_text), analysis_from(one.analysis)) for one in layers if one.analysis]
    known: dict[Method, dict[str, tuple[Study, Variant, Cell]]] = {}
    for study, analysis in analysed:
        for variant, cell in cells_of(study, analysis):
            there = known.setdefault(_method(variant.config), {})
            kind = name_of(variant.config.dataset)
            if cell.n and (kind not in there or there[kind][2].n < cell.n):
                there[kind] = study, variant, cell
    tried = {method: there for method, there in known.items() if set(DISTRIBUTIONS) <= set(there)}
    if () not in tried:
        return None
    ways = {method: _way(store, there) for method, there in tried.items()}
    usual = ways.pop(()).on(HARD)
    same = [(method, way) for method, way in ways.items() if way.config.dataset == RunConfig().dataset]
    good = [(method, way) for method, way in same if way.on(HARD).share >= 0.5 and way.on(HARD).low > usual.high]
    smallest = min(good, key=lambda one: (len(one[0]), -one[1].on(HARD).share), default=None)
    best = max(same, key=lambda one: (*_success(one[1]), -len(one[0])), default=None)
    longer = next(
        (one for one in recipes(analysed, RunConfig()) if changed(one.config, RunConfig()) == ["steps"]), None
    )
    return Answer(
        studies=sorted({study.name for there in tried.values() for study, _, _ in there.values()}),
        baseline=_way(store, tried[()]),
        smallest=smallest and smallest[1],
        best=best and best[1],
        longer=longer and Longer(steps=longer.config.steps, learned=longer.learned, runs=longer.runs),
        why=_why(store, tried[()]),
    )


def _success(way: Way) -> tuple[float, float]:
    """The lowest rate on the question's distributions, and all together."""
    return min(rate.share for rate in way.rates), sum(rate.share for rate in way.rates)


def _method(config: RunConfig) -> Method:
    """What a configuration changes of the question's, whatever kind of distribution it is on."""
    base = RunConfig().model_copy(update={"dataset": type(config.dataset)()})
    flat = flatten(config)
    return tuple((path, repr(flat.get(path))) for path in differing([base, config], IGNORED))


def _way(store: Store, there: Mapping[str, tuple[Study, Variant, Cell]]) -> Way:
    config = there[HARD][1].config
    settings = settings_of(config)
    found = matching(config)
    return Way(
        words=" + ".join(_pieces(config, settings)),
        instead=", ".join(_pieces(RunConfig(), settings)),
        recipe=found.name if found and settings else None,
        settings=settings,
        rates=[_rate(store, kind, *there[kind]) for kind in DISTRIBUTIONS],
        elsewhere=[_rate(store, kind, *row) for kind, row in there.items() if kind not in DISTRIBUTIONS],
    )


def _pieces(config: RunConfig, paths: Iterable[str]) -> list[str]:
    """Settings in words; what both networks' optimizers have alike is said once."""
    flat = flatten(config)
    pieces: dict[str, None] = {}
    for path in sorted(paths, key=lambda path: path.partition("optimizer")[1]):
        here, there = OPTIMIZERS if path.startswith(OPTIMIZERS[0]) else reversed(OPTIMIZERS)
        twin = path.replace(here, there)
        alike = twin != path and flat.get(twin) == flat.get(path)
        for piece in pieces_of(config, [path]):
            network, _, rest = piece.partition(" ")
            pieces[f"both networks' {rest}" if alike and network in NETWORKS else piece] = None
    return list(pieces)


def _rate(store: Store, kind: str, study: Study, variant: Variant, cell: Cell) -> Rate:
    run = pick_seed(runs_of(store, study)[variant.name])
    return Rate(
        dataset=kind,
        learned=cell.learned,
        runs=cell.n,
        low=cell.success_low,
        high=cell.success_high,
        study=study.name,
        variant=variant.name,
        run_id=run.run_id if run else "",
    )


def _why(store: Store, there: Mapping[str, tuple[Study, Variant, Cell]]) -> str:
    """What the measured runs say of the two distributions that the question is about; empty where they do not."""
    sides: list[Behaviour | None] = []
    for kind in (EASY, HARD):
        study, variant, _ = there[kind]
        found = runs_of(store, study)[variant.name]
        try:
            runs: list[StoredRun] = [run for run in found if run]
            sides.append(behaviour(f"the {dataset_words(kind).lower()}", runs))
        except (RunMissing, BundleError):
            return ""
    easy, hard = sides
    return " ".join(why_harder(easy, hard)) if easy and hard else ""
