"""The tables of a study file: what TOML may say, and its problems in one sentence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gancore.config import ConfigError, shortened
from gancore.config.plain import dotted
from gancore.recipes import expanded
from gancore.studies.design import MAX_SEEDS, MAX_VARIANTS, Level
from gancore.studies.labels import recipe_words
from gancore.studies.writing import LONGEST_LABEL

Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,63}$")]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL)]
Amount = Annotated[int, Field(ge=1, le=10**12)]


class Table(BaseModel):
    """A table that refuses unknown keys and values of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class VariantTable(Table):
    """``[[variant]]`` or ``[[control]]``: a name, perhaps a label of its own, and what it sets on top of the base."""

    name: Name
    label: Words | None = None
    set: dict[str, Any] = {}


class FactorTable(Table):
    """``[factors.NAME]``: a setting and its levels; the first is the baseline's.

    A level is the path's value, ``{value, label}``, or ``{set, label}`` where it sets several paths at once.
    """

    path: str | None = None
    levels: Annotated[list[Any], Field(min_length=1, max_length=MAX_VARIANTS)]
    labels: Annotated[list[Words], Field(max_length=MAX_VARIANTS)] = []


class BudgetTable(Table):
    """``[budget]``: the steps of every variant, or the real samples that its discriminator sees."""

    steps: Amount | None = None
    samples: Amount | None = None


class ClaimTable(Table):
    """``[[claim]]``: a sentence about a factor's level, or about two variants."""

    text: Annotated[str, Field(min_length=1, max_length=300)]
    factor: Words | None = None
    level: Any = None
    before: Words | None = Field(default=None, alias="from")
    after: Words | None = Field(default=None, alias="to")
    metric: Words | None = None
    direction: Literal["better", "lower", "higher"] = "better"


class StudyTable(Table):
    """A whole study file."""

    name: Name
    title: Words
    question: Annotated[str, Field(min_length=1, max_length=1000)]
    seeds: Annotated[int, Field(ge=1, le=MAX_SEEDS)] = 4
    datasets: Annotated[list[str], Field(max_length=16)] = []
    budget: BudgetTable | None = None
    base: dict[str, Any] = {}
    variant: Annotated[list[VariantTable], Field(max_length=MAX_VARIANTS)] = []
    factors: dict[Name, FactorTable] = {}
    design: Literal["full", "half"] = "full"
    generators: Annotated[list[str], Field(max_length=8)] = []
    control: Annotated[list[VariantTable], Field(max_length=MAX_VARIANTS)] = []
    claim: Annotated[list[ClaimTable], Field(max_length=MAX_VARIANTS)] = []


TABLES: dict[str, type[Table]] = {
    "variant": VariantTable,
    "control": VariantTable,
    "factors": FactorTable,
    "budget": BudgetTable,
    "claim": ClaimTable,
}


def levels_of(name: str, table: FactorTable, steps: int | None = None) -> tuple[Level, ...]:
    """A factor's levels; what ends with a recipe's run ends at ``steps``. Raises ConfigError."""
    if table.labels and len(table.labels) != len(table.levels):
        raise ConfigError.of(
            f"factors.{name}.labels", f"{len(table.labels)} for {len(table.levels)} levels; give one for each"
        )
    levels: list[Level] = []
    for number, item in enumerate(table.levels, start=1):
        where = f"factors.{name}.levels.{number}"
        own = table.labels[number - 1] if table.labels else None
        spelled = isinstance(item, dict) and ("set" in item or "value" in item)
        if spelled:
            odd = sorted(set(item) - {"set", "value", "label"})
            if odd:
                allowed = "use value or set, and label"
                raise ConfigError.of(f"{where}.{shortened(odd[0])}", f"there is no such key; {allowed}", None, allowed)
            if "set" in item and "value" in item:
                raise ConfigError.of(where, "it has both value and set; use one of them")
            own = item.get("label", own)
            if own is not None and not (isinstance(own, str) and 1 <= len(own) <= 120):
                raise ConfigError.refused(f"{where}.label", own, "it must be 1 to 120 characters")
        if spelled and "set" in item:
            if not isinstance(item["set"], dict):
                allowed = "write set = {path = value}"
                raise ConfigError.refused(f"{where}.set", item["set"], allowed, "is not a table")
            levels.append(_level(dotted(item["set"]), own, where, steps))
            continue
        if table.path is None:
            raise ConfigError.of(f"factors.{name}.path", "it is missing; give the path, or levels as {set = …}")
        levels.append(_level(dotted({table.path: item["value"] if spelled else item}), own, where, steps))
    return tuple(levels)


def settings_of(table: dict[str, Any], where: str, steps: int | None = None) -> dict[str, Any]:
    """Settings in a study file as dotted paths, those of a recipe that it names among them; raises ConfigError."""
    try:
        return expanded(dotted(table), steps)
    except ConfigError as error:
        raise error.within(where, between=".") from None


def _level(changes: dict[str, Any], label: str | None, where: str, steps: int | None) -> Level:
    """A level; one with a recipe has the recipe's words."""
    found = settings_of(changes, where, steps)
    return Level(found, label or recipe_words(changes))


def error_of(error: ValidationError, where: str = "") -> ConfigError:
    """First problem of a study file: 'field: value is not allowed; what is'. ``where``: what the field is in."""
    # A misspelt key also leaves one missing; the misspelling is what helps.
    problem = min(error.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden")
    parts = (str(part + 1) if isinstance(part, int) else part for part in problem["loc"] if part != "[key]")
    path = where + shortened(".".join(map(shortened, parts)), 200)
    if problem["type"] == "extra_forbidden":
        known = TABLES.get(str(problem["loc"][0]), StudyTable) if len(problem["loc"]) > 1 else StudyTable
        allowed = f"use one of {', '.join(field.alias or name for name, field in known.model_fields.items())}"
        return ConfigError.of(path, f"there is no such key; {allowed}", problem["input"], allowed)
    if problem["type"] == "missing":
        return ConfigError.of(path, "it is missing; it must be given")
    if problem["type"] == "string_pattern_mismatch":
        return ConfigError.refused(path, problem["input"], "use a-z, 0-9 and '-', at most 64 characters")
    message = problem["msg"].replace("Input should", "it must").replace("should", "must")
    return ConfigError.refused(path, problem["input"], f"{message[0].lower()}{message[1:]}")
