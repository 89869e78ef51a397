"""What a search says: rates with intervals, what each change did, the proof as a study, and all of it in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from gancore.analysis.estimates import contrasts, success_interval
from gancore.config import RunConfig, flatten, with_changes
from gancore.datasets.named import name_of
from gancore.fixing.candidates import lengthened
from gancore.fixing.explain import explained, measured
from gancore.fixing.race import START, Event, Standing, Trial
from gancore.fixing.search import Search
from gancore.jobs.estimate import work
from gancore.studies import Claim, Study
from gancore.studies.labels import dataset_label
from gancore.studies.variants import Arm, make_variants
from gancore.words import fraction, number, percent, signed


@dataclass(frozen=True)
class Rate:
    """How often runs of one configuration learned."""

    learned: int
    runs: int
    low: float
    """Wilson's 95% interval."""
    high: float

    @classmethod
    def of(cls, outcomes: Iterable[bool]) -> Rate:
        """From outcomes, one a run."""
        values = list(outcomes)
        return cls(sum(values), len(values), *success_interval(sum(values), len(values)))

    @property
    def words(self) -> str:
        """``18 of 20 (95% interval 70–97%)``."""
        if not self.runs:
            return "no runs"
        return f"{fraction(self.learned, self.runs)} (95% interval {percent(self.low)} to {percent(self.high)})"


@dataclass(frozen=True)
class Row:
    """What one change did in the races, with their seeds: never its success rate."""

    key: str
    label: str
    kind: str
    source: str
    rate: Rate
    length: str
    """``whole`` or ``short``: the runs that the numbers are of."""
    change: float
    """Mean paired difference of w1_excess against the start's, NaN where there is none."""
    low: float
    """Its 95% interval; NaN with fewer than three seeds."""
    high: float
    cost: float
    """Arithmetic of a run, relative to the start's."""
    ended: str
    """Where it left the race, in words."""


def rate_of(search: Search, key: str) -> Rate:
    """The success rate on fresh seeds; of no runs where it was not confirmed."""
    trials = [Trial(key, seed) for seed in range(search.rules.fresh)]
    outcomes = [search.outcome(trial) for trial in trials]
    return Rate.of(one.learned for one in outcomes if one is not None) if None not in outcomes else Rate.of([])


def rows(search: Search, stand: Standing) -> list[Row]:
    """A row for each change that raced, those that did best first within each kind."""
    raced = list(dict.fromkeys(event.key for event in stand.events if event.what == "races"))
    return [_row(search, stand, key) for key in raced]


class Spent(NamedTuple):
    """Steps of all runs of a search together."""

    race: int
    fresh: int
    """Of the runs that confirm."""


def spent(search: Search, stand: Standing) -> Spent:
    """What a search has taken so far, stored runs that it did not have to train too."""
    fresh = [trial for trial in stand.known if not _raced(search, trial)]
    whole = search.run_steps(stand.known)
    return Spent(whole - search.run_steps(fresh), search.run_steps(fresh))


class Offer(NamedTuple):
    """A faster or smaller configuration, for a start that learns already."""

    words: str
    config: RunConfig
    cost: float
    """Arithmetic of a run, relative to the start's."""


