"""Study files: TOML → Study, validated whole before anything trains."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gancore.config import ConfigError, check_plain, parse_config, quoted, shortened
from gancore.datasets import named
from gancore.parts.errors import one_of
from gancore.store import Store
from gancore.store.errors import Damaged
from gancore.store.files import read_bounded
from gancore.studies.design import Budget, Claim, Design, Factor, check_factors, dotted, half
from gancore.studies.point_files import Keep, refuse_files, with_hashes
from gancore.studies.study import Study
from gancore.studies.tables import ClaimTable, StudyTable, error_of, levels_of
from gancore.studies.variants import Arm, make_variants, refuse_seed

MAX_BYTES = 64 * 1024
TOO_DEEP = "its tables are nested too deeply"
TOO_LARGE = f"a study has at most {MAX_BYTES // 1024} KB"
MAX_DOTS = 1000
"""Dots in a line of a study file: a factor's levels are numbers with one each."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def shipped_studies() -> list[str]:
    """Names of the studies that come with gancore, sorted."""
    return sorted(name.removesuffix(".toml") for name in _library() if name.endswith(".toml"))


def known_studies(store: Store) -> list[str]:
    """Names of the studies that come with gancore, and then of those imported into a store."""
    shipped = shipped_studies()
    return shipped + sorted({bundle.name for bundle in store.layers} - set(shipped))


def load_study(name_or_path: str | Path, store: Store | None = None, keep: Keep | None = None) -> Study:
    """A shipped study by name, one imported into ``store``, or one from a ``.toml`` file. Raises ConfigError.

    ``keep`` is for a command that reads a file of its own user: the study may then name files of points as well, which
    are read, and ``keep`` gives their hashes. Without it no file that a study names is ever opened.
    """
    return parse_study(study_text(name_or_path, store, keep), str(name_or_path))


def study_text(name_or_path: str | Path, store: Store | None = None, keep: Keep | None = None) -> str:
    """The text of a shipped or imported study, or of a ``.toml`` file (see ``load_study``). Raises ConfigError."""
    source = str(name_or_path)
    if NAME.fullmatch(source) and not isinstance(name_or_path, Path):
        library = _library()
        if f"{source}.toml" in library:
            return library[f"{source}.toml"].read_text(encoding="utf-8")
        for bundle in store.layers if store else ():
            if bundle.name == source:
                return bundle.study_text
        known = known_studies(store) if store else shipped_studies()
        allowed = f"use one of {', '.join(known)}, or a .toml file"
        raise ConfigError.refused("study", source, allowed, "is not a study")
    if not source.endswith(".toml"):
        allowed = f"use one of {', '.join(shipped_studies())}, or the path of a .toml file"
        raise ConfigError.refused("study", source, allowed)
    try:
        text = read_bounded(Path(source), MAX_BYTES).decode("utf-8-sig")  # as editors on Windows save it
    except OSError as error:
        reason = f"{quoted(source)} cannot be read ({error.strerror or error})"
        raise ConfigError.of("study", reason, source) from None
    except Damaged:
        raise ConfigError(f"{shortened(source, 200)}: {TOO_LARGE}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shortened(source, 200)}: it is not UTF-8 text") from None
    if keep is None:
        return text
    try:
        content = with_hashes(_toml(text), Path(source).parent, keep)
        return text if content is None else _of_content(content).to_toml()
    except ConfigError as error:
        raise error.within(shortened(source, 200), field=False) from None


def parse_study(text: str, source: str = "study") -> Study:
    """A study from TOML text; ``source`` names it in errors. Raises ConfigError."""
    try:
        return read_study(text)
    except ConfigError as error:
        raise error.within(shortened(source, 200), field=False) from None


def read_study(text: str) -> Study:
    """A study from TOML text. Raises ConfigError, whose ``path`` is the key that is wrong, if one is."""
    return _of_content(_toml(text))


