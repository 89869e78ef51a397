"""gancore study run --until-decided: batches of seeds, with a planned look at the results after each."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from gancore.cli.common import print_json, print_table, wait
from gancore.config import ConfigError, RunConfig
from gancore.words import duration, level, signed

if TYPE_CHECKING:
    from gancore.analysis.sequential import Look, Plan
    from gancore.jobs import Job
    from gancore.store import Store
    from gancore.studies import Study


MOST_MINUTES = 10_000
"""A week."""


def run_until_decided(
    store: Store, study: Study, plan: Plan, metric: str, minutes: float, workers: int | None, as_json: bool
) -> int:
    """Train batch after batch until a plan is decided, at its last look, or out of time; the exit code.

    No batch starts that is expected to take longer than the time left, and one that does ends with the time: its
    finished runs stay, so the same command goes on from there.
    """
    from gancore import jobs
    from gancore.analysis import run_table
    from gancore.analysis.sequential import check_plan, ending, looks, next_look
    from gancore.jobs.obtaining import IDLE
    from gancore.studies.commands import value_text
    from gancore.words import about

    check_plan(study, plan)
    if not 0 <= minutes <= MOST_MINUTES:  # which refuses nan as well
        raise ConfigError(f"--max-minutes: {value_text(minutes)} is not allowed; use 0 to {MOST_MINUTES:,}")
    if not as_json:
        print(f"{study.title}\n{plan.rule}")
    deadline = time.time() + 60 * minutes
    shown, stopped, failed = 0, "", False
    while True:
        so_far = looks(study, run_table(store, study, plan.maximum), plan, metric)
        for look in so_far[shown:]:
            _print_look(study, plan, look, metric, as_json)
        shown = len(so_far)
        seeds = next_look(plan, so_far)
        if not seeds or stopped:
            break
        configs = study.configs(seeds)
        if reason := jobs.unavailable():
            raise RuntimeError(reason)
        if reason := jobs.refusal(store, configs):
            raise ConfigError(reason)
        seconds, left = jobs.estimate(store, configs) or 0.0, deadline - time.time()
        if seconds > left:
            rest = duration(left) if left >= 1 else "0 s"
            stopped = f"the look at {seeds} seeds takes {about(seconds)}, and {rest} are left"
            break
        job = jobs.submit(store, configs, f"{study.name}, {seeds} seeds", workers, IDLE, deadline)
        stopped, failed = _trained(job, configs, minutes)
    if not as_json:
        print(f"\n{f'Stopped: {stopped}. ' if stopped else ''}{ending(plan, so_far)}")
        sys.stdout.flush()
    elif stopped:
        print_json({"stopped": stopped, "seeds": so_far[-1].seeds if so_far else 0})
    return int(failed)


def _trained(job: Job, configs: list[RunConfig], minutes: float) -> tuple[str, bool]:
    """Wait for a batch; why it ended early (empty where it did not), and whether that is a failure."""

    progress, failures = wait(job), job.failures()
    job.dismiss()
    if progress.state == "cancelled":
        return (f"{duration(60 * minutes)} are over" if job.overdue else "the job was cancelled"), False
    for reason in dict.fromkeys(failures.values()):
        print(f"gancore: a run failed: {reason}", file=sys.stderr)
    if progress.done < len({config.run_id for config in configs}):
        if not failures:
            return progress.message, True
        return f"{progress.failed} of {progress.total} runs failed", True
    return "", False


def _print_look(study: Study, plan: Plan, look: Look, metric: str, as_json: bool) -> None:
    """A look as a table with a line a decision, or as one JSON object."""
    from gancore.store.codec import plain

    place = plan.looks.index(look.seeds) + 1
    if as_json:
        decisions = plain([asdict(decision) for decision in look.decisions])
        head = {"look": place, "of": len(plan.looks), "seeds": look.seeds, "level": plan.level(look.seeds)}
        print_json({"study": study.name, "metric": metric} | head | {"decisions": decisions})
        return
    print(
        f"\nlook {place} of {len(plan.looks)}: {look.seeds} seeds; "
        f"intervals are corrected {level(plan.level(look.seeds))} ones"
    )
    print_table(
        ["verdict", "metric", "change", "low", "high", "seeds", "claim"],
        [
            [d.verdict, d.metric, signed(d.estimate), signed(d.low), signed(d.high), str(d.seeds), d.text]
            for d in look.decisions
        ],
    )
    sys.stdout.flush()
