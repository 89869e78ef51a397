"""Bundles that are small on disk and want gigabytes: each attacks one of a bundle's formats, its checksums in order."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gancore.config import RESULTS_VERSION, RunConfig
from gancore.store import codec, gallery_bundles, write_bundle

Members = dict[str, bytes]
MEGABYTE = 2**20


def small_bundle(path: Path, runs: int = 1) -> Path:
    """A sound bundle of the first runs of a shipped study."""
    shipped = next(bundle for bundle in gallery_bundles() if bundle.name == "first-fixes")
    write_bundle(path, shipped.study_text, "small", shipped.runs()[:runs], shipped.references, shipped.analysis)
    return path


def members_of(path: Path) -> Members:
    """Name → content of a bundle's members."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bundle_of(members: Members) -> bytes:
    """A bundle with these members and their checksums."""
    manifest = json.loads(members["manifest.json"])
    manifest["members"] = {name: codec.checksum(data) for name, data in members.items() if name != "manifest.json"}
    return zipped(members | {"manifest.json": json.dumps(manifest).encode()})


def zipped(members: Members) -> bytes:
    """A zip file with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def understated(data: bytes, name: str, size: int) -> bytes:
    """A zip file that says of a member that it unpacks to ``size`` bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(name)
    told = struct.pack("<L", entry.file_size)
    packed = struct.pack("<L", entry.compress_size)
    return data.replace(packed + told, packed + struct.pack("<L", size))


def infos(members: Members, count: int) -> list[dict[str, object]]:
    """What ``count`` runs say of themselves, their ids those of their configs."""
    first = json.loads(members["runs.json"])[0]
    made = []
    for seed in range(count):
        config = RunConfig(seed=seed).model_dump(mode="json")
        run_id = codec.checksum(codec.canonical({"config": config, "results_version": RESULTS_VERSION}))
        made.append(first | {"config": config, "run_id": run_id, "results_version": RESULTS_VERSION})
    return made


def with_runs(members: Members, count: int, points: bytes | None = None) -> Members:
    """A bundle's members with ``count`` runs, each with the same snapshots."""
    runs = infos(members, count)
    points = points or next(data for name, data in members.items() if name.startswith("snapshots/"))
    kept = {name: data for name, data in members.items() if "/" not in name}
    kept["runs.json"] = json.dumps(runs).encode()
    return kept | {f"snapshots/{run['run_id']}.npz": points for run in runs}


def parquet(table: pa.Table, **options: object) -> bytes:
    """Parquet bytes as pyarrow writes them with these options."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_statistics=False, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def snapshots(count: int, points: int, final: int = 2000) -> bytes:
    """So many snapshots of so many points, all of them zero."""
    nothing = np.zeros((count, 2))
    arrays = {"points": np.zeros((count, points, 2), np.int16), "low": nothing, "high": nothing}
    arrays |= {"final": np.zeros((final, 2), np.int16), "final_low": nothing[0], "final_high": nothing[0]}
    return codec.encode_arrays(arrays | {"steps": np.arange(count)}, compress=False)


def entries(count: int) -> bytes:
    """A zip file's list of so many members without content."""
    one = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    content = one * count
    return content + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(content), 0, 0)


def overstated_page(data: bytes, rows: int) -> bytes:
    """A parquet file whose first page says that it unpacks to a megabyte."""
    size = rows * 8 + 6 + 1  # a length, a run of ones, and the values
    for told in range(size - 8, size + 8):
        number = zigzag(told)
        at = data.find(b"\x15\x00\x15" + number)
        if at >= 0:
            return data[: at + 3] + b"\xfe\xff\x7f"[: len(number)] + data[at + 3 + len(number) :]
    raise AssertionError("no page's header was found")


