"""Names of settings, and their values, for people."""

from __future__ import annotations

from typing import Any

OWNERS = {"g_optimizer": "generator", "d_optimizer": "discriminator"}
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
    if isinstance(value, list | tuple):
        return "-".join(setting_value(item) for item in value) or "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}"
    return str(value).replace("_", " ")
