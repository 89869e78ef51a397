"""A small GAN on points in the plane, in plain Keras: one run, one step at a time.

``gancore runs export`` wrote this file for the run named below; it needs keras, tensorflow and numpy,
and not gancore. ``python FILE.py`` trains with noise of its own. Where a file of draws lies beside it,
``python FILE.py --draws FILE.npz --json`` starts from that run's initial weights, feeds it that run's
batches and noise, and so prints the first rows of that run's history again (up to float32's rounding: a
point that the discriminator is undecided about may count on the other side).
"""

import argparse
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

RUN_ID = ""

# The points to learn.
DATASET_KIND = "circle"  # circle, parabola, swiss_roll or moons
DATASET_SCALE = 1.0  # all points are multiplied by this
DATASET_SIZE = 10000  # points in the training set
DATASET_NOISE = 0.0  # standard deviation of Gaussian noise, before scaling
DATASET_SEED = 0
DATASET_CENTER_X = 0.0  # of the circle, before scaling
DATASET_CENTER_Y = 0.0

# The networks. The activations: leaky_relu (slope 0.2), relu or tanh.
LATENT_KIND = "normal"  # normal, or uniform in [-1, 1]
LATENT_DIM = 128
GENERATOR_HIDDEN = (64, 128)
GENERATOR_ACTIVATION = "leaky_relu"
GENERATOR_OUTPUT = "tanh"  # tanh, linear, or tanh_1.5 (1.5 times tanh)
DISCRIMINATOR_HIDDEN = (64, 128)
DISCRIMINATOR_ACTIVATION = "leaky_relu"

# The training.
LOSS_KIND = "non_saturating"  # the generator maximises log D(fake); minimax: it minimises log(1 - D(fake))
UPDATE_KIND = "separate"  # one update on real points, then one on fakes; combined: one on both
UPDATE_D_STEPS = 1  # discriminator rounds before each update of the generator
UPDATE_SHARED_ADAM_CLOCK = False  # one Adam step counter for both networks
G_OPTIMIZER_LEARNING_RATE = 0.0002
G_OPTIMIZER_BETA_1 = 0.5
G_OPTIMIZER_BETA_2 = 0.999
G_OPTIMIZER_EPSILON = 1e-07
D_OPTIMIZER_LEARNING_RATE = 0.0002
D_OPTIMIZER_BETA_1 = 0.5
D_OPTIMIZER_BETA_2 = 0.999
D_OPTIMIZER_EPSILON = 1e-07
BATCH_SIZE = 32  # real points, and fakes, in a batch
STEPS = 10000
LOG_EVERY = 200  # steps that a printed row averages
SEED = 0  # of the noise and weights that this file draws itself


def real_points():
    """The training set, float32 [size, 2]."""
    random = np.random.RandomState(DATASET_SEED)
    if DATASET_KIND == "circle":
        angle = 2 * np.pi * random.uniform(size=DATASET_SIZE)
        points = np.stack([DATASET_CENTER_X + np.cos(angle), DATASET_CENTER_Y + np.sin(angle)], axis=1)
    elif DATASET_KIND == "parabola":
        x = 2 * random.uniform(size=DATASET_SIZE) - 1
        points = np.stack([x, x * x], axis=1)
    elif DATASET_KIND == "swiss_roll":
        # The box that is scaled to [-1, 1] is that of 10,000 points of seed 0, whatever is drawn here.
        box = spiral(np.random.RandomState(0).uniform(size=10_000))
        points = into_box(spiral(random.uniform(size=DATASET_SIZE)), box)
    elif DATASET_KIND == "moons":
        points = into_box(moons(DATASET_SIZE), moons(10_000))
    else:
        sys.exit(f"DATASET_KIND: {DATASET_KIND!r} is unknown; use circle, parabola, swiss_roll or moons")
    if DATASET_NOISE:
        points = points + DATASET_NOISE * random.standard_normal(size=points.shape)
    return (points * DATASET_SCALE).astype(np.float32)


def spiral(t):
    """The swiss roll seen from the side, for t uniform in [0, 1]: [n, 2]."""
    angle = 1.5 * np.pi * (1 + 2 * t)
    return np.stack([angle * np.cos(angle), angle * np.sin(angle)], axis=1)


