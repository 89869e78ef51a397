"""A study's numbers: one table for a spreadsheet, everything as JSON, and tables for a paper or a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from gancore.analysis import Analysis
from gancore.analysis.outcomes import values_explained
from gancore.report.base import Report, Say, add_format
from gancore.report.escaping import cell, latex
from gancore.report.markdown import markdown_report
from gancore.report.options import COUNTS
from gancore.report.values import Row, analyses, report_data, variant_table
from gancore.report.variants import Cell, effect_words, in_words, variant_cells
from gancore.studies.labels import dataset_words
from gancore.words import interval, signed


@add_format(
    "csv",
    ".csv",
    label="Table (CSV)",
    help="A row per variant: its settings, how many runs learned, metrics with interval, reference, collapsed value.",
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
    variants = variant_cells(study, found, report.options, report.table)
    parts = [
        f"% {study.name}: tables made by gancore. The document needs \\usepackage{{booktabs,tabularx}} and,",
        "% with pdfLaTeX, \\usepackage[T1]{fontenc}; labels in other scripts or with emoji need LuaLaTeX or XeLaTeX.",
    ]
    several = len(judged.datasets) > 1
    wide = ">{\\raggedright\\arraybackslash}X"  # takes the width that the numbers leave
    claims = "l" * several + wide + "llrr"
    changes = "Changes are means over seeds with 95\\% intervals, corrected for their number (Holm)."
    means = latex(" ".join([in_words(report.options), *values_explained(study, found)]))
    tables = {
        "claims": (f"what was claimed, and what the runs say. {changes}", _claims(judged, several), claims),
        "variants": (f"every variant. {means}", variants, wide + "r" * (len(variants[0]) - 1)),
        "effects": (f"effects. {changes}", [effect_words(row, judged) for row in judged.effects], f"{wide}rrr"),
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
    return f"\\shortstack[r]{{{shown}\\\\ \\tiny {latex(value.beside)}}}" if value.beside else shown


@add_format(
    "markdown",
    ".md",
    label="Tables (Markdown)",
    help="The verdicts, then every variant and effect as tables.",
    mime="text/markdown",
)
def write_markdown(report: Report, path: Path, say: Say) -> None:
    """A page of text, the verdicts first."""
    say(0.1, "analysing the runs")
    path.write_text(markdown_report(report.study, _analyses(report), report.options, report.table), encoding="utf-8")


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
