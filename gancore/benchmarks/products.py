"""The bare matrix products of the same steps, and nothing else: what no GAN step can go below."""

from __future__ import annotations

import numpy as np

from gancore.benchmarks.case import LATENT, Case, tensorflow


def main() -> None:
    """Time the products of a separate update: fakes, the discriminator on reals and on fakes, the generator."""
    case = Case.from_arguments()
    tf = tensorflow(case)
    rng = np.random.default_rng(0)

    def weights(widths: tuple[int, ...]):
        pairs = zip(widths[:-1], widths[1:], strict=True)
        return [tf.constant(rng.normal(size=(case.runs, a, b)) / a**0.5, tf.float32) for a, b in pairs]

    def forward(network, x):
        values = [x]
        for kernel in network:
            values.append(tf.matmul(values[-1], kernel))
        return values

    def backward(network, values, gradient, to_weights: bool, to_inputs: bool):
        found = []
        for index in reversed(range(len(network))):
            if to_weights:
                found.append(tf.matmul(values[index], gradient, transpose_a=True))
            if index or to_inputs:
                gradient = tf.matmul(gradient, network[index], transpose_b=True)
        return found, gradient

    g, d = weights(case.generator), weights(case.discriminator)
    # Inputs differ from step to step, or the compiler would take the products out of the loop.
    pool = tf.constant(rng.normal(size=(case.runs, 4 * case.batch, LATENT)), tf.float32)
    reals = tf.constant(rng.normal(size=(case.runs, 4 * case.batch, 2)), tf.float32)

    def step(index, _):
        at = index % (3 * case.batch)
        z = tf.slice(pool, [0, at, 0], [case.runs, case.batch, LATENT])
        real = tf.slice(reals, [0, at, 0], [case.runs, case.batch, 2])
        found = []
        for points in (real, forward(g, z)[-1]):
            values = forward(d, points)
            found += backward(d, values, values[-1], to_weights=True, to_inputs=False)[0]
        through = forward(g, z + 1.0)
        values = forward(d, through[-1])
        _, gradient = backward(d, values, values[-1], to_weights=False, to_inputs=True)
        found += backward(g, through, gradient, to_weights=True, to_inputs=False)[0]
        return index + 1, found

    @tf.function(jit_compile=True, autograph=False)
    def run(start, steps):
        _, first = step(start, None)
        return tf.while_loop(lambda i, _: i < start + steps, step, (start, first), parallel_iterations=1)

    case.report(lambda steps: run(tf.constant(0), tf.constant(steps))[0].numpy())


if __name__ == "__main__":
    main()
