"""Plain data from a stranger becomes a config, or a ConfigError that knows its field."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gancore.config import ConfigError, RunConfig, check_plain, flatten, parse_config, quoted, with_changes

PATHS = [*flatten(RunConfig()), "dataset", "generator", "loss", "g_optimizer"]
GIANT = int("f" * 5000, 16)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.booleans().map(lambda sign: GIANT if sign else -GIANT),  # Hypothesis cannot print it
    st.text(max_size=20),
    st.sampled_from(["9" * 5000, 2**63, 10**15, 1e308, "1e999", "0x10", "[", "16,,32", "a" * 5000]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def nested(changes: dict[str, object]) -> dict[str, object]:
    """Dotted paths as tables in each other; a path inside another's value takes its place."""
    table: dict[str, object] = {}
    for path, value in changes.items():
        *parents, leaf = path.split(".")
        here: dict = table
        for name in parents:
            here = here[name] if isinstance(here.get(name), dict) else here.setdefault(name, {}) or here[name]
            if not isinstance(here, dict):
                break
        else:
            here[leaf] = value
    return table


def checked(read) -> None:
    """A result, or one line of few words with the field that it is about."""
    try:
        assert isinstance(read(), RunConfig)
    except ConfigError as error:
        assert len(str(error)) < 900 and "\n" not in str(error)
        assert not error.path or str(error).startswith(error.path)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(PATHS) | st.text(max_size=10), VALUES, max_size=4))
@example({"steps": GIANT})
@example({"generator.hidden": [GIANT]})
@example({"dataset": [[GIANT]]})
@example({"steps": "9" * 5000})
def test_any_plain_data_is_a_config_or_a_config_error(changes: dict[str, object]) -> None:
    checked(lambda: parse_config(nested(changes)))
    checked(lambda: with_changes(RunConfig(), changes))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_json_is_a_config_or_refused(text: str) -> None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = {"steps": text}
    checked(lambda: parse_config(content))


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({"batch_size": 0}, "batch_size", 0),
        ({"generator": {"hidden": [0]}}, "generator.hidden", 0),
        ({"dataset": {"kind": "blob"}}, "dataset.kind", "blob"),
        ({"dataset": {"scale": -1}}, "dataset.scale", -1),
        ({"generator": 3}, "generator", 3),
        ({"colour": 3}, "colour", 3),
        ({"steps": 1_000_000, "snapshot_every": 1}, "snapshot_every", 1),
        ({"generator": {"hidden": [4096, 4096]}}, "generator.hidden", [4096, 4096]),
        pytest.param({"steps": GIANT}, "steps", GIANT, id="giant"),
    ],
)
def test_an_error_knows_its_field_and_value(changes: dict[str, object], path: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(changes)
    error = caught.value
    assert (error.path, error.value) == (path, value)
    assert error.allowed and error.allowed in str(error)
    assert str(error) == f"{path}: {error.reason}"
    inside = error.within("base")
    assert (inside.path, str(inside)) == (f"base.{path}", f"base: {error}")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.path, again.allowed) == (str(error), path, error.allowed)


def test_nesting_is_bounded_before_anything_follows_it() -> None:
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ConfigError, match="nested too deeply; at most 32"):
        check_plain({"base": deep})
    assert len(quoted(deep)) <= 80
    while deep:  # so that freeing it does not recurse
        deep = deep.pop()


@given(VALUES)
def test_quoting_is_short_and_what_repr_says(value: object) -> None:
    said = quoted(value)
    assert len(said) <= 80
    try:
        whole = repr(value)
    except ValueError:  # a number of thousands of digits
        return
    assert said == whole if len(whole) <= 80 else said[:-1] == whole[:79]
