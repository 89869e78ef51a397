"""The proof of an answer: the start, the change and the runner-up on fresh seeds, as an ordinary study."""

from __future__ import annotations

from typing import Any

from gancore.config import RunConfig, flatten
from gancore.datasets.named import name_of
from gancore.fixing.events import label_of
from gancore.fixing.search import Search
from gancore.fixing.trials import Standing
from gancore.studies import Claim, Study
from gancore.studies.labels import dataset_label
from gancore.studies.variants import Arm, make_variants


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


def _changes(start: RunConfig, config: RunConfig) -> dict[str, Any]:
    """What differs, as a study's variant sets it; intervals that follow from the steps are left to them."""
    before, after = flatten(start), flatten(config)
    return {
        path: value
        for path, value in after.items()
        if before.get(path) != value and path not in ("seed", "log_every", "snapshot_every")
    }
