"""A search in sentences: what happened in its race, and its answer."""

from __future__ import annotations

import math

from gancore.fixing.events import label_of
from gancore.fixing.explain import Measured, explained, measured
from gancore.fixing.forecast import Forecast
from gancore.fixing.question import Question
from gancore.fixing.report import offers, rate_of, rows, worse
from gancore.fixing.search import Search
from gancore.fixing.trials import START, Standing
from gancore.studies.labels import label_of as label_of_config
from gancore.words import about, fraction, number, signed


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
        sets = label_of_config(search.config(answer.winner), [search.start])
        lines = [
            f"What fixes it: {one.label} ({size}). Source: {one.source}.",
            *([f"It sets {sets}."] if one.kind == "recipe" else []),
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


def equal_words(asked: Question) -> str:
    """What every change may use, in words."""
    return "as much arithmetic as the start" if asked.equal == "cost" else "as many steps as the start"


def forecast_words(left: Forecast | None) -> str:
    """How long a search may still take, in a sentence; empty where that is not known."""
    if left is None:
        return ""
    low, high = about(left.low), about(left.high)
    return f"Until an answer: {low}." if low == high else f"Until an answer: {low} to {high.removeprefix('about ')}."


def explanation(search: Search, stand: Standing) -> list[str]:
    """What the fix, or the best that there is, does to the diagnosis, from the stored runs; empty without one."""
    both = before_and_after(search, stand)
    return [] if both is None or stand.answer is None else explained(*both, search.cost(stand.answer.winner))


def before_and_after(search: Search, stand: Standing) -> tuple[Measured, Measured] | None:
    """What is measured of the start and of the fix, or the best that there is; None without one."""
    answer = stand.answer
    if answer is None or not answer.winner:
        return None
    before, after = search.runs(START), search.runs(answer.winner)
    return (measured(before), measured(after)) if before and after else None


def _best_so_far(search: Search, stand: Standing) -> list[str]:
    tried = [row for row in rows(search, stand) if row.rate.runs]
    if stand.answer is not None:
        tried = [row for row in tried if row.key == stand.answer.winner]
    if not tried:
        return []
    best = min(tried, key=worse)
    short = " of half the steps" if best.length == "short" else ""
    far = f", w1_excess {signed(best.change)} against the start" if math.isfinite(best.change) else ""
    fresh = rate_of(search, best.key)
    confirmed = f"; of those on fresh seeds {fresh.words}" if fresh.runs else ""
    which = "so far" if stand.answer is None else "that was tried"
    return [
        f"The best {which}, which is no fix: {best.label}; in the race "
        f"{fraction(best.rate.learned, best.rate.runs)} runs{short} learned{far}{confirmed}."
    ]
