"""Claims against the runs: three views of a factor's level, or the difference of two variants, and a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gancore.analysis.confounds import cell_confounds, confounds
from gancore.analysis.effects import Effect, paired_cells, single_views
from gancore.analysis.estimates import Estimates, contrasts, more_seeds
from gancore.analysis.groups import Group
from gancore.analysis.outcomes import better_of
from gancore.analysis.rows import ClaimRow, Direction, View, view_of
from gancore.analysis.verdicts import AVERAGE_RULE, DIFFERENCE_RULE, claimed, seeds_sentence
from gancore.config import ConfigError
from gancore.studies.design import Claim
from gancore.studies.study import Study


def claim_rows(groups: Mapping[str, Group], effects: Sequence[Effect], metric: str) -> list[ClaimRow]:
    """A row per claim of a study; ``groups``: metric → the outcomes, ``metric`` is for claims that name none."""
    rows: dict[int, ClaimRow] = {}
    for key, group in groups.items():
        mine = {i: claim for i, claim in enumerate(group.study.claims) if (claim.metric or metric) == key}
        about_factors = {i: claim for i, claim in mine.items() if claim.factor is not None}
        about_pairs = {i: claim for i, claim in mine.items() if claim.factor is None}
        rows |= _factor_rows(group, effects, about_factors)
        rows |= _pair_rows(group, about_pairs)
    return [rows[i] for i in sorted(rows)]


def _factor_rows(group: Group, effects: Sequence[Effect], claims: Mapping[int, Claim]) -> dict[int, ClaimRow]:
    """Claims about factors: alone, average and last, each view Holm-corrected over its own family."""
    design = group.study.design
    views = {i: single_views(design, str(claim.factor), claim.level or 0) for i, claim in claims.items()}
    single: dict[str, dict[int, View | None]] = {}
    for view in ("alone", "last"):
        pairs = {i: pair for i, found in views.items() if (pair := found[view]) is not None}
        if pairs:
            estimates = contrasts(group.differences(list(pairs.values())))
            single[view] = {i: view_of(estimates, n, _direction(group, claims[i])) for n, i in enumerate(pairs)}
    rows: dict[int, ClaimRow] = {}
    for i, claim in claims.items():
        wanted = ((str(claim.factor), claim.level or 0),)
        place = next(n for n, effect in enumerate(effects) if effect.kind == "main" and effect.factors == wanted)
        number = [factor.name for factor in design.factors].index(str(claim.factor))
        sides = [[n for n, cell in enumerate(design.cells) if cell[number] == at] for at in (0, claim.level)]
        pairs = paired_cells(design, *wanted[0])
        row = _row(group, claim, effects[place].label, group.main_effects(effects), place, sides, pairs)
        rows[i] = replace(
            row,
            confounds=cell_confounds(group.study, pairs),
            alone=single.get("alone", {}).get(i),
            last=single.get("last", {}).get(i),
        )
    return rows


def _pair_rows(group: Group, claims: Mapping[int, Claim]) -> dict[int, ClaimRow]:
    """Claims about two variants, Holm-corrected over all of them."""
    if not claims:
        return {}
    pairs = [(group.place(str(claim.before)), group.place(str(claim.after))) for claim in claims.values()]
    estimates = contrasts(group.differences(pairs))
    rows: dict[int, ClaimRow] = {}
    for n, (i, claim) in enumerate(claims.items()):
        before, after = pairs[n]
        label = f"{group.arms[before].label} → {group.arms[after].label}"
        row = _row(group, claim, label, estimates, n, [[before], [after]], [pairs[n]])
        rows[i] = replace(row, confounds=tuple(confounds(group.study, str(claim.before), str(claim.after))))
    return rows


def _row(
    group: Group,
    claim: Claim,
    label: str,
    estimates: Estimates,
    i: int,
    sides: Sequence[Sequence[int]],
    pairs: Sequence[tuple[int, int]],
) -> ClaimRow:
    """A claim with the i-th of the estimates as the view that decides.

    ``sides``: the arms without and with the change, whose runs are counted; ``pairs``: those that improvement compares.
    """
    (learned_before, runs_before), (learned_after, runs_after) = (group.learned(side) for side in sides)
    improvement, improvement_p = group.improvement(pairs)
    direction = _direction(group, claim)
    deciding = view_of(estimates, i, direction)
    seeds = int(estimates.seeds[i])
    more = more_seeds(float(estimates.estimate[i]), float(estimates.deviation[i]), seeds, float(estimates.alpha[i]))
    decided = deciding is not None and deciding.verdict != "undecided"
    by_factor = claim.factor is not None
    return ClaimRow(
        dataset=group.name,
        text=claim.text,
        label=label,
        metric=group.metric,
        direction=direction,
        view="average" if by_factor else "difference",
        n=seeds,
        p_holm=float(estimates.p_holm[i]),
        learned_before=learned_before,
        runs_before=runs_before,
        learned_after=learned_after,
        runs_after=runs_after,
        improvement=improvement,
        improvement_p=improvement_p,
        rule=AVERAGE_RULE if by_factor else DIFFERENCE_RULE,
        more_seeds=0.0 if decided else more,
        confounds=(),
        needs="" if decided else seeds_sentence(more, seeds),
        average=deciding if by_factor else None,
        difference=None if by_factor else deciding,
    )


def _direction(group: Group, claim: Claim) -> Direction:
    """Where the claim says that the group's metric goes."""
    return claimed(claim, better_of(group.metric))


def claim_variants(study: Study, number: int, pair: tuple[str, str] | None = None) -> list[str]:
    """Names of the variants behind claim ``number`` (from 1), without and with its change. Raises ConfigError.

    First ``pair``, the arms that show what the claim's sentence says (see ``conclusions``); then, for a factor, the
    baseline without and with it, and all other changes without and with it.
    """
    if not 1 <= number <= len(study.claims):
        raise ConfigError.of("claim", f"{number} is not a claim of {study.name}; use 1 to {len(study.claims)}")
    claim, arms = study.claims[number - 1], study.arms
    if claim.factor is None:
        wanted = [str(claim.before), str(claim.after)]
    else:
        views = single_views(study.design, claim.factor, claim.level or 0).values()
        wanted = [str(arms[place].name) for two in views if two is not None for place in two]
    kept = dict.fromkeys([*(pair or ()), *wanted])
    of_arm = {name: [v.name for v in study.variants if (v.arm or v.name) == name] for name in kept}
    return [name for names in zip(*of_arm.values(), strict=True) for name in names]


def first_pair(study: Study, pair: tuple[str, str] | None = None) -> tuple[str, str]:
    """Names of the two variants to compare first: those of the arms in ``pair``, which show a chosen claim; else those
    of the study's first claim about two, or the first and the last.

    Of several datasets both are on the first one, where they differ in what the study is about alone.
    """
    pairs = ((claim.before, claim.after) for claim in study.claims if claim.factor is None)
    wanted = pair or next(pairs, (study.arms[0].name, study.arms[-1].name))
    names = {variant.arm or variant.name: variant.name for variant in reversed(study.variants)}
    return names[str(wanted[0])], names[str(wanted[1])]
