"""A study's numbers: one table for a spreadsheet, everything as JSON, and tables for a paper or a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from gancore.analysis import Analysis, claim_sentences
from gancore.analysis import judged as judge
from gancore.report.base import Report, Say, add_format
from gancore.report.escaping import cell, latex, markdown, paragraph
from gancore.report.options import COUNTS
from gancore.report.values import Row, analyses, report_data, variant_table
from gancore.report.variants import Cell, in_words, variant_cells
from gancore.studies.labels import dataset_words
from gancore.words import chance, interval, signed


@add_format(
    "csv",
    ".csv",
    label="Table (CSV)",
    help="One row per variant: its settings, how many runs learned, and each metric with interval, floor and ceiling.",
    mime="text/csv",
)
def write_csv(report: Report, path: Path, say: Say) -> None:
    """``variant_table`` as UTF-8 text; a cell that a spreadsheet would run as a formula starts with an apostrophe."""
    say(0.1, "analysing the runs")
    table = variant_table(report).map(lambda value: cell(value) if isinstance(value, str) else value)
    table.to_csv(path, index=False, lineterminator="\n")


@add_format(
    "json",
    ".json",
    label="All numbers (JSON)",
    help="The study, its variants, every run with id, versions and metrics, and the whole analysis.",
    mime="application/json",
)
def write_json(report: Report, path: Path, say: Say) -> None:
    """``report_data`` as UTF-8 text; null stands for what is not known or not finite."""
    say(0.1, "analysing the runs")
    text = json.dumps(report_data(report), indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


@add_format(
    "latex",
    ".tex",
    label="Tables (LaTeX)",
    help="Claims, variants and effects as booktabs tables, ready for \\input in a paper.",
    mime="application/x-tex",
)
def write_latex(report: Report, path: Path, say: Say) -> None:
    """Tables for a document that loads booktabs and tabularx; nothing else is needed with LuaLaTeX or XeLaTeX."""
    say(0.1, "analysing the runs")
    study, found = report.study, _analyses(report)
    judged = found[report.metric]
    variants = variant_cells(report, found)
    parts = [
        f"% {study.name}: tables made by gancore. The document needs \\usepackage{{booktabs,tabularx}} and,",
        "% with pdfLaTeX, \\usepackage[T1]{fontenc}; labels in other scripts or with emoji need LuaLaTeX or XeLaTeX.",
    ]
    several = len(judged.datasets) > 1
    wide = ">{\\raggedright\\arraybackslash}X"  # takes the width that the numbers leave
    claims = "l" * several + wide + "llrr"
    changes = "Changes are means over seeds with 95\\% intervals, corrected for their number (Holm)."
    means = latex(in_words(report.options))
    tables = {
        "claims": (f"what was claimed, and what the runs say. {changes}", _claims(judged, several), claims),
        "variants": (f"every variant. {means}", variants, wide + "r" * (len(variants[0]) - 1)),
        "effects": (f"effects. {changes}", _effects(judged, several), f"{wide}rrr"),
    }
    for name, (words, rows, columns) in tables.items():
        if rows:
            label = f"tab:{study.name}-{name}"
            parts += ["", _latex_table(rows, columns, f"{latex(study.title)}: {words}", label)]
    path.write_text("\n".join(parts), encoding="utf-8")


def _latex_table(rows: Sequence[Mapping[str, Cell | str]], columns: str, caption: str, label: str) -> str:
    """Rows as one floating table as wide as the text."""
    import pandas as pd

    frame = pd.DataFrame([{latex(str(key)): _latex_cell(value) for key, value in row.items()} for row in rows])
    size = "scriptsize" if len(frame.columns) > 5 else "footnotesize"
    return (
        frame.style.hide(axis="index")
        .to_latex(hrules=True, column_format=columns, caption=caption, label=label, position="tbp")
        .replace("\\begin{tabular}", f"\\{size}\\setlength{{\\tabcolsep}}{{3pt}}\n\\begin{{tabularx}}{{\\linewidth}}")
        .replace("\\end{tabular}", "\\end{tabularx}")
    )


def _latex_cell(value: Cell | str) -> str:
    """Text, or a value with what it is uncertain by in small letters below it."""
    if isinstance(value, str):
        return latex(value)
    shown = f"\\textbf{{{latex(value.value)}}}" if value.best else latex(value.value)
    if value.beside.startswith("±"):
        return f"{shown} {latex(value.beside)}"
    return f"\\shortstack[r]{{{shown}\\\\{{\\tiny {latex(value.beside)}}}}}" if value.beside else shown


@add_format(
    "markdown",
    ".md",
    label="Tables (Markdown)",
    help="The verdicts, then every variant and effect as tables.",
    mime="text/markdown",
)
def write_markdown(report: Report, path: Path, say: Say) -> None:
    """A page of text, the verdicts first."""
    from gancore.metrics import METRICS

    say(0.1, "analysing the runs")
    study, found = report.study, _analyses(report)
    judged = found[report.metric]
    several = len(judged.datasets) > 1
    metric = METRICS[report.metric]
    lines = [f"# {paragraph(study.title)}", "", paragraph(study.question), "", "## Verdicts", ""]
    claims = judge(study, judged)
    for place, text in enumerate(dict.fromkeys(claim.row.text for claim in claims), start=1):
        lines += [f"{place}. {paragraph(text)}", ""]
        for claim in claims:
            if claim.row.text == text:
                where = f"{dataset_words(claim.row.dataset)}: " if several else ""
                said = claim_sentences(claim, markdown)
                lines += [f"   - {where}**{claim.row.verdict.capitalize()}.** {said}", ""]
    lines += [*(f"Rule: {rule}\n" for rule in dict.fromkeys(claim.row.rule for claim in claims))]
    if not claims:
        lines += ["The study states no claim to judge; the tables below say how its variants differ.", ""]
    lines += [
        f"Judged by `{metric.key}`: {metric.definition} {metric.better.capitalize()} is better. "
        f"{report.seeds} seeds per variant, and the seed is the unit.",
        "",
    ]
    lines += ["## Variants", "", _markdown_table(variant_cells(report, found)), ""]
    lines += [in_words(report.options), ""]
    effects = _effects(judged, several)
    if effects:
        lines += ["## Effects", "", _markdown_table(effects), ""]
        lines += ["Means over seeds of paired differences; intervals (95%) and p are corrected (Holm).", ""]
    if judged.notes:
        lines += ["## Notes", "", *(f"- {markdown(note)}" for note in judged.notes), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def _markdown_table(rows: Sequence[Mapping[str, Cell | str]]) -> str:
    """Rows of text as a table; the first column to the left, the others to the right."""
    import pandas as pd

    frame = pd.DataFrame([{markdown(key): _markdown_cell(value) for key, value in row.items()} for row in rows])
    align = ["left", *["right"] * (frame.shape[1] - 1)]
    return str(frame.to_markdown(index=False, disable_numparse=True, colalign=align))


def _markdown_cell(value: Cell | str) -> str:
    if isinstance(value, str) or not value.best:
        return markdown(str(value))
    return f"**{markdown(value.value)}** {markdown(value.beside)}".strip()


def _analyses(report: Report) -> dict[str, Analysis]:
    """An analysis for the judged metric and for every metric that the table of variants shows."""
    return analyses(report, [name for name in report.options.columns if name not in COUNTS])


def _claims(judged: Analysis, several: bool) -> list[Row]:
    """Every claim with its verdict, as words."""
    return [
        ({"dataset": dataset_words(row.dataset)} if several else {})
        | {
            "claim": row.text,
            "verdict": row.verdict,
            "metric": row.metric,
            "change": signed(row.deciding and row.deciding.estimate),
            "interval": interval(row.deciding and row.deciding.low, row.deciding and row.deciding.high, signed),
        }
        for row in judged.claims
    ]


def _effects(judged: Analysis, several: bool) -> list[Row]:
    """Every effect with its interval, as words."""
    rows: list[Row] = []
    for row in judged.effects:
        same = f" (= {', '.join(row.aliases)})" if row.aliases else ""
        where = f"{dataset_words(row.dataset)}: " if several else ""
        against = " against the baseline" if row.kind == "difference" else ""
        rows.append(
            {
                "effect": f"{where}{row.label}{against}{same}",
                f"change in {judged.metric}": signed(row.estimate),
                "interval": interval(row.low, row.high, signed),
                "p (Holm)": chance(row.p_holm),
            }
        )
    return rows
