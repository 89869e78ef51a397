"""Conclusions: what a study's runs say of each claim, in one plain sentence, and which two variants show it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from gancore.analysis.analysis import Analysis
from gancore.analysis.effects import single_views
from gancore.analysis.estimates import MIN_SEEDS
from gancore.analysis.outcomes import better_of
from gancore.analysis.rows import Cell, ClaimRow
from gancore.analysis.verdicts import too_few
from gancore.studies.design import Claim
from gancore.studies.labels import BASELINE
from gancore.studies.study import Study

State = Literal["helps", "harms", "undecided"]
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Conclusion(NamedTuple):
    """What the runs say of a claim."""

    text: str
    """One sentence that agrees with every view of the claim."""
    pair: tuple[str, str]
    """Names of the two arms, without and with the change, that show what the sentence says."""


class Together(NamedTuple):
    """Two cells of a factorial that differ in the claim's change alone, and whose success rates lie apart."""

    without: Cell
    with_it: Cell
    partners: tuple[str, ...]
    """The other factors' changes that both have, in words."""

    @property
    def gain(self) -> bool:
        """Whether more runs learn with the change."""
        return self.with_it.success > self.without.success


def conclusions(study: Study, analysis: Analysis) -> list[Conclusion]:
    """A conclusion for each row of an analysis's claims, in their order.

    The sentence is made of the three views of a factor's level (added alone to the baseline, on average over the other
    factors, added to all of them), each of which helps, harms or is undecided; then of the pair of cells in which the
    change takes the most runs from failing to learning (or the other way), where the two 95% intervals of success do
    not overlap; where there is none, of the factor that changes the effect most, where that interaction's corrected
    interval leaves out zero.
    """
    seen: dict[str, int] = {}
    results: list[Conclusion] = []
    for row in analysis.claims:
        number = seen.get(row.dataset, 0)
        seen[row.dataset] = number + 1
        claim = study.claims[number]
        results.append(
            _about_variants(study, claim, row) if claim.factor is None else _about_a_factor(study, claim, row, analysis)
        )
    return results


def view_words(study: Study) -> dict[str, str]:
    """View of a claim → its name in a table: ``added alone``, ``on average``, ``added to the other three``."""
    return {
        "alone": "added alone",
        "average": "on average",
        "last": f"added to {others(study)}",
        "difference": "difference",
    }


def others(study: Study) -> str:
    """The changes beside a claim's own: ``the other three``."""
    count = sum(len(factor.levels) > 1 for factor in study.factors) - 1
    if count == 1:
        return "the other change"
    return f"the other {number_word(count) if count else 'changes'}"


def number_word(count: int) -> str:
    """A count within a sentence: ``three``, ``12``."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def views_sentence(alone: State | None, average: State | None, last: State | None, rest: str) -> str:
    """What the three views say, without a full stop; None is a view that the study does not have.

    ``rest``: the other changes in words, such as ``the other three``.
    """
    places: dict[str, State | None] = {"alone": alone, "on average": average, f"when added to {rest}": last}
    by_state: dict[State, list[str]] = {}
    for words, state in places.items():
        if state is not None:
            by_state.setdefault(state, []).append(words)
    helps, harms, open_ = (by_state.get(state, []) for state in ("helps", "harms", "undecided"))
    if not helps and not harms:
        return f"It is undecided whether it helps {_listed(open_, 'or')}"
    text = f"It helps {_listed(helps)}" if helps else f"It makes things worse {_listed(harms)}"
    if helps and harms:
        text += f", but {_listed(harms)} it makes things worse"
    return text + (f"; what it does {_listed(open_, 'or')} is undecided" if open_ else "")


def state_of(row: ClaimRow, view: str) -> State | None:
    """Whether a view of a claim says that the change makes the metric better or worse; None where there is no view."""
    shown = row.views.get(view)
    if shown is None or shown.verdict == "undecided":
        return None if shown is None else "undecided"
    as_claimed = shown.verdict == "supported"
    return "helps" if as_claimed == (row.direction == better_of(row.metric)) else "harms"


def _about_a_factor(study: Study, claim: Claim, row: ClaimRow, analysis: Analysis) -> Conclusion:
    views = single_views(study.design, str(claim.factor), claim.level or 0)
    pairs = {
        name: (str(study.arms[pair[0]].name), str(study.arms[pair[1]].name))
        for name, pair in views.items()
        if pair is not None
    }
    usual = next(iter(pairs.values()), (str(study.arms[0].name), str(study.arms[-1].name)))
    if row.n < MIN_SEEDS:
        return Conclusion(_too_few(row.n), usual)
    states: dict[str, State | None] = {name: state_of(row, name) for name in ("alone", "average", "last")}
    if len([factor for factor in study.factors if len(factor.levels) > 1]) == 1:
        return Conclusion(f"{_single(states['average'])}.", usual)
    text = views_sentence(states["alone"], states["average"], states["last"], others(study))
    together = _together(study, claim, row, analysis, states)
    if together is not None:
        helps = "helps" in states.values()
        link = "; " if together.gain == helps else "; yet "
        return Conclusion(
            f"{text}{link}{_place(study, together)}, {_learned(together.with_it)} with it and "
            f"{_share(together.without)} without it.",
            (together.without.variant, together.with_it.variant),
        )
    deciding = next((pairs[name] for name in ("alone", "last") if name in pairs and _agrees(states, name)), usual)
    partner = _partner(study, claim, row, analysis)
    return Conclusion(f"{text}{partner}.", deciding)


def _agrees(states: Mapping[str, State | None], name: str) -> bool:
    """Whether a pair's view says what the average says, so that the pair shows it."""
    return states[name] == states["average"]


