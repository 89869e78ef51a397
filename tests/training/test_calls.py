"""Compiled functions that are called with their tensors alone."""

from __future__ import annotations

from typing import Any

import pytest

from gancore.parts.backend import tf
from gancore.training import calls

ARGUMENTS = ({"b": [1.0, 2.0], "a": [3.0, 5.0]}, ([7.0], [11.0]), 2)


def weighed(named: dict[str, Any], pair: tuple[Any, Any], times: Any) -> dict[str, Any]:
    """Tells each of its arguments apart."""
    factor = tf.cast(times, tf.float32)
    return {"sum": factor * (10 * named["a"] + named["b"]), "less": (pair[0] - pair[1],)}


def tensors(values: Any) -> Any:
    """Lists of numbers, and numbers, as tensors."""
    if isinstance(values, dict):
        return {name: tensors(value) for name, value in values.items()}
    return tuple(map(tensors, values)) if isinstance(values, tuple) else tf.constant(values)


@pytest.mark.parametrize("direct", [True, False])
def test_a_traced_function_takes_each_tensor_for_what_it_is(direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not direct:  # as in a TensorFlow without such a call
        monkeypatch.setattr(calls, "DIRECT", "none such")
    call = calls.traced(weighed, *tensors(ARGUMENTS))
    found = call(*tensors(({"b": [1.0, 0.0], "a": [2.0, 4.0]}, ([1.0], [5.0]), 3)))
    assert found["sum"].numpy().tolist() == [63.0, 120.0] and found["less"][0].numpy().tolist() == [-4.0]
    again = call(*tensors(({"a": [0.0, 0.0], "b": [1.0, 1.0]}, ([0.0], [0.0]), 1)))
    assert again["sum"].numpy().tolist() == [1.0, 1.0]
