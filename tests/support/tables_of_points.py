"""Files of points in many dialects, made from the same points."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pandas as pd

POINTS = np.round(np.random.default_rng(3).normal(size=(60, 2)) * [3.0, 40.0], 5)
FRAME = pd.DataFrame(POINTS, columns=["x", "y"])


def csv(frame: pd.DataFrame = FRAME, **options: object) -> bytes:
    return frame.to_csv(index=False, **options).encode()  # type: ignore[call-overload]


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def text(**options: object) -> bytes:
    return saved(lambda file: np.savetxt(file, POINTS, **{"fmt": "%.17g", **options}))  # type: ignore[arg-type]


def arff(rows: np.ndarray = POINTS) -> bytes:
    lines = ["% a comment", "@relation points", "@attribute x real", "@ATTRIBUTE y numeric", "@attribute kind {a,b}"]
    return "\n".join([*lines, "@data", *(f"{x!r},{y!r},a" for x, y in rows.tolist())]).encode()


def saurus() -> pd.DataFrame:
    """Three shapes one after another, told apart by a column, as the Datasaurus Dozen has them."""
    shapes = {"dino": POINTS, "away": POINTS * 2, "h lines": POINTS + 1}
    parts = [pd.DataFrame(points, columns=["x", "y"]).assign(dataset=name) for name, points in shapes.items()]
    return pd.concat(parts)[["dataset", "x", "y"]]


DIALECTS: dict[str, bytes] = {
    "points.csv": csv(),
    "index.csv": FRAME.to_csv().encode(),
    "bare.csv": csv(header=False),
    "numbered.csv": csv(pd.DataFrame(POINTS)),
    "numbered-index.csv": pd.DataFrame(POINTS).to_csv().encode(),
    "quoted.csv": csv(quoting=1),
    "spaced.csv": csv().replace(b",", b" , "),
    "windows.csv": csv().replace(b"\n", b"\r\n"),
    "old-mac.csv": csv().replace(b"\n", b"\r"),
    "marked.csv": b"\xef\xbb\xbf" + csv(),
    "utf-16.csv": FRAME.to_csv(index=False).encode("utf-16"),
    "told.csv": b"sep=;\n" + csv(sep=";", decimal=","),
    "trailing.csv": csv().replace(b"\n", b",\n"),
    "blank-lines.csv": b"\n\n" + csv().replace(b"\n", b"\n\n"),
    "r-names.csv": b"x,y\n" + FRAME.to_csv(header=False).encode(),
    "umlaut.csv": b"x,h\xf6he,y\n" + csv(FRAME.assign(h="u")[["x", "h", "y"]], header=False).replace(b"u", b"\xfc"),
    "points.tsv": csv(sep="\t"),
    "bars.txt": csv(sep="|"),
    "semicolons.csv": csv(sep=";"),
    "decimal-commas.csv": csv(sep=";", decimal=","),
    "decimal-commas-bare.csv": csv(sep=";", decimal=",", header=False),
    "decimal-commas.tsv": csv(sep="\t", decimal=","),
    "decimal-commas.txt": text().replace(b".", b","),
    "blanks.txt": text(),
    "aligned.dat": text(fmt="%30.17g"),
    "commented.dat": text(header="x y"),
    "exponents.dat": text(fmt="%.17e"),
    "clipboard": csv(sep="\t", header=False),
    "points.arff": arff(),
    "points.parquet": saved(lambda file: FRAME.to_parquet(file)),
    "floats.parquet": saved(lambda file: FRAME.assign(label="a").to_parquet(file, compression="gzip")),
    "texts.parquet": saved(lambda file: FRAME.astype(str).to_parquet(file)),
    "points.npy": saved(lambda file: np.save(file, POINTS)),
    "columns.npy": saved(lambda file: np.save(file, np.asfortranarray(POINTS))),
    "big-endian.npy": saved(lambda file: np.save(file, POINTS.astype(">f8"))),
    "fields.npy": saved(lambda file: np.save(file, FRAME.to_records(index=False))),
    "points.npz": saved(lambda file: np.savez(file, points=POINTS)),
    "two.npz": saved(lambda file: np.savez_compressed(file, x=POINTS[:, 0], y=POINTS[:, 1], n=np.arange(3))),
}
"""File name → its bytes: all of them hold POINTS."""
