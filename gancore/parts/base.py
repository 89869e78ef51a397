"""Part and Choice: what configurations are made of, and what each of their fields says about itself.

Every field says what the engine does with it (its ``Role``), so that what is compiled into a program, what enters it
as an input of each run, and what decides whether two runs can train together are read off the configuration. A field
that came after the first release also says since when, and the value at which it changes nothing (``Since``).
"""

from __future__ import annotations

import itertools
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import core_schema


class Role(Enum):
    """What the engine does with a field."""

    STATIC = "static"
    """Compiled into the program: only runs that agree on it train together."""
    PER_RUN = "per run"
    """A number that enters the program as an input [R], one per run."""
    TIMETABLE = "timetable"
    """Decides at which steps something happens outside the program: runs that train together agree on it."""
    DATA = "data"
    """Decides the training points [R, N, 2], which are an input."""
    KEY = "key"
    """Enters through the keys of the random streams."""
    START = "start"
    """Decides the weights at step 0, which are an input."""


T = TypeVar("T")
Static = Annotated[T, Role.STATIC]
PerRun = Annotated[T, Role.PER_RUN]
Timetable = Annotated[T, Role.TIMETABLE]
OfData = Annotated[T, Role.DATA]
Key = Annotated[T, Role.KEY]
AtStart = Annotated[T, Role.START]


@dataclass(frozen=True)
class Since:
    """Marks a field that came after 0.1.0; ``run_id`` leaves it out exactly at ``neutral``.

    ``neutral`` is the value at which a run is what it was before the field existed, as plain data (JSON). It never
    moves, whatever becomes of the default: a changed default must not give a new run an old run's id.
    """

    version: str
    neutral: Any


@dataclass(frozen=True)
class Off:
    """Marks a number per run that is compiled out of the program exactly at ``at``.

    A run that does not use it then pays nothing for it, and trains in the program, bit for bit, that it had before the
    field existed. Runs with and without it never share a program.
    """

    at: float


STEPS = "the run's steps"
"""Stands for the number of a run's steps among what is worth trying, as where a schedule ends with the run."""


@dataclass(frozen=True)
class Worth:
    """Marks values that are worth trying where training fails, with the source that says so.

    On a field, the values that it is changed to; of a field that is a part, tables of that part's settings. ``times``
    are multiples of the value that a run has instead. A member of a family lists its own in ``worth``: tables of what
    to set beside its ``kind``.
    """

    values: tuple[Any, ...] = ()
    source: str = ""
    times: tuple[float, ...] = ()


class Part(BaseModel):
    """A frozen piece of configuration that refuses unknown fields, NaN and infinity.

    Each field is another part or declares its role, as ``Static[int]``; TypeError where one does not.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True, use_attribute_docstrings=True
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__pydantic_fields_complete__:  # otherwise it names types that do not exist yet: the first use checks
            roles(cls)

    @field_validator("*", mode="before")
    @classmethod
    def _no_bool_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Python takes True for 1; a setting does not."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        numeric = annotation in (int, float, float | None) or typing.get_origin(annotation) is tuple
        if numeric and any(isinstance(item, bool) for item in (value if isinstance(value, list | tuple) else [value])):
            raise ValueError("it must be a number, not true or false")
        return value

    def inputs(self) -> dict[str, Any]:
        """Name → number of every field that enters the program as an input of the run.

        A member that computes with other numbers than its fields (Adam needs 1 - β before rounding) returns those.
        """
        per_run = (name for name, role in roles(type(self)).items() if role is Role.PER_RUN)
        return {name: float(getattr(self, name)) for name in per_run if self.on(name)}

    def on(self, name: str) -> bool:
        """Whether a field is part of the program: one marked ``Off`` is not, at that value; no part has another's."""
        mark = _optional(type(self)).get(name)
        if mark is None:
            return name in type(self).model_fields
        return name not in self.__dict__ or self.__dict__[name] != mark.at  # what masks leave out is each run's own

    def refuse(self, path: str) -> None:
        """Raises ConfigError where the part's own settings do not go together; ``path`` is the part's own."""

    def masked(self) -> Self:
        """This part with its static fields alone, nested ones too; reading any other raises AttributeError.

        A program is built from it, so that no number of a single run can be compiled into what many runs share. A
        number that is ``Off`` stays, as it is off in all of them.
        """
        kept = {
            name: getattr(self, name).masked() if role is None else getattr(self, name)
            for name, role in roles(type(self)).items()
            if role in (Role.STATIC, None) or not self.on(name)
        }
        # What model_construct does, without the defaults that it fills in for what is left out.
        part = type(self).__new__(type(self))
        state = {"__dict__": kept, "__pydantic_fields_set__": set(kept)}
        for name, value in (state | {"__pydantic_extra__": None, "__pydantic_private__": None}).items():
            object.__setattr__(part, name, value)
        return part


@cache
def roles(part: type[Part]) -> dict[str, Role | None]:
    """Field → its role; None for a part whose own fields say theirs. ``kind`` is static.

    Raises TypeError where a field declares no role, or two.
    """
    found: dict[str, Role | None] = {}
    for name, info in part.model_fields.items():
        declared = [item for item in info.metadata if isinstance(item, Role)]
        if name == "kind":
            declared = [Role.STATIC]
        elif not declared and isinstance(info.annotation, type) and issubclass(info.annotation, Part):
            found[name] = None
            continue
        if len(declared) != 1:
            choices = ", ".join(
                f"{alias}[...]" for alias in ("Static", "PerRun", "Timetable", "OfData", "Key", "AtStart")
            )
            raise TypeError(f"{part.__module__}.{part.__name__}.{name}: it must declare one role, as one of {choices}")
        found[name] = declared[0]
    return found


