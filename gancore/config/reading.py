"""Plain data, text and changes → RunConfig and back; errors say the field, the value and what is allowed."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from gancore.config.hints import did_you_mean, of_other_kinds
from gancore.config.model import RunConfig, intervals
from gancore.config.plain import check_plain, is_table
from gancore.config.problems import error_of
from gancore.datasets.named import KEPT, NAMED
from gancore.parts import Choice, ConfigError, Dataset, completed, parts_of
from gancore.parts.errors import SHOWN, one_of, shortened


def parse_config(data: Mapping[str, Any]) -> RunConfig:
    """Validate nested plain data (JSON or TOML); missing fields get the baseline's values.

    The intervals of rows and snapshots follow the number of steps where they are missing. Raises ConfigError that names
    the field, the value and what is allowed.
    """
    check_plain(data)
    return _validated(_merge(_without_intervals(RunConfig(), data), data, RunConfig, ""))


def stored_config(data: Mapping[str, Any]) -> RunConfig:
    """The config of a stored run, whose data is complete but for fields that came later: those had no effect then.

    Raises ConfigError for a field or value that this version does not know.
    """
    whole = completed(data, RunConfig)
    missing = [name for name in RunConfig.model_fields if name not in whole]
    if missing:
        raise ConfigError(f"{missing[0]}: it is missing; a stored configuration is complete")
    try:
        return RunConfig.model_validate(whole)
    except ValidationError:
        # Again, for a sentence that names the setting.
        return _validated(_merge({}, whole, RunConfig, ""))


def with_changes(config: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    """The config with dotted paths replaced, such as ``{"generator.hidden": [16, 32]}``.

    Values may be text as typed on a command line (``"16,32"``). Intervals of rows and snapshots that are what the
    number of steps makes of them follow it. Raises ConfigError.
    """
    check_plain(changes)
    return _validated(_changed(config, changes))


def with_kinds(config: RunConfig, kinds: Mapping[str, str]) -> RunConfig:
    """The config with other kinds and what they bring; whether its parts go together is not asked.

    ``kinds``: dotted path → kind, which the family must have. What else is set is compared with this.
    """
    data = _changed(config, kinds)
    given = {name: data[name] for name in {path.split(".")[0] for path in kinds}}
    return config.model_copy(update={name: _reader(name).validate_python(part) for name, part in given.items()})


@lru_cache
def _reader(name: str) -> TypeAdapter[Any]:
    """What reads one field of a config by itself. Building it takes some 20 ms, as every kind of a family is in it."""
    kind: Any = RunConfig.model_fields[name].annotation
    return TypeAdapter(kind)


Choice.on_registered.append(_reader.cache_clear)


def _changed(config: RunConfig, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A config as plain data, with dotted paths replaced; not validated but for names and kinds."""
    data = _without_intervals(config, changes)
    # A kind drops what another one had: kinds first, and the outer of two before the inner one.
    for path, value in sorted(changes.items(), key=lambda item: (not item[0].endswith("kind"), item[0].count("."))):
        nested: Any = value
        for name in reversed(path.split(".")):
            nested = {name: nested}
        data = _merge(data, nested, RunConfig, "")
    return data


