"""How long a search may still take: its race is played on with made-up outcomes, and what it asks for is counted."""

from __future__ import annotations

import math
from typing import NamedTuple

from gancore import jobs
from gancore.fixing.race import standing
from gancore.fixing.search import Search
from gancore.fixing.trials import Outcome, Standing, Trial

LEARNS, FAILS = Outcome(True, 0.0), Outcome(False, math.inf)


class Forecast(NamedTuple):
    """Seconds of training until there is an answer, in two cases that lie apart."""

    low: float
    high: float


def forecast(search: Search, stand: Standing, workers: int | None = None) -> Forecast | None:
    """What is left where no change that is still to be trained learns, and where each does that has not failed so far.

    None with an answer, and where nothing can be trained. A search whose finalists fail on fresh seeds takes longer.
    """
    if stand.answer is not None:
        return None
    imagined = Search(search.store, search.question)  # pairs that are only imagined are none of the search's
    seconds = [jobs.estimate(search.store, imagined.configs(left), workers) for left in ahead(imagined)]
    known = [one for one in seconds if one is not None]
    return Forecast(min(known), max(known)) if known else None


def ahead(search: Search) -> list[list[Trial]]:
    """The runs that are left in each of the two cases."""
    return [_left(search, False), _left(search, True)]


def _left(search: Search, learn: bool) -> list[Trial]:
    asked: list[Trial] = []
    failed: set[str] = set()

    def outcome(trial: Trial) -> Outcome:
        real = search.outcome(trial)
        if real is not None:
            if not real.learned:
                failed.add(trial.key)
            return real
        asked.append(trial)
        return LEARNS if learn and trial.key and trial.key not in failed else FAILS

    standing(search.entrants, search.pairing, search.rules, outcome)
    return list(dict.fromkeys(asked))
