"""What the commands share: options, the progress bar, and how runs are printed."""

from __future__ import annotations

import contextlib
import itertools
import json
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancore.cli.before import agree
from gancore.config import ConfigError, RunConfig
from gancore.words import number

if TYPE_CHECKING:
    from gancore.jobs import Progress
    from gancore.jobs.waiting import Cancellable
    from gancore.store import Store, StoredRun

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="DIR", help="Folder of stored runs [default: $GANCORE_STORE or the user's data folder]."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object per line: one for each run or other result.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Change a setting, such as generator.hidden=16,32 or update.kind=combined."
    ),
]
RecipeOption = Annotated[
    str | None,
    typer.Option(
        "--recipe",
        metavar="NAME",
        help="Start from a recipe, such as ns-r1, rather than the baseline (see 'gancore recipes list'), or from a "
        "recipe's .toml file of your own; --set comes on top.",
    ),
]
StepsOption = Annotated[int | None, typer.Option("--steps", metavar="N", help="Training steps [default: 10000].")]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=1, max=64, help="Training processes [default: one per core]."),
]


def changes(settings: Sequence[str] | None) -> dict[str, str]:
    """``PATH=VALUE`` texts → path → value; raises ConfigError."""
    found: dict[str, str] = {}
    for text in settings or ():
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise ConfigError(f"--set: {text[:80]!r} is not allowed; it must be PATH=VALUE, such as batch_size=256")
        found[path.strip()] = value.strip()
    return found


def wait(job: Cancellable) -> Progress:
    """Show a job's progress on standard error until it ends; an interrupt or a closed terminal cancels it."""
    from gancore.jobs.waiting import wait_or_cancel

    with interrupted_by_signals():
        return wait_or_cancel(job)


@contextlib.contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """SIGTERM, and SIGHUP of a closed terminal, raise KeyboardInterrupt in here as Ctrl-C does."""
    before = {}

    def interrupt(number: int, frame: object) -> None:
        for other in before:
            signal.signal(other, signal.SIG_IGN)  # a second one must not cut the clean-up short
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):  # nohup ignores SIGHUP
                before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_folder(option: str, folder: Path | None) -> None:
    """Make an option's folder and try to write there; ConfigError names both where that fails."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"gancore")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"{option}: {str(folder)!r} cannot be written ({reason}); use another folder") from None


def obtain(
    store: Store, configs: Sequence[RunConfig], label: str, workers: int | None, yes: bool = False
) -> list[tuple[RunConfig, str, StoredRun | None, str]]:
    """Have these runs: (config, status, run, why it failed) each; what is stored is not trained again.

    What takes days is asked for first, unless ``yes``; see ``agree``.
    """
    from gancore import jobs

    stored = {config.run_id for config in configs if config.run_id in store}
    failures: dict[str, str] = {}
    if len(stored) < len({config.run_id for config in configs}):
        if reason := jobs.unavailable():
            raise RuntimeError(reason)
        if reason := jobs.refusal(store, configs):  # before anybody is asked for a yes to what cannot start
            raise ConfigError(reason)
        missing = (config for config in configs if config.run_id not in stored)
        for sentence in dict.fromkeys(itertools.chain.from_iterable(config.warnings() for config in missing)):
            print(f"gancore: {sentence}", file=sys.stderr)
        agree(store, configs, workers, yes)
        with interrupted_by_signals():
            failures = jobs.obtain(store, configs, label, workers)
    found = []
    for config in configs:
        run = store.get(config.run_id)
        status = "failed" if run is None else "cached" if config.run_id in stored else run.status
        found.append((config, status, run, failures.get(config.run_id, "")))
    return found


def run_json(config: RunConfig, status: str, run: StoredRun | None, reason: str = "") -> dict[str, Any]:
    """A run as the one JSON object that ``--json`` prints."""
    return {
        "run_id": config.run_id,
        "seed": config.seed,
        "status": status,
        "steps": run.steps if run else 0,
        "seconds": round(run.seconds, 3) if run else None,
        "config": config.model_dump(mode="json"),
        "metrics": all_metrics(run) if run else {},
        "metrics_version": run.metrics_version if run else None,
    } | ({"reason": reason} if reason else {})


def all_metrics(run: StoredRun) -> dict[str, float | None]:
    """The last snapshot's metrics and the last history row; None for what is not a number."""
    from gancore.store.codec import plain

    last = dict(run.history.iloc[-1].drop("step")) if len(run.history) else {}
    return dict(run.metrics) | plain(last)


def print_json(content: Any) -> None:
    """One JSON object on a line of standard output."""
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns on standard output, text left and the rest right."""
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    numeric = [all(not row[i] or row[i][0] in "-−–+<>0123456789" for row in rows) for i in range(len(columns))]
    for row in [columns, *rows]:
        cells = [c.rjust(w) if right else c.ljust(w) for c, w, right in zip(row, widths, numeric, strict=True)]
        print("  ".join(cells).rstrip())


def print_runs(found: Sequence[tuple[RunConfig, str, StoredRun | None, str]], labels: Sequence[str] = ()) -> None:
    """A table with a line per run."""
    from gancore.analysis.summaries import headline_of

    keys = headline_of(config for config, _, _, _ in found)
    rows = []
    for index, (config, status, run, _) in enumerate(found):
        metrics = run.metrics if run else {}
        head = [labels[index]] if labels else []
        seconds = number(run.seconds if run else None)
        learned = {1.0: "yes", 0.0: "no"}.get(metrics.get("learned"), "–")  # type: ignore[arg-type]
        rows.append(
            [
                *head,
                config.run_id[:12],
                str(config.seed),
                status,
                seconds,
                *(number(metrics.get(key)) for key in keys),
                learned,
            ]
        )
    head = ["variant"] if labels else []
    print_table([*head, "run", "seed", "status", "seconds", *keys, "learned"], rows)


def exit_code(found: Sequence[tuple[RunConfig, str, StoredRun | None, str]]) -> int:
    """1 where a run failed (each reason once on standard error), else 0; a diverged run is a result."""
    for reason in dict.fromkeys(reason or "it was not trained" for _, status, _, reason in found if status == "failed"):
        print(f"gancore: a run failed: {reason}", file=sys.stderr)
    return int(any(status == "failed" for _, status, _, _ in found))
