"""Every diagnosis, those of plug-ins too, is what it says; and what is said of a run is plain."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import ClassVar

import numpy as np
import pytest
from support.labelled_runs import labelled
from support.results import make_result

import gancore
from gancore.config import ConfigError, parse_config, with_changes
from gancore.diagnosis import DIAGNOSES, MEASURES, Case, Diagnosis, Finding, diagnose, found_in, get_diagnosis, in_order
from gancore.diagnosis.findings import NOTHING
from gancore.diagnosis.helping import changed, helps, known
from gancore.store import gallery_bundles

KINDS = sorted(DIAGNOSES)


@pytest.fixture
def forgotten() -> Iterator[None]:
    """What a test registers is taken out again."""
    before = dict(DIAGNOSES)
    yield
    DIAGNOSES.clear()
    DIAGNOSES.update(before)


def with_main(kind: str) -> Finding:
    """What is said of a run that has this diagnosis first."""
    for one in labelled():
        found = found_in(one.case)
        if found.main is not None and found.main.kind == kind:
            return found.main
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_diagnosis_says_what_it_is_and_what_each_threshold_is_for(kind: str) -> None:
    one = get_diagnosis(kind)
    assert one.kind == kind and one.label and one.healthy and (type(one).__doc__ or "").strip()
    assert {one.shown, *filter(None, [one.traced]), *one.beside} <= MEASURES.keys()
    for name, field in type(one).model_fields.items():
        assert isinstance(field.default, float) and len(field.description or "") > 40, name
    finding = with_main(kind)
    assert finding.sentence.endswith(".") and "nan" not in finding.sentence and "–" not in finding.sentence
    assert finding.quantity.known or kind == "divergence"
    assert finding.failing is one.failing


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_known_is_no_diagnosis(kind: str) -> None:
    blank = {name: replace(q, value=math.nan, values=np.empty(0)) for name, q in labelled()[0].case.quantities.items()}
    assert not get_diagnosis(kind).applies(Case(labelled()[0].case.config, 100, None, blank))


def test_causes_come_before_what_follows_from_them_and_orders_are_apart() -> None:
    orders = [one.order for one in in_order()]
    assert orders == sorted(set(orders))
    assert in_order()[0].kind == "divergence" and in_order()[-1].kind == "equilibrium"


def test_the_python_call_takes_a_stored_run_and_a_result_alike() -> None:
    run = next(run for run in gallery_bundles()[0].runs() if run.metrics["learned"] != 1)
    found = gancore.diagnose(run)
    assert found.failing and not found.learned and found.main is not None
    assert json.loads(json.dumps(found.plain()))["diagnoses"][0]["kind"] == found.main.kind
    result = make_result()
    assert [one.kind for one in diagnose(result).found] == ["equilibrium"]  # it says that it learned
    diverged = replace(result, status="diverged", diverged_at=7, steps=7)
    main = diagnose(diverged).main
    assert main is not None and main.kind == "divergence" and "step 7" in main.sentence


def test_points_that_are_not_here_are_asked_for() -> None:
    lacking = parse_config({"dataset": {"kind": "points", "sha256": "0" * 64}})
    assert lacking.dataset.lacks()
    with pytest.raises(ConfigError, match="000000"):
        diagnose(replace(make_result(), config=lacking))


def test_of_a_run_that_fits_nothing_it_is_said() -> None:
    case = labelled()[0].case
    blank = {name: replace(q, value=math.nan, values=np.empty(0)) for name, q in case.quantities.items()}
    found = found_in(Case(case.config, 100, None, blank))
    assert found.main is None and found.sentence == NOTHING and found.sentence_so_far.startswith("nothing")


def test_help_is_from_shipped_studies_and_changes_something() -> None:
    studies = {bundle.name for bundle in gallery_bundles()}
    assert len(known()) >= 10
    for one in known():
        assert one.study in studies and one.kind in DIAGNOSES
        assert 0 <= one.has < one.had <= one.seeds and one.high < 0 and one.low <= one.estimate <= one.high
        assert one.study in one.words and one.before in one.words


def test_help_for_the_baseline_begins_at_the_baseline_and_is_left_out_once_it_is_there() -> None:
    baseline = gancore.RunConfig()
    offered = helps("oscillation", baseline)
    assert offered and not offered[0].start and offered[0].dataset == "circle"
    after = changed(baseline, offered[0])
    assert after is not None and changed(after, offered[0]) is None
    assert offered[0].label not in [one.label for one in helps("oscillation", after)]
    tiny = with_changes(baseline, {"discriminator.minibatch.kind": "std", "update.kind": "separate"})
    assert all(changed(tiny, one) is not None for one in helps("oscillation", tiny))  # what goes together
    assert helps("divergence", baseline) == []


@pytest.mark.slow
def test_what_the_file_says_of_help_is_what_the_gallery_says() -> None:
    """``python -m gancore.diagnosis.evidence`` brings the file up to the gallery."""
    from gancore.diagnosis.evidence import rows_of
    from gancore.store import Store
    from gancore.studies import load_study

    assert {one.study for one in known()} >= {"four-fixes", "four-distributions"}
    made = sorted(map(repr, rows_of(load_study("four-fixes-controls"), Store.open())))
    assert made == sorted(repr(asdict(one)) for one in known() if one.study == "four-fixes-controls")


class Wrong(Diagnosis):
    """Has no kind, so it is not registered."""

    label: ClassVar[str] = "Wrong"

    def applies(self, case: Case) -> bool:
        """Always."""
        return True

    def sentence(self, case: Case) -> str:
        """Nothing."""
        raise ZeroDivisionError


def test_one_that_does_not_fit_is_refused_when_it_is_defined(forgotten: None) -> None:
    assert "Wrong" not in [type(one).__name__ for one in DIAGNOSES.values()]
    with pytest.raises(TypeError, match="the kind 'weak' is taken by gancore.diagnosis.kinds.weak"):
        type("Again", (Wrong,), {"kind": "weak", "shown": "moved", "__module__": __name__})
    with pytest.raises(TypeError, match="'speed' is no quantity"):
        type("Fast", (Wrong,), {"kind": "fast", "shown": "speed", "__module__": __name__})
    with pytest.raises(ConfigError, match="diagnosis: 'fast' is unknown"):
        get_diagnosis("fast")


def test_what_a_plug_ins_diagnosis_raises_names_it(forgotten: None) -> None:
    made = {"kind": "mine", "shown": "moved", "order": 5, "healthy": "x", "__module__": __name__}
    type("Mine", (Wrong,), made)
    with pytest.raises(ConfigError, match="plug-in: the diagnosis mine of .* failed"):
        diagnose(make_result())