def _about_variants(study: Study, claim: Claim, row: ClaimRow) -> Conclusion:
    labels = {str(arm.name): arm.label for arm in study.arms}
    pair = str(claim.before), str(claim.after)
    before, after = (_named(labels[name] or name) for name in pair)
    if row.n < MIN_SEEDS:
        return Conclusion(_too_few(row.n), pair)
    state = state_of(row, "difference")
    if state == "undecided" or state is None:
        return Conclusion(f"It is undecided whether {after} does better or worse than {before}.", pair)
    return Conclusion(_capital(f"{after} does {'better' if state == 'helps' else 'worse'} than {before}."), pair)


def _together(
    study: Study, claim: Claim, row: ClaimRow, analysis: Analysis, states: Mapping[str, State | None]
) -> Together | None:
    """The pair of cells with the clearest gain in success, else with the clearest loss.

    Where several are as good, the one that needs the fewest other changes.
    """
    candidates: list[Together] = []
    for pair in _apart(study, claim, row, analysis):
        # What the sentence says of a view already must not be said the other way round by the same two variants.
        view = _view_of(study, pair)
        if view is None or states[view] in ("undecided", "helps" if pair.gain else "harms"):
            candidates.append(pair)
    return min(candidates, key=_rank, default=None)


def _rank(pair: Together) -> tuple[bool, float, float, int]:
    more, less = (pair.with_it, pair.without) if pair.gain else (pair.without, pair.with_it)
    return not pair.gain, -more.success, less.success, len(pair.partners)


def _apart(study: Study, claim: Claim, row: ClaimRow, analysis: Analysis) -> Iterator[Together]:
    """Pairs of cells on the row's dataset that differ in the claim's change alone, and do not overlap in success."""
    design = study.design
    factor = design.factor(str(claim.factor))
    first, level = factor.levels[0].words, factor.levels[claim.level or 0].words
    base = {other.name: other.levels[0].words for other in design.factors}
    cells = [cell for cell in analysis.cells if cell.dataset == row.dataset and cell.factors]
    for without, with_it in itertools.product(cells, cells):
        if (without.factors.get(factor.name), with_it.factors.get(factor.name)) != (first, level):
            continue
        rest = {name: words for name, words in without.factors.items() if name != factor.name}
        if any(with_it.factors[name] != words for name, words in rest.items()):
            continue
        if not _lie_apart(without, with_it):
            continue
        yield Together(without, with_it, tuple(words for name, words in rest.items() if words != base[name]))


def _lie_apart(one: Cell, other: Cell) -> bool:
    """Whether the intervals of success do not overlap; those of nothing trained, NaN, never do."""
    return one.success_high < other.success_low or other.success_high < one.success_low


def _view_of(study: Study, pair: Together) -> str | None:
    """The view that a pair of cells is, if it is one."""
    if not pair.partners:
        return "alone"
    last = {factor.levels[-1].words for factor in study.factors if len(factor.levels) > 1}
    count = sum(len(factor.levels) > 1 for factor in study.factors) - 1
    return "last" if len(pair.partners) == count and set(pair.partners) <= last else None


def _place(study: Study, pair: Together) -> str:
    view = _view_of(study, pair)
    if view == "alone":
        return "added alone"
    return f"added to {others(study)}" if view == "last" else f"together with {_listed(pair.partners)}"


def _partner(study: Study, claim: Claim, row: ClaimRow, analysis: Analysis) -> str:
    """The other factor's level that changes the effect most, where the interaction is decided; else nothing."""
    if row.metric != analysis.metric:
        return ""  # the analysis has no interactions of this claim's metric
    factor = study.design.factor(str(claim.factor))
    mine = factor.levels[claim.level or 0].words
    sign = -1 if better_of(row.metric) == "lower" else 1
    best: tuple[float, str] | None = None
    for effect in analysis.effects:
        # What a fraction cannot tell apart names no partner.
        if effect.dataset != row.dataset or effect.kind != "interaction" or effect.aliases:
            continue
        one, _, other = effect.label.partition(" together with ")
        if mine not in (one, other) or not (effect.low > 0 or effect.high < 0):
            continue
        words = other if one == mine else one
        names = [f for f in study.factors if f.name != factor.name and words in [v.words for v in f.levels]]
        if len(names) != 1:
            continue
        base, good = names[0].levels[0].words, sign * effect.estimate > 0
        text = f"; its effect is better with {words if good else base} than with {base if good else words}"
        if best is None or abs(effect.estimate) > best[0]:
            best = abs(effect.estimate), text
    return best[1] if best else ""


def _learned(cell: Cell) -> str:
    """``9 of 10 runs learn``, ``1 of 10 runs learns``."""
    return f"{_share(cell)} runs {'learns' if cell.learned == 1 else 'learn'}"


def _share(cell: Cell) -> str:
    return f"{cell.learned} of {cell.n}"


def _single(state: State | None) -> str:
    """Of a study's only factor, whose views are all the same."""
    return {"helps": "It helps", "harms": "It makes things worse"}.get(
        str(state), "It is undecided whether it helps or makes things worse"
    )


def _too_few(seeds: int) -> str:
    if not seeds:
        return "Nothing can be said yet: no seed has every run that this needs."
    return f"Nothing can be said yet: {too_few(seeds)}."


def _named(label: str) -> str:
    return "the baseline" if label == BASELINE else f"“{label}”"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _listed(words: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b, and c``."""
    if len(words) < 3:
        return f" {last} ".join(words)
    return f"{', '.join(words[:-1])}, {last} {words[-1]}"
