"""Runs of the plain loop with draws of their own, and whether two samples are of one distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats


def restart(plain, seed: int) -> np.random.Generator:
    """Bring a plain loop to its start, with initial weights as Keras draws them; gives what its steps draw from."""
    import keras

    keras.utils.set_random_seed(seed)
    for variable in (*plain.generator.trainable_variables, *plain.discriminator.trainable_variables):
        variable.assign(
            keras.initializers.GlorotUniform()(variable.shape) if len(variable.shape) == 2 else 0 * variable
        )
    for optimizer in (plain.g_optimizer, plain.d_optimizer):
        optimizer.load_own_variables(
            {"0": 0, "1": optimizer.learning_rate}
            | {str(2 + i): 0 * variable for i, variable in enumerate(optimizer.variables[2:])}
        )
    return np.random.default_rng(seed)


def p_value(one: np.ndarray, other: np.ndarray) -> float:
    """Permutation test of equal distributions by the energy distance (Székely and Rizzo 2004)."""
    return float(
        stats.permutation_test(
            (one, other), stats.energy_distance, alternative="greater", n_resamples=4999, rng=np.random.default_rng(0)
        ).pvalue
    )


def check_same_distributions(results: Mapping[str, tuple[np.ndarray, np.ndarray]], measures: Sequence[str]) -> None:
    """That no cell's two samples [seeds, measures] differ, by Holm's first step over all comparisons.

    Wrong alarms come in 1% of all calls.
    """
    found = {
        (name, measure): p_value(ours[:, column], plain[:, column])
        for name, (ours, plain) in results.items()
        for column, measure in enumerate(measures)
    }
    assert min(found.values()) > 0.01 / len(found), found
