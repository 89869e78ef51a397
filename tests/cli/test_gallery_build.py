"""Making a shipped study from nothing, beside the bundles that hold it already."""

from __future__ import annotations

import pytest
from support.command_line import call

from gancore.store import Bundle, Store, gallery_bundles
from gancore.studies import load_study

SMALLEST = "circle-vs-parabola"


@pytest.mark.slow
def test_a_shipped_study_is_made_from_nothing_and_has_its_weights(capsys, own_store, tmp_path):
    shipped = next(bundle for bundle in gallery_bundles() if bundle.name == SMALLEST)
    code, out, err = call(capsys, "gallery", "build", SMALLEST, "--out", str(tmp_path))
    assert code == 0, err
    assert "16 runs" in out
    made = Bundle(tmp_path / f"{SMALLEST}.gancore")
    assert made.run_ids == shipped.run_ids == sorted(config.run_id for config in load_study(SMALLEST).configs())
    assert made.references == shipped.references
    own = Store(own_store)
    for run_id in made.run_ids:
        run, before = own.get(run_id), shipped.get(run_id)
        assert run is not None and before is not None
        assert run.source == "store" and (run.status, run.steps) == (before.status, before.steps)
        assert run.created > before.created
        # The parabola is learned; other machines round otherwise, so runs agree as other seeds of one would.
        assert abs(run.metrics["w1"] - before.metrics["w1"]) < 0.5
        assert {name.split("/")[0] for name in run.weights} == {"generator", "discriminator"}
