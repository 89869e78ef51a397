"""The same GAN as one JAX program: a jitted scan over steps, vmapped over runs, on all cores."""

from __future__ import annotations

from collections.abc import Callable

import jax  # pyright: ignore[reportMissingImports]
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

from gancore.benchmarks.case import LATENT, POINTS, Case
from gancore.benchmarks.jax_losses import gradients, normalised
from gancore.benchmarks.trained import TRAINED


def trainer(case: Case) -> Callable[[int], object]:
    """What trains so many steps in one program."""
    trained = TRAINED[case.recipe]

    def network(key, widths: tuple[int, ...]):
        pairs = list(zip(widths[:-1], widths[1:], strict=True))
        keys = jax.random.split(key, len(pairs))
        return [
            (jax.random.uniform(k, (a, b), minval=-1, maxval=1) * (6 / (a + b)) ** 0.5, jnp.zeros(b))
            for k, (a, b) in zip(keys, pairs, strict=True)
        ]

    def apply(weights, x):
        for kernel, bias in weights[:-1]:
            x = jax.nn.leaky_relu(x @ kernel + bias, 0.2)
        return x @ weights[-1][0] + weights[-1][1]

    def adam(weights, gradients, first, second, count):
        first = jax.tree.map(lambda m, g: m + (g - m) * 0.5, first, gradients)
        second = jax.tree.map(lambda v, g: v + (g * g - v) * 0.001, second, gradients)
        rate = 2e-4 * jnp.sqrt(1 - 0.999**count) / (1 - 0.5**count)
        weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), weights, first, second)
        return weights, first, second

    generate = lambda g, z: jnp.tanh(apply(g, z))  # noqa: E731
    of_one_kind = jax.grad(lambda d, x, sign: jax.nn.softplus(-sign * apply(d, x)).mean())
    of_both, of_generator = gradients(trained, case.batch, apply, generate)
    angle = jax.random.uniform(jax.random.key(1), (POINTS,)) * 6.283185
    data = jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=1)

    def step(state, index):
        g, gm, gv, d, dm, dv, vectors, key = state
        key, two = jax.random.split(key)
        real = None
        for turn in range(trained.d_steps):
            key, order, one, three = jax.random.split(key, 4)
            real = data[jax.random.randint(order, (case.batch,), 0, POINTS)]
            fake = generate(g, jax.random.normal(one, (case.batch, LATENT)))
            if trained.combined:
                after = normalised(d, vectors)[1] if trained.spectral else vectors
                count = trained.d_steps * index + turn + 1.0
                d, dm, dv = adam(d, of_both(d, real, fake, three, vectors), dm, dv, count)
                vectors = after
            else:
                d, dm, dv = adam(d, of_one_kind(d, real, 1.0), dm, dv, 2 * index + 1.0)
                d, dm, dv = adam(d, of_one_kind(d, fake, -1.0), dm, dv, 2 * index + 2.0)
        z = jax.random.normal(two, (case.batch, LATENT))
        g, gm, gv = adam(g, of_generator(g, d, z, real, vectors), gm, gv, index + 1.0)
        return (g, gm, gv, d, dm, dv, vectors, key), None

    def start(key):
        g, d = (
            network(jax.random.fold_in(key, 0), case.generator),
            network(jax.random.fold_in(key, 1), case.discriminator),
        )
        zero = lambda weights: jax.tree.map(jnp.zeros_like, weights)  # noqa: E731
        vectors = [jnp.ones(kernel.shape[1]) for kernel, _ in d]
        return g, zero(g), zero(g), d, zero(d), zero(d), vectors, key

    state = jax.vmap(start)(jax.random.split(jax.random.key(0), case.runs))
    steps_of = jax.jit(
        lambda state, steps: jax.vmap(lambda one: jax.lax.scan(step, one, jnp.arange(steps, dtype=jnp.float32))[0])(
            state
        ),
        static_argnums=1,
    )

    def train(steps: int) -> None:
        nonlocal state
        state = jax.block_until_ready(steps_of(state, steps))

    return train


def main() -> None:
    """Time the program."""
    case = Case.from_arguments()
    case.report(trainer(case), device=str(jax.devices()[0]))


if __name__ == "__main__":
    main()
