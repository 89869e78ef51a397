"""Names that other programs and papers have for settings → the settings that are most likely meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from gancore.parts import Choice

BOTH_OPTIMIZERS = ("g_optimizer", "d_optimizer")

OPTIMIZERS = {
    "optimizer": "kind",
    "optimiser": "kind",
    "lr": "learning_rate",
    "learning_rate": "learning_rate",
    "alpha": "learning_rate",
    "momentum": "momentum",
    "nesterov": "nesterov",
    "beta1": "beta_1",
    "beta_1": "beta_1",
    "beta2": "beta_2",
    "beta_2": "beta_2",
    "betas": "beta_1",
    "rho": "rho",
    "centered": "centered",
    "epsilon_inside": "epsilon_inside",
    **dict.fromkeys(("adam", "adamw", "amsgrad", "sgd", "rmsprop", "lion", "nadam", "adagrad"), "kind"),
    "eps": "epsilon",
    "epsilon": "epsilon",
    "weight_decay": "weight_decay",
    "scheduler": "schedule.kind",
    "schedule": "schedule.kind",
    "lr_schedule": "schedule.kind",
    "lr_scheduler": "schedule.kind",
    "lr_decay": "schedule.kind",
    "cosine": "schedule.kind",
    "warmup": "schedule.warmup",
    "warm_up": "schedule.warmup",
    "warmup_steps": "schedule.warmup",
    "clipnorm": "clip_norm",
    "clip_norm": "clip_norm",
    "grad_clip": "clip_norm",
    "gradient_clip": "clip_norm",
    "gradient_clipping": "clip_norm",
    "global_clipnorm": "clip_norm",
    "clipvalue": "clip_value",
    "clip_value": "clip_value",
}
"""Of which each network has its own."""

ELSEWHERE = {
    "weight_clip": "d_optimizer.clip_weights",
    "weight_clipping": "d_optimizer.clip_weights",
    "clip": "d_optimizer.clip_weights",
    "batch": "batch_size",
    "bs": "batch_size",
    "epochs": "steps",
    "iterations": "steps",
    "iters": "steps",
    "n_steps": "steps",
    "max_steps": "steps",
    "n_critic": "update.d_steps",
    "critic_steps": "update.d_steps",
    "d_steps": "update.d_steps",
    "g_steps": "update.g_steps",
    "gamma": "penalty.gamma",
    "r1": "penalty.kind",
    "r1_gamma": "penalty.gamma",
    "gp": "penalty.kind",
    "gradient_penalty": "penalty.kind",
    **dict.fromkeys(("wgan", "lsgan", "hinge", "criterion", "objective", "mse", "supervised"), "loss.kind"),
    "input_noise": "instance_noise.sigma",
    "gp_weight": "penalty.weight",
    "lambda": "penalty.weight",
    "lambda_gp": "penalty.weight",
    "label_smoothing": "loss.real_label",
    "smoothing": "loss.real_label",
    "label_flip": "loss.flip",
    "flip": "loss.flip",
    "z_dim": "latent.dim",
    "nz": "latent.dim",
    "noise_dim": "latent.dim",
    "latent_dim": "latent.dim",
    "output": "generator.output",
    "sn": "discriminator.spectral_norm.iterations",
    "pac": "discriminator.packing",
    "packing": "discriminator.packing",
    "pacgan": "discriminator.packing",
    "minibatch": "discriminator.minibatch.kind",
    "minibatch_std": "discriminator.minibatch.kind",
    "mbstd": "discriminator.minibatch.kind",
    "minibatch_discrimination": "discriminator.minibatch.kind",
    "noise": "dataset.noise",
    "points": "dataset.size",
    "samples": "dataset.size",
    "radius": "dataset.scale",
    "random_state": "seed",
    "random_seed": "seed",
    "ttur": "d_optimizer.learning_rate",
    "g_batch": "generator_batch",
    "g_batch_size": "generator_batch",
    "generator_batch_size": "generator_batch",
    "unroll": "update.unrolled",
    "unrolled": "update.unrolled",
    "unrolled_steps": "update.unrolled",
    "unrolling_steps": "update.unrolled",
    "consensus": "update.consensus",
    "extragradient": "update.kind",
    "extra_adam": "update.kind",
    "ema_decay": "ema.decay",
    "g_ema": "ema.decay",
    "ema_beta": "ema.decay",
    "ema_momentum": "ema.decay",
    "use_ema": "ema.decay",
    "averaging": "ema.decay",
    "ema_start": "ema.start",
    "ema_warmup": "ema.warmup",
    "ema_rampup": "ema.warmup",
}

NETWORKS = {
    "hidden": "hidden",
    "layers": "hidden",
    "units": "hidden",
    "widths": "hidden",
    "activation": "activation",
    "slope": "slope",
    "pieces": "pieces",
    "init": "initial.kind",
    "initial": "initial.kind",
    "initializer": "initial.kind",
    "kernel_initializer": "initial.kind",
    "weight_init": "initial.kind",
    "norm": "norm.kind",
    "normalization": "norm.kind",
    "normalisation": "norm.kind",
    "batch_norm": "norm.kind",
    "batchnorm": "norm.kind",
    "batch_normalization": "norm.kind",
    "bn": "norm.kind",
    "layer_norm": "norm.kind",
    "layernorm": "norm.kind",
    "dropout": "dropout",
    "dropout_rate": "dropout",
    "drop_rate": "dropout",
    "residual": "residual",
    "resnet": "residual",
    "skip": "residual",
    "fourier": "fourier.frequencies",
    "fourier_features": "fourier.frequencies",
    "spectral": "spectral_norm.iterations",
    "spectral_norm": "spectral_norm.iterations",
    "spectral_normalization": "spectral_norm.iterations",
    "maxout": "activation",
    "negative_slope": "slope",
    "leaky_slope": "slope",
}
"""Of which each network has its own."""

USUALLY = {"dropout", "dropout_rate", "drop_rate", "spectral", "spectral_norm", "spectral_normalization"}
"""Those of the networks that nearly always are the discriminator's."""


