"""A kind of report."""

from __future__ import annotations

from gancore.report.base import add_format


@add_format("plain", ".txt", label="Plain text", help="The study's title and a line per run.", mime="text/plain")
def plain(report, path, say):
    """Write the file."""
    lines = [report.study.title, *(f"{row.label} {row.seed}" for row in report.table.itertuples())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
