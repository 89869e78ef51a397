"""Arrays ↔ bytes, read as if they came from a stranger: no pickles, sizes checked before memory is used."""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from gancore.config import MAX_SNAPSHOTS, quoted
from gancore.config.plain import is_table
from gancore.recording.landscape import ALONG, CIRCLES, GRID, Landscape
from gancore.recording.window import Window
from gancore.store.archives import check_entry, open_archive, read_member
from gancore.store.errors import Damaged

LEVELS = 65534
"""Steps of the int16 fixed point between a snapshot's smallest and largest coordinate."""
NOT_FINITE = -32768
"""Code of a coordinate that was NaN or infinite; it reads as NaN."""
FIELD_LEVELS = 254
"""Steps of the int8 fixed point between the arsinh of a field's smallest and largest logit."""
MANIFOLD_LEVELS = 4094
"""Steps between the manifold's smallest and largest coordinate: a sixteenth of a pixel where a panel has 280."""
MAX_BEND = 90.0
"""More than the arsinh of any float32 number."""
LANDSCAPE: dict[str, tuple[str, tuple[int, ...]]] = {
    "field": ("int8", (GRID, GRID)),
    "manifold": ("int16", (CIRCLES, ALONG, 2)),
    "ranges": ("float64", (7,)),
}
"""Arrays of a run's landscape: type and shape; ``ranges`` is half, then lowest and highest arsinh, x and y.

Where its window is no square around the origin, ``ranges`` has centre x and y and half x and y in place of half.
"""
MAX_POINTS = 2_000
"""Points of a snapshot, as many as training makes."""
RAWS = ("raw", "raw_final")
MAX_ARRAYS = 800
"""In one file: a checkpoint of the deepest networks has some hundred, and an optimizer's slots of each."""
ARRAY = re.compile(r"[a-z][a-z0-9_]*(/[a-z0-9_]+)*\.npy")
NPY = b"\x93NUMPY\x01\x00"
HEADER = re.compile(
    rb"{'descr': '([<>|](?:f[248]|[iu][1248]|b1))', 'fortran_order': False, 'shape': \(([0-9, ]{0,200})\), } *\n"
)
"""What numpy writes before an array of numbers; read by this pattern, because numpy evaluates it as Python."""


