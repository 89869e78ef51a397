"""A search as plain data, for ``--json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gancore.fixing.events import label_of
from gancore.fixing.proof import proof
from gancore.fixing.report import rate_of, rows, spent
from gancore.fixing.search import Search
from gancore.fixing.sentences import before_and_after, conclusion, explanation
from gancore.fixing.trials import START, Standing
from gancore.store.codec import plain as finite


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
    study, both = proof(search, stand), before_and_after(search, stand)
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
            "measured": None if both is None else {"start": both[0]._asdict(), "winner": both[1]._asdict()},
            "study": None if study is None else study.to_toml(),
        }
    )
