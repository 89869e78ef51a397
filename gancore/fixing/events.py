"""What happened in a search's race, a sentence each."""

from __future__ import annotations

from gancore.fixing.search import Search
from gancore.fixing.trials import Event
from gancore.words import fraction, number, percent


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
            equal = "the start's cost" if search.question.equal == "cost" else "the start's steps"
            return f"Slower, not failed: {label}. Its curve still falls where {equal} end ({did})."
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


def ended_words(search: Search, event: Event) -> str:
    """Where a change left the race, for a table."""
    words = {"slower": "slower, still falls", "aside": "set aside", "passed": "to fresh seeds", "confirmed": "a fix"}
    if event.what == "dropped" and event.reason.startswith("worse than "):
        return _why(search, event).rstrip(".").lower()
    if event.what == "dropped":
        return "too few learned" if event.learned else "none learned"
    return words.get(event.what, "no fix on fresh seeds")


def _why(search: Search, event: Event) -> str:
    if event.reason == "target ruled out":
        return f"A success rate of {percent(search.rules.target)} is ruled out."
    if event.reason == "too few":
        return f"Fewer than {search.rules.needed} of {event.runs} learned."
    if event.reason.startswith("worse than "):
        return f"Surely worse than {label_of(search, event.reason.removeprefix('worse than '))}."
    return "None learned and no curve still fell."