def moons(size):
    """Two half circles on an even grid of angles, the upper one first: [size, 2]."""
    upper, lower = np.linspace(0, np.pi, size // 2), np.linspace(0, np.pi, size - size // 2)
    x = np.concatenate([np.cos(upper), 1 - np.cos(lower)])
    y = np.concatenate([np.sin(upper), 1 - np.sin(lower) - 0.5])
    return np.stack([x, y], axis=1)


def into_box(points, box):
    """Points [n, 2] after each axis of ``box`` is scaled to [-1, 1]."""
    low = box.min(axis=0)
    return (points - low) / (box - low).max(axis=0) * 2 - 1


def dense_layers(widths, activation):
    """The hidden layers of a network."""
    layers = []
    for width in widths:
        layers.append(keras.layers.Dense(width))
        if activation == "leaky_relu":
            layers.append(keras.layers.LeakyReLU(negative_slope=0.2))
        else:
            layers.append(keras.layers.Activation(activation))
    return layers


def build_generator():
    """Latent vectors [B, dim] to points [B, 2]."""
    model = keras.Sequential([keras.Input((LATENT_DIM,)), *dense_layers(GENERATOR_HIDDEN, GENERATOR_ACTIVATION)])
    model.add(keras.layers.Dense(2, activation="linear" if GENERATOR_OUTPUT == "linear" else "tanh"))
    if GENERATOR_OUTPUT == "tanh_1.5":
        model.add(keras.layers.Rescaling(1.5))
    return model


def build_discriminator():
    """Points [B, 2] to logits [B, 1]; their sigmoid is the probability that a point is real."""
    hidden = dense_layers(DISCRIMINATOR_HIDDEN, DISCRIMINATOR_ACTIVATION)
    return keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1)])


def own_draws(steps):
    """Each step's rounds of (real points, latents), and the generator's latents, from this file's own noise."""
    random, points = np.random.default_rng(SEED), real_points()

    def latents():
        if LATENT_KIND == "uniform":
            return random.uniform(-1, 1, (BATCH_SIZE, LATENT_DIM)).astype(np.float32)
        return random.standard_normal((BATCH_SIZE, LATENT_DIM), np.float32)

    for _ in range(steps):
        rounds = [(points[random.integers(len(points), size=BATCH_SIZE)], latents()) for _ in range(UPDATE_D_STEPS)]
        yield rounds, latents()


def stored_draws(file, steps):
    """The same from a file of draws."""
    real, d_latent, g_latent = file["real"], file["d_latent"], file["g_latent"]
    for step in range(steps):
        yield list(zip(real[step], d_latent[step], strict=True)), g_latent[step]


def cross_entropy(labels, logits):
    """Binary cross-entropy, the mean over a batch."""
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))


def train(generator, discriminator, draws):
    """Train the two networks and yield, for each step, what it measured."""
    g_adam = keras.optimizers.Adam(
        G_OPTIMIZER_LEARNING_RATE, G_OPTIMIZER_BETA_1, G_OPTIMIZER_BETA_2, G_OPTIMIZER_EPSILON
    )
    d_adam = keras.optimizers.Adam(
        D_OPTIMIZER_LEARNING_RATE, D_OPTIMIZER_BETA_1, D_OPTIMIZER_BETA_2, D_OPTIMIZER_EPSILON
    )
    g_adam.build(generator.trainable_variables)
    d_adam.build(discriminator.trainable_variables)
    ones, zeros = np.ones((BATCH_SIZE, 1), np.float32), np.zeros((BATCH_SIZE, 1), np.float32)

    @tf.function
    def update_discriminator(points, labels):
        with tf.GradientTape() as tape:
            logits = discriminator(points)
            loss = cross_entropy(labels, logits)
        gradients = tape.gradient(loss, discriminator.trainable_variables)
        d_adam.apply_gradients(zip(gradients, discriminator.trainable_variables, strict=True))
        return logits

    @tf.function
    def update_generator(latent):
        with tf.GradientTape() as tape:
            logits = discriminator(generator(latent))
            loss = -cross_entropy(zeros, logits) if LOSS_KIND == "minimax" else cross_entropy(ones, logits)
        gradients = tape.gradient(loss, generator.trainable_variables)
        g_adam.apply_gradients(zip(gradients, generator.trainable_variables, strict=True))
        return loss

    updates = 0

    def tick(optimizer):
        """Count an update; with a shared clock either network's Adam counts the updates of both."""
        nonlocal updates
        if UPDATE_SHARED_ADAM_CLOCK:
            optimizer.iterations.assign(updates)
        updates += 1

    for rounds, latent in draws:
        measured = []
        for real, noise in rounds:
            fake = generator(noise).numpy()
            if UPDATE_KIND == "combined":
                tick(d_adam)
                logits = update_discriminator(np.concatenate([real, fake]), np.concatenate([ones, zeros])).numpy()
                real_logits, fake_logits = logits[:BATCH_SIZE], logits[BATCH_SIZE:]
            else:
                tick(d_adam)
                real_logits = update_discriminator(real, ones).numpy()
                tick(d_adam)
                fake_logits = update_discriminator(fake, zeros).numpy()
            measured.append(measure(real_logits, fake_logits))
        tick(g_adam)
        g_loss = float(update_generator(latent))
        yield mean(measured) | {"g_loss": g_loss}


