"""Names of settings, and their values, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

OWNERS = {"g_optimizer": "generator", "d_optimizer": "discriminator", "ema": "EMA"}
"""Part of a path → whose settings they are."""


def setting_in_words(path: str) -> str:
    """A setting's one name: ``g_optimizer.learning_rate`` → ``Generator learning rate``."""
    words = setting_in_label(path)
    return words[:1].upper() + words[1:]


def setting_in_label(path: str) -> str:
    """The name within a label or a sentence: ``generator learning rate``."""
    *owners, name = path.removesuffix(".kind").split(".")
    part = f"{OWNERS[name]} optimizer" if name in OWNERS else name
    return " ".join([*(OWNERS.get(owner, owner) for owner in owners), part]).replace("_", " ")


def setting_value(value: Any) -> str:
    """A setting's value: ``0.0002``, ``64-128``, ``1.5 tanh``; for a command line see ``value_text``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if tables(value):
        return tables_text(value)
    if isinstance(value, list | tuple):
        return "-".join(setting_value(item) for item in value) or "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}"
    return str(value).replace("_", " ")


def tables(value: Any) -> bool:
    """Whether a setting's plain value is a list of tables."""
    return isinstance(value, list | tuple) and len(value) > 0 and all(isinstance(item, Mapping) for item in value)


def tables_text(value: Any) -> str:
    """A list of tables of numbers as it is typed: the numbers of each in their order, ``1 0 0 0.1 / 2 1 1 0.1``."""
    return " / ".join(" ".join(f"{n:.15g}" if float(f"{n:.15g}") == n else repr(n) for n in _numbers(t)) for t in value)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
    else:
        yield value
