"""gancore fix: the smallest change that makes a failing GAN learn."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancore.cli.common import (
    JsonOption,
    RecipeOption,
    SetOption,
    StepsOption,
    StoreOption,
    WorkersOption,
    check_folder,
    print_json,
    print_table,
    wait,
)
from gancore.cli.given import ColumnsOption, DatasetOption, PointsOption, WhereOption, settings_given
from gancore.config import ConfigError, quoted
from gancore.words import number, signed

if TYPE_CHECKING:
    from gancore.fixing import Search, Standing
    from gancore.jobs import Job


MOST_NAMED = 4
"""Configurations of a round that are named."""
IDLE = 30.0
"""Seconds that workers outlive a round: what they have loaded, the next one needs."""


def fix(
    failing: Annotated[
        str | None,
        typer.Argument(
            metavar="[RUN]",
            help="The run that fails: its id, or 4 or more of its digits; or the link of a page that shows the run, "
            "settings, a study (its baseline, or what a claim compares with) or a search, which goes on then.",
        ),
    ] = None,
    dataset: DatasetOption = None,
    points: PointsOption = None,
    columns: ColumnsOption = None,
    where: WhereOption = None,
    recipe: RecipeOption = None,
    settings: SetOption = None,
    steps: StepsOption = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(
            "--lock", metavar="FIELD", help="Leave a setting, or a group of them, as it is: generator, batch_size."
        ),
    ] = None,
    equal: Annotated[
        str,
        typer.Option(
            "--equal",
            metavar="WHAT",
            help="What every change may use: as many steps as the start (steps), or as much arithmetic (cost).",
        ),
    ] = "steps",
    budget: Annotated[
        float | None, typer.Option("--budget", metavar="MIN", help="Stop after so many minutes [default: none].")
    ] = None,
    run_steps: Annotated[
        int | None,
        typer.Option(
            "--total-steps", metavar="N", help="Stop before more than N steps, all runs together, are trained."
        ),
    ] = None,
    script: Annotated[
        Path | None, typer.Option("--script", metavar="FILE", help="Write the Keras script of the fixed GAN.")
    ] = None,
    study: Annotated[
        Path | None, typer.Option("--study", metavar="FILE", help="Write the proof as a study file (.toml).")
    ] = None,
    store: StoreOption = None,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find the smallest change that makes a failing GAN learn: one setting, else two, else a recipe.

    The start is the question's baseline, changed by --recipe, --set, --dataset and --points as in 'gancore train', a
    stored run, or what a page's link shows. Changes that gancore's parts and recipes declare as worth trying race on
    the same seeds, few seeds first; what cannot be a fix is dropped, and the reason is said. The winner, the start and
    the runner-up are then trained on 20 seeds that the race never saw, and only those say how often the fix works.

    Stop it at any time (Ctrl-C, or 'gancore jobs cancel'): the same command goes on where it was, as finished runs are
    stored. A budget that is too small for one race is refused before anything is trained, with what a race takes.

    For example: gancore fix
    or, on points of your own, without touching the generator: gancore fix --points mine.csv --lock generator
    or, for 10 minutes, with the script of what is found: gancore fix --dataset moons --budget 10 --script fixed.py
    """
    from gancore import jobs
    from gancore.cli.starts import searched, start_of
    from gancore.fixing import Budget, Search, background, go, kept, question
    from gancore.fixing.plain import plain
    from gancore.store import Store

    if equal not in ("steps", "cost"):
        raise ConfigError.refused("--equal", equal, "use steps or cost")
    for option, path in (("--script", script), ("--study", study)):  # before hours of training rather than after
        check_folder(option, path and path.parent)
    opened = Store.open(store)
    wanted = settings_given(opened, settings, steps, dataset, points, columns, where)
    try:
        limits = Budget(None if budget is None else 60 * budget, run_steps)
        asked = searched(opened, failing) if failing else None
        if asked is None:
            start = start_of(opened, failing, recipe, wanted)
            asked = question(start, lock or (), "cost" if equal == "cost" else "steps")
        elif wanted or recipe or lock or equal != "steps":
            raise ConfigError(f"{quoted(failing)} is a search, which has its settings: leave out all that changes them")
    except ConfigError as error:
        raise error.named({"lock": "--lock", "budget": "--budget", "run_steps": "--total-steps"}) from None
    if reason := jobs.unavailable():
        raise RuntimeError(reason)
    search = Search(opened, kept(opened, asked))
    shown = _Shown(search, workers)
    try:
        with background.working(search):
            stand, stopped = go(search, limits, _trained, shown.tell, workers, IDLE)
    except ConfigError as error:
        raise error.named({"budget": "--budget", "run_steps": "--total-steps"}) from None
    if as_json:
        print_json(plain(search, stand, stopped))
    else:
        _print(search, stand, stopped)
    _write(search, stand, script, study)
    return 0