def measure(real_logits, fake_logits):
    """Losses and accuracies (percent) of the discriminator before its update, from logits [B, 1]."""
    real, fake = real_logits.astype(np.float64), fake_logits.astype(np.float64)
    found = {
        "d_loss_real": np.logaddexp(0, -real).mean(),
        "d_loss_fake": np.logaddexp(0, fake).mean(),
        "d_acc_real": 100 * (real > 0).mean(),
        "d_acc_fake": 100 * (fake <= 0).mean(),
    }
    found["d_loss"] = (found["d_loss_real"] + found["d_loss_fake"]) / 2
    found["d_acc"] = (found["d_acc_real"] + found["d_acc_fake"]) / 2
    return found


def mean(measured):
    """The mean of each measure."""
    return {name: float(np.mean([one[name] for one in measured])) for name in measured[0]}


def main():
    """Read the options, train, and print a row every LOG_EVERY steps and at the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", metavar="FILE.npz", help="take initial weights, batches and noise from this file")
    parser.add_argument("--steps", metavar="N", type=int, help=f"steps to train [default: {STEPS}, or all draws]")
    parser.add_argument("--json", action="store_true", help="print each row as one JSON object")
    options = parser.parse_args()

    keras.utils.set_random_seed(SEED)
    generator, discriminator = build_generator(), build_discriminator()
    if options.draws:
        try:
            with np.load(options.draws, allow_pickle=False) as stored:
                file = {name: stored[name] for name in stored.files}
            for name, network in (("generator", generator), ("discriminator", discriminator)):
                network.set_weights([file[f"{name}_{index}"] for index in range(len(network.weights))])
            available = len(file["g_latent"])
        except (OSError, KeyError, ValueError) as error:
            parser.error(f"--draws: {options.draws!r} does not hold this run's draws ({error})")
        steps = available if options.steps is None else options.steps
        if not 1 <= steps <= available:
            parser.error(f"--steps: {steps} is not allowed; it must be 1 to {available}, the steps with draws")
        draws = stored_draws(file, steps)
    else:
        steps = STEPS if options.steps is None else options.steps
        if steps < 1:
            parser.error(f"--steps: {steps} is not allowed; it must be 1 or more")
        draws = own_draws(steps)

    measured = []
    for step, values in enumerate(train(generator, discriminator, draws), start=1):
        measured.append(values)
        if not np.isfinite(list(values.values())).all():
            sys.exit(f"step {step}: a loss is not finite; the training diverged")
        if step % 20 == 0 or step == steps:
            print(f"\rstep {step:,} of {steps:,} ", end="" if step < steps else "\n", file=sys.stderr, flush=True)
        if step % LOG_EVERY == 0 or step == steps:
            row = {"step": step} | mean(measured)
            print(json.dumps(row) if options.json else "  ".join(f"{k} {v:.4g}" for k, v in row.items()), flush=True)
            measured = []


if __name__ == "__main__":
    main()
