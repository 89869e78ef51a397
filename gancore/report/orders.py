"""Orders for the report queue: what is to be made of a study, and of which of its stored runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from gancore.analysis import PICKS
from gancore.figures.reals import OPTION
from gancore.report.base import Format
from gancore.store import Store
from gancore.studies import Study
from gancore.studies.contents import contents_of


@dataclass(frozen=True)
class Order:
    """What is to be made, and of what."""

    study_text: str
    """The study as TOML."""
    name: str
    """The file or folder to make; it is made of a study's name and an ending, and of nothing that a person typed."""
    arguments: tuple[str, ...]
    """Options of ``gancore report``."""
    contents: str
    """Changes when the stored runs do."""
    mime: str = "application/octet-stream"

    @property
    def key(self) -> str:
        """The same for orders that would make the same."""
        parts = [self.study_text, self.name, self.arguments, self.contents]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def order_of(
    store: Store,
    study: Study,
    seeds: int,
    metric: str,
    pick: str,
    chosen: Format,
    part: str | None = None,
    with_points: bool = False,
) -> Order:
    """What is asked for: the study, the options, and what is stored of it now."""
    shown = pick if pick in PICKS or (pick.isascii() and pick.isdigit()) else "median"
    arguments = ["--format", chosen.name, "--metric", metric, "--seeds", str(seeds), "--pick", shown]
    arguments += ["--part", part] if chosen.parts and part else []
    arguments += [OPTION] if with_points else []
    contents, _ = contents_of(store, study, seeds)
    return Order(
        study.to_toml(),
        file_name(study, chosen, part),
        (*arguments, "--store", str(store.root)),
        contents,
        "application/zip" if chosen.folder else chosen.mime,
    )


def file_name(study: Study, chosen: Format, part: str | None) -> str:
    """``four-fixes-effects.svg``: a study's name is made of letters, digits and hyphens."""
    if chosen.folder:
        return f"{study.name}-{chosen.name}"
    return f"{study.name}{f'-{part}' if chosen.parts and part else ''}{chosen.endings[0]}"
