"""gancore step: single steps of a run, and what happens in one, on real numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancore.cli.common import JsonOption, RecipeOption, SetOption, StoreOption, print_json, print_table
from gancore.cli.given import ColumnsOption, DatasetOption, PointsOption, WhereOption, settings_given
from gancore.cli.recipes import recipe_given
from gancore.config import ConfigError
from gancore.parts.errors import one_of
from gancore.words import DASH, number, percent

if TYPE_CHECKING:
    from gancore.config import RunConfig
    from gancore.stepping import Position, Start
    from gancore.store import Store

ONLY = {"both": "b", "generator": "g", "discriminator": "d"}
"""What ``--only`` takes → the letter of its press."""


def step(
    dataset: DatasetOption = None,
    points: PointsOption = None,
    columns: ColumnsOption = None,
    where: WhereOption = None,
    recipe: RecipeOption = None,
    settings: SetOption = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="K", min=0, help="Step the networks of this seed [default: 0].")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="RUN", help="Go on from a run's id: from its end, or from where its training stands."
        ),
    ] = None,
    steps: Annotated[int, typer.Option("--steps", metavar="N", min=1, max=1000, help="Steps to take.")] = 1,
    only: Annotated[
        str, typer.Option("--only", metavar="NETWORK", help="Step the generator or the discriminator alone, or both.")
    ] = "both",
    explain: Annotated[
        bool, typer.Option("--explain", help="Print the parts of each step in their order, a sentence each.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take single steps of a GAN and say what happens in them: what D sees and says, and what G follows.

    A step is the one that training would make: the same points, latent vectors and initial weights, by the same losses,
    penalties and optimizers, in numpy. So it needs no TensorFlow, takes milliseconds, and nothing of it is stored. D is
    the discriminator, G the generator.

    --explain says what a step is made of: D sees real and generated points, judges them, and moves its weights down its
    loss; then G makes points, asks D, and moves its own. Each part has its numbers: how many points D takes for real,
    losses, how long gradients are, and how far weights and points move.

    Steps of one network alone show what the other one is for: D alone learns to tell the points apart, and its
    accuracy rises; G alone moves all its points to wherever D, standing still, likes them best.

    For example: gancore step --explain
    then ten more, as numbers: gancore step --steps 10
    G alone, against a D that stands still: gancore step --steps 50 --only generator
    with a recipe, for a program: gancore step --recipe ns-r1 --explain --json
    """
    from gancore.stepping import Machine, moved, slow_motion
    from gancore.store import Store

    if only not in ONLY:
        raise ConfigError.refused("--only", only, one_of(ONLY))
    if explain and only != "both":
        raise ConfigError.of("--explain", "it is of steps of both networks; leave out --only")
    runs = Store.open(store)
    wanted = settings_given(runs, settings, None, dataset, points, columns, where)
    if seed is not None:
        if "seed" in wanted:
            raise ConfigError("--set seed: give the seed once, with --seed or --set")
        wanted["seed"] = seed
    begun = _start(runs, start, recipe, wanted)
    position = _first(begun)
    machine: Machine = begun.machine
    say: Callable[[Position], None] = _say_json(begun) if as_json else _rows(begun, steps, explain)
    if not explain:
        say(position)
    for _ in range(steps):
        if position.ended:
            break
        if explain:
            _explain(begun, position, slow_motion(machine, position.standing)[0], as_json)
        position = moved(begun, position, ONLY[only])
        if not explain:
            say(position)
    if position.ended:
        raise ConfigError.of("steps", f"a weight is no number any more after step {max(position.standing.steps):,}")


def _start(store: Store, start: str | None, recipe: str | None, wanted: dict[str, object]) -> Start:
    """What the steps begin with; raises ConfigError, StoreError."""
    from gancore.config import RunConfig, with_changes
    from gancore.stepping import beginning

    if start is None:
        begun = recipe_given(recipe)
        return beginning(with_changes(begun.start(wanted) if begun else RunConfig(), wanted))
    if recipe is not None or wanted:
        raise ConfigError.of("--from", "it has a run's own settings; leave out what changes them, and --seed")
    return _of_run(store, start)


def _of_run(store: Store, prefix: str) -> Start:
    """The end of a stored run, or the checkpoint of one in training; raises ConfigError where there is neither."""
    from gancore import jobs
    from gancore.cli.diagnosing import FEWEST
    from gancore.stepping import checkpoint_of, end_of

    try:
        run = store.find(prefix)
    except ConfigError:
        training: list[RunConfig] = [
            config
            for job in (jobs.list_jobs(store) if len(prefix) >= FEWEST else [])
            for config in job.configs
            if config.run_id.startswith(prefix) and jobs.checkpoint_step(store, config)
        ]
        if not training:
            raise
        return checkpoint_of(training[0], jobs.checkpoint(store, training[0]))
    if not run.weights:
        reason = f"{run.run_id[:12]} came without its networks; train it with gancore train --again, or leave it out"
        raise ConfigError.of("--from", reason)
    return end_of(run.config, run.weights, run.steps)


def _first(start: Start) -> Position:
    from gancore.stepping import Position

    return Position(start.standing, (start.machine.points(start.standing.generator),), {})


def _explain(start: Start, position: Position, parts: list[Any], as_json: bool) -> None:
    """The parts of the step after a position."""
    made = position.standing.steps[0] + 1
    if as_json:
        for part in parts:
            print_json({"step": made, **part.plain()})
        return
    print(f"Step {made:,}")
    for index, part in enumerate(parts, 1):
        print(f"  {index}. {part.title}. {part.sentence}")


def _say_json(start: Start) -> Callable[[Any], None]:
    from gancore.stepping.words import plain

    return lambda position: print_json(plain(start, position))


def _rows(start: Start, steps: int, explain: bool) -> Callable[[Any], None]:
    """A line for each position, once all are known, since columns are as wide as their widest."""
    from gancore.stepping import reading

    rows: list[list[str]] = []

    def say(position: Any) -> None:
        now = reading(start.machine, position.standing)
        of_generator, of_discriminator = position.standing.steps
        rows.append(
            [
                f"{of_discriminator:,}",
                f"{of_generator:,}",
                number(now.d_loss_real),
                number(now.d_loss_fake),
                percent(now.real_for_real) if now.real_for_real is not None else DASH,
                percent(now.fake_for_real) if now.fake_for_real is not None else DASH,
                number(now.d_slope),
                number(now.g_loss),
                number(now.g_slope),
            ]
        )
        if len(rows) == steps + 1 or position.ended:
            head = ["D's steps", "G's steps", "D's loss, real", "generated", "real for real", "generated for real"]
            print_table([*head, "D's gradient", "G's loss", "G's gradient"], rows)

    return say
