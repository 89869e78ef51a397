"""Drafts from studies and from settings, and as study files."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from gancore.config import ConfigError, RunConfig, flatten, parse_config, quoted, with_changes
from gancore.recipes import KEY, RECIPES, expanded, setting_of_levels
from gancore.studies.design import MAX_SEEDS, Factor
from gancore.studies.drafts.cells import changes_of, changes_text, joined, pieces, resolved, typed
from gancore.studies.drafts.rows import ClaimRow, Draft, FactorRow, SettingRow, VariantRow
from gancore.studies.labels import recipe_words
from gancore.studies.study import Study
from gancore.studies.variants import make_variants
from gancore.studies.writing import as_toml
from gancore.words import tables, tables_text

PAGE = ("seeds", "shown", "step", "job", "fix")
"""What the Training page's URL carries beside settings."""


def draft_of(study: Study) -> Draft:
    """The draft that ``study_of`` makes an equal study of."""
    default, base = flatten(parse_config({})), flatten(study.base)
    # A label that was made from what differs is left out, so that it follows the changes.
    automatic = make_variants(study.base, [arm._replace(label=None) for arm in study.arms], study.datasets)
    variants = tuple(
        VariantRow(
            str(arm.name), "" if arm.label == made.arm_label else str(arm.label), changes_text(arm.changes, "; ")
        )
        for arm, made in zip(study.arms, automatic, strict=False)
        if arm.levels is None
    )
    claims = []
    for claim in study.claims:
        level = "" if claim.factor is None else study.design.factor(claim.factor).levels[claim.level or 0].words
        pair = (claim.factor or "", level, claim.before or "", claim.after or "")
        claims.append(
            ClaimRow(claim.text, *pair, claim.metric or "", "" if claim.direction == "better" else claim.direction)
        )
    return Draft(
        study.name,
        study.title,
        study.question,
        study.seeds,
        study.datasets,
        study.budget.unit if study.budget else "",
        study.budget.amount if study.budget else 10_000,
        tuple(
            SettingRow(path, tables_text(v) if tables(v) else typed(v))
            for path, v in base.items()
            if path not in default or default[path] != v
        ),
        tuple(_factor_row(factor, study.base.steps) for factor in study.factors),
        "; ".join(study.design.generators),
        variants,
        tuple(claims),
    )


def draft_from_settings(settings: Mapping[str, str], seeds: int = 4) -> Draft:
    """A first draft around one configuration, as the URL of the Training page spells it (path → value)."""
    base = tuple(SettingRow(path, value) for path, value in settings.items())
    batch = settings.get("batch_size", "32")
    example = FactorRow("batch", "batch_size", f"{batch}; {'32' if batch == '256' else '256'}")
    return Draft("my-study", "My study", "Which of these changes helps?", seeds, base=base, factors=(example,))


def settings_of_link(link: str) -> tuple[dict[str, str], int]:
    """The settings (path → value) and the seeds in a link to the Training page, or in its query. Raises ConfigError."""
    text = link.strip()
    try:
        query = urlsplit(text).query if "?" in text else text
        found = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=200))
    except ValueError:
        raise ConfigError(
            f"link: {quoted(text)} is not allowed; paste the address of the Training page with the settings in it"
        ) from None
    seeds = found.get("seeds", "")
    number = int(seeds) if re.fullmatch("[0-9]{1,2}", seeds) and 1 <= int(seeds) <= MAX_SEEDS else 4
    return {path: value for path, value in found.items() if path not in PAGE}, number


