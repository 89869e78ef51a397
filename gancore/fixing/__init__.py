"""What fixes it: from a configuration that fails to the smallest change that makes it learn, with proof."""

from __future__ import annotations

from gancore.fixing.candidates import Candidate, candidates
from gancore.fixing.drive import Budget, go
from gancore.fixing.plain import plain
from gancore.fixing.proof import proof
from gancore.fixing.question import Question, kept, question, questions, read_question
from gancore.fixing.report import Rate, Row
from gancore.fixing.rules import Rules
from gancore.fixing.search import Search
from gancore.fixing.sentences import conclusion
from gancore.fixing.trials import Answer, Event, Outcome, Standing, Trial

__all__ = [
    "Answer",
    "Budget",
    "Candidate",
    "Event",
    "Outcome",
    "Question",
    "Rate",
    "Row",
    "Rules",
    "Search",
    "Standing",
    "Trial",
    "candidates",
    "conclusion",
    "go",
    "kept",
    "plain",
    "proof",
    "question",
    "questions",
    "read_question",
]
