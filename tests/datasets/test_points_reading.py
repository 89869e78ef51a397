"""Files of points in the dialects that people have: what is found in them, and which columns and rows are taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.tables_of_points import DIALECTS, FRAME, POINTS, csv, saurus, saved

from gancore.config import ConfigError
from gancore.datasets.points import read_table


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_gives_the_same_points(name: str) -> None:
    table = read_table(DIALECTS[name], name)
    np.testing.assert_allclose(table.points, POINTS, rtol=1e-15, atol=0)
    assert (table.rows, table.left_out, table.duplicates, table.name) == (60, 0, 0, name)
    assert table.sheet.preview and len(table.sheet.preview[0]) >= 2


def test_what_was_found_is_said() -> None:
    found = {name: read_table(DIALECTS[name], name).found for name in ("points.csv", "decimal-commas-bare.csv")}
    assert found["points.csv"] == "60 points from x and y (commas between columns, with a header)."
    assert found["decimal-commas-bare.csv"] == (
        "60 points from column 1 and column 2 (semicolons between columns, decimal commas, without a header)."
    )


def test_a_file_on_disk_is_read(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(csv())
    assert np.array_equal(read_table(path, path.name).points, POINTS)
    with pytest.raises(ConfigError, match=r"points: 'gone.csv' cannot be read \(No such file or directory\)"):
        read_table(tmp_path / "gone.csv", "gone.csv")


class TestColumnsAndRows:
    @pytest.mark.parametrize("name", ["saurus.tsv", "saurus.parquet"])
    def test_a_label_column_filters(self, name: str) -> None:
        data = csv(saurus(), sep="\t") if name.endswith("tsv") else saved(lambda file: saurus().to_parquet(file))
        table = read_table(data, name, where="dataset=away")
        assert np.array_equal(table.points, POINTS * 2)
        assert (table.rows, table.matching, table.where) == (180, 60, "dataset=away")
        assert table.labels == {"dataset": {"dino": 60, "away": 60, "h lines": 60}}
        assert len(read_table(data, name, where=" dataset = h lines ").points) == 60
        assert len(read_table(data, name).points) == 180

    def test_a_number_filters_too(self) -> None:
        frame = FRAME.assign(cluster=np.arange(60) % 2 * 1.0)
        assert len(read_table(csv(frame), "a.csv", where="cluster=1").points) == 30
        assert read_table(csv(frame), "a.csv").labels["cluster"] == {"0.0": 30, "1.0": 30}

    def test_columns_are_chosen_by_name_or_by_number_where_there_are_no_names(self) -> None:
        wide = FRAME.assign(z=np.arange(60.0) ** 2)
        assert np.array_equal(read_table(csv(wide), "a.csv", ["z", "x"]).points[:, 0], wide["z"])
        assert np.array_equal(read_table(csv(wide, header=False), "a.csv", ["3", "1"]).points[:, 0], wide["z"])

    def test_a_column_that_numbers_the_rows_is_not_taken(self) -> None:
        frame = pd.DataFrame({"id": np.arange(60), "width": POINTS[:, 0], "height": POINTS[:, 1]})
        assert read_table(csv(frame), "a.csv").columns == ("width", "height")

    @pytest.mark.parametrize(
        ("columns", "where", "said"),
        [
            (["x", "z"], None, "columns: 'z' is not a column of 'a.csv'; use dataset, x, y"),
            (["x"], None, "columns: ['x'] is not allowed; name two of them, such as x,y"),
            (["x", "x"], None, "columns: ['x', 'x'] is not allowed; name two different ones, of x and of y"),
            (["Dataset", "y"], None, "columns: 'Dataset' is not a column of 'a.csv' (did you mean dataset?)"),
            (["dataset", "y"], None, "points: 'a.csv' holds text in dataset and y; choose two columns of numbers"),
            (None, "dino", "where: 'dino' is not allowed; it must be COLUMN=VALUE, such as dataset=dino"),
            (None, "dataset=", "where: 'dataset=' is not allowed; it must be COLUMN=VALUE"),
            (None, "data=dino", "where: 'data' is not a column of 'a.csv' (did you mean dataset?)"),
            (
                None,
                "dataset=din",
                "where: 'dataset=din' takes no row (did you mean dino?); use one of away, dino, h lines",
            ),
        ],
    )
    def test_what_is_not_there_is_refused_with_what_is(self, columns, where, said: str) -> None:
        with pytest.raises(ConfigError) as error:
            read_table(csv(saurus()), "a.csv", columns, where)
        assert str(error.value).startswith(said)


class TestCounts:
    def test_rows_that_are_not_finite_are_counted_and_left_out(self) -> None:
        rows = b"NA,3\n?,4\n5,inf\nfoo,3\n,\n1\n"
        table = read_table(csv() + rows, "a.csv")
        assert np.array_equal(table.points, POINTS) and (table.rows, table.left_out) == (66, 6)
        assert "6 rows without two finite numbers left out" in table.found

    def test_duplicates_are_counted_and_kept(self) -> None:
        table = read_table(csv(pd.concat([FRAME, FRAME.head(7), FRAME.head(7)])), "a.csv")
        assert (len(table.points), table.duplicates) == (74, 14)
        assert "14 points there already in an earlier row, and kept" in table.found

    def test_zeros_of_both_signs_are_the_same(self) -> None:
        frame = pd.concat([FRAME, pd.DataFrame({"x": [0.0, -0.0], "y": [1.0, 1.0]})])
        assert read_table(csv(frame), "a.csv").duplicates == 1
