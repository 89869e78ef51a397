"""Every problem of a draft, a sentence each: field, value and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from gancore.config import ConfigError, RunConfig, parse_config, quoted, with_changes
from gancore.recipes import KEY, expanded
from gancore.studies.drafts.cells import changes_of, pieces
from gancore.studies.drafts.rows import Draft
from gancore.studies.drafts.text import base_of, claim_of, head_of, levels_of_row, settings_of, text_of
from gancore.studies.files import parse_study, read_study
from gancore.studies.study import Study
from gancore.studies.tables import ClaimTable, StudyTable, Table, VariantTable, error_of

HEAD = {"name": "a", "title": "a", "question": "a"}
"""The least that a study file says, for checking one of its fields."""


def study_of(draft: Draft) -> Study:
    """The study of a draft; raises ConfigError with its first problem."""
    for problem in problems(draft):
        raise ConfigError(problem)
    return parse_study(text_of(draft), "design")


def problems(draft: Draft) -> list[str]:
    """Every problem of a draft; none for a draft that is a study.

    First what is wrong with a field by itself; where nothing is, what is wrong between fields, as a study file says it.
    """
    found: list[str | ConfigError] = [
        *_head(draft),
        *_base(draft),
        *_factors(draft),
        *_variants(draft),
        *_claims(draft),
    ]
    if not found:
        bare = replace(draft, factors=(), generators="", variants=(), claims=())
        parts = [bare, *(replace(bare, factors=(row,)) for row in draft.factors), replace(draft, claims=())]
        found = [error for part in parts if (error := _parsed(part))]
    if not found:
        for number, row in enumerate(draft.claims, start=1):
            error = _parsed(replace(draft, claims=(row,)))
            if error and error.path.startswith("claim.1."):
                error = ConfigError.of(f"claim.{number}.{error.path.removeprefix('claim.1.')}", error.reason)
            found += [error] if error else []
    if not found:
        found = [error for error in [_parsed(draft)] if error]
    return list(dict.fromkeys(map(str, found)))


def _parsed(draft: Draft) -> ConfigError | None:
    """The first problem of a draft as a study file, if it has one."""
    try:
        read_study(text_of(draft))
    except ConfigError as error:
        return error
    return None


def _head(draft: Draft) -> Iterator[str]:
    for key, value in head_of(draft).items():
        yield from _refused(StudyTable, HEAD | {key: value})
    if draft.unit:
        yield from _refused(StudyTable, HEAD | {"budget": {draft.unit: draft.amount}})
    try:
        pieces(draft.generators, ";")
    except ConfigError as error:
        yield f"generators: {error}"


def _base(draft: Draft) -> Iterator[str]:
    paths = [row.path.strip() for row in draft.base]
    for path, row in zip(paths, draft.base, strict=True):
        if not path:
            yield f"base: {quoted(row.value)} has no setting; name one, or empty the row"
        elif path == "seed":
            yield f"base.seed: {quoted(row.value)} is not allowed; a study trains every variant with seeds 0, 1, …"
        elif paths.count(path) > 1:
            yield f"base.{path}: it is there {paths.count(path)} times; set it once"
    yield from _wrong(parse_config({}), {path: v for path, v in settings_of(draft).items() if path}, "base")


def _factors(draft: Draft) -> Iterator[str]:
    base, names = base_of(draft), [row.name.strip() for row in draft.factors]
    for number, (name, row) in enumerate(zip(names, draft.factors, strict=True), start=1):
        where = f"factors.{name[:80] or number}"
        if names.count(name) > 1:
            yield f"{where}: there are {names.count(name)} factors of this name; use other names"
        yield from _refused(StudyTable, HEAD | {"factors": {name: {"levels": [1]}}})
        if not row.path.strip() and "=" not in row.levels:
            yield f"{where}.path: it is missing; name the setting that varies, such as batch_size"
            continue
        try:
            levels, labels = levels_of_row(row), pieces(row.labels, ";")
        except ConfigError as error:
            yield f"{where}.levels: {error}"
            continue
        if len(levels) < 2:
            yield f"{where}.levels: {quoted(row.levels)} is not allowed; give at least 2 levels, such as 32; 256"
        if labels and len(labels) != len(levels):
            yield f"{where}.labels: {len(labels)} for {len(levels)} levels; give one for each, or none"
        for place, (changes, _) in enumerate(levels, start=1):
            yield from _wrong(base, changes, f"{where}.levels.{place}")


def _variants(draft: Draft) -> Iterator[str]:
    base, kind = base_of(draft), "control" if draft.factors else "variant"
    for number, row in enumerate(draft.variants, start=1):
        label = {"label": row.label.strip()} if row.label.strip() else {}
        yield from _refused(VariantTable, {"name": row.name.strip()} | label, f"{kind}.{number}.")
        try:
            yield from _wrong(base, changes_of(row.changes, ";"), f"{kind}.{number}.set")
        except ConfigError as error:
            yield f"{kind}.{number}.set: {error}"


def _claims(draft: Draft) -> Iterator[str]:
    for number, claim in enumerate(draft.claims, start=1):
        try:
            yield from _refused(ClaimTable, claim_of(draft, claim), f"claim.{number}.")
        except ConfigError:
            continue  # a factor's labels cannot be read, which has been said


def _refused(table: type[Table], content: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """What a table of a study file says of its content."""
    try:
        table.model_validate(content)
    except ValidationError as error:
        yield str(error_of(error, where))


def _wrong(base: RunConfig, changes: Mapping[str, str], where: str) -> Iterator[str]:
    """A sentence for each change that is not allowed; for changes that are only wrong together, one."""
    try:
        changes = expanded(changes, base.steps)
        with_changes(base, changes)
        return
    except ConfigError as error:
        together = error
        if error.path == KEY:  # an unknown recipe: what its settings are nobody knows
            yield str(error.within(where))
            return
    found: list[ConfigError] = []
    for path, value in changes.items():
        kinds = {p: v for p, v in changes.items() if p.endswith("kind") and p != path}
        try:
            with_changes(base, kinds | {path: value})
        except ConfigError as error:
            if error.path.split(".")[0] == path.split(".")[0]:
                found.append(error)
    yield from dict.fromkeys(str(error.within(where)) for error in found or [together])
