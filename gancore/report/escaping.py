"""Text of a study made safe for the file it goes into; whatever a label says, it is read as that text."""

from __future__ import annotations

import re

from gancore.figures.placing import one_line

LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "\u00a0": "~",
    "−": "$-$",
    "–": "--",
    "—": "---",
    "→": r"$\rightarrow$",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "…": r"\ldots{}",
}
"""Character → what LaTeX prints it for. Brackets are wrapped, since after ``\\\\`` they would be an option."""


def latex(text: str) -> str:
    """Text for a LaTeX document."""
    return one_line(text).translate(str.maketrans(LATEX))


def markdown(text: str) -> str:
    """Text for a Markdown table's cell or the inside of a sentence: no markup, no HTML and no new column."""
    plain = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~$])", r"\\\1", plain)


def paragraph(text: str) -> str:
    """Text for a Markdown line of its own, which makes no heading and no list either."""
    return re.sub(r"^(?:([#+=-])|(\d+)([.)]))", r"\2\\\1\3", markdown(text))


def cell(text: str) -> str:
    """Text for a CSV cell that no spreadsheet takes for a formula: an apostrophe goes before what would start one."""
    plain = one_line(text)
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) else plain