def checksum(data: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON types: None for what is not a finite number, lists for tuples, text for the keys of mappings.

    numpy's numbers become Python's.
    """
    if is_table(value):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("Sequence[Any]", value)]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def canonical(value: Any) -> bytes:
    """JSON bytes that depend on the value alone (sorted keys, no spaces, no NaN)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Points generated along a run."""

    steps: list[int]
    """S training steps."""
    points: np.ndarray
    """float32 [S, P, 2]; P is smaller than 2,000 where the run was thinned."""
    final: np.ndarray
    """All points of the last snapshot, float32 [2000, 2]."""
    raw: np.ndarray | None = None
    """The raw generator's points, as ``points``, where those are of averaged weights."""
    raw_final: np.ndarray | None = None
    """All of its last ones."""


def quantise(points: np.ndarray, levels: int = LEVELS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """int16 codes of points [..., P, 2], with the lowest and highest coordinate [..., 2] of each cloud.

    The error is at most half of (high - low) / levels, plus float32 rounding.
    """
    points = np.asarray(points, np.float64)
    finite = np.isfinite(points)
    low = np.where(finite, points, np.inf).min(axis=-2)
    high = np.where(finite, points, -np.inf).max(axis=-2)
    empty = low > high
    low, high = np.where(empty, 0.0, low), np.where(empty, 0.0, high)
    step = np.where(high > low, (high - low) / levels, 1.0)[..., None, :]
    codes = np.rint((np.where(finite, points, 0.0) - low[..., None, :]) / step) - levels // 2
    return np.where(finite, codes, NOT_FINITE).astype(np.int16), low, high


def restore(codes: np.ndarray, low: np.ndarray, high: np.ndarray, levels: int = LEVELS) -> np.ndarray:
    """float32 points [..., P, 2] from what ``quantise`` gave."""
    step = (high - low)[..., None, :] / levels
    points = low[..., None, :] + (codes.astype(np.float64) + levels // 2) * step
    return np.where(codes == NOT_FINITE, np.nan, points).astype(np.float32)


def encode_snapshots(
    steps: Any,
    points: np.ndarray,
    final: np.ndarray | None = None,
    compress: bool = True,
    raw: tuple[np.ndarray, np.ndarray] | None = None,
) -> bytes:
    """Snapshots [S, P, 2] as npz bytes; ``final`` where the last one is kept with more points.

    ``raw``: the same two of the raw generator, where the others are of averaged weights.
    """
    clouds = {"points": points} | ({} if final is None else {"final": final})
    clouds |= {} if raw is None else {"raw": raw[0], "raw_final": raw[1]}
    arrays: dict[str, np.ndarray] = {}
    for key, cloud in clouds.items():
        arrays |= dict(zip(_names(key), quantise(cloud), strict=True))
    return encode_arrays(arrays | {"steps": np.asarray(steps, np.int64)}, compress)


def _names(cloud: str) -> tuple[str, str, str]:
    """The arrays of a cloud of points: its codes, and the ends of their range."""
    before = "" if cloud == "points" else f"{cloud}_"
    return cloud, f"{before}low", f"{before}high"


def decode_snapshots(data: bytes, limit: int) -> Snapshots:
    """Snapshots from npz bytes; raises Damaged."""
    arrays = decode_arrays(data, limit)
    try:
        steps = arrays["steps"]
        points = _cloud(*(arrays[name] for name in _names("points")))
        if points.ndim != 3 or not 0 < len(points) <= MAX_SNAPSHOTS + 2 or steps.shape != (len(points),):
            raise Damaged("the snapshots do not fit together")
        if steps.dtype.kind not in "iu":
            raise Damaged("the steps are not whole numbers")
        final = points[-1]
        if "final" in arrays:
            final = _cloud(*(arrays[name] for name in _names("final")))
            if final.ndim != 2:
                raise Damaged("the last snapshot is not a list of points")
        raw, raw_final = (_cloud(*(arrays[name] for name in _names(key))) if key in arrays else None for key in RAWS)
    except KeyError as error:
        raise Damaged(f"the snapshots cannot be read ({error} is missing)") from None
    if (raw is None) != (raw_final is None) or (raw is not None and raw.shape != points.shape):
        raise Damaged("the raw generator's snapshots do not fit the others")
    if raw_final is not None and raw_final.shape != final.shape:
        raise Damaged("the raw generator's last snapshot does not fit the other")
    return Snapshots([int(step) for step in steps], points, final, raw, raw_final)


def _cloud(codes: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Points [..., P, 2] from what ``quantise`` gave; raises Damaged."""
    fits = codes.dtype == np.int16 and 2 <= codes.ndim <= 3 and codes.shape[-1] == 2
    if not fits or low.shape != codes.shape[:-2] + (2,) or high.shape != low.shape:
        raise Damaged("the snapshots do not fit together")
    if not 0 < codes.shape[-2] <= MAX_POINTS:
        raise Damaged(f"a snapshot has {codes.shape[-2]:,} points; 1 to {MAX_POINTS:,} are allowed")
    largest = np.finfo(np.float32).max
    # Each is false where a number is NaN.
    if not ((-largest <= low).all() and (low <= high).all() and (high <= largest).all()):
        raise Damaged("the snapshots' ranges are not allowed")
    return restore(codes, low, high)


def encode_landscape(landscape: Landscape) -> bytes:
    """A finite landscape as npz bytes, not compressed (a bundle does that).

    A logit's code is linear in its arsinh, from the field's smallest to its largest: steps of 0.04 around 0 and of 4%
    at the ends of a field from -100 to 100, and finer in flatter fields, so that none is cut off or loses its slope.
    Codes are stored less the one before them in their row or circle, which compresses better.
    """
    field, *bends = quantise(np.arcsinh(landscape.field.astype(np.float64)).reshape(-1, 1), FIELD_LEVELS)
    codes, *corners = quantise(landscape.manifold.reshape(-1, 2), MANIFOLD_LEVELS)
    arrays = {  # the differences may wrap, and their sums then wrap back
        "field": np.diff(field.astype(np.int8).reshape(GRID, GRID), axis=1, prepend=np.int8(0)),
        "manifold": np.diff(codes.reshape(CIRCLES, ALONG, 2), axis=1, prepend=np.int16(0)),
        "ranges": np.concatenate([_window_numbers(landscape.window), *bends, *corners]),
    }
    return encode_arrays(arrays, compress=False)


def _window_numbers(window: Window) -> Sequence[float]:
    return window.half[:1] if window.plain else (*window.centre, *window.half)


def decode_landscape(data: bytes, limit: int) -> Landscape:
    """What ``encode_landscape`` wrote; raises Damaged."""
    arrays = decode_arrays(data, limit)
    found = {name: (array.dtype.name, array.shape) for name, array in arrays.items()}
    if found not in (LANDSCAPE, LANDSCAPE | {"ranges": ("float64", (10,))}):
        raise Damaged("the landscape has other arrays, types or shapes than they must")
    *window, a, b, c, d, e, f = arrays["ranges"]
    bends, low, high = np.array([a, b]), np.array([c, d]), np.array([e, f])
    centre, half = (window[:2], window[2:]) if len(window) > 1 else ([0.0, 0.0], 2 * window)
    largest = np.finfo(np.float32).max
    # Each is false where a number is NaN.
    sound = all(0 < one <= largest for one in half) and -MAX_BEND <= bends[0] <= bends[1] <= MAX_BEND
    sound = sound and all(-largest <= one <= largest for one in centre)
    if not (sound and (-largest <= low).all() and (low <= high).all() and (high <= largest).all()):
        raise Damaged("the landscape's ranges are not allowed")
    bent, codes = (np.cumsum(arrays[name], axis=1, dtype=arrays[name].dtype) for name in ("field", "manifold"))
    logits = np.sinh(restore(bent.reshape(-1, 1), bends[:1], bends[1:], FIELD_LEVELS).astype(np.float64))
    field = np.clip(logits, -largest, largest).astype(np.float32).reshape(GRID, GRID)
    with np.errstate(over="ignore"):
        points = restore(codes.reshape(-1, 2), low, high, MANIFOLD_LEVELS).reshape(codes.shape)
    x, y, across, up = map(float, (*centre, *half))
    landscape = Landscape(Window((x, y), (across, up)), field, points)
    if not landscape.finite:
        raise Damaged("the landscape is not finite")
    return landscape


def encode_arrays(arrays: Mapping[str, np.ndarray], compress: bool = True) -> bytes:
    """npz bytes, the same for the same arrays."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            if not ARRAY.fullmatch(f"{name}.npy"):
                raise ValueError(f"{name!r} is not a name for an array; use lower-case words joined by '/'")
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy")
            info.compress_type = archive.compression
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


NUMBERS = "fiu"
"""Kinds of numpy's types that are plain numbers."""


def decode_arrays(data: bytes, limit: int, kinds: str = NUMBERS) -> dict[str, np.ndarray]:
    """Arrays from npz bytes; raises Damaged if they are not of these kinds or take more than ``limit`` bytes."""
    arrays: dict[str, np.ndarray] = {}
    try:
        with open_archive(data, MAX_ARRAYS) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > limit:
                raise Damaged(f"its arrays take more than {limit:,} bytes")
            for member in members:
                if not ARRAY.fullmatch(member.filename) or member.filename[:-4] in arrays:
                    raise Damaged(f"it holds an unexpected member {quoted(member.filename)}")
                check_entry(member)
                arrays[member.filename[:-4]] = decode_array(read_member(archive, member), kinds)
    except Damaged as error:
        raise Damaged(f"it is not a readable npz file ({error})") from None
    return arrays


def decode_array(data: bytes, kinds: str = NUMBERS) -> np.ndarray:
    """One npy member; its header must promise exactly the bytes that follow, so that no header can claim memory.

    ``kinds`` are numpy's letters of the kinds of numbers that are allowed. Raises Damaged.
    """
    start = 10 + int.from_bytes(data[8:10], "little")
    found = HEADER.fullmatch(data[10:start]) if data[:8] == NPY else None
    dtype = None if found is None else np.dtype(found[1].decode())
    if found is None or dtype is None or dtype.kind not in kinds:
        raise Damaged("an array's header is not one of numbers")
    shape = tuple(int(length) for length in found[2].replace(b" ", b"").split(b",") if length)
    if max(len(shape), *map(len, map(str, shape)), 0) > 12 or math.prod(shape) * dtype.itemsize != len(data) - start:
        raise Damaged("an array's header does not fit its bytes")
    return np.frombuffer(data, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))
