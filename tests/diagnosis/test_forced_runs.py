"""A handful of the runs made to fail, trained here: the engine of today makes what the table of labelled runs says."""

from __future__ import annotations

import pytest
from support.forced_runs import BASE, FORCED
from support.labelled_runs import forced, labelled, row_of

from gancore.config import RunConfig, with_changes
from gancore.diagnosis import Seen, diagnose
from gancore.store import Store


def test_every_forced_run_is_a_configuration_of_its_own_and_named_in_the_table() -> None:
    configs = [config for *_, config in forced()]
    assert len({config.run_id for config in configs}) == len(configs)
    named = {one.name for one in labelled()}
    for label, setting, config in forced():
        assert label == "healthy" or f"{label} {setting}, seed {config.seed}" in named


@pytest.mark.slow
@pytest.mark.parametrize(("label", "number"), [("weak", 0), ("oscillation", 0)])
def test_a_run_made_to_fail_is_told(label: str, number: int) -> None:
    from gancore.recording.recorder import Recorder
    from gancore.training.engine import train

    config = with_changes(RunConfig(), BASE | FORCED[label][number] | {"seed": 2})
    recorder = Recorder([config], Store.open().references)
    for event in train([config]):
        recorder.feed(event)
    result = recorder.results()[0]
    found = diagnose(result)
    assert found.main is not None and found.main.kind == label, found.sentence
    row = row_of(label, f"{label} {number}, seed 2", True, Seen.of_result(result))
    kept = next(one for one in labelled() if one.name == row["name"])
    assert kept.case.config == config
    assert set(row["quantities"]) == {name for name, one in kept.case.quantities.items() if one.known}
