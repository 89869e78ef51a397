"""What a report is made of, and the kinds of file that it can become."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gancore import plugins
from gancore.analysis import PICKS, Analysis, analysis_of, curves, pick_seed, run_table, runs_of
from gancore.config import ConfigError, quoted
from gancore.figures.reals import Reals
from gancore.report.folders import check_replaceable, mark, put
from gancore.report.options import TableOptions
from gancore.store import Store, StoredRun
from gancore.studies import Study

if TYPE_CHECKING:
    import pandas as pd

Say = Callable[[float, str], None]
"""Takes the share that is done, 0 to 1, and what is being made."""


@dataclass(frozen=True, eq=False)
class Report:
    """A study as it stands in a store, read once however many files are made of it."""

    store: Store
    study: Study
    seeds: int
    """The first so many seeds."""
    metric: str = "w1_excess"
    """What effects are judged by."""
    pick: str = "median"
    """The seed that stands for a variant: median, best, worst, or its number."""
    part: str = "grid"
    """What an image shows, one of FIGURES."""
    options: TableOptions = TableOptions()
    """What the printed tables of variants show."""
    vector: bool = False
    """Whether an image is made of shapes, each of which takes its bytes, rather than of dots: it has fewer points."""
    with_points: bool = False
    """Whether points of one's own are part of it."""

    @cached_property
    def runs(self) -> dict[str, list[StoredRun | None]]:
        """Variant name → its runs in order of seed, None where one is missing."""
        return runs_of(self.store, self.study, self.seeds)

    @cached_property
    def picked(self) -> dict[str, StoredRun | None]:
        """Variant name → the run that stands for it."""
        return {name: pick_seed(runs, self.pick) for name, runs in self.runs.items()}

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per run (see ``gancore.analysis.run_table``)."""
        return run_table(self.store, self.study, self.seeds)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """A row per variant, seed and step (see ``gancore.analysis.curves``)."""
        return curves(self.store, self.study, self.seeds)

    @cached_property
    def analysis(self) -> Analysis:
        """Cells, effects and claims by the metric that effects are judged by."""
        return analysis_of(self.study, self.table, self.metric)

    @cached_property
    def reals(self) -> dict[str, Reals]:
        """Variant name → its real points, as far as they may be drawn."""
        return {one.name: Reals.of(one.config.dataset, self.with_points) for one in self.study.variants}  # type: ignore[attr-defined]

    def but(self, **changes: Any) -> Report:
        """The same report with another part, or of shapes; what it has read already is not read again."""
        other = replace(self, **changes)
        vars(other).update({name: value for name, value in vars(self).items() if name not in _FIELDS})
        return other

    @property
    def missing(self) -> int:
        """Runs that are not trained."""
        return sum(run is None for runs in self.runs.values() for run in runs)

    @property
    def shown(self) -> str:
        """Whose points a picture or video shows: the median of 10 seeds, or seed 3."""
        return f"the {self.pick} of {self.seeds} seeds" if self.pick in PICKS else f"seed {self.pick}"

    @property
    def gaps(self) -> str:
        """A sentence on what is not trained, to follow others, or nothing."""
        total = sum(map(len, self.runs.values()))
        return f" {self.missing} of {total} runs are not trained." if self.missing else ""


_FIELDS = {field.name for field in fields(Report)}


@dataclass(frozen=True)
class Format:
    """A kind of file."""

    name: str
    """What ``--format`` calls it."""
    endings: tuple[str, ...]
    """File endings that choose it; empty for a folder."""
    label: str
    """What a button calls it."""
    help: str
    """One sentence: what is inside."""
    write: Callable[[Report, Path, Say], None]
    """Writes the file (or fills the folder, which exists and is empty)."""
    mime: str = "application/octet-stream"
    parts: bool = False
    """Whether it shows one of FIGURES."""

    @property
    def folder(self) -> bool:
        """Whether it is a folder rather than a file."""
        return not self.endings

    def make(self, report: Report, path: Path, say: Say) -> None:
        """Write the file, or make the folder, fill it and mark it as an export."""
        if self.folder:
            path.mkdir()
        with plugins.named(self.write, f"the format {self.name!r}"):
            self.write(report, path, say)
        if self.folder:
            mark(path, self.name, report.study.name)


@dataclass(frozen=True)
class Figure:
    """What an image can show of a study."""

    name: str
    """What ``--part`` calls it."""
    label: str
    """What a button calls it."""
    help: str
    """One sentence: what is in it."""
    draw: Callable[[Report], Any]
    """Gives an Altair chart, or a Vega-Lite specification as a dict; ConfigError where there is nothing to draw."""
    suits: Callable[[Study], bool]
    """Whether it can say anything of a study, whatever its runs; others are not offered it."""


FIGURES: dict[str, Figure] = {}
"""Name → figure, in the order in which they are offered."""


def figures_for(study: Study) -> list[str]:
    """Names of the figures that suit a study."""
    return [name for name, figure in FIGURES.items() if figure.suits(study)]


def add_figure(
    name: str, label: str, help: str, suits: Callable[[Study], bool] = lambda study: True
) -> Callable[[Callable[[Report], Any]], Callable[[Report], Any]]:
    """Decorates the function that draws a figure of a Report; a name may be used once."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):  # it becomes part of a file's name
        raise ValueError(f"{name!r} is not a figure's name; use small letters, digits and hyphens")

    def add(draw: Callable[[Report], Any]) -> Callable[[Report], Any]:
        if name in FIGURES:
            raise ValueError(f"{name!r} is the name of another figure, of {FIGURES[name].draw.__module__}")
        FIGURES[name] = Figure(name, label, help, draw, suits)
        return draw

    return add