def _without_intervals(config: RunConfig, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A config as plain data, without the intervals that shall follow from the steps that the changes set."""
    data = config.model_dump(mode="json")
    if not is_table(changes):
        return data  # what is no table is refused where it is merged
    follow = intervals(config.steps) if "steps" in changes else {}
    return {name: value for name, value in data.items() if name in changes or follow.get(name) != value}


def flatten(config: RunConfig) -> dict[str, Any]:
    """Dotted path → plain value, in field order, but each part's ``kind`` first."""
    flat: dict[str, Any] = {}

    def visit(prefix: str, data: Mapping[str, Any]) -> None:
        # What a part is comes before what it has.
        for name, value in sorted(data.items(), key=lambda item: item[0] != "kind"):
            if is_table(value):
                visit(f"{prefix}{name}.", value)
            else:
                flat[prefix + name] = value

    visit("", config.model_dump(mode="json"))
    return flat


def differing(configs: Iterable[RunConfig], ignore: Iterable[str] = ("seed",)) -> list[str]:
    """Paths whose value is not the same in all configs, in field order."""
    flats = [flatten(config) for config in configs]
    paths = dict.fromkeys(path for flat in flats for path in flat)
    return [p for p in paths if p not in set(ignore) and len({json.dumps(flat.get(p)) for flat in flats}) > 1]


def families_of(config: RunConfig) -> dict[str, type[Choice]]:
    """Dotted path → family, for every part of a config that is one of a family, however deep."""
    choices = ((path, part) for path, part in parts_of(config) if isinstance(part, Choice))
    return {path: next(c for c in type(part).__mro__ if Choice in c.__bases__) for path, part in choices}


def fields_of(part: type[BaseModel]) -> dict[str, Any]:
    """Field name → pydantic FieldInfo, without ``kind``; forms and tables are made from this."""
    return {name: info for name, info in part.model_fields.items() if name != "kind"}


def _merge(base: Any, update: Any, model: type[BaseModel] | None, path: str) -> Any:
    """Deep merge that knows the schema: unknown names are refused, a new ``kind`` drops the old one's fields."""
    if model is not None and issubclass(model, Choice) and isinstance(update, str) and update in _kinds(model):
        update = {"kind": update}  # ``dataset = "circle"`` says as much
    if model is None or not is_table(update):
        if model is not None and issubclass(model, Choice) and isinstance(update, str):
            raise ConfigError.refused(path, update, one_of(_kinds(model), update), "is unknown")
        if model is not None:
            allowed = f"set one of {', '.join(_names(model, path))}"
            raise ConfigError.refused(path or "config", update, allowed, "is not a group of settings")
        return update
    merged, family = dict(base or {}), None
    kind = update.get("kind", merged.get("kind"))
    if issubclass(model, Choice):
        family = model
        if family is Dataset and isinstance(kind, str) and kind in NAMED:
            merged = {name: merged[name] for name in KEPT if name in merged}
            merged = _merge(merged, NAMED[kind].settings, model, path)
            kind = merged["kind"]
            update = {**update, "kind": kind}
        if not isinstance(kind, str) or kind not in family.registry:
            raise ConfigError.refused(f"{path}.kind", kind, one_of(_kinds(family), kind), "is unknown")
        model = family.registry[kind]
        merged = {name: merged[name] for name in model.model_fields if name in merged} | {"kind": kind}
    for name, value in update.items():
        here = f"{path}.{name}" if path else str(name)
        if name not in model.model_fields:
            known = _names(model, path)
            other = of_other_kinds(here, family) if family else ""
            meant = other or did_you_mean(here, known)
            # Beside a name that fills its sentence, not all that there is.
            allowed = one_of(known) if len(here) > SHOWN else f"use one of {', '.join(known)}"
            raise ConfigError.of(shortened(here), f"there is no such setting{meant}; {allowed}", value, allowed)
        merged[name] = _merge(merged.get(name), value, _model_of(model, name), here)
        if isinstance(merged[name], str):
            merged[name] = _from_text(merged[name], model.model_fields[name].annotation)
    return merged


def _kinds(family: type[Choice]) -> list[str]:
    """Every kind of a family; of distributions also the named constants, each of which stands for settings."""
    return [*sorted(family.registry), *(NAMED if family is Dataset else ())]


def _names(model: type[BaseModel], path: str) -> list[str]:
    # A family's root has no ``kind`` of its own, yet it is what one most likely wants to set.
    names = ["kind", *fields_of(model)] if issubclass(model, Choice) else list(model.model_fields)
    return [f"{path}.{name}" if path else name for name in names]


def _model_of(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    kind = model.model_fields[name].annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _from_text(text: str, annotation: Any) -> Any:
    """Text from a command line → list where the field is a tuple of numbers; pydantic and the part do the rest."""
    if typing.get_origin(annotation) is tuple and table_of(annotation) is None:
        return [piece.strip() for piece in text.strip("[]()").split(",") if piece.strip()]
    return text


def _validated(data: Mapping[str, Any]) -> RunConfig:
    try:
        return RunConfig.model_validate(data)
    except ValidationError as error:
        raise error_of(error) from None


def table_of(annotation: Any) -> type[BaseModel] | None:
    """The part that a field is a list of (``tuple[Part, ...]``); None for other fields."""
    item = next(iter(typing.get_args(annotation)), None) if typing.get_origin(annotation) is tuple else None
    return item if isinstance(item, type) and issubclass(item, BaseModel) else None


def describe_type(annotation: Any) -> str:
    """A field's type in words, for help texts and tables."""
    if typing.get_origin(annotation) is Literal:
        return " | ".join(map(str, typing.get_args(annotation)))
    if typing.get_origin(annotation) is tuple:
        item = typing.get_args(typing.get_args(annotation)[0]) or typing.get_args(annotation)
        numbers = "numbers, such as 0.5,1" if item[0] is float else "whole numbers, such as 16,32"
        return getattr(item[0], "written", numbers)
    if isinstance(annotation, types.GenericAlias) or not isinstance(annotation, type):
        return str(annotation)
    return {"int": "whole number", "float": "number"}.get(annotation.__name__, annotation.__name__)
