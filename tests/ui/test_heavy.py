"""Large computations take turns, give up places that nobody wants, and keep their results within bounds."""

from __future__ import annotations

import re
import threading
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gancore.ui import heavy
from gancore.ui.heavy import Line, Results, weight_of


def wait_until(condition) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never happened")


class Gone(Exception):
    """What a page that is left raises."""


def test_one_at_a_time_in_the_order_of_asking() -> None:
    line, running, most, order, places = Line(), [], [], [], []
    go = threading.Event()

    def work(number: int) -> None:
        with line.turn(lambda ahead: places.append((number, ahead))):
            running.append(number)
            most.append(len(running))
            order.append(number)
            go.wait(60)
            running.remove(number)

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        wait_until(lambda number=number: order == [0] if number == 0 else (number, number) in places)
    go.set()
    for thread in threads:
        thread.join(60)
    assert order == [0, 1, 2, 3, 4] and max(most) == 1
    assert {(number, number) for number in range(1, 5)} <= set(places), "each was told how many come first"


def test_a_page_that_is_left_gives_its_place_up() -> None:
    line, left, done = Line(), threading.Event(), []
    begun, go = threading.Event(), threading.Event()

    def first() -> None:
        with line.turn(lambda ahead: None):
            begun.set()
            go.wait(60)

    def leaves(ahead: int) -> None:
        left.set()
        raise Gone

    def second() -> None:
        with pytest.raises(Gone), line.turn(leaves):
            done.append("never")

    def third() -> None:
        with line.turn(lambda ahead: None):
            done.append("third")

    threads = [threading.Thread(target=first)]
    threads[0].start()
    begun.wait(60)
    threads += [threading.Thread(target=second), threading.Thread(target=third)]
    threads[1].start()
    assert left.wait(60)
    threads[2].start()
    go.set()
    for thread in threads:
        thread.join(60)
    assert done == ["third"]
    with line.turn(lambda ahead: pytest.fail("nobody is there")):
        pass


def test_a_turn_within_a_turn_does_not_wait_and_an_error_ends_it() -> None:
    line = Line()
    with (
        pytest.raises(Gone),
        line.turn(lambda ahead: None),
        line.turn(lambda ahead: pytest.fail("it waits for itself")),
    ):
        raise Gone
    with line.turn(lambda ahead: pytest.fail("the error kept the place")):
        pass


def test_what_is_kept_stays_within_its_bytes() -> None:
    results = Results(limit=100_000)
    for number in range(100):
        results.keep(number, np.zeros(1_000))  # 8 kB
    assert results.size <= 100_000 and 8 <= len(results) <= 12
    assert results.find(99)[0] and not results.find(0)[0]
    results.find(90)
    results.keep("next", np.zeros(2_000))
    assert results.find(90)[0] and not results.find(88)[0], "what was asked for last stays"
    results.keep("huge", np.zeros(10_000))
    assert not results.find("huge")[0] and results.find("next")[0], "one result does not push all others out"


def test_the_weight_of_what_pages_keep() -> None:
    assert weight_of(np.zeros(1_000)) == 8_000
    assert weight_of(pd.DataFrame({"a": np.zeros(1_000)})) >= 8_000
    assert weight_of({"a": ["x" * 5_000, ("y" * 5_000,)]}) > 10_000
    assert weight_of(SimpleNamespace(values=["x" * 5_000])) > 5_000


def page() -> None:
    import streamlit as st

    from gancore.ui import heavy

    @heavy.computed("Computing…", lambda key, _runs: _runs)
    def compute(key: str, _runs: int) -> str:
        st.session_state["computed"] = st.session_state.get("computed", 0) + 1
        return key * 2

    st.text(compute("a", st.session_state.get("runs", 10)))
    st.text(compute("a", 10_000))
    st.text(compute("b", 10_000))


def test_a_page_computes_each_result_once_and_its_rerun_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Line(), Results()
    monkeypatch.setattr(heavy, "_server", lambda: server)
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception and [text.value for text in app.text] == ["aa", "aa", "bb"]
    assert app.session_state["computed"] == 2
    assert app.run().session_state["computed"] == 2


def test_a_page_that_waits_says_how_many_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Line(), Results()
    monkeypatch.setattr(heavy, "_server", lambda: server)
    said: list[str] = []
    busy, go = threading.Event(), threading.Event()

    def other() -> None:
        with server[0].turn(lambda ahead: None):
            busy.set()
            go.wait(60)

    thread = threading.Thread(target=other)
    thread.start()
    busy.wait(60)
    real = heavy._say

    def say(place, ahead: int) -> None:
        real(SimpleNamespace(caption=said.append), ahead)
        go.set()

    monkeypatch.setattr(heavy, "_say", say)
    app = AppTest.from_function(page, default_timeout=60).run()
    thread.join(60)
    assert not app.exception and [text.value for text in app.text] == ["aa", "aa", "bb"]
    assert re.search(r"Waiting for 1 other page with many runs", said[0])