def text_of(draft: Draft) -> str:
    """A draft as a study file; one with problems gives a text that ``parse_study`` refuses, or raises ConfigError."""
    base = base_of(draft)
    lines = [f"{key} = {as_toml(value)}" for key, value in head_of(draft).items()]
    rules = pieces(draft.generators, ";")
    lines += [f"generators = {as_toml(rules)}"] if rules else []
    lines += ["[budget]", f"{draft.unit} = {as_toml(draft.amount)}"] if draft.unit else []
    lines.append("[base]")
    for path, value in resolved(parse_config({}), settings_of(draft)).items():
        lines.append(f"{'.'.join(map(as_toml, path.split('.')))} = {as_toml(value)}")
    for row in draft.factors:
        levels = [
            {"set": resolved(base, level)} | ({"label": words} if (words := label or recipe_words(level)) else {})
            for level, label in levels_of_row(row)
        ]
        lines += [f"[factors.{as_toml(row.name.strip())}]", f"levels = [{', '.join(map(as_toml, levels))}]"]
    for row in draft.variants:
        changes = resolved(base, changes_of(row.changes, ";"))
        lines += [f"[[{'control' if draft.factors else 'variant'}]]", f"name = {as_toml(row.name.strip())}"]
        words = row.label.strip() or recipe_words(changes_of(row.changes, ";"))
        lines += [f"label = {as_toml(words)}"] if words else []
        lines += [f"set = {as_toml(changes)}"] if changes else []
    for claim in draft.claims:
        table = claim_of(draft, claim)
        lines += ["[[claim]]", *(f"{key} = {as_toml(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def head_of(draft: Draft) -> dict[str, Any]:
    """The first lines of a draft's study file."""
    head = {"name": draft.name, "title": draft.title, "question": draft.question}
    rest = {"datasets": list(draft.datasets)} if draft.datasets else {}
    return {key: value.strip() for key, value in head.items()} | {"seeds": draft.seeds} | rest


def settings_of(draft: Draft) -> dict[str, str]:
    """The base's settings, path → value as typed."""
    return {row.path.strip(): row.value for row in draft.base}


def base_of(draft: Draft) -> RunConfig:
    """The base on the first of the datasets; the baseline's where it is not right yet."""
    try:
        base = with_changes(parse_config({}), expanded(settings_of(draft)))
        return with_changes(base, {"dataset.kind": draft.datasets[0]}) if draft.datasets else base
    except ConfigError:
        return parse_config({})


def claim_of(draft: Draft, row: ClaimRow) -> dict[str, Any]:
    """A claim's table, without what is empty; its text is always there."""
    pair = {"factor": row.factor, "level": row.level, "from": row.before, "to": row.after}
    rest = {key: value.strip() for key, value in (pair | {"metric": row.metric, "direction": row.direction}).items()}
    table: dict[str, Any] = {"text": row.text.strip()} | {key: value for key, value in rest.items() if value}
    named = [label for factor in draft.factors for label in pieces(factor.labels, ";")]
    if "level" in table and table["level"] not in named:
        with contextlib.suppress(ValueError, RecursionError):  # a level may be named by its value, without quotes
            table["level"] = json.loads(table["level"], parse_constant=str)
    return table


def levels_of_row(row: FactorRow) -> list[tuple[dict[str, str], str]]:
    """Path → value as typed, and the label (or nothing), of each level. Raises ConfigError."""
    labels = pieces(row.labels, ";")
    found = []
    for number, text in enumerate(pieces(row.levels)):
        if row.path.strip():
            changes = {row.path.strip(): text}
        else:
            changes = {} if text == "base" else changes_of(text, "&")
        found.append((changes, labels[number] if number < len(labels) else ""))
    return found


def _factor_row(factor: Factor, steps: int) -> FactorRow:
    labels = [level.label or "" for level in factor.levels]
    known = setting_of_levels([level.changes for level in factor.levels], steps) or []
    if len(factor.paths) > 1 and known and labels == [RECIPES[name].label for name in known]:
        return FactorRow(factor.name, KEY, joined(known), "")
    path = factor.paths[0] if factor.paths else ""
    one = all(tuple(level.changes) == (path,) for level in factor.levels)
    texts = [typed(v.changes[path]) if one else changes_text(v.changes, " & ") or "base" for v in factor.levels]
    return FactorRow(factor.name, path if one else "", joined(texts), joined(labels) if any(labels) else "")
