"""The question's own loop: one ``predict`` and three ``train_on_batch`` a step, on all cores."""

from __future__ import annotations

import warnings

import numpy as np

from gancore.benchmarks.case import LATENT, POINTS, Case, tensorflow


def main() -> None:
    """Time the loop. (Keras 3 warns that the discriminator has nothing to train there; its work is the same.)"""
    case = Case.from_arguments()
    tensorflow(case)
    import keras

    warnings.simplefilter("ignore")

    def network(widths: tuple[int, ...], last: str):
        layers: list = [keras.Input((widths[0],))]
        for width in widths[1:-1]:
            layers += [keras.layers.Dense(width), keras.layers.LeakyReLU(negative_slope=0.2)]
        return keras.Sequential([*layers, keras.layers.Dense(widths[-1], activation=last)])

    generator, discriminator = network(case.generator, "tanh"), network(case.discriminator, "sigmoid")
    discriminator.compile(keras.optimizers.Adam(2e-4, 0.5), "binary_crossentropy", metrics=["accuracy"])
    combined = keras.Sequential([generator, discriminator])
    combined.compile(keras.optimizers.Adam(2e-4, 0.5), "binary_crossentropy")
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, POINTS)
    data = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    ones, zeros = np.ones((case.batch, 1)), np.zeros((case.batch, 1))

    def train(steps: int) -> None:
        for _ in range(steps):
            real = data[rng.integers(0, POINTS, case.batch)]
            fake = generator.predict(rng.normal(size=(case.batch, LATENT)), verbose=0)  # pyright: ignore[reportArgumentType]
            discriminator.train_on_batch(real, ones)
            discriminator.train_on_batch(fake, zeros)
            combined.train_on_batch(rng.normal(size=(case.batch, LATENT)), ones)

    case.report(train)


if __name__ == "__main__":
    main()