def of_other_kinds(path: str, family: type[Choice]) -> str:
    """`` (FAMILY.kind A, B and C have it)`` for a setting of other members of a family, or ""."""
    owner, _, name = path.rpartition(".")
    kinds = sorted(kind for kind, member in family.registry.items() if name in member.model_fields)
    if not kinds:
        return ""
    words = " and ".join([", ".join(kinds[:-1])] * (len(kinds) > 1) + kinds[-1:])
    return f" ({owner}.kind {words} {'have' if len(kinds) > 1 else 'has'} it)"


def did_you_mean(path: str, known: Iterable[str]) -> str:
    """`` (did you mean PATH?)`` for a setting that does not exist, or "" where nothing is near."""
    if path == "recipe":
        return " (a recipe is given as --recipe NAME, and in a study file as a factor's path)"
    near = likely(path) or difflib.get_close_matches(path[:100], known, 1)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def likely(path: str) -> list[str]:
    """The settings that a name of common use most likely means; none where it is unknown."""
    owner, _, name = path.lower().rpartition(".")
    if owner and ELSEWHERE.get(name, "").startswith(f"{owner}.") and ELSEWHERE[name] != f"{owner}.{name}":
        return [ELSEWHERE[name]]
    if owner in BOTH_OPTIMIZERS:
        return [f"{owner}.{OPTIMIZERS[name]}"] if name in OPTIMIZERS and OPTIMIZERS[name] != name else []
    if owner in ("generator", "discriminator"):
        return [f"{owner}.{NETWORKS[name]}"] if name in NETWORKS and NETWORKS[name] != name else []
    if owner:
        return []
    if name in OPTIMIZERS:
        return [f"{each}.{OPTIMIZERS[name]}" for each in BOTH_OPTIMIZERS]
    if name in USUALLY:
        return [f"discriminator.{NETWORKS[name]}"]
    if name in NETWORKS:
        return [f"{each}.{NETWORKS[name]}" for each in ("generator", "discriminator")]
    return [ELSEWHERE[name]] if name in ELSEWHERE else []
