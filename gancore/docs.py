"""``python -m gancore.docs FOLDER``: the reference of settings and commands, made from the code."""

from __future__ import annotations

import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from gancore.config import Choice, Dataset, RunConfig, describe_type, families_of, flatten
from gancore.datasets.named import NAMED
from gancore.parts import Part, parts_of, roles, since
from gancore.recipes import RECIPES
from gancore.studies.commands import value_text
from gancore.words import tables_text, typed

HEAD = "<!-- made by: python -m gancore.docs docs -->\n\n"
BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


def settings_text() -> str:
    """Every setting, in Markdown: a table per group, and one per member of each family."""
    lines = [
        "# Settings",
        "",
        "Every setting of a run, as `--set PATH=VALUE`, in study files and in links. *Compiled* settings are part of "
        "the program: runs that differ in one train in programs of their own.",
        "",
    ]
    top = [name for name in RunConfig.model_fields if not _part(RunConfig, name)]
    lines += ["## The run", "", *_table(RunConfig, "", top), ""]
    for name, info in RunConfig.model_fields.items():
        part = _part(RunConfig, name)
        if part is None:
            continue
        lines += [f"## `{name}`", "", info.description or "", ""]
        if not issubclass(part, Choice):
            lines += [*_table(part, f"{name}.", list(part.model_fields)), ""]
        else:
            lines += _members(part, name)
        if part is Dataset:
            lines += [*_constants(), ""]
        families = families_of(RunConfig())
        for path, inner in parts_of(RunConfig()):
            if path.startswith(f"{name}."):
                of_kind = _members(families[path], path) if path in families else None
                table = of_kind or [*_table(type(inner), f"{path}.", list(type(inner).model_fields)), ""]
                lines += [f"### `{path}`", "", *table]
    return HEAD + "\n".join(lines).rstrip() + "\n"


def _members(family: type[Choice], path: str) -> Iterator[str]:
    """A section for each member of a family that gancore brings, with its own settings."""
    for kind, member in sorted(family.registry.items()):
        if not member.__module__.startswith("gancore."):
            continue  # a plug-in's, which this installation happens to have
        yield from [f"### `{path}.kind={kind}`", "", *_paragraphs(member), ""]
        own = [field for field in member.model_fields if field != "kind" and _part(member, field) is None]
        yield from [*_table(member, f"{path}.", own), ""] if own else []


def commands_text() -> str:
    """Every command's help, in Markdown."""
    from typer.cli import get_docs_for_click
    from typer.main import get_command

    from gancore.cli import app

    command = get_command(app)
    context = command.context_class(command, info_name="gancore")
    # Typer says that it takes its own context, and what it makes is that of the library below.
    text = get_docs_for_click(
        obj=command,
        ctx=context,  # type: ignore[arg-type]
        name="gancore",
        title="The command line",
    )
    return HEAD + "\n".join(line.rstrip() for line in text.splitlines()).rstrip() + "\n"


def recipes_text() -> str:
    """Every recipe that gancore brings, in Markdown: its sentence, its source, and what it changes of the baseline."""
    lines = [
        "# Recipes",
        "",
        "Settings that belong together, each from a source: `gancore train --recipe NAME`, the selector on the "
        'Training page, `gancore.recipe("NAME")`, and `recipe` as a setting in studies. They stand '
        "for plain settings: a run is the same, and has the same id, as one whose settings are written out. What else "
        "is set comes on top. A recipe's *task* is the distribution and the length of its source; studies have their "
        "own, and `--dataset` and `--steps` take its place. What ends with the recipe's run (schedules, noise that "
        "fades) ends with yours.",
        "",
        "| name | recipe | what it is |",
        "|---|---|---|",
    ]
    mine = [one for name, one in RECIPES.items() if name in RECIPES.shipped]
    lines += [f"| [`{one.name}`](#{one.name}) | {one.label} | {one.sentence} |" for one in mine]
    usual = flatten(RunConfig())
    for one in mine:
        source = f"[{one.source}]({one.address})" if one.address else one.source
        lines += ["", f"## {one.name}", "", f"**{one.label}.** {one.sentence}", "", f"Source: {source}."]
        lines += ["", one.notes] if one.notes else []
        for head, changes in (("setting", one.changes), ("task", one.task_changes)):
            rows = [
                f"| `{path}` | `{value_text(value) or '[]'}` | {_usual(usual, path)} |"
                for path, value in changes.items()
            ]
            lines += ["", f"| {head} | recipe | baseline |", "|---|---|---|", *rows] if rows else []
    return HEAD + "\n".join(lines) + "\n"


def _usual(usual: dict[str, Any], path: str) -> str:
    """What the baseline has of a setting; nothing where it has none."""
    return f"`{value_text(usual[path])}`" if path in usual else ""


