"""Diagnosis: one way in which a GAN fails, told from measured quantities; and the register of all of them.

A diagnosis is one class with a ``kind`` in one file. Its thresholds are fields, each with what it is, why it is so
and where it comes from; what it decides, it decides from quantities alone, by their names, so that it can be judged
on a table of them without the runs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict

from gancore.config import ConfigError, RunConfig
from gancore.diagnosis.quantity import MEASURES, Quantity, get_measure
from gancore.diagnosis.seen import Seen


class Case(NamedTuple):
    """What a diagnosis decides from."""

    config: RunConfig
    step: int
    """Steps trained."""
    diverged_at: int | None
    quantities: Mapping[str, Quantity]

    def value(self, name: str) -> float:
        """The value of a quantity; NaN where it is not known."""
        return self.quantities[name].value

    @property
    def learned(self) -> bool:
        """Whether the run, as far as it is known, has learned its distribution."""
        return self.diverged_at is None and self.value("learned") == 1


class Measuring(Mapping[str, Quantity]):
    """Quantities of a run, each measured when it is first asked for."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._known: dict[str, Quantity] = {}

    def __getitem__(self, name: str) -> Quantity:
        if name not in self._known:
            self._known[name] = get_measure(name)(self._seen)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MEASURES)

    def __len__(self) -> int:
        return len(MEASURES)


def case_of(seen: Seen) -> Case:
    """What is seen of a run, as diagnoses take it."""
    return Case(seen.config, seen.step, seen.diverged_at, Measuring(seen))


class Diagnosis(BaseModel, ABC):
    """One way in which a GAN fails (or is well), with the thresholds that tell it from others.

    A class with a ``kind`` is registered, with its thresholds as they are by default, when it is defined.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: ClassVar[str]
    """Its name in JSON, tables and links."""
    label: ClassVar[str]
    """Its name for people."""
    order: ClassVar[int]
    """Its place: where several apply, the one with the lowest is what the others may follow from."""
    failing: ClassVar[bool] = True
    """Whether a run with it fails; False of one that says that all is well."""
    shown: ClassVar[str]
    """The quantity that it shows, with its history."""
    traced: ClassVar[str] = ""
    """The quantity whose history is drawn, where the one that it shows is known at the end alone."""
    beside: ClassVar[tuple[str, ...]] = ()
    """Others that it decides from."""
    healthy: ClassVar[str]
    """What the quantity that it shows is where all is well, within a sentence."""

    usual: ClassVar[float | None] = None
    """Where a chart of that history has a line: the end of what is usual where all is well."""

    def measure(self, seen: Seen) -> Quantity:
        """The quantity that it shows, with its history."""
        return get_measure(self.shown)(seen)

    @abstractmethod
    def applies(self, case: Case) -> bool:
        """Whether the quantities show it; False where they are not known."""

    def place(self, case: Case) -> float:
        """Its place among those that apply to a run, the lowest first: ``order``, unless the quantities say more."""
        return self.order

    @abstractmethod
    def sentence(self, case: Case) -> str:
        """What is measured and what it means, in a sentence or two; where it applies."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        kind = cls.__dict__.get("kind")
        if kind is None:
            return
        if kind in DIAGNOSES:
            taken = type(DIAGNOSES[kind]).__module__
            raise TypeError(f"{cls.__module__}.{cls.__name__}: the kind {kind!r} is taken by {taken}")
        for name in (cls.shown, *filter(None, [cls.traced]), *cls.beside):
            if name not in MEASURES:
                raise TypeError(
                    f"{cls.__module__}.{cls.__name__}: {name!r} is no quantity; known are {', '.join(MEASURES)}"
                )
        DIAGNOSES[kind] = cls()


DIAGNOSES: dict[str, Diagnosis] = {}
"""Every diagnosis by its kind."""


def in_order() -> list[Diagnosis]:
    """Every diagnosis, causes before what may follow from them."""
    return sorted(DIAGNOSES.values(), key=lambda one: one.order)


def get_diagnosis(kind: str) -> Diagnosis:
    """The diagnosis of a kind; ConfigError names the known ones."""
    if kind not in DIAGNOSES:
        raise ConfigError.refused("diagnosis", kind, f"use one of {', '.join(DIAGNOSES)}", "is unknown")
    return DIAGNOSES[kind]