def since(info: FieldInfo) -> Since | None:
    """What a field says about the release that it came with; None for one of the first release."""
    return next((item for item in info.metadata if isinstance(item, Since)), None)


def worth_trying(part: type[Part]) -> Iterator[tuple[str, Worth]]:
    """Field and mark, for each field of a part whose values are worth trying."""
    for name, info in part.model_fields.items():
        yield from ((name, item) for item in info.metadata if isinstance(item, Worth))


@cache
def _optional(part: type[Part]) -> dict[str, Off]:
    """The fields that are compiled out at a value of theirs."""
    marks = ((name, item) for name, info in part.model_fields.items() for item in info.metadata)
    return {name: item for name, item in marks if isinstance(item, Off)}


def with_role(part: Part, role: Role) -> Iterator[tuple[str, Any]]:
    """Dotted path and value of every field with a role, in order; nothing of parts that have a role as a whole."""
    for name, declared in roles(type(part)).items():
        value = getattr(part, name)
        if declared is None:
            yield from ((f"{name}.{path}", leaf) for path, leaf in with_role(value, role))
        elif declared is role:
            yield name, value


def parts_of(part: Part, path: str = "") -> Iterator[tuple[str, Part]]:
    """Dotted path and part, for every part within one, however deep."""
    for name in type(part).model_fields:
        value, here = getattr(part, name), f"{path}.{name}" if path else name
        if isinstance(value, Part):
            yield here, value
            yield from parts_of(value, here)


class Choice(Part):
    """Root of a family of alternatives told apart by ``kind``.

    A direct subclass is a family; each class below it with a ``kind`` is one alternative, and defining it is all that
    adding it takes.
    """

    model_config = ConfigDict(defer_build=True)
    registry: ClassVar[dict[str, type[Choice]]]
    families: ClassVar[list[type[Choice]]] = []
    """Every family."""
    worth: ClassVar[tuple[Worth, ...]] = ()
    """What makes this alternative worth trying where training fails; its own, not inherited."""
    on_registered: ClassVar[list[Callable[[], None]]] = []
    """Called after a member was added: what was built from the registries is out of date."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if Choice in cls.__bases__:
            cls.registry = {}
            Choice.families.append(cls)
        elif "kind" in cls.model_fields:
            kind = cls.model_fields["kind"].default
            if kind in cls.registry:
                taken = cls.registry[kind]
                raise TypeError(f"{cls.__module__}.{cls.__name__}: the kind {kind!r} is taken by {taken.__module__}")
            cls.registry[kind] = cls
            for act in Choice.on_registered:
                act()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        if Choice not in cls.__bases__:
            return handler(source)
        return core_schema.tagged_union_schema(
            {kind: handler.generate_schema(member) for kind, member in cls.registry.items()}, discriminator="kind"
        )


def kinds() -> set[str]:
    """Every kind of every family."""
    return set(itertools.chain.from_iterable(family.registry for family in Choice.families))


def identity(part: Part) -> dict[str, Any]:
    """The part as plain data without the later fields that stand at their neutral value: what ``run_id`` hashes."""
    return _identity(part, part.model_dump(mode="json"))


def _identity(part: Part, plain: dict[str, Any]) -> dict[str, Any]:
    for name, mark in _marks(type(part)).items():
        value = getattr(part, name)
        if isinstance(value, Part):
            plain[name] = _identity(value, plain[name])
        if mark is not None and plain[name] == mark.neutral:
            del plain[name]
    return plain


@cache
def _marks(part: type[Part]) -> dict[str, Since | None]:
    """The fields that ``identity`` has to look at: later ones, and parts."""
    found = {name: (since(info), info.annotation) for name, info in part.model_fields.items()}
    return {
        name: mark
        for name, (mark, annotation) in found.items()
        if mark is not None or (isinstance(annotation, type) and issubclass(annotation, Part))
    }


def completed(data: Mapping[str, Any], part: type[Part]) -> dict[str, Any]:
    """Stored plain data with the fields that came after it, at their neutral values; unknown names stay as they are."""
    whole = dict(data)
    for name, info in _fields(data, part).items():
        mark, annotation = since(info), info.annotation
        if mark is not None and name not in whole:
            whole[name] = mark.neutral
        if isinstance(annotation, type) and issubclass(annotation, Part) and isinstance(whole.get(name), Mapping):
            whole[name] = completed(whole[name], annotation)
    return whole


def _fields(data: Mapping[str, Any], part: type[Part]) -> dict[str, FieldInfo]:
    """The fields of the part that the data are of; for a family, of the member that ``kind`` names.

    Where there is no kind the family was a plain part once: its member is the one whose kind is neutral.
    """
    if not issubclass(part, Choice) or "kind" in part.model_fields:
        return dict(part.model_fields)
    kind = data.get("kind")
    for member in part.registry.values():
        mark = since(member.model_fields["kind"])
        if member.model_fields["kind"].default == kind or (kind is None and mark is not None):
            return dict(member.model_fields)
    return {}
