"""Study files: TOML → Study, validated whole before anything trains."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import gancore.datasets
import gancore.training.losses  # noqa: F401  (both register the kinds that a study may name)
from gancore.config import ConfigError, parse_config
from gancore.studies.study import MAX_SEEDS, MAX_VARIANTS, Study, make_variants, refuse_seed

MAX_BYTES = 64 * 1024
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,63}$")]
Words = Annotated[str, Field(min_length=1, max_length=120)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class VariantTable(_Table):
    """``[[variant]]``: a name, perhaps a label of its own, and what it sets on top of the base."""

    name: Name
    label: Words | None = None
    set: dict[str, Any] = {}


class FactorTable(_Table):
    """``[factors.NAME]``: a setting and its levels; the first is the baseline's."""

    path: str
    levels: Annotated[list[Any], Field(min_length=1, max_length=MAX_VARIANTS)]


class StudyTable(_Table):
    """A whole study file."""

    name: Name
    title: Words
    question: Annotated[str, Field(min_length=1, max_length=1000)]
    seeds: Annotated[int, Field(ge=1, le=MAX_SEEDS)] = 4
    base: dict[str, Any] = {}
    variant: Annotated[list[VariantTable], Field(max_length=MAX_VARIANTS)] = []
    factors: dict[Name, FactorTable] = {}


def shipped_studies() -> list[str]:
    """Names of the studies that come with gancore, sorted."""
    return sorted(name.removesuffix(".toml") for name in _library() if name.endswith(".toml"))


def load_study(name_or_path: str | Path) -> Study:
    """A shipped study by name, or one from a ``.toml`` file. Raises ConfigError."""
    return parse_study(study_text(name_or_path), str(name_or_path))


def study_text(name_or_path: str | Path) -> str:
    """The text of a shipped study, or of a ``.toml`` file. Raises ConfigError."""
    source = str(name_or_path)
    if NAME.fullmatch(source) and not isinstance(name_or_path, Path):
        library = _library()
        if f"{source}.toml" not in library:
            raise ConfigError(
                f"study: {source!r} is not a study; use one of {', '.join(shipped_studies())}, or a .toml file"
            )
        return library[f"{source}.toml"].read_text(encoding="utf-8")
    if not source.endswith(".toml"):
        known = ", ".join(shipped_studies())
        raise ConfigError(f"study: {source[:80]!r} is not allowed; use one of {known}, or the path of a .toml file")
    try:
        with Path(source).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return _limited(data, source).decode()
    except OSError as error:
        raise ConfigError(f"study: {source!r} cannot be read ({error.strerror or error})") from None
    except (UnicodeDecodeError, ValueError) as error:
        raise error if isinstance(error, ConfigError) else ConfigError(f"{source}: it is not UTF-8 text") from None


def parse_study(text: str, source: str = "study") -> Study:
    """A study from TOML text; ``source`` names it in errors. Raises ConfigError."""
    _limited(text.encode("utf-8", "replace"), source)
    try:
        table = StudyTable.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: it is not valid TOML; {error}") from None
    except RecursionError:
        raise ConfigError(f"{source}: its tables are nested too deeply") from None
    except ValidationError as error:
        raise ConfigError(f"{source}: {_sentence(error)}") from None
    except ValueError:  # what int() raises inside tomllib
        raise ConfigError(f"{source}: it is not valid TOML; a number has thousands of digits") from None
    try:
        refuse_seed(table.base, "base")
        base = parse_config(table.base)
    except ConfigError as error:
        raise ConfigError(f"{source}: base: {error}") from None
    try:
        if table.variant and table.factors:
            raise ConfigError("factors: a study has either [[variant]] or [factors], not both")
        named = _product(table.factors) if table.factors else [(v.name, v.label, _dotted(v.set)) for v in table.variant]
        variants = make_variants(base, named or [("baseline", None, {})])
    except ConfigError as error:
        raise ConfigError(f"{source}: {error}") from None
    return Study(table.name, table.title, table.question, base, variants, table.seeds)


def _product(factors: Mapping[str, FactorTable]) -> list[tuple[None, None, dict[str, Any]]]:
    """Every combination of levels as changes; the first is all factors' first levels."""
    paths: dict[str, str] = {}
    for name, factor in factors.items():
        other = paths.setdefault(factor.path, name)
        if other != name:
            raise ConfigError(f"factors.{name}.path: {factor.path!r} is also set by factors.{other}; use another")
    count = 1
    for factor in factors.values():
        count *= len(factor.levels)
    if count > MAX_VARIANTS:
        raise ConfigError(f"factors: their product has {count:,} variants; at most {MAX_VARIANTS} are allowed")
    levels = itertools.product(*(factor.levels for factor in factors.values()))
    return [(None, None, dict(zip(paths, combination, strict=True))) for combination in levels]


def _dotted(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted paths, so that ``generator.hidden`` may be written with or without quotes."""
    changes: dict[str, Any] = {}
    for name, value in table.items():
        changes |= _dotted(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {prefix + name: value}
    return changes


def _library() -> dict[str, Any]:
    """File name → shipped study file."""
    return {entry.name: entry for entry in (resources.files("gancore.studies") / "library").iterdir()}


def _limited(data: bytes, source: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{source}: a study has at most {MAX_BYTES // 1024} KB")
    return data


def _sentence(error: ValidationError) -> str:
    """First problem of a study file as 'field: value is not allowed; what is'."""
    # A misspelt key also leaves one missing; the misspelling is what helps.
    problem = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in problem["loc"] if part != "[key]")
    value = repr(problem["input"])[:80]
    if problem["type"] == "extra_forbidden":
        tables: dict[str, type[_Table]] = {"variant": VariantTable, "factors": FactorTable}
        known = tables.get(str(problem["loc"][0]), StudyTable) if len(problem["loc"]) > 1 else StudyTable
        return f"{where}: there is no such key; use one of {', '.join(known.model_fields)}"
    if problem["type"] == "missing":
        return f"{where}: it is missing; it must be given"
    if problem["type"] == "string_pattern_mismatch":
        return f"{where}: {value} is not allowed; use a-z, 0-9 and '-', at most 64 characters"
    message = problem["msg"].replace("Input should", "it must").replace("should", "must")
    return f"{where}: {value} is not allowed; {message[0].lower()}{message[1:]}"
