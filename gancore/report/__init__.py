"""What leaves the app: a study as one page to read, as pictures, tables and videos, and as all of it together."""

from __future__ import annotations

# ruff: noqa: F401, I001
# Importing these registers their formats, in the order in which they are offered.
from gancore import plugins
from gancore.report import html, pictures, surfaces, tables, video, tensorboard, scripts, archive
from gancore.report.base import FIGURES, FORMATS, Figure, Format, Report, Say, figures_for, format_of, write_report

__all__ = ["FIGURES", "FORMATS", "Figure", "Format", "Report", "Say", "figures_for", "format_of", "write_report"]

# Formats and figures of plug-ins that had to wait for this package.
plugins.load()
