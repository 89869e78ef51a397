"""The trainer: networks, losses, optimizers, noise, the GAN step and the batched engine, on TensorFlow."""
