"""A study as plain Keras scripts, one a variant, that train it without gancore."""

from __future__ import annotations

from pathlib import Path

from gancore.export.script import script_text
from gancore.report.base import Report, Say, add_format
from gancore.report.folders import short_names


@add_format(
    "scripts",
    label="Keras scripts",
    help="A folder with a plain Keras script for each variant, which trains its first seed without gancore.",
)
def write_scripts(report: Report, path: Path, say: Say) -> None:
    """``VARIANT.py`` each. Raises ConfigError where a setting has no script."""
    variants = report.study.variants
    names = short_names(variant.name for variant in variants)
    for done, (variant, name) in enumerate(zip(variants, names, strict=True)):
        say(done / len(variants), f"script {done + 1} of {len(variants)}")
        (config,) = report.study.configs_of(variant, 1)
        (path / f"{name}.py").write_text(script_text(config), encoding="utf-8")
