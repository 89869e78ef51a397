"""What RESULTS.md begins with."""

from __future__ import annotations

from gancore.analysis.answer import shipped_answer
from gancore.report.results import _answered  # pyright: ignore[reportPrivateUsage]


def test_a_smallest_change_that_is_the_best_is_told_once() -> None:
    answer = shipped_answer()
    assert answer and answer.best and answer.smallest and answer.best != answer.smallest
    both, one = (_answered(answer.model_copy(update={"smallest": way})) for way in (answer.smallest, answer.best))
    for way in (answer.smallest, answer.best):
        assert both.count(f" in place of {way.instead}.") == 1
    assert one.count(f" in place of {answer.best.instead}.") == 1
