"""What a plug-in's diagnosis raises while it is put in its place is said with its name."""

from __future__ import annotations

from typing import ClassVar

import pytest
from support.results import make_result

from gancore.config import ConfigError
from gancore.diagnosis import DIAGNOSES, Case, Diagnosis, diagnose


class Lost(Diagnosis):
    """Has no kind, so it is not registered."""

    label: ClassVar[str] = "Lost"
    order: ClassVar[int] = 5
    healthy: ClassVar[str] = "x"

    def applies(self, case: Case) -> bool:
        """Always."""
        return True

    def place(self, case: Case) -> float:
        """Nowhere."""
        raise ZeroDivisionError

    def sentence(self, case: Case) -> str:
        """Never asked for."""
        return "."


def test_a_place_that_fails_names_its_diagnosis() -> None:
    before = dict(DIAGNOSES)
    try:
        type("Mine", (Lost,), {"kind": "mine", "shown": "moved", "__module__": __name__})
        with pytest.raises(ConfigError, match="plug-in: the diagnosis mine of .* failed"):
            diagnose(make_result())
    finally:
        DIAGNOSES.clear()
        DIAGNOSES.update(before)
