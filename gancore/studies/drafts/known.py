"""What a study file or a link says, without the settings that do not exist; each of those is named."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from gancore.config import ConfigError, RunConfig, families_of, flatten, shortened, with_kinds
from gancore.config.hints import did_you_mean
from gancore.recipes import KEY
from gancore.studies.files import parse_study, parse_table
from gancore.studies.study import Study


@lru_cache(maxsize=1)
def every_setting() -> list[str]:
    """Every setting that any kind of dataset, loss, ... has, in the order of the config."""
    paths = dict.fromkeys(flatten(RunConfig()))
    for path, family in families_of(RunConfig()).items():
        for kind in sorted(family.registry):
            paths |= dict.fromkeys(flatten(with_kinds(RunConfig(), {f"{path}.kind": kind})))
    paths.pop("seed")
    order = {name: place for place, name in enumerate(RunConfig.model_fields)}
    return sorted(paths, key=lambda path: (order[path.split(".")[0]], not path.endswith("kind")))


def known_settings(settings: Mapping[str, str], where: str) -> tuple[dict[str, str], list[str]]:
    """Settings (path → value as typed) that exist, and a sentence for each of the others."""
    known = {path: value for path, value in settings.items() if _exists(path)}
    return known, [_sentence(f"{where}: {shortened(path)}", path) for path in settings if path not in known]


def known_study(text: str, source: str) -> tuple[Study, list[str]]:
    """A study from TOML text without the settings that do not exist, and a sentence for each of those.

    A factor over such a setting goes with it, and so does a variant that sets nothing else, and a claim about either.
    Raises ConfigError, as ``parse_study`` does, for everything else that is wrong.
    """
    try:
        return parse_study(text, source), []
    except ConfigError as error:
        try:
            data = tomllib.loads(text)
        except (ValueError, RecursionError):
            raise error from None
        try:
            left_out = list(_pruned(data))
        except (AttributeError, TypeError, KeyError, RecursionError):  # a table where a value belongs, or the reverse
            raise error from None
        if not left_out:
            raise
    return parse_table(data, source), [f"{source}: {sentence}" for sentence in left_out]


def _pruned(data: dict[str, Any]) -> Iterator[str]:
    """Takes out of a study's table what does not exist; gives a sentence for each."""
    yield from _cleaned(data.get("base", {}), "base")
    gone: set[str] = set()
    for name, factor in list(data.get("factors", {}).items()):
        path = factor.get("path")
        if isinstance(path, str) and not _exists(path):
            yield _sentence(f"factors.{shortened(name)}.path: {shortened(path)}", path, "the factor is left out")
            del data["factors"][name]
            gone.add(name)
            continue
        for number, level in enumerate(factor.get("levels", []), start=1):
            if isinstance(level, dict) and "set" in level:
                yield from _cleaned(level["set"], f"factors.{shortened(name)}.levels.{number}")
    for key in ("variant", "control"):
        kept = []
        for number, variant in enumerate(data.get(key, []), start=1):
            sentences = list(_cleaned(variant.get("set", {}), f"{key}.{number}"))
            yield from sentences
            if sentences and not variant["set"] and (kept or key == "control"):
                yield f"{key}.{number}: it sets nothing else and is left out"
                gone.add(str(variant.get("name")))
            else:
                kept.append(variant)
        if key in data:
            data[key] = kept
    claims = data.get("claim", [])
    lost = [n for n, claim in enumerate(claims, 1) if gone & {claim.get(key) for key in ("factor", "from", "to")}]
    yield from (f"claim.{n}: it is about what is left out, and is left out too" for n in lost)
    if lost:
        data["claim"] = [claim for n, claim in enumerate(claims, 1) if n not in lost]
    rules = data.get("generators", [])
    if gone and rules:
        data["generators"] = [
            rule for rule in rules if not gone & set(rule.replace("=", " ").replace("*", " ").split())
        ]
        if len(data["generators"]) < len(rules):
            yield "generators: those with a factor that is left out are left out too"


def _cleaned(table: dict[str, Any], where: str, parents: str = "") -> Iterator[str]:
    """Takes settings that do not exist out of a table of settings, nested or dotted."""
    for name, value in list(table.items()):
        path = f"{parents}{name}"
        if isinstance(value, dict) and any(known.startswith(f"{path}.") for known in every_setting()):
            yield from _cleaned(value, where, f"{path}.")
        elif not _exists(path):
            yield _sentence(f"{where}: {shortened(path)}", path)
            del table[name]


def _exists(path: str) -> bool:
    # A group that is given a value is another mistake, with a sentence of its own; so is a seed.
    return path in ("seed", KEY) or any(known == path or known.startswith(f"{path}.") for known in every_setting())


def _sentence(start: str, path: str, what: str = "it is left out") -> str:
    return f"{start}: there is no such setting{did_you_mean(path, every_setting())}; {what}"