def diagnoses_text() -> str:
    """Every diagnosis that gancore brings, in Markdown: what it is told by, its thresholds, and what helps."""
    from gancore.diagnosis import MEASURES, in_order
    from gancore.diagnosis.helping import known

    lines = [
        "# Diagnoses",
        "",
        "Why a GAN does not learn, from what is measured of a run: under *Why?* on the Training page, "
        "`gancore runs diagnose ID`, and `gancore.diagnose(run)`. Where several apply to a run, the first may be what "
        "the others follow from. A run that has learned by the rule of all studies is never called failing.",
        "",
        "The thresholds were chosen on runs that are forced to fail in a known way (three settings of each, seeds 0 "
        "and 1) and on shipped runs that learned; other seeds, and a fourth setting of each, judge them "
        "(`tests/diagnosis/test_labelled_runs.py`).",
        "",
        "| kind | diagnosis | shows | where it learns |",
        "|---|---|---|---|",
    ]
    mine = [one for one in in_order() if type(one).__module__.startswith("gancore.")]
    for one in mine:
        lines.append(f"| [`{one.kind}`](#{one.kind}) | {one.label} | {MEASURES[one.shown].label} | {one.healthy} |")
    for one in mine:
        lines += ["", f"## {one.kind}", "", f"**{one.label}.**", *_paragraphs(type(one)), ""]
        beside = ", ".join(f"`{name}`" for name in one.beside)
        lines += [f"Told by `{one.shown}`{f' beside {beside}' if beside else ''}."]
        fields = type(one).model_fields.items()
        rows = [
            f"| `{name}` | {typed(info.default)} | {' '.join((info.description or '').split())} |"
            for name, info in fields
        ]
        lines += ["", "| threshold | value | what it is, and why |", "|---|---|---|", *rows] if rows else []
        helped = [f"- {help.label}. {help.words}" for help in known() if help.kind == one.kind]
        lines += ["", "What the shipped studies support against it:", "", *helped] if helped else []
    lines += ["", "## Quantities", "", "| name | quantity | unit | what it is |", "|---|---|---|---|"]
    for one in MEASURES.values():
        if one.of.__module__.startswith("gancore."):
            late = " The mean over the last quarter." if one.late else ""
            lines.append(f"| `{one.name}` | {one.label} | {one.unit} | {one.help}{late} |")
    lines += ["", "Data units are the distribution's spread: root mean square distance from its mean."]
    return HEAD + "\n".join(lines) + "\n"


REFERENCES = {
    "settings.md": settings_text,
    "cli.md": commands_text,
    "recipes.md": recipes_text,
    "diagnosis.md": diagnoses_text,
}
"""File → what makes its text."""


def write(folder: Path) -> list[Path]:
    """Write every reference into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in REFERENCES.items():
        (folder / name).write_text(make(), encoding="utf-8")
    return [folder / name for name in REFERENCES]


def _part(part: type[Part], name: str) -> type[Part] | None:
    annotation = part.model_fields[name].annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, Part) else None


def _paragraphs(member: type) -> Iterator[str]:
    for line in (member.__doc__ or "").strip().splitlines():
        yield line.strip().replace("``", "`")


def _table(part: type[Part], prefix: str, names: list[str]) -> Iterator[str]:
    yield "| setting | default | allowed | what it is | compiled |"
    yield "|---|---|---|---|---|"
    for name in names:
        info = part.model_fields[name]
        if _part(part, name) is not None:
            continue
        default = info.get_default(call_default_factory=True, validated_data={})
        mark = since(info)
        words = " ".join((info.description or "").split()) + (f" Since {mark.version}." if mark else "")
        compiled = "yes" if roles(part)[name] is not None and roles(part)[name].value == "static" else ""  # type: ignore[union-attr]
        yield f"| `{prefix}{name}` | `{_shown(default)}` | {_allowed(info)} | {words} | {compiled} |"


def _constants() -> Iterator[str]:
    yield "### Distributions of public code"
    yield ""
    yield "Each name, given as `dataset.kind`, stands for plain settings; how many points a source has is no part."
    yield ""
    yield "| name | what it is | source |"
    yield "|---|---|---|"
    for constant in NAMED.values():
        source = f"[{constant.source}]({constant.address})" if constant.address else constant.source
        definition = constant.definition.replace("|", "\\|")
        yield f"| `{constant.name}` | {definition} | {source} |"


def _shown(value: Any) -> str:
    if isinstance(value, tuple) and all(isinstance(item, Part) for item in value):
        return tables_text([item.model_dump(mode="json") for item in value])
    if isinstance(value, Part):
        return ""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _allowed(info: Any) -> str:
    annotation = info.annotation
    if typing.get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in typing.get_args(annotation))
    limits = [
        f"{sign} {getattr(item, name):,}"
        for item in info.metadata
        for name, sign in BOUNDS.items()
        if getattr(item, name, None) is not None
    ]
    return ", ".join([{"bool": "true or false"}.get(described := describe_type(annotation), described), *limits])


if __name__ == "__main__":
    for written in write(Path(sys.argv[1])):
        print(written)
