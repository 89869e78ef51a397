"""Study files: TOML → Study, validated whole before anything trains."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gancore.config import ConfigError, check_plain, parse_config, quoted, shortened, with_changes
from gancore.config.plain import dotted
from gancore.config.toml import toml_of
from gancore.datasets import named
from gancore.parts.errors import one_of
from gancore.recipes import KEY, expanded
from gancore.store import Store
from gancore.store.errors import Damaged
from gancore.store.files import read_bounded
from gancore.studies.design import Budget, Claim, Design, Factor, check_factors, half
from gancore.studies.labels import recipe_words
from gancore.studies.point_files import Keep, refuse_files, with_hashes
from gancore.studies.study import Study
from gancore.studies.tables import ClaimTable, StudyTable, VariantTable, error_of, levels_of, settings_of
from gancore.studies.variants import Arm, make_variants, refuse_seed

MAX_BYTES = 64 * 1024
TOO_LARGE = f"a study has at most {MAX_BYTES // 1024} KB"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def shipped_studies() -> list[str]:
    """Names of the studies that come with gancore, sorted."""
    return sorted(name.removesuffix(".toml") for name in _library() if name.endswith(".toml"))


def finished_studies() -> list[str]:
    """Names of the studies that come with gancore and with their runs, sorted; the others are to be trained."""
    gallery = resources.files("gancore") / "gallery"
    return [name for name in shipped_studies() if (gallery / f"{name}.gancore").is_file()]


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
        content = with_hashes(toml_of(text, "a study", MAX_BYTES), Path(source).parent, keep)
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
    return _of_content(toml_of(text, "a study", MAX_BYTES))


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
        base = parse_config(table.base if KEY not in table.base else {})
        if KEY in table.base:
            base = with_changes(base, expanded(dotted(table.base), _steps(table.base)))
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
    length = table.budget.steps if table.budget else base.steps
    design = _design(table, length)
    arms = [Arm(None, design.label(cell), design.changes(cell), cell) for cell in design.cells]
    arms += [_arm(v, f"variant.{number}", False, length) for number, v in enumerate(table.variant, start=1)]
    arms += [_arm(v, f"control.{number}", True, length) for number, v in enumerate(table.control, start=1)]
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


def _steps(table: dict[str, Any]) -> int | None:
    """The steps that settings name, for the ends of a recipe's schedules; None where they name none."""
    steps = table.get("steps")
    return steps if isinstance(steps, int) and not isinstance(steps, bool) else None


def _arm(table: VariantTable, where: str, control: bool, steps: int | None) -> Arm:
    """A named variant; one with a recipe has the recipe's words. Raises ConfigError."""
    changes = settings_of(table.set, f"{where}.set", steps)
    return Arm(table.name, table.label or recipe_words(dotted(table.set)), changes, None, control)


def _design(table: StudyTable, steps: int | None) -> Design:
    """The factors and their cells; raises ConfigError."""
    factors = tuple(Factor(name, levels_of(name, factor, steps)) for name, factor in table.factors.items())
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
