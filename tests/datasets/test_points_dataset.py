"""Points of one's own as a distribution: half is trained on, half is held out, and nothing mixes the two."""

from __future__ import annotations

import numpy as np
import pytest
from support.tables_of_points import POINTS

from gancore.config import RunConfig, parse_config, with_changes
from gancore.datasets import OwnPoints
from gancore.datasets.points import EXAMPLE, digest, example
from gancore.store import Store
from gancore.studies import label_of

UNIT = (POINTS - (POINTS.min(0) + POINTS.max(0)) / 2) / (np.ptp(POINTS, axis=0) / 2)


@pytest.fixture
def own(own_store) -> OwnPoints:
    return OwnPoints(sha256=Store(own_store).points.add(POINTS, "mine").sha256)


def rows(points: np.ndarray) -> set[tuple[float, ...]]:
    return {tuple(row) for row in np.asarray(points, np.float32).round(5).tolist()}


def test_without_points_it_is_an_example_that_comes_with_gancore() -> None:
    assert digest(example()) == EXAMPLE and OwnPoints().points().shape == (10_000, 2)


class TestHalves:
    def test_they_share_no_row_and_are_all_there_is(self, own: OwnPoints) -> None:
        known, held_out = own.halves()
        assert len(known) == len(held_out) == 30
        assert not rows(known) & rows(held_out) and rows(known) | rows(held_out) == rows(UNIT)

    def test_training_sees_one_and_scores_the_other(self, own: OwnPoints) -> None:
        rng = np.random.default_rng(0)
        known, held_out = map(rows, own.halves())
        assert rows(own.points()) == rows(own.patches().origin) == rows(own.ideal(rng, 2000)) == known
        assert rows(own.placed_patches().origin) == known
        assert rows(own.sample(rng, 2000)) == rows(own.even(300)) == held_out

    def test_rows_sorted_by_cluster_are_no_trouble(self, own_store) -> None:
        clusters = np.concatenate([POINTS[:30] / 100, POINTS[:30] / 100 + 50])
        own = OwnPoints(sha256=Store(own_store).points.add(clusters, "sorted").sha256)
        for half in own.halves():
            assert 8 <= (half[:, 0] > 0).sum() <= 22

    def test_every_row_is_dealt_as_often_as_another(self, own: OwnPoints) -> None:
        for points in (own.points(), own.sample(np.random.default_rng(1), 100), own.even(90)):
            _, counts = np.unique(np.asarray(points, np.float32), axis=0, return_counts=True)
            assert counts.max() - counts.min() <= 1

    def test_duplicates_are_kept(self, own_store) -> None:
        twice = np.concatenate([POINTS, POINTS])
        assert len(OwnPoints(sha256=Store(own_store).points.add(twice, "twice").sha256).everything()) == 120


class TestUnits:
    def test_the_box_is_the_square_and_the_files_units_come_back(self, own: OwnPoints) -> None:
        low, high = own.extent()
        np.testing.assert_allclose([low, high], [[-1, -1], [1, 1]], atol=1e-12)
        shown = own.shown(own.everything())
        order, expected = np.lexsort(shown.T), np.lexsort(POINTS.T)
        np.testing.assert_allclose(shown[order], POINTS[expected], rtol=1e-12)

    def test_one_measure_for_both_axes_keeps_the_shape(self, own: OwnPoints) -> None:
        same = own.model_copy(update={"axes": "same"})
        unit = same.everything()
        assert np.ptp(unit, axis=0).max() == pytest.approx(2)
        assert np.ptp(unit, axis=0)[0] / np.ptp(unit, axis=0)[1] == pytest.approx(np.divide(*np.ptp(POINTS, axis=0)))

    def test_points_far_from_the_origin_keep_their_digits(self, own_store) -> None:
        far = OwnPoints(sha256=Store(own_store).points.add(POINTS + 1e9, "far").sha256)
        np.testing.assert_allclose(np.sort(far.everything(), axis=0), np.sort(UNIT, axis=0), atol=1e-6)

    def test_axes_read_in_the_files_units_whatever_the_placement(self, own: OwnPoints) -> None:
        placed = own.model_copy(update={"scale": 0.5})
        placed = placed.model_copy(update={"placement": placed.placement.model_copy(update={"shift_x": 3.0})})
        units = placed.own_units()
        assert units is not None
        points = placed.points()[:50].astype(float)
        np.testing.assert_allclose(units[0] + units[1] * points, placed.shown(points), rtol=1e-9)


class TestId:
    def test_it_covers_the_content_and_needs_no_file(self) -> None:
        configs = [parse_config({"dataset": {"kind": "points", "sha256": letter * 64}}) for letter in "ab"]
        assert len({config.run_id for config in configs}) == 2
        assert configs[0].dataset.lacks() and not RunConfig().dataset.lacks()

    @pytest.mark.parametrize("sha256", ["", "../../x", "A" * 64, "a" * 65])
    def test_a_hash_is_64_digits(self, sha256: str) -> None:
        with pytest.raises(ValueError, match="dataset.sha256"):
            with_changes(RunConfig(), {"dataset.kind": "points", "dataset.sha256": sha256})

    def test_labels_are_short(self) -> None:
        config = with_changes(RunConfig(), {"dataset.kind": "points", "dataset.sha256": "ab" * 32})
        assert label_of(config) == "Own points, points abababab"
