"""A study in Markdown: what ran, the verdicts in words, then every variant and effect as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gancore.analysis import Analysis, EffectRow, claim_sentences, judged
from gancore.analysis.outcomes import OVERALL, values_explained
from gancore.metrics import METRICS
from gancore.report.escaping import markdown, paragraph
from gancore.report.options import TableOptions
from gancore.report.variants import Cell, effect_words, in_words, single, variant_cells
from gancore.studies import Study
from gancore.studies.labels import dataset_words
from gancore.words import count, interval, percent, whole

if TYPE_CHECKING:
    import pandas as pd


def markdown_report(
    study: Study,
    found: Mapping[str, Analysis],
    options: TableOptions,
    runs: pd.DataFrame | None = None,
    level: int = 1,
) -> str:
    """A page of text, the verdicts first; whatever a label says, it is read as that text.

    ``found`` has an analysis per metric: first the one that claims and effects are judged by, then those that the table
    of variants shows. ``runs`` (see ``run_table``) is for standard deviations alone. ``level`` is that of the title.
    """
    analysis = next(iter(found.values()))
    title, part = "#" * level, "#" * (level + 1)
    lines = [f"{title} {paragraph(study.title)}", "", paragraph(study.question), ""]
    lines += [*_what_ran(study, analysis), "", *_judged_by(analysis), ""]
    lines += [f"{part} Verdicts", "", *_claims(study, analysis)]
    lines += [f"{part} Variants", "", table(_variants(study, found, options, runs)), "", in_words(options), ""]
    if gaps := [sentence for sentence in values_explained(study, found) if sentence not in analysis.notes]:
        lines += [*(f"- {markdown(sentence)}" for sentence in gaps), ""]
    effects = [_effect(row, analysis) for row in analysis.effects]
    if effects:
        lines += [f"{part} Effects", "", table(effects), ""]
        lines += ["Means over seeds of paired differences; intervals (95%) and p are corrected (Holm).", ""]
    if analysis.notes:
        lines += [f"{part} Notes", "", *(f"- {markdown(note)}" for note in analysis.notes), ""]
    return "\n".join(lines)


def table(rows: Sequence[Mapping[str, Cell | str]]) -> str:
    """Rows of text as a table; the first column to the left, the others to the right."""
    import pandas as pd

    frame = pd.DataFrame([{markdown(key): _cell(value) for key, value in row.items()} for row in rows])
    align = ["left", *["right"] * (frame.shape[1] - 1)]
    return str(frame.to_markdown(index=False, disable_numparse=True, colalign=align))


def _cell(value: Cell | str) -> str:
    if isinstance(value, str) or not value.best:
        return markdown(str(value))
    return f"**{markdown(value.value)}** {markdown(value.beside)}".strip()


def _what_ran(study: Study, analysis: Analysis) -> Iterator[str]:
    kinds = [kind for kind in analysis.datasets if kind != OVERALL] or list(study.datasets)
    arms = study.arms
    cells = sum(arm.levels is not None for arm in arms)
    controls = sum(arm.control for arm in arms)
    varied = [factor for factor in study.factors if len(factor.levels) > 1]
    parts = [f"{cells} cells of {count(len(varied), 'factor')}" if cells else count(len(arms), "variant")]
    parts += [count(controls, "control")] if controls else []
    where = ", ".join("several datasets" if kind == "all" else dataset_words(kind) for kind in kinds)
    runs = len(arms) * len(kinds) * analysis.seeds
    steps = sorted({variant.config.steps for variant in study.variants})
    length = " to ".join(map(whole, sorted({steps[0], steps[-1]})))
    missing = sum(failure.status == "missing" for failure in analysis.failures)
    failed = len(analysis.failures) - missing
    yield (
        f"What ran: {' and '.join(parts)}, {analysis.seeds} seeds each, on {where}; {length} steps per run; "
        f"{runs - missing} of {runs} runs, {failed} of which failed."
    )


def _judged_by(analysis: Analysis) -> Iterator[str]:
    metric, learned = METRICS[analysis.metric], METRICS["learned"].definition
    yield (
        f"Metric: `{metric.key}`. {metric.definition} {metric.better.capitalize()} is better. "
        f"{analysis.seeds} seeds per variant, and the seed is the unit. "
        f"Learned: {learned.removeprefix('1 if ').removesuffix(', else 0.')}."
    )


def _claims(study: Study, analysis: Analysis) -> Iterator[str]:
    """Every claim, and under it what the runs say on each dataset; then the rules that decided."""
    claims, several = judged(study, analysis), len(analysis.datasets) > 1
    if not claims:
        yield from ("The study states no claim to judge; the tables below say how its variants differ.", "")
    for place, text in enumerate(dict.fromkeys(claim.row.text for claim in claims), start=1):
        yield from (f"{place}. {paragraph(text)}", "")
        for claim in (claim for claim in claims if claim.row.text == text):
            where = f"{dataset_words(claim.row.dataset)}: " if several else ""
            said = f"**{claim.row.verdict.capitalize()}.** {claim_sentences(claim, markdown)}"
            yield from (f"   - {where}{said}", "")
    for rule in dict.fromkeys(claim.row.rule for claim in claims):
        yield from (f"Rule: {rule}", "")


def _variants(
    study: Study, found: Mapping[str, Analysis], options: TableOptions, runs: pd.DataFrame | None
) -> list[dict[str, Cell]]:
    """The table of variants and, where no columns were chosen, the judged metric's range over seeds at its end."""
    rows = variant_cells(study, found, options, runs)
    if options.columns:
        return rows
    metric, analysis = next(iter(found.items()))
    ranges = [Cell(interval(cell.min, cell.max)) for cell in single(analysis)]
    return [row | {f"range of {metric}": one} for row, one in zip(rows, ranges, strict=True)]


def _effect(row: EffectRow, analysis: Analysis) -> dict[str, str]:
    """An effect as in every printed table, with what else differs, how often it improves and its seeds."""
    words = effect_words(row, analysis)
    notes = f" — {'; '.join(row.confounds)}" if row.confounds else ""
    return words | {"effect": f"{words['effect']}{notes}", "improves": percent(row.improvement), "seeds": str(row.n)}
