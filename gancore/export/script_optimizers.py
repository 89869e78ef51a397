"""The optimizers of a script, with the schedules of their rates."""

from __future__ import annotations

from typing import Any

from gancore.config import ConfigError, RunConfig
from gancore.export.script_layers import WIDTH, Call
from gancore.export.script_settings import Settings, choose
from gancore.parts import Update

ADAM = {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
KERAS_OPTIMIZERS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "adam": ("Adam", ADAM, {}),
    "amsgrad": ("Adam", ADAM, {"amsgrad": True}),
    "adamw": ("AdamW", ADAM | {"weight_decay": 0.004}, {}),
    "nadam": ("Nadam", ADAM, {}),
    "sgd": ("SGD", {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False}, {}),
    "rmsprop": (
        "RMSprop",
        {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False},
        {},
    ),
    "adagrad": ("Adagrad", {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7}, {}),
    "lion": ("Lion", {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.99}, {}),
}
"""Kind → the class of ``keras.optimizers``, what it takes where nothing is given, and what it is always given."""
OURS = {"initial_accumulator_value": "initial"}
"""Keras' name of an argument → ours, where they differ."""
CLIPPING = {"clip_norm": "global_clipnorm", "clip_value": "clipvalue"}
"""Our name of a limit on the gradient → Keras'."""


def helpers_of(config: RunConfig) -> list[str]:
    """Templates of the classes that a script has to bring for its optimizers."""
    optimizers = {"g_optimizer": config.g_optimizer}
    if config.loss.judged:
        optimizers["d_optimizer"] = config.d_optimizer
    several = [name for name, one in optimizers.items() if one.schedule.moves and _updates(name, config.update) > 1]
    outside = [one for one in optimizers.values() if not getattr(one, "epsilon_inside", True)]
    return ["schedule"] * bool(several) + ["rmsprop"] * bool(outside)


def _updates(name: str, update: Update) -> int:
    """Updates that an optimizer makes in a step."""
    return update.g_steps if name == "g_optimizer" else update.d_steps * update.ticks


def optimizer(update: Update, name: str, part: Settings) -> str:
    """An optimizer, on one line where it fits; what Keras takes by itself is left out."""
    kind = choose(part, "kind", {kind: kind for kind in KERAS_OPTIMIZERS})
    keras_class, defaults, always = KERAS_OPTIMIZERS[kind]
    given = {field: getattr(part, OURS.get(field, field)) for field in defaults}
    called = f"keras.optimizers.{keras_class}"
    if kind == "rmsprop" and not part.epsilon_inside:
        # Keras has epsilon under the root alone, so the script brings a class of its own.
        called, defaults = "RMSprop", dict.fromkeys(given)
        for field, off in (("momentum", 0.0), ("centered", False)):
            if given.pop(field) != off:
                raise ConfigError(f"{part}{field}: with epsilon_inside false a script has no {field}; use {off}")
    rate = _scheduled(update, name, part)
    if rate is not None:
        given.pop("learning_rate")
    arguments = [f"{field}={value!r}" for field, value in given.items() if value != defaults[field]]
    arguments += [f"{field}={value!r}" for field, value in always.items()]
    limits = {theirs: getattr(part, ours) for ours, theirs in CLIPPING.items()}
    if all(limits.values()):
        raise ConfigError(f"{part}clip_norm: Keras clips by norm or by value, so that a script cannot do both")
    arguments += [f"{field}={value!r}" for field, value in limits.items() if value]
    call = Call(called, (*([] if rate is None else [rate]), *arguments), f"{name} = ")
    return call.flat() if len(call.flat()) <= WIDTH else "\n".join(call.lines(0)).rstrip(",")


def _scheduled(update: Update, name: str, part: Settings) -> Call | None:
    """The rate as one of Keras' schedules; None for a constant one. Raises ConfigError where Keras has none."""
    schedule, rate = part.schedule, part.learning_rate
    kind, warmup = schedule.kind, schedule.warmup
    if kind == "constant":
        if not warmup:
            return None
        keras_class, arguments = "PolynomialDecay", [0.0, warmup, rate]  # from nothing to the rate
    elif kind == "cosine":
        keras_class, arguments = "CosineDecay", [0.0 if warmup else rate, schedule.end - warmup]
    elif warmup:
        allowed = "but a cosine and a constant rate; use 0"
        raise ConfigError(f"{part}schedule.warmup: Keras warms up no {kind} schedule, {allowed}")
    elif kind == "linear":
        keras_class, arguments = "PolynomialDecay", [rate, schedule.end, rate * schedule.final]
    else:
        choose(schedule, "kind", {"exponential": "", "step": ""})
        keras_class, arguments = "ExponentialDecay", [rate, schedule.every, schedule.decay]
    if update.shared_adam_clock:
        raise ConfigError(
            f"{part}schedule.kind: {kind!r} has no script with update.shared_adam_clock, whose count it sees"
        )
    words = [repr(argument) for argument in arguments]
    if kind == "cosine":
        words += [f"alpha={schedule.final!r}"] if schedule.final else []
        words += [f"warmup_target={rate!r}", f"warmup_steps={warmup}"] if warmup else []
    words += ["staircase=True"] if kind == "step" else []
    call = Call(f"keras.optimizers.schedules.{keras_class}", tuple(words))
    updates = _updates(name, update)
    return call if updates == 1 else Call("PerStep", (call, str(updates)))