FORMATS: dict[str, Format] = {}
"""Name → format, in the order in which they are offered."""


def add_format(
    name: str, *endings: str, label: str, help: str, mime: str = "application/octet-stream", parts: bool = False
) -> Callable[[Callable[[Report, Path, Say], None]], Callable[[Report, Path, Say], None]]:
    """Decorates the function that writes a format; a name or an ending may be used once."""

    def add(write: Callable[[Report, Path, Say], None]) -> Callable[[Report, Path, Say], None]:
        taken = {name, *endings} & ({*FORMATS} | {ending for known in FORMATS.values() for ending in known.endings})
        if taken:
            raise ValueError(f"{sorted(taken)[0]!r} is the name or ending of another format")
        FORMATS[name] = Format(name, endings, label, help, write, mime, parts)
        return write

    return add


def format_of(path: Path, name: str | None = None) -> Format:
    """The format called ``name``, or the one that a file's ending chooses. Raises ConfigError."""
    if name is not None:
        if name not in FORMATS:
            raise ConfigError(f"--format: {quoted(name)} is not a format; use one of {', '.join(FORMATS)}")
        return FORMATS[name]
    for known in FORMATS.values():
        if path.name.lower().endswith(known.endings or ("/",)):
            return known
    endings = ", ".join(ending for known in FORMATS.values() for ending in known.endings)
    raise ConfigError(f"--out: the ending of {quoted(path.name)} is unknown; use {endings}, or name a --format")


def write_report(report: Report, path: Path, chosen: Format, say: Say = lambda share, what: None) -> None:
    """Write a report to ``path`` whole or not at all: a failure leaves what was there before.

    Raises ConfigError where there is nothing to show or the place cannot be written.
    """
    if all(run is None for runs in report.runs.values() for run in runs):
        raise ConfigError(
            f"study: nothing of {report.study.name} is stored yet; train it with: gancore study run {report.study.name}"
        )
    if chosen.folder:
        path = path.resolve()  # the folder itself is replaced, not a link to it
        check_replaceable(path, chosen.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".gancore-", dir=path.parent) as aside:
            made = Path(aside) / path.name
            chosen.make(report, made, say)
            if chosen.folder:
                put(made, path, Path(aside) / "before")
            else:
                os.replace(made, path)
    except OSError as error:
        raise ConfigError(f"--out: {quoted(str(path))} cannot be written ({error.strerror or error})") from None
    say(1.0, "done")
