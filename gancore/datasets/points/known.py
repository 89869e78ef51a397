"""Where points of a hash are found: places that know some of them, asked one after another.

A configuration names points by the hash of their content, and reading one needs no points. What needs them asks here.
A store says where its own are when it is opened, in every process, so that pages, commands and workers find them alike;
this package knows nothing of stores. The content decides, so which place answers makes no difference.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from gancore.parts.errors import ConfigError

Array = NDArray[np.float64]
Place = Callable[[str], "Array | None"]
"""Hash → points float64 [n, 2] with that hash, or None where the place has none."""

PLACES = 64
"""Places that are asked: a program opens one store, or a few; a test run hundreds."""
KEPT = 4
"""Files of points that are kept in memory, 16 MB each at most."""

_places: OrderedDict[str, Place] = OrderedDict()
_kept: OrderedDict[str, Array] = OrderedDict()
_lock = threading.Lock()


def digest(points: Array) -> str:
    """SHA-256 (64 hex digits) of points [n, 2] in float64, whatever file they came from; their order is part of it."""
    # Adding zero makes -0.0 and 0.0 one number.
    return hashlib.sha256(np.ascontiguousarray(points + 0.0, "<f8").tobytes()).hexdigest()


@lru_cache(maxsize=1)
def example() -> Array:
    """Points that come with gancore, [600, 2]: what the distribution is before anybody gave points of their own."""
    data = (resources.files("gancore.datasets.points") / "example.npy").read_bytes()
    points = np.load(io.BytesIO(data), allow_pickle=False)
    points.setflags(write=False)
    return points


EXAMPLE = "6e72d1e8d57f3785f85d5e32d9df2c6ca472b0c3a49163e22020d0c735d303e5"
"""The hash of ``example()``."""


def look_in(name: str, place: Place) -> None:
    """Ask this place too, before the others; one of the same name takes the older one's place."""
    with _lock:
        _places[name] = place
        _places.move_to_end(name)
        while len(_places) > PLACES:
            _places.popitem(last=False)


def forget(sha256: str) -> None:
    """Points that were removed: the next question looks for them again."""
    with _lock:
        _kept.pop(sha256, None)


def is_known(sha256: str) -> bool:
    """Whether the points of a hash are found here."""
    return _find(sha256) is not None


def load(sha256: str) -> Array:
    """Points float64 [n, 2] of a hash, not to be changed; raises ConfigError where nobody here has them."""
    points = _find(sha256)
    if points is None:
        raise missing(sha256)
    return points


def missing(sha256: str) -> ConfigError:
    """The error that says what to do about points that are not here."""
    allowed = "add the file that they came from with: gancore points add FILE (or on the Data page)"
    return ConfigError.refused("dataset.sha256", sha256[:12], allowed, "names points that are not in this store")


def _find(sha256: str) -> Array | None:
    if sha256 == EXAMPLE:
        return example()
    with _lock:
        if sha256 in _kept:
            _kept.move_to_end(sha256)
            return _kept[sha256]
        places = list(reversed(_places.values()))
    for place in places:
        points = place(sha256)
        if points is not None:
            points.setflags(write=False)
            with _lock:
                _kept[sha256] = points
                while len(_kept) > KEPT:
                    _kept.popitem(last=False)
            return points
    return None
