"""Everything of a study in one zip file: every other format, and the study's bundle."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from gancore.analysis import pack_study
from gancore.config import ConfigError
from gancore.report.base import FORMATS, Format, Report, Say, add_format, figures_for
from gancore.studies import study_text
from gancore.studies.commands import is_known

NAME = "zip"
PACKED = (".zip", ".gancore", ".png", ".gif", ".mp4", ".webm", ".pdf")
"""Files that do not get smaller."""


@add_format(
    NAME,
    ".zip",
    label="All formats (zip)",
    help="All formats above, the TensorBoard folder, and the study with its runs as one .gancore file.",
    mime="application/zip",
)
def write_archive(report: Report, path: Path, say: Say) -> None:
    """Write the archive; what cannot be made is left out and named in its README.txt."""
    steps = list(_steps(report))
    lines: list[str] = []
    left_out: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix=".gancore-", dir=path.parent) as folder,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for number, (name, chosen, shown) in enumerate(steps):
            start, made = number / (len(steps) + 1), Path(folder) / "made" / name
            made.parent.mkdir(parents=True, exist_ok=True)
            try:
                chosen.make(shown, made, _within(say, name, start, 1 / (len(steps) + 1)))
            except (ConfigError, OSError) as error:
                left_out.append(f"{name}: {error}")
                continue
            add(archive, made, name)
            lines.append(f"{name}: {chosen.help}")
        say(len(steps) / (len(steps) + 1), "the study's bundle")
        bundle = f"{report.study.name}.gancore"
        try:
            _pack(report, Path(folder) / bundle)
            add(archive, Path(folder) / bundle, bundle)
            lines.append(f"{bundle}: The study with its runs; read it with: gancore runs import {bundle}")
        except ConfigError as error:
            left_out.append(f"{bundle}: {error}")
        archive.writestr("README.txt", _readme(report, lines, left_out))


def _steps(report: Report) -> Iterator[tuple[str, Format, Report]]:
    """Name in the archive, format, and what it shows; an image for each part."""
    name = report.study.name
    for chosen in FORMATS.values():
        if chosen.name == NAME:
            continue
        ending = chosen.endings[0] if chosen.endings else ""
        if chosen.parts:
            for part in figures_for(report.study):
                yield f"images/{name}-{part}{ending}", chosen, report.but(part=part)
        else:
            yield (chosen.name if chosen.folder else f"{name}{ending}"), chosen, report


def _within(say: Say, name: str, start: float, span: float) -> Say:
    """Progress of one file as a part of the whole."""

    def inner(share: float, what: str) -> None:
        say(start + span * min(max(share, 0.0), 1.0), f"{name}, {what}" if what else name)

    inner(0.0, "")
    return inner


def _pack(report: Report, path: Path) -> None:
    """The study, with the seeds of the report, as a bundle. Raises ConfigError where runs are missing."""
    study = report.study
    if report.missing:
        trained = sum(len(runs) for runs in report.runs.values()) - report.missing
        raise ConfigError(
            f"only {trained} of {trained + report.missing} runs are trained, and a bundle has all of them"
        )
    if report.seeds == study.seeds and is_known(study, report.store):
        text = study_text(study.name, report.store)
    else:
        study = replace(study, seeds=report.seeds)
        text = study.to_toml()
    pack_study(report.store, study, text, path, report.with_points)


def add(archive: zipfile.ZipFile, made: Path, name: str) -> None:
    """Put a file into an archive under a name, or a folder with all that is in it."""
    for path in sorted(made.rglob("*")) if made.is_dir() else [made]:
        if path.is_file():
            inside = name if path == made else f"{name}/{path.relative_to(made).as_posix()}"
            packed = zipfile.ZIP_STORED if path.suffix in PACKED else zipfile.ZIP_DEFLATED
            archive.write(path, inside, packed)


def _readme(report: Report, lines: list[str], left_out: list[str]) -> str:
    study = report.study
    trained = sum(run is not None for runs in report.runs.values() for run in runs)
    text = [
        study.title,
        study.question,
        "",
        f"{trained} runs of {report.seeds} seeds; see {study.name}.html first.",
        f"Grids and videos show {report.shown} of each variant.",
        "",
    ]
    text += lines
    if left_out:
        text += ["", "Left out:", *left_out]
    return "\n".join(text) + "\n"