def _trained(job: Job) -> str:
    """Wait for a round; why it ended early, or nothing."""
    progress = wait(job)
    if progress.state == "cancelled":
        return "the time is over" if job.overdue else "the job was cancelled"
    return progress.message if progress.state == "failed" and not progress.failed else ""


class _Shown:
    """Says on standard error what is new since the last round."""

    def __init__(self, search: Search, workers: int | None) -> None:
        self.search, self.workers, self.seen = search, workers, 0

    def tell(self, stand: Standing) -> None:
        """The new events, a line each, and what the next round is."""
        from gancore.fixing.drive import stage_words
        from gancore.fixing.events import event_words, label_of
        from gancore.fixing.forecast import forecast
        from gancore.fixing.sentences import forecast_words
        from gancore.words import count

        for event in stand.events[self.seen :]:
            if event.what != "races":
                print(event_words(self.search, event), file=sys.stderr)
        self.seen = len(stand.events)
        if stand.missing:
            steps = self.search.run_steps(stand.missing)
            keys = list(dict.fromkeys(trial.key for trial in stand.missing))
            names = "; ".join(label_of(self.search, key) for key in keys)
            who = names if len(keys) <= MOST_NAMED else count(len(keys), "configuration")
            runs = count(len(stand.missing), "run")
            left = forecast_words(forecast(self.search, stand, self.workers))
            print(f"Now {stage_words(stand)}: {who}. {runs}, {steps:,} steps in all to train. {left}", file=sys.stderr)


def _print(search: Search, stand: Standing, stopped: str) -> None:
    from gancore.fixing.report import rows, spent
    from gancore.fixing.sentences import conclusion, equal_words, explanation

    tried = rows(search, stand)
    if tried:
        print_table(
            ["learned", "of", "change", "low", "high", "cost", "ended", "what was changed"],
            [
                [
                    f"{row.rate.learned}/{row.rate.runs}",
                    "half" if row.length == "short" else "all",
                    signed(row.change),
                    signed(row.low),
                    signed(row.high),
                    f"{number(row.cost, 2)}×",
                    row.ended,
                    row.label,
                ]
                for row in tried
            ],
        )
        print("change: w1_excess against the start's on the same seeds, with its 95% interval; of: the steps.\n")
    for sentence in [*conclusion(search, stand, stopped), *explanation(search, stand)]:
        print(sentence)
    used, full = spent(search, stand), search.full_comparison()
    print(
        f"Every change could use {equal_words(search.question)}. {used.race:,} steps raced in all, where all changes "
        f"on 10 seeds each take {full:,}; {used.fresh:,} confirmed."
    )
    print(f"The Training page shows all of it at ?fix={search.question.question_id}")


def _write(search: Search, stand: Standing, script: Path | None, study: Path | None) -> None:
    """The script and the study, as far as there are any; why there is none is said on standard error."""
    from gancore.fixing.proof import proof

    made = proof(search, stand)
    if study is not None and made is not None:
        study.write_text(made.to_toml(), encoding="utf-8")
        print(f"wrote {study}", file=sys.stderr)
    elif study is not None:
        print("gancore: --study: there is no answer yet, so no study is written", file=sys.stderr)
    if script is not None:
        _write_script(search, stand, script)


def _write_script(search: Search, stand: Standing, script: Path) -> None:
    """The fix's script; where plain Keras lacks something of it, the runner-up's, if that learned as often as a fix."""
    from gancore.export.script import write_script
    from gancore.fixing.events import label_of
    from gancore.fixing.report import rate_of

    answer = stand.answer
    if answer is None or answer.verdict != "fix":
        print("gancore: --script: nothing is fixed, so no script is written", file=sys.stderr)
        return
    second = rate_of(search, answer.runner_up) if answer.runner_up else None
    learns = second is not None and search.rules.learns(second.learned, second.runs)
    for key in [answer.winner, *([answer.runner_up] if learns else [])]:
        try:
            for path in write_script(search.config(key), script):
                print(f"wrote {path}, which trains: {label_of(search, key)}", file=sys.stderr)
            return
        except ConfigError as error:
            print(f"gancore: --script: {label_of(search, key)} has none in plain Keras ({error})", file=sys.stderr)
