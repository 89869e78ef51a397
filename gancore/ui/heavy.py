"""What pages compute of many runs: one computation at a time on a server, its results kept within a bound of bytes."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from gancore.ui.text import count

T = TypeVar("T")

LARGE = 200
"""Runs from which a computation waits for its turn: the shipped studies have up to 160, and are done in a second."""
KEPT_BYTES = 96 * 2**20
"""Results that a server keeps for sessions that ask for the same."""
EVERY = 0.3
"""Seconds between looks at whether a page that waits is still wanted."""


class Line:
    """Computations in the order in which they were asked for, one at a time."""

    def __init__(self) -> None:
        self._tickets: list[object] = []
        self._changed = threading.Condition()
        self._mine = threading.local()

    @contextlib.contextmanager
    def turn(self, waiting: Callable[[int], None]) -> Iterator[None]:
        """Waits until all that came before have ended.

        ``waiting`` is called with their number; whatever it raises gives the place up. A thread whose turn it is has
        every further turn at once.
        """
        if getattr(self._mine, "turn", False):
            yield
            return
        ticket = object()
        with self._changed:
            self._tickets.append(ticket)
        try:
            while ahead := self._ahead(ticket):
                waiting(ahead)
                with self._changed:
                    if self._tickets[0] is not ticket:
                        self._changed.wait(EVERY)
            self._mine.turn = True
            yield
        finally:
            self._mine.turn = False
            with self._changed:
                self._tickets.remove(ticket)
                self._changed.notify_all()

    def _ahead(self, ticket: object) -> int:
        with self._changed:
            return self._tickets.index(ticket)


class Results:
    """Results by what they were computed of; those that nobody has asked for longest make room."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit, self.size = limit, 0
        self._known: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def find(self, key: Any) -> tuple[bool, Any]:
        """Whether the result is here, and the result."""
        with self._lock:
            if key not in self._known:
                return False, None
            self._known.move_to_end(key)
            return True, self._known[key][0]

    def keep(self, key: Any, value: Any) -> None:
        """Remember a result; one that is larger than a quarter of all the room is not kept."""
        weight = weight_of(value)
        with self._lock:
            if key in self._known or weight > self._limit // 4:
                return
            self._known[key] = value, weight
            self.size += weight
            while self.size > self._limit:
                self.size -= self._known.popitem(last=False)[1][1]


def computed(words: str, runs: Callable[..., int]) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """A function whose results are kept, by its arguments other than those whose names begin with an underscore.

    ``words`` stand beside the spinner. ``runs`` takes the same arguments and says how many runs the function reads: one
    that reads more than ``LARGE`` waits for its turn, and gives its place up when its page is left or asks for
    something else. Results are shared: copy them before changing them.
    """

    def wrap(function: Callable[..., T]) -> Callable[..., T]:
        names = list(inspect.signature(function).parameters)
        where = f"{function.__module__}.{function.__qualname__}"

        @functools.wraps(function)
        def call(*args: Any) -> T:
            pairs = zip(names, args, strict=True)
            key = (where, *(value for name, value in pairs if not name.startswith("_")))
            line, results = _server()
            there, value = results.find(key)
            if there:
                return value
            if runs(*args) <= LARGE:
                with st.spinner(words):
                    value = function(*args)
            else:
                place = st.empty()
                with line.turn(functools.partial(_say, place)):
                    place.empty()
                    there, value = results.find(key)
                    if there:  # another page has asked for the same meanwhile
                        return value
                    with st.spinner(words):
                        value = function(*args)
            results.keep(key, value)
            return value

        return call

    return wrap


def still_wanted() -> None:
    """Ends the page's script here if its visitor is gone, or has asked for something else."""
    # Streamlit looks for that whenever the session's state is read.
    st.session_state.get("still_wanted")


def weight_of(value: Any) -> int:
    """Bytes of a value and of what it holds, about."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return int(value.memory_usage(deep=True).sum())
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    inner: list[Any] = []
    if isinstance(value, Mapping):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        inner = list(value)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        inner = list(vars(value).values())
    return sys.getsizeof(value) + sum(map(weight_of, inner))


def _say(place: Any, ahead: int) -> None:
    place.caption(f":material/hourglass_empty: Waiting for {count(ahead, 'other page')} with many runs to be drawn.")
    still_wanted()


@st.cache_resource(show_spinner=False)
def _server() -> tuple[Line, Results]:
    return Line(), Results()
