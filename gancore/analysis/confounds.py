"""Confounds: what else differs between two variants that are compared as if it were one thing."""

from __future__ import annotations

from collections.abc import Sequence

from gancore.config import ConfigError, RunConfig, differing, flatten
from gancore.studies.study import Study
from gancore.studies.variants import Variant
from gancore.words import whole

IGNORED = ("seed", "log_every", "snapshot_every")
"""Settings that change what is written down, not what is trained."""


def confounds(study: Study, before: str, after: str) -> list[str]:
    """Sentences that name what else differs between two variants (or arms); empty for a clean comparison.

    More than one factor (or, outside the factors' cells, more than one setting); the number of updates of either
    network; the real samples seen; the dataset. Raises ConfigError.
    """
    one, other = _variant(study, before), _variant(study, after)
    found: list[str] = []
    if one.levels is not None and other.levels is not None:
        names = [f.name for f, a, b in zip(study.factors, one.levels, other.levels, strict=True) if a != b]
        what = "factors"
    else:
        names = [path for path in differing([one.config, other.config], IGNORED) if path != "steps"]
        if "dataset.kind" in names:  # A kind brings its own settings along.
            shared = flatten(one.config).keys() & flatten(other.config).keys()
            names = [path for path in names if path in shared]
        owners = {path: factor.name for factor in study.factors for path in factor.paths}
        names = list(dict.fromkeys(owners.get(path, path) for path in names))
        what = "settings"
    if len(names) > 1:
        found.append(f"{len(names)} {what} differ: {', '.join(names)}")
    for name, a, b in zip(COUNTS, counts(one.config), counts(other.config), strict=True):
        if a != b:
            found.append(f"{name}: {whole(a)} against {whole(b)}")
    return found


def cell_confounds(study: Study, pairs: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """What else differs within pairs of cells that are meant to differ in one factor; told by the first pair."""
    if not pairs:
        return ()
    before, after = (study.variants[number].name for number in pairs[0])
    return tuple(confounds(study, before, after))


COUNTS = ("generator updates", "discriminator updates", "real samples seen")


def counts(config: RunConfig) -> tuple[int, int, int]:
    """Generator updates, discriminator updates and real samples seen in a whole run."""
    rounds = config.steps * config.update.rounds
    return config.steps, rounds * config.update.ticks, rounds * config.batch_size


def _variant(study: Study, name: str) -> Variant:
    for variant in study.variants:
        if name in (variant.name, variant.arm):
            return variant
    known = ", ".join(dict.fromkeys(variant.arm for variant in study.variants))
    raise ConfigError.of("variant", f"{name[:80]!r} is not in {study.name}; use one of {known}")
