"""Waiting for a job: the one loop that looks at it, and its line on standard error."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from gancore.jobs.progress import Progress
from gancore.words import about, setting_value

LOOK_EVERY = 0.2
"""Seconds between two looks at a job."""
BAR = "{l_bar}{bar}| {n_fmt}/{total_fmt} steps [{elapsed}{postfix}]"
"""tqdm's line without its own guess of the time left, which knows nothing of compiling."""


class Waitable(Protocol):
    """What waiting needs of a job."""

    @property
    def label(self) -> str:
        """What the job is for."""
        ...

    def progress(self) -> Progress:
        """Where the job stands."""
        ...


class Cancellable(Waitable, Protocol):
    """A job that can be stopped."""

    def cancel(self) -> None:
        """Stop what is left."""
        ...


def wait(
    job: Waitable, timeout: float | None = None, progress: Callable[[Progress], object] | bool | None = None
) -> Progress:
    """See ``Job.wait``."""
    if progress is True:
        with progress_line(job.label) as show:
            return wait(job, timeout, show)
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        now = job.progress()
        if callable(progress):
            progress(now)
        if not now.active:
            return now
        pause = LOOK_EVERY if deadline is None else min(LOOK_EVERY, deadline - time.monotonic())
        if pause <= 0:
            stored = f"{now.done} of {now.total} runs are stored"
            raise TimeoutError(
                f"job {job.label!r}: {now.message} after {setting_value(timeout)} s; {stored}, and it trains on"
            )
        time.sleep(pause)


def wait_or_cancel(job: Cancellable, progress: bool = True) -> Progress:
    """Wait for a job until it ends; whatever interrupts the wait cancels it, so that nothing trains unasked."""
    try:
        return wait(job, None, progress)
    except BaseException:
        job.cancel()
        raise


@contextlib.contextmanager
def progress_line(label: str) -> Iterator[Callable[[Progress], None]]:
    """A line on standard error; the function that is given brings it up to date."""
    from gancore.jobs.bar import Bar

    with Bar(total=1, unit_scale=True, desc=label, bar_format=BAR) as bar:

        def show(progress: Progress) -> None:
            bar.total, bar.n = max(1, progress.steps_total), progress.steps_done
            left = "" if progress.seconds_left is None else f", {about(progress.seconds_left)} left"
            bar.set_postfix_str(f"{progress.done}/{progress.total} runs, {progress.message}{left}", refresh=True)

        yield show
