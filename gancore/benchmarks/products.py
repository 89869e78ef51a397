"""The bare matrix products of the same steps, and nothing else: what no GAN step can go below."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gancore.benchmarks.case import LATENT, Case, tensorflow
from gancore.benchmarks.trained import TRAINED


def trainer(case: Case, tf) -> Callable[[int], object]:
    """The products of so many steps: fakes, the discriminator on both kinds of points, its slopes, the generator."""
    trained = TRAINED[case.recipe]
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

    def second(network, values):
        """Products of a penalty on slopes, of a network with piecewise linear activations: to the points and back."""
        found, gradients, gradient = [], [], values[-1]
        for kernel in reversed(network):
            gradients.append(gradient)
            gradient = tf.matmul(gradient, kernel, transpose_b=True)
        for kernel, above in zip(network, reversed(gradients), strict=True):
            found.append(tf.matmul(gradient, above, transpose_a=True))
            if kernel is not network[-1]:
                gradient = tf.matmul(gradient, kernel)
        return found

    g, d = weights(case.generator), weights(case.discriminator)
    # Inputs differ from step to step, or the compiler would take the products out of the loop.
    pool = tf.constant(rng.normal(size=(case.runs, 4 * case.batch, LATENT)), tf.float32)
    reals = tf.constant(rng.normal(size=(case.runs, 4 * case.batch, 2)), tf.float32)

    def step(index, _):
        at = index % (3 * case.batch)
        z = tf.slice(pool, [0, at, 0], [case.runs, case.batch, LATENT])
        real = tf.slice(reals, [0, at, 0], [case.runs, case.batch, 2])
        found = []
        for turn in range(trained.d_steps):
            fake = forward(g, z + float(turn) if turn else z)[-1]
            points = {"real": real, "fake": fake, "both": tf.concat([real, fake], axis=1), "between": real + fake}
            seen = {kind: forward(d, points[kind]) for kind in (("both",) if trained.combined else ("real", "fake"))}
            for values in seen.values():
                found += backward(d, values, values[-1], to_weights=True, to_inputs=False)[0]
            if trained.slopes:  # at points of the loss its forward pass serves both
                halves = {"real": slice(0, case.batch), "fake": slice(case.batch, None)}
                for kind in trained.slopes:
                    part = halves.get(kind)
                    at = forward(d, points[kind]) if part is None else [value[:, part] for value in seen["both"]]
                    found += second(d, at)
        if trained.spectral:  # one power iteration for each network's update
            for kernel in [*d, *d]:
                v = tf.matmul(z[:, :1, :1] * tf.ones_like(kernel[:, :1]), kernel, transpose_b=True)
                found.append(tf.matmul(v, kernel))
        through = forward(g, z + 1.0)
        values = forward(d, through[-1])
        _, gradient = backward(d, values, values[-1], to_weights=False, to_inputs=True)
        found += backward(g, through, gradient, to_weights=True, to_inputs=False)[0]
        return index + 1, found

    @tf.function(jit_compile=True, autograph=False)
    def run(start, steps):
        _, first = step(start, None)
        return tf.while_loop(lambda i, _: i < start + steps, step, (start, first), parallel_iterations=1)

    return lambda steps: run(tf.constant(0), tf.constant(steps))[0].numpy()


def main() -> None:
    """Time the products."""
    case = Case.from_arguments()
    case.report(trainer(case, tensorflow(case)))


if __name__ == "__main__":
    main()