def zigzag(value: int) -> bytes:
    """A whole number in Thrift's compact protocol."""
    value, made = value << 1, bytearray()
    while value >= 128:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def hostile_bundles(sound: Path) -> dict[str, Callable[[], bytes]]:
    """Name of an attack → the bundle's bytes."""
    good = members_of(sound)
    run = json.loads(good["runs.json"])[0]["run_id"]
    points = f"snapshots/{run}.npz"

    def changed(**members: bytes) -> Callable[[], bytes]:
        named = {name.replace("__", ".").replace("POINTS", points): data for name, data in members.items()}
        return lambda: bundle_of(good | named)

    def frame(rows: int, **columns: pa.Array) -> pa.Table:
        steps = pa.array(np.zeros(rows, np.int64))
        return pa.table({"step": steps, "run_id": pa.array([run] * rows)} | columns)

    def history(data: bytes, runs: int = 1) -> bytes:
        return bundle_of(
            with_runs(good, runs, snapshots(1, 1)) | {"history.parquet": data}
            if runs > 1
            else good | {"history.parquet": data}
        )

    def wide() -> bytes:
        rows = 100 * 5002
        zeros = pa.array(np.zeros(rows))
        return history(parquet(frame(rows, **{f"a{n}": zeros for n in range(60)})), 100)

    def long_ids(**options: object) -> bytes:
        steps = pa.array(np.zeros(5000, np.int64))
        name = pa.DictionaryArray.from_arrays(pa.array(np.zeros(5000, np.int32)), pa.array(["a" * 40_000]))
        table = pa.table({"step": steps, "run_id": name.cast(pa.string())})
        return history(parquet(table, **{"use_dictionary": ["run_id"]} | options))

    def lists() -> bytes:
        ids = pa.array([[run] * 100] * 5000, pa.list_(pa.string()))
        return history(
            parquet(pa.table({"step": pa.array(np.zeros(5000, np.int64)), "run_id": ids}), use_dictionary=False)
        )

    def inner_bomb() -> bytes:
        arrays = {"steps.npy": bytes(200 * MEGABYTE)}
        return understated(zipped(arrays), "steps.npy", 1000)

    def outer_bomb() -> bytes:
        members = good | {"runs.json": bytes(200 * MEGABYTE)}
        return understated(zipped(members), "runs.json", 1000)

    plain = pd.DataFrame({"step": np.zeros(5000, np.int64), "run_id": [run] * 5000, "loss": np.zeros(5000)})
    table = pa.Table.from_pandas(plain, preserve_index=False)
    deep = b"[" * 500_000 + b"]" * 500_000
    return {
        "lists in runs.json": changed(runs__json=b"[" + b"[],[]," * (2_600_000) + b"[]]"),
        "keys in floors.json": changed(floors__json=b"{" + b'"a":{},' * 500_000 + b'"a":{}}'),
        "numbers in analysis.json": changed(analysis__json=b"[" + b"1.5," * 1_000_000 + b"1]"),
        "one text in runs.json": changed(runs__json=b'["' + b"a" * 16_000_000 + b'"]'),
        "a wide character in runs.json": changed(runs__json=('["' + "a" * 16_000_000 + '😀"]').encode()),
        "nesting in analysis.json": changed(analysis__json=deep),
        "a giant number": changed(runs__json=b"[" + b"9" * 5000 + b"]"),
        "an infinite number": changed(runs__json=good["runs.json"].replace(b'"seconds":', b'"seconds":1e999,"a":')),
        "points of a snapshot": changed(POINTS=snapshots(20, 600_000)),
        "points of the last snapshot": changed(POINTS=snapshots(2, 500, 12_000_000)),
        "many snapshots": changed(POINTS=snapshots(60_000, 200)),
        "snapshots of many runs": lambda: bundle_of(with_runs(good, 80, snapshots(250, 1000))),
        "an array larger than it says": lambda: bundle_of(good | {points: inner_bomb()}),
        "a member larger than it says": outer_bomb,
        "a long list of members": lambda: entries(300_000),
        "columns of many runs": wide,
        "long run ids": long_ids,
        "long run ids without a dictionary": lambda: long_ids(use_dictionary=False),
        "run ids that share a start": lambda: long_ids(
            use_dictionary=False, column_encoding={"run_id": "DELTA_BYTE_ARRAY", "step": "PLAIN"}
        ),
        "lists for run ids": lists,
        "numbers through a dictionary": lambda: history(parquet(table, use_dictionary=["run_id", "loss"])),
        "a page larger than its rows": lambda: history(
            overstated_page(parquet(table, use_dictionary=["run_id"]), 5000)
        ),
        "a parquet file without an end": changed(history__parquet=b"PAR1" + zlib.compress(b"a" * 1000)),
    }
