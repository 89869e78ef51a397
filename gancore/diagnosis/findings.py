"""What diagnoses say of one run: those that apply, causes first, each with its quantity and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gancore import plugins
from gancore.config import ConfigError
from gancore.diagnosis.base import Case, Diagnosis, case_of, in_order
from gancore.diagnosis.quantity import Quantity
from gancore.diagnosis.seen import Seen
from gancore.recording.result import RunResult
from gancore.store import StoredRun
from gancore.store.codec import plain


@dataclass(frozen=True)
class Finding:
    """One diagnosis that applies to a run."""

    kind: str
    label: str
    failing: bool
    sentence: str
    quantity: Quantity
    """The quantity that it shows, with its history."""
    traced: Quantity
    """The quantity whose history is drawn: the same, or another where that one is known at the end alone."""
    healthy: str
    """What that is where all is well, within a sentence."""
    usual: float | None
    """Where its chart has a line."""
    beside: tuple[Quantity, ...]
    """Others that it was decided from."""


@dataclass(frozen=True)
class Findings:
    """What diagnoses say of one run."""

    found: tuple[Finding, ...]
    """Those that apply, the one that the others may follow from first."""
    learned: bool

    @property
    def main(self) -> Finding | None:
        """The first; None where none applies."""
        return self.found[0] if self.found else None

    @property
    def failing(self) -> bool:
        """Whether something is wrong that a diagnosis has a name for."""
        return any(one.failing for one in self.found)

    @property
    def sentence(self) -> str:
        """All in one line: ``Mode collapse; Oscillation``."""
        return "; ".join(one.label for one in self.found) or NOTHING

    @property
    def sentence_so_far(self) -> str:
        """The same of a run that goes on, of which not to have learned yet is no failure."""
        labels = [one.label for one in self.found if one.kind != "slow"]
        falling = any(one.kind == "slow" for one in self.found)
        return "; ".join(labels) or ("still getting better" if falling else "nothing out of its usual range")

    def plain(self) -> dict[str, Any]:
        """As JSON types; None for what is not finite."""
        return {
            "learned": self.learned,
            "failing": self.failing,
            "diagnoses": [
                {
                    "kind": one.kind,
                    "label": one.label,
                    "failing": one.failing,
                    "sentence": one.sentence,
                    "healthy": one.healthy,
                    "quantity": _plain(one.quantity),
                    "traced": _plain(one.traced),
                    "beside": [_plain(quantity) for quantity in one.beside],
                }
                for one in self.found
            ],
        }


NOTHING = "No diagnosis fits: the run has not learned, and no quantity is out of its usual range."


def diagnose(run: StoredRun | RunResult | Seen) -> Findings:
    """What is wrong with a run, from what it leaves: a stored run, what training gave, or what is seen of one that
    goes on. Raises ConfigError where the points of its distribution are not here."""
    seen = run if isinstance(run, Seen) else Seen.of_result(run) if isinstance(run, RunResult) else Seen.of(run)
    if reason := seen.config.dataset.lacks():
        raise ConfigError(reason)
    return found_in(case_of(seen))


def found_in(case: Case) -> Findings:
    """The diagnoses that apply to a case."""
    apply = sorted((one for one in in_order() if _applies(one, case)), key=lambda one: _place(one, case))
    return Findings(tuple(_finding(one, case) for one in apply), case.learned)


def _applies(one: Diagnosis, case: Case) -> bool:
    with plugins.named(type(one).applies, f"the diagnosis {one.kind}"):
        return bool(one.applies(case))


def _place(one: Diagnosis, case: Case) -> float:
    with plugins.named(type(one).place, f"the diagnosis {one.kind}"):
        return one.place(case)


def _finding(one: Diagnosis, case: Case) -> Finding:
    with plugins.named(type(one).sentence, f"the diagnosis {one.kind}"):
        sentence = one.sentence(case)
    beside = tuple(quantity for name in one.beside if (quantity := case.quantities[name]).known)
    shown = case.quantities[one.shown]
    traced = case.quantities[one.traced or one.shown]
    return Finding(one.kind, one.label, one.failing, sentence, shown, traced, one.healthy, one.usual, beside)


def _plain(quantity: Quantity) -> dict[str, Any]:
    return plain(
        {
            "name": quantity.name,
            "label": quantity.label,
            "unit": quantity.unit,
            "value": quantity.value,
            "steps": quantity.steps.tolist(),
            "values": quantity.values.tolist(),
        }
    )
