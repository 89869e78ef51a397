"""A study as plain Keras scripts, one per variant, that train it without gancore."""

from __future__ import annotations

from pathlib import Path

from gancore.config import ConfigError
from gancore.export.script import script_text
from gancore.report.base import Report, Say, add_format
from gancore.report.folders import short_names


@add_format(
    "scripts",
    label="Keras scripts",
    help="A folder with a plain Keras script for each variant, which trains its first seed without gancore.",
)
def write_scripts(report: Report, path: Path, say: Say) -> None:
    """``VARIANT.py`` each; a variant with a setting that has no script is named in README.txt.

    Raises ConfigError where no variant has one.
    """
    variants = report.study.variants
    names = short_names(variant.name for variant in variants)
    left_out: list[tuple[str, ConfigError]] = []
    for done, (variant, name) in enumerate(zip(variants, names, strict=True)):
        say(done / len(variants), f"script {done + 1} of {len(variants)}")
        (config,) = report.study.configs_of(variant, 1)
        try:
            (path / f"{name}.py").write_text(script_text(config), encoding="utf-8")
        except ConfigError as error:
            left_out.append((name, error))
    if len(left_out) == len(variants):
        raise left_out[0][1]
    if left_out:
        lines = ["Without a script:", *(f"{name}: {error}" for name, error in left_out)]
        (path / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
