"""What is no file of points is refused in a sentence: the file, what is wrong with it, and what is allowed."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import numpy as np
import pandas as pd
import pytest
from support.tables_of_points import FRAME, POINTS, arff, csv, saved

from gancore.config import ConfigError
from gancore.datasets.points import read_table
from gancore.datasets.points.opening import open_sheet


def rows(columns: str, row: str, count: int = 30) -> bytes:
    return f"{columns}\n".encode() + "".join(row.format(i=i) + "\n" for i in range(count)).encode()


def zipped(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # Of a fixed date, as the bytes name a test, which must be called alike in every process that collects it.
        archive.writestr(zipfile.ZipInfo(name), data)
    return file.getvalue()


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


OBJECTS = saved(lambda file: np.save(file, np.array([{}, 1], dtype=object), allow_pickle=True))
LONG = "a" * 300
PLAIN = {"use_dictionary": False}


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"", "is empty; give a file of points"),
        ("a.csv", b" \n\n", "is empty"),
        ("a.csv", b"# only a comment\n", "has no rows"),
        ("a.csv", rows("x", "{i}"), "has one column; give two columns of numbers"),
        ("a.csv", rows("name,town", "Ann,Rome"), "holds text in name, town; give two columns of numbers"),
        ("a.csv", rows("name,x", "Ann,{i}.5"), "has 1 column of numbers, and text in name; give two"),
        ("a.csv", rows("x,y", "nan,{i}"), "has no row with two finite numbers in x and y; at least 20 are needed"),
        ("a.csv", rows("x,y", "{i},{i}", 7), "has 7 rows with two finite numbers in x and y; at least 20 are needed"),
        ("a.csv", rows("x,y", "3.5,{i}"), "has 3.5 in every row of x; both axes must vary"),
        ("a.csv", rows("x,y", "{i},1e17"), "has 1e+17 in every row of y"),
        ("a.csv", rows("x,y", "{i},{i}e200"), "has 2.9e+201 in y; numbers up to 1e+100 are allowed"),
        ("a.csv", rows("x,y", "{i},5,{i},25"), "has rows of 4 cells below 2 names of columns; name every column; if"),
        ("a.csv", csv() + b"1,2,3\n", "has 3 cells in row 62, and most have 2; give as many in every row"),
        ("a.csv", csv() * 4 + b"1,2,3\n", "has 3 cells in line 245, and 2 in those before; give as many in every"),
        ("a.csv", b"x,y\n1,2\0\n" * 30, "is not text; use a text file, Parquet, NPY, NPZ or ARFF"),
        ("a.csv", b"x,y\n" + b"1" * 70_000, "has a line of more than 65,536 characters"),
        ("a.csv", f"{LONG},y\n".encode() + csv(header=False), "has a column named 'aaaa"),
        ("a.csv", (",".join(["1"] * 300) + "\n").encode() * 30, "has 300 columns; at most 256 are allowed"),
        ("a.csv", b"\x1f\x8b\x08" + csv(), "is packed with gzip; unpack it first"),
        ("a.csv", b'{"x": [1, 2]}', "is JSON; save it as CSV"),
        ("a.csv", b"<!doctype html><table>", "is HTML or XML; save it as CSV"),
        ("a.csv", b"%PDF-1.7", "is a PDF document"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "is an image"),
        ("a.pkl", b"\x80\x04\x95", "seems to be a pickle, which could run code; save it as CSV"),
        ("a.xlsx", zipped("xl/workbook.xml", b"<a/>"), "is an Excel workbook; save its sheet as CSV"),
        ("a.zip", zipped("points.csv", csv()), "is a zip file; unpack it"),
        ("a.npy", csv(), "is not what its name says: it is text; name it .csv, or give another file"),
        ("a.csv", saved(lambda file: FRAME.to_parquet(file)), "is not what its name says: it is Parquet; name it"),
        ("a.csv", arff(), "is not what its name says: it is ARFF; name it .arff"),
        ("a.npy", OBJECTS, "holds Python objects, which only pickle could read; save numbers"),
        ("a.npy", saved(lambda file: np.save(file, POINTS.T)), "has 2 rows of 60 columns; give a point per row"),
        ("a.npy", saved(lambda file: np.save(file, POINTS[:, 0])), "has one column; save an array [n, 2]"),
        ("a.npy", saved(lambda file: np.save(file, POINTS * 1j)), "holds complex128; save real numbers"),
        ("a.npy", saved(lambda file: np.save(file, np.zeros((9, 2, 2)))), "holds an array of the shape (9, 2, 2)"),
        ("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (10**9, 2), }"), "is not a readable NPY file"),
        ("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 2), }"), "has a header that"),
        ("a.npy", b"\x93NUMPY\x01\x00\xff\xff{", "is not a readable NPY file"),
        ("a.npz", zipped("points.npy", b"hello"), "is not a readable NPY file"),
        ("a.npz", zipped("points.npy", b"")[:-30], "is not a readable NPZ file"),
        ("a.parquet", b"PAR1 and more PAR1", "is not a readable Parquet file"),
        ("a.parquet", saved(lambda file: FRAME.to_parquet(file))[:-9] + b"PAR1", "is not a readable Parquet file"),
        ("a.parquet", saved(lambda file: FRAME[["x"]].to_parquet(file)), "has one column"),
        ("a.arff", b"@relation a\n@attribute x real\n", "is not a readable ARFF file (there is no @data"),
        ("a.arff", b"@relation a\n@attribute x string\n@data\n", "is not a readable ARFF file"),
        ("a.arff", arff() + b"\n1,2,a,4", "has 4 cells in row 61"),
        ("a.arff", b"@relation a\n@attribute x real\n@attribute y real\n@data\n{0 1, 1 2}\n", "has sparse rows"),
    ],
)  # fmt: skip
def test_it_is_refused_in_a_sentence(name: str, data: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_table(data, name)
    assert str(error.value).startswith(f"points: {name!r} {said}")
    assert error.value.path == "points" and error.value.allowed and "\n" not in str(error.value)


def test_a_name_is_shown_as_it_can_be() -> None:
    with pytest.raises(ConfigError) as error:
        read_table(b"", "a\n<b>" + "c" * 200)
    assert str(error.value).startswith(r"points: 'a\\n<b>ccc") and len(str(error.value)) < 200


class TestLimits:
    def test_bytes(self, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
        monkeypatch.setattr("gancore.datasets.points.opening.MAX_BYTES", 1000)
        path = tmp_path / "a.csv"
        path.write_bytes(csv())
        for source in (csv(), path):
            with pytest.raises(ConfigError, match=r"'a.csv' has \d kB; at most 128.00 MB are allowed"):
                read_table(source, "a.csv")

    def test_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gancore.datasets.points.reading.MAX_ROWS", 59)
        with pytest.raises(ConfigError, match="has more than 1,000,000 rows"):
            read_table(csv(), "a.csv")
        filtered = read_table(csv(FRAME.assign(kind=["a", "b"] * 30)), "a.csv", where="kind=a")
        assert len(filtered.points) == 30

    @pytest.mark.parametrize("kind", ["npz", "parquet", "text.parquet"])
    def test_what_grows_a_thousandfold_is_refused_before_it_is_unpacked(self, monkeypatch, kind: str) -> None:
        for module in ("arrays", "columnar"):
            monkeypatch.setattr(f"gancore.datasets.points.{module}.MAX_BYTES", 10**6)
        frame = pd.DataFrame({"x": np.zeros(400_000), "y": np.zeros(400_000)})
        if kind == "npz":
            data = saved(lambda file: np.savez_compressed(file, points=frame.to_numpy()))
        elif kind == "parquet":
            data = saved(lambda file: frame.to_parquet(file, compression="zstd", engine="pyarrow", **PLAIN))
        else:
            frame = FRAME.assign(label=pd.Categorical(["a" * 2_000_000] * 60))
            data = saved(lambda file: frame.to_parquet(file, compression="zstd"))
        assert len(data) < 10**5
        tracemalloc.start()
        with pytest.raises(ConfigError, match=r"once it is unpacked"):
            open_sheet(data, f"a.{kind.partition('.')[2] or kind}")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10**6

    def test_a_text_that_stands_for_many_rows_is_held_once(self) -> None:
        frame = pd.concat([FRAME] * 20).assign(label=pd.Categorical(["a" * 100_000] * 1200))
        table = read_table(saved(lambda file: frame.to_parquet(file)), "a.parquet")
        assert len(table.points) == 1200 and [len(label) for label in table.labels["label"]] == [80]