def offers(start: RunConfig) -> list[Offer]:
    """Half the steps, and networks half as wide, as far as the start has something to halve."""
    halves = {f"{name}.hidden": [max(1, n // 2) for n in getattr(start, name).hidden] for name in NETWORKS}
    found = []
    for words, config in (
        ("half the steps", lengthened(start, {}, max(1, start.steps // 2))),
        ("networks half as wide", with_changes(start, halves)),
    ):
        if config != start:
            found.append(Offer(words, config, work(config) / work(start)))
    return found


NETWORKS = ("generator", "discriminator")


def label_of(search: Search, key: str) -> str:
    """A change in words."""
    one = search.candidate(key)
    return "the start as it is" if one is None else one.label


def event_words(search: Search, event: Event) -> str:
    """An event in a sentence."""
    label = label_of(search, event.key)
    where = " in the short race" if event.length == "short" else ""
    did = f"{fraction(event.learned, event.runs)} learned{where}, median w1_excess {number(event.excess)}"
    match event.what:
        case "began":
            return "The start is trained."
        case "races":
            return f"Races: {label}."
        case "dropped":
            return f"Dropped: {label}. {_why(search, event)} ({did})."
        case "slower":
            return f"Slower, not failed: {label}. Its curve still falls at the last step ({did})."
        case "aside":
            return f"Set aside: {label}; {event.reason} ({did})."
        case "passed":
            return f"Goes to fresh seeds: {label} ({did})."
        case "confirms":
            return f"Confirmed on {search.rules.fresh} fresh seeds, beside the start and the runner-up: {label}."
        case "confirmed":
            return f"A fix: {label}; {fraction(event.learned, event.runs)} fresh runs learned."
        case "refuted":
            return f"No fix: {label}; {fraction(event.learned, event.runs)} fresh runs learned."


def proof(search: Search, stand: Standing) -> Study | None:
    """The start, the answer and the runner-up on the fresh seeds, as a study; None without an answer to show."""
    answer = stand.answer
    keys = [key for key in (answer.winner, answer.runner_up) if key] if answer is not None else []
    if answer is None or not keys:
        return None
    start = search.start
    arms = [Arm("start", "as it is", {})]
    arms += [Arm(key, label_of(search, key), _changes(start, search.config(key))) for key in keys]
    claim = Claim(f"{label_of(search, keys[0])} makes it learn.", before="start", after=keys[0], metric="learned")
    title = f"What fixes it on {dataset_label(name_of(start.dataset))}"
    return Study(
        f"fix-{search.question.question_id}",
        title,
        "Which change makes the start learn, on seeds that the search for it never saw?",
        start,
        make_variants(start, arms),
        search.rules.fresh,
        claims=(claim,),
    )


def conclusion(search: Search, stand: Standing, stopped: str = "") -> list[str]:
    """The answer in sentences."""
    answer = stand.answer
    if answer is None:
        return [f"Stopped before there was an answer: {stopped}.", *_best_so_far(search, stand)]
    start = rate_of(search, START)
    if answer.verdict == "learns":
        return [
            f"The start already learns: {start.words} fresh runs did.",
            "What is left is to make it faster or smaller, which is not tried yet: "
            + "; ".join(
                f"{offer.words}, {number(offer.cost, 2)} times the arithmetic" for offer in offers(search.start)
            )
            + ".",
        ]
    if answer.verdict == "fix":
        one = search.candidate(answer.winner)
        assert one is not None
        size = {"setting": "one setting", "pair": "two settings", "recipe": "a recipe"}[one.kind]
        lines = [
            f"What fixes it: {one.label} ({size}). Source: {one.source}.",
            f"On {search.rules.fresh} fresh seeds {rate_of(search, answer.winner).words} learned; "
            f"of the start {start.words}.",
        ]
        if answer.runner_up:
            label = label_of(search, answer.runner_up)
            lines.append(f"The runner-up, {label}: {rate_of(search, answer.runner_up).words}.")
        return lines
    return [
        "Nothing that was tried makes it learn: no change is a fix by the rules of the search.",
        *_best_so_far(search, stand),
    ]


def explanation(search: Search, stand: Standing) -> list[str]:
    """What the fix, or the best that there is, does to the diagnosis, from the stored runs; empty without one."""
    answer = stand.answer
    if answer is None or not answer.winner:
        return []
    before, after = search.runs(START), search.runs(answer.winner)
    if not before or not after:
        return []
    return explained(measured(before), measured(after), search.cost(answer.winner))


def plain(search: Search, stand: Standing, stopped: str = "") -> dict[str, Any]:
    """All of it as plain data, for ``--json``."""
    answer = stand.answer
    keys = {"start": START} | ({"winner": answer.winner, "runner_up": answer.runner_up} if answer else {})
    found = {
        role: {
            "label": label_of(search, key),
            "changes": {} if (one := search.candidate(key)) is None else one.changes,
            "source": "" if one is None else one.source,
            "kind": "" if one is None else one.kind,
            "cost": search.cost(key),
            "fresh": asdict(rate_of(search, key)),
        }
        for role, key in keys.items()
        if key or role == "start"
    }
    study = proof(search, stand)
    return finite(
        {
            "fix": search.question.question_id,
            "verdict": answer.verdict if answer else None,
            "stopped": stopped,
            **found,
            "run_steps": spent(search, stand)._asdict(),
            "full_comparison": search.full_comparison(),
            "tried": [asdict(row) for row in rows(search, stand)],
            "sentences": conclusion(search, stand, stopped),
            "explanation": explanation(search, stand),
            "study": None if study is None else study.to_toml(),
        }
    )


def finite(value: Any) -> Any:
    """Plain data with None for what is not finite."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _row(search: Search, stand: Standing, key: str) -> Row:
    one = search.candidate(key)
    assert one is not None
    whole = [trial for trial in stand.known if trial.key == key and trial.length == "whole" and _raced(search, trial)]
    trials = whole or [trial for trial in stand.known if trial.key == key and trial.length == "short"]
    pairs = [
        (stand.known[t].excess, stand.known[s].excess) for t in trials if (s := t._replace(key=START)) in stand.known
    ]
    change = low = high = math.nan
    both = np.array(pairs, np.float64).reshape(-1, 2)
    if len(both) and np.isfinite(both).all():
        found = contrasts((both[:, 0] - both[:, 1])[None])
        change, low, high = (float(values[0]) for values in (found.estimate, found.low, found.high))
    last = next((event for event in reversed(stand.events) if event.key == key and event.what != "confirms"), None)
    ended = "" if last is None or last.what == "races" else _ended(search, last)
    rate = Rate.of(stand.known[trial].learned for trial in trials)
    length = "whole" if whole or not trials else "short"
    return Row(key, one.label, one.kind, one.source, rate, length, change, low, high, search.cost(key), ended)


def _raced(search: Search, trial: Trial) -> bool:
    return trial.seed in search.rules.seeds


def _ended(search: Search, event: Event) -> str:
    words = {"slower": "slower, still falls", "aside": "set aside", "passed": "to fresh seeds", "confirmed": "a fix"}
    if event.what == "dropped":
        return _why(search, event).rstrip(".").lower()
    return words.get(event.what, "no fix on fresh seeds")


def _why(search: Search, event: Event) -> str:
    if event.reason == "target ruled out":
        return f"A success rate of {percent(search.rules.target)} is ruled out."
    if event.reason == "too few":
        return f"Fewer than {search.rules.needed} of {event.runs} learned."
    if event.reason.startswith("worse than "):
        return f"Surely worse than {label_of(search, event.reason.removeprefix('worse than '))}."
    return "None learned and no curve still fell."


def _best_so_far(search: Search, stand: Standing) -> list[str]:
    tried = [row for row in rows(search, stand) if row.rate.runs]
    if stand.answer is not None:
        tried = [row for row in tried if row.key == stand.answer.winner]
    if not tried:
        return []
    best = max(
        tried, key=lambda row: (row.rate.learned / row.rate.runs, row.length == "whole", -_or(row.change, math.inf))
    )
    short = " of half the steps" if best.length == "short" else ""
    far = f", w1_excess {signed(best.change)} against the start" if math.isfinite(best.change) else ""
    return [
        f"The best so far, which is no fix: {best.label}; in the race {fraction(best.rate.learned, best.rate.runs)} "
        f"runs{short} learned{far}."
    ]


def _or(value: float, other: float) -> float:
    return value if math.isfinite(value) else other


def _changes(start: RunConfig, config: RunConfig) -> dict[str, Any]:
    """What differs, as a study's variant sets it; intervals that follow from the steps are left to them."""
    before, after = flatten(start), flatten(config)
    return {
        path: value
        for path, value in after.items()
        if before.get(path) != value and path not in ("seed", "log_every", "snapshot_every")
    }
