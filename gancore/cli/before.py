"""What a command says before it trains: how long it will take, and whether that is meant where it is days."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.config import ConfigError, RunConfig
from gancore.words import about, count

if TYPE_CHECKING:
    from gancore.store import Store

YesOption = Annotated[bool, typer.Option("--yes", help="Start without asking even where training takes days.")]


def agree(store: Store, configs: Sequence[RunConfig], workers: int | None, yes: bool) -> None:
    """Say on standard error how long the missing runs take; from ``jobs.LONG`` on, ask on a terminal.

    Raises ConfigError where there is nobody to ask and ``yes`` is not given, and typer.Abort at a no.
    """
    from gancore import jobs

    missing = {config.run_id for config in configs if config.run_id not in store}
    seconds = jobs.estimate(store, configs, workers)
    if not missing or seconds is None:
        return
    time = f"training {count(len(missing), 'run')} takes {about(seconds)} here"
    if yes or seconds < jobs.LONG:
        print(time, file=sys.stderr)
    elif _terminal():
        typer.confirm(f"{time}. Start it?", abort=True, err=True)
    else:
        raise ConfigError(f"--yes: {time}; add --yes to start it all the same")


def _terminal() -> bool:
    """Whether a person can be asked, and answer."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
