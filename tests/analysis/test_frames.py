"""Frames of a study: every run counts, in order of seed, from a store and from a bundle alike."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from support.results import make_result
from support.studies import TINY

from gancore.analysis import curves, pick_seed, runs_of, study_table
from gancore.analysis.summaries import middle_of, success_of
from gancore.config import ConfigError
from gancore.store import Bundle, Store, write_bundle
from gancore.studies import Study, parse_study


def test_success_and_middle_over_seeds() -> None:
    assert success_of(np.array([1, 0, 1, np.nan]))[:2] == (2, 3)  # what is not trained is no run
    assert np.isnan(success_of(np.array([np.nan])).rate.value)
    assert middle_of(np.array([1.0, 2, 3, 100])).value == 2.5
    assert middle_of(np.array([5.0, 1, 2, 3, 4, 6, 7, 1000])).value == 4.5
    assert middle_of(np.array([3.0, np.nan])).value == 3.0
    assert np.isnan(middle_of(np.array([np.nan])).value)


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Store, Study]:
    """Baseline: w1_excess 0.1, 0.2, 0.9 of which the last diverged; combined: seed 0 only; the rest missing."""
    store, tiny = Store(tmp_path / "store"), parse_study(TINY)
    for seed, (excess, learned) in enumerate([(0.2, 1.0), (0.1, 0.0), (0.9, 0.0)]):
        result = make_result(tiny.configs_of("baseline")[seed])
        scores = {key: np.full(3, excess) for key in result.metrics} | {"learned": np.array([0.0, 0.0, learned])}
        failed = seed == 2
        store.put(
            dataclasses.replace(
                result,
                metrics=scores,
                status="diverged" if failed else "finished",
                diverged_at=500 if failed else None,
            )
        )
    store.put(make_result(tiny.configs_of("combined-update")[0]))
    return store, tiny


def test_the_table_counts_every_run(filled: tuple[Store, Study]) -> None:
    table = study_table(*filled).set_index("variant")
    assert list(table.index) == ["baseline", "combined-update", "batch-256", "combined-update-batch-256"]
    base = table.loc["baseline"]
    assert (base["n"], base["learned"], base["diverged"], base["missing"]) == (3, 1, 1, 0)
    assert base["success"] == pytest.approx(1 / 3)  # The diverged run is a failure,
    worst = max(
        run.metrics["w1_excess"]
        for runs in runs_of(*filled).values()
        for run in runs
        if run and run.status == "finished"
    )
    assert base["w1_excess"] == pytest.approx((0.1 + 0.2 + worst) / 3)  # and has the study's worst value.
    assert (table.loc["combined-update", "n"], table.loc["combined-update", "missing"]) == (1, 2)
    assert table.loc["batch-256", "n"] == 0
    assert np.isnan(table.loc["batch-256", "success"])
    assert {"curve_p95", "coverage", "near", "near_low", "label"} <= set(table.columns)
    store, tiny = filled
    assert study_table(store, tiny, 2).set_index("variant").loc["baseline", "diverged"] == 0


def test_the_table_of_an_empty_store_says_missing(tmp_path: Path) -> None:
    table = study_table(Store(tmp_path), parse_study(TINY))
    assert table["missing"].tolist() == [3, 3, 3, 3]
    assert curves(Store(tmp_path), parse_study(TINY)).empty


def test_curves_have_a_row_a_step(filled: tuple[Store, Study]) -> None:
    frame = curves(*filled)
    assert list(frame.columns[:4]) == ["variant", "label", "seed", "step"]
    assert len(frame) == 4 * 7  # Steps 200, 400, ..., 1000 of the history, with 0 and 500 of the checkpoints.
    one = frame[(frame["variant"] == "baseline") & (frame["seed"] == 1)].set_index("step")
    assert list(one.index) == [0, 200, 400, 500, 600, 800, 1000]
    assert one["w1_excess"].dropna().to_dict() == {0: 0.1, 500: 0.1, 1000: 0.1}
    assert list(one["d_acc_real"].dropna().index) == [200, 400, 600, 800, 1000]


def test_a_run_damaged_unseen_is_left_out_of_the_curves(filled: tuple[Store, Study]) -> None:
    store, tiny = filled
    run_id = tiny.configs_of("baseline")[0].run_id
    path = store.root / "runs" / run_id[:2] / run_id / "history.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    assert set(curves(store, tiny)[lambda f: f["variant"] == "baseline"]["seed"]) == {1, 2}
    assert runs_of(store, tiny)["baseline"][0] is None


def test_runs_are_in_order_of_seed(filled: tuple[Store, Study]) -> None:
    runs = runs_of(*filled)
    assert [run.config.seed if run else None for run in runs["baseline"]] == [0, 1, 2]
    assert [run is not None for run in runs["combined-update"]] == [True, False, False]
    assert runs["batch-256"] == [None, None, None]


def test_a_seed_is_picked_by_rule(filled: tuple[Store, Study]) -> None:
    runs = runs_of(*filled)["baseline"]

    def seed(how: str, key: str = "w1_excess") -> int | None:
        picked = pick_seed(runs, how, key)
        return None if picked is None else picked.config.seed

    assert (seed("best"), seed("median"), seed("worst")) == (1, 0, 2)
    assert (seed("best", "coverage"), seed("worst", "coverage")) == (0, 2)  # Higher is better; diverged stays last.
    assert (seed("2"), seed("9")) == (2, None)
    assert pick_seed([None, None]) is None
    with pytest.raises(ConfigError, match="seed: 'luckiest' is not allowed; use median, best, worst"):
        pick_seed(runs, "luckiest")
    with pytest.raises(ConfigError, match="key: 'beauty' is not a metric"):
        pick_seed(runs, "best", "beauty")


def test_a_bundle_answers_like_the_store(filled: tuple[Store, Study], tmp_path: Path) -> None:
    store, tiny = filled
    write_bundle(tmp_path / "tiny.gancore", tiny.to_toml(), tiny.name, store.runs(), {})
    bundle = Bundle(tmp_path / "tiny.gancore")
    again = parse_study(bundle.study_text)
    layered = Store(tmp_path / "empty", [bundle])
    assert study_table(layered, again).equals(study_table(store, tiny))
    assert curves(layered, again).equals(curves(store, tiny))
