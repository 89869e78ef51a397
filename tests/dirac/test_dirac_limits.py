"""How far the Dirac GAN is followed, and which derivatives it refuses rather than leaves out."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.dirac import dirac, seen
from gancore.dirac import verdict as verdicts
from gancore.parts import plain


def test_steps_that_show_whether_it_comes_back_are_taken_beyond_those_asked_for(monkeypatch: pytest.MonkeyPatch):
    """45 steps are about one lap; 2.3 laps take about 103: more than 60, and no more than 60 beyond those 45."""
    monkeypatch.setattr(verdicts, "FURTHER", 60)
    one = seen(dirac({"loss.kind": "wasserstein"}, steps=45))
    assert (one.verdict, len(one.path)) == ("circles", 46)


def test_a_derivative_through_a_table_is_refused():
    table = plain.constant(np.arange(3.0))
    assert plain.gather(table, [2, 0]).numpy().tolist() == [2, 0]
    with plain.GradientTape() as tape:
        tape.watch(table)
        with pytest.raises(NotImplementedError, match="derivative of tensorflow's gather"):
            plain.gather(table, [2, 0])
