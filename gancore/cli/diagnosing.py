"""gancore runs diagnose: why a run does not learn, from what is measured of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.common import JsonOption, StoreOption, print_json

if TYPE_CHECKING:
    from gancore.config import RunConfig
    from gancore.diagnosis import Findings, Seen
    from gancore.store import Store, StoredRun

FEWEST = 4
"""Digits of a run's id, as for one that is stored."""


def diagnose(
    run_id: Annotated[str, typer.Argument(metavar="ID", help="A run's id, or the first 4 or more of its digits.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a run does not learn: each diagnosis that applies, what it was measured by, and what helps.

    What stands first may be what the others follow from. A run in training is diagnosed by what it has recorded so far.
    """
    from gancore.diagnosis import diagnose
    from gancore.store import Store

    opened = Store.open(store)
    seen, config = _seen(opened, run_id)
    findings = diagnose(seen)
    if as_json:
        print_json({"run_id": config.run_id, "step": seen.step} | findings.plain() | {"help": _help(findings, config)})
        return
    print(f"{config.run_id[:12]}, step {seen.step:,} of {config.steps:,}")
    _print(findings, config)


def kinds_of(run: StoredRun) -> list[str] | None:
    """The kinds of the diagnoses that apply to a run; None where the points of its distribution are not here."""
    from gancore.config import ConfigError
    from gancore.diagnosis import diagnose

    try:
        return [one.kind for one in diagnose(run).found]
    except ConfigError:
        return None


def _seen(store: Store, prefix: str) -> tuple[Seen, RunConfig]:
    """What there is of a stored run, or of one in training; raises ConfigError where there is neither."""
    from gancore import jobs
    from gancore.config import ConfigError
    from gancore.diagnosis import Seen

    try:
        run = store.find(prefix)
    except ConfigError:
        for job in jobs.list_jobs(store) if len(prefix) >= FEWEST else []:
            for config in job.configs:
                if config.run_id.startswith(prefix) and (seen := jobs.so_far(store, config)) is not None:
                    return seen, config
        raise
    return Seen.of(run), run.config


def _help(findings: Findings, config: RunConfig) -> dict[str, list[dict[str, object]]]:
    from dataclasses import asdict

    from gancore.diagnosis.helping import helps

    return {one.kind: [asdict(help) for help in helps(one.kind, config)] for one in findings.found if one.failing}


def _print(findings: Findings, config: RunConfig) -> None:
    from gancore.diagnosis.findings import NOTHING
    from gancore.diagnosis.helping import helps

    for one in findings.found:
        print(f"\n{one.label}\n  {one.sentence}")
        for quantity in (one.quantity, *one.beside):
            healthy = f" (where it learns: {one.healthy})" if quantity is one.quantity else ""
            print(f"  {quantity.label}: {quantity.words}{healthy}")
        for help in helps(one.kind, config) if one.failing else []:
            print(f"  What helps: {help.label}. {help.words}")
    if not findings.found:
        print(NOTHING)
    if not findings.learned:
        print(f"\nto search for a fix: gancore fix {config.run_id[:12]}")
