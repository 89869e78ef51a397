"""Rates that change over training, in a script: those of the engine, by schedules of Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancore.config import RunConfig, with_changes
from gancore.export.script import script_text
from gancore.parts import Choice

SCHEDULES = {
    "constant, warmed up": {"kind": "constant", "warmup": 20},
    "linear": {"kind": "linear", "end": 80, "final": 0.25},
    "cosine": {"kind": "cosine", "end": 80},
    "cosine, warmed up": {"kind": "cosine", "end": 80, "final": 0.1, "warmup": 20},
    "exponential": {"kind": "exponential", "every": 30, "decay": 0.3},
    "step": {"kind": "step", "every": 30, "decay": 0.3},
}


@pytest.mark.parametrize("update", ["combined", "separate"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_script_has_the_rates_of_the_engine(name: str, update: str):
    changes = {f"d_optimizer.schedule.{field}": value for field, value in SCHEDULES[name].items()}
    config = with_changes(RunConfig(), changes | {"update.kind": update, "d_optimizer.learning_rate": 0.01})
    text = script_text(config)
    names = {"keras": keras, "tf": tf}
    if "class PerStep(" in text:
        start = text.index("class PerStep(")
        exec(text[start : text.index("\n\n\n", start)], names)  # our own text
    start = text.index("d_optimizer = ")
    exec(text[start : text.index("g_weights", start)], names)
    optimizer, updates = names["d_optimizer"], config.update.ticks
    seen = []
    for update_number in range(100 * updates):
        optimizer.iterations.assign(update_number)
        seen.append(float(optimizer.learning_rate))
    schedule: Choice = config.d_optimizer.schedule
    inputs = {field: tf.constant([float(value)]) for field, value in schedule.inputs().items()}
    engine = [0.01 * float(schedule.factor(tf.constant(float(step)), inputs)[0]) for step in range(100)]
    np.testing.assert_allclose(seen, np.repeat(engine, updates), rtol=2e-5, atol=1e-8)