def _toml(text: str) -> dict[str, Any]:
    """What TOML text holds; raises ConfigError."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ConfigError(TOO_LARGE)
    # The parser's time grows with the square of a key's parts, and a link carries such a file.
    if any(line.count(".") > MAX_DOTS for line in text.split("\n")):
        raise ConfigError(TOO_DEEP)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # which quotes a key whole
        raise ConfigError(f"it is not valid TOML; {shortened(str(error), 200)}") from None
    except ValueError:  # what int() raises inside tomllib
        raise ConfigError("it is not valid TOML; a number has thousands of digits") from None
    except RecursionError:
        raise ConfigError(TOO_DEEP) from None


def parse_table(content: dict[str, Any], source: str) -> Study:
    """A study from what a TOML file holds; ``source`` names it in errors. Raises ConfigError."""
    try:
        return _of_content(content)
    except ConfigError as error:
        raise error.within(shortened(source, 200), field=False) from None


def _of_content(content: dict[str, Any]) -> Study:
    check_plain(content)
    refuse_files(content)
    try:
        table = StudyTable.model_validate(content)
    except ValidationError as error:
        raise error_of(error) from None
    refuse_seed(table.base, "base")
    try:
        base = parse_config(table.base)
    except ConfigError as error:
        raise error.within("base") from None
    return _study(table, base)


def _study(table: StudyTable, base: Any) -> Study:
    """A study from its checked table; raises ConfigError."""
    if table.variant and table.factors:
        raise ConfigError.of(
            "factors", "a study has either [[variant]] or [factors], not both; beside cells stands a [[control]]"
        )
    if table.control and not table.factors:
        raise ConfigError.of("control", "there are no [factors] for it to stand beside; use [[variant]]")
    for kind in table.datasets:
        if kind not in named.names():
            raise ConfigError.refused("datasets", kind, one_of(named.names(), kind), "is unknown")
        if table.datasets.count(kind) > 1:
            raise ConfigError.of("datasets", f"{kind!r} is there {table.datasets.count(kind)} times; name each once")
    design = _design(table)
    arms = [Arm(None, design.label(cell), design.changes(cell), cell) for cell in design.cells]
    arms += [Arm(v.name, v.label, dotted(v.set)) for v in table.variant]
    arms += [Arm(v.name, v.label, dotted(v.set), None, True) for v in table.control]
    budget = _budget(table)
    if budget is not None and ("steps" in table.base or any("steps" in arm.changes for arm in arms)):
        raise ConfigError.of("budget", "steps are set as well; a study has either a budget or steps of its own")
    variants = make_variants(base, arms or [Arm("baseline", None, {})], table.datasets, budget)
    names = list(dict.fromkeys(variant.arm for variant in variants))
    claims = []
    for number, claim in enumerate(table.claim, start=1):
        try:
            claims.append(_claim(claim, design, names))
        except ConfigError as error:
            raise error.within(f"claim.{number}", between=".") from None
    return Study(
        table.name,
        table.title,
        table.question,
        base,
        variants,
        table.seeds,
        design,
        tuple(table.datasets),
        budget,
        tuple(claims),
    )


def _design(table: StudyTable) -> Design:
    """The factors and their cells; raises ConfigError."""
    factors = tuple(Factor(name, levels_of(name, factor)) for name, factor in table.factors.items())
    check_factors(factors)
    generators = tuple(table.generators)
    if table.design == "half":
        if generators:
            raise ConfigError.of("design", "'half' has a generator of its own; give either design or generators")
        if len(factors) < 3:
            raise ConfigError.of(
                "design", f"'half' needs at least 3 factors with two levels, and there are {len(factors)}"
            )
        generators = (half([factor.name for factor in factors]),)
    if generators and not factors:
        raise ConfigError.of("generators", "there are no [factors] for them")
    # One spelling of a generator, so that a study equals the one read back from its own text.
    return Design(factors, tuple(" ".join(re.sub(r"([=*])", r" \1 ", text).split()) for text in generators))


def _budget(table: StudyTable) -> Budget | None:
    if table.budget is None:
        return None
    if (table.budget.steps is None) == (table.budget.samples is None):
        raise ConfigError.of("budget", "it must be either steps or samples, such as {samples = 320000}")
    if table.budget.steps is not None:
        return Budget("steps", table.budget.steps)
    return Budget("samples", table.budget.samples or 0)


def _claim(table: ClaimTable, design: Design, variants: list[str]) -> Claim:
    """A claim about things that the study has; raises ConfigError that starts with the field."""
    if table.metric is not None:
        from gancore.metrics import METRICS

        if table.metric not in METRICS:
            raise ConfigError.refused("metric", table.metric, f"use one of {', '.join(METRICS)}", "is unknown")
    elif table.direction != "better":
        raise ConfigError.of("direction", f"{table.direction!r} needs a metric; name one, or use 'better'")
    pair = {"from": table.before, "to": table.after}
    common = {"text": table.text, "metric": table.metric, "direction": table.direction}
    if table.factor is None:
        if table.level is not None:
            raise ConfigError.of("level", "there is no factor that it could be a level of; name one")
        for key, name in pair.items():
            if name not in variants:
                said = "it is missing; a claim names a factor, or two variants as from and to"
                known = "" if name is None else f"{quoted(name)} is not a variant"
                raise ConfigError.of(key, f"{known or said}; use one of {', '.join(variants)}")
        if table.before == table.after:
            raise ConfigError.of("to", f"{table.after!r} is also from; compare two variants")
        return Claim(before=table.before, after=table.after, **common)
    if any(pair.values()):
        raise ConfigError.of("factor", "a claim is either about a factor, or from one variant to another")
    try:
        factor = design.factor(table.factor)
    except ConfigError as error:
        raise error.within("factor") from None
    if len(factor.levels) == 1:
        raise ConfigError.of("factor", f"{factor.name!r} has one level only; nothing is compared")
    if table.level is None and len(factor.levels) > 2:
        words = ", ".join(repr(level.words) for level in factor.levels[1:])
        raise ConfigError.of("level", f"it is missing, and {factor.name} has {len(factor.levels)}; use one of {words}")
    try:
        level = 1 if table.level is None else factor.level(table.level)
    except ConfigError as error:
        raise error.within("level") from None
    if level == 0:
        raise ConfigError.of("level", f"{quoted(table.level)} is the baseline's; name another level of {factor.name}")
    return Claim(factor=factor.name, level=level, **common)


def _library() -> dict[str, Any]:
    """File name → shipped study file."""
    return {entry.name: entry for entry in (resources.files("gancore.studies") / "library").iterdir()}
