"""gancore train: one configuration, one or several seeds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gancore.cli.before import YesOption
from gancore.cli.common import (
    JsonOption,
    RecipeOption,
    SetOption,
    StepsOption,
    StoreOption,
    WorkersOption,
    check_folder,
    exit_code,
    obtain,
    print_json,
    print_runs,
    run_json,
)
from gancore.cli.given import ColumnsOption, DatasetOption, PointsOption, WhereOption, settings_given
from gancore.cli.recipes import recipe_given
from gancore.cli.stored import AgainOption, scope_of, suggest_training
from gancore.config import ConfigError
from gancore.datasets.named import name_of


def train(
    dataset: DatasetOption = None,
    points: PointsOption = None,
    columns: ColumnsOption = None,
    where: WhereOption = None,
    recipe: RecipeOption = None,
    settings: SetOption = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--change",
            metavar="STEP:PATH=VALUE",
            help="Change a setting from a step on, such as 3000:d_optimizer.learning_rate=1e-4; again for more.",
        ),
    ] = None,
    steps: StepsOption = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", metavar="N", min=1, max=1000, help="Train seeds 0 to N-1.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="K", min=0, help="Train this one seed [default: 0].")
    ] = None,
    again: AgainOption = False,
    store: StoreOption = None,
    workers: WorkersOption = None,
    yes: YesOption = False,
    tensorboard: Annotated[
        Path | None, typer.Option("--tensorboard", metavar="DIR", help="Write TensorBoard logs, a folder per run.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option("--images", metavar="DIR", help="Write a PNG for each snapshot, a folder per run.")
    ] = None,
    with_points: Annotated[
        bool, typer.Option("--with-points", help="Draw points of your own in those logs and pictures.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Train the GAN that learns a parabola and fails on a circle, or a changed one, and store the result.

    Without options it is the baseline on the circle. Runs that are stored already, such as those that ship with
    gancore, are not trained again; --again trains what your own store lacks.
    For example: gancore train --set update.kind=combined --set batch_size=256 --seeds 4
    or, from a recipe: gancore train --recipe ns-r1 --dataset moons --seeds 3
    """
    from gancore.config import RunConfig, with_changes
    from gancore.recording.recorder import versions
    from gancore.store import Store
    from gancore.studies import label_of
    from gancore.studies.labels import BASELINE

    if seed is not None and seeds is not None:
        raise ConfigError("--seed and --seeds: give one of them; --seeds N trains the seeds 0 to N-1")
    runs = Store.open(store, scope_of(again))
    wanted = settings_given(runs, settings, steps, dataset, points, columns, where)
    if "seed" in wanted and (seed is not None or seeds is not None):
        raise ConfigError("--set seed: give the seed once, with --seed or --seeds")
    if change:
        if "changes" in wanted:
            raise ConfigError("--change: changes is set as well; give them in one way")
        wanted["changes"] = change
    begun = recipe_given(recipe)
    start = begun.start(wanted) if begun else RunConfig()
    config = with_changes(start, wanted)
    if seed is not None:
        config = with_changes(config, {"seed": seed})
    configs = [with_changes(config, {"seed": k}) for k in range(seeds)] if seeds else [config]
    check_folder("--tensorboard", tensorboard)
    check_folder("--images", images)
    print(" · ".join(f"{name} {value}" for name, value in versions().items()), file=sys.stderr)
    label = label_of(config, [start.model_copy(update={"dataset": config.dataset}) if begun else start])
    label = label if begun is None else begun.label if label == BASELINE else f"{begun.label}, {label}"
    found = obtain(runs, configs, f"{name_of(config.dataset)}: {label}", workers, yes)
    if as_json:
        for item in found:
            print_json(run_json(*item))
    else:
        print_runs(found)
    given = ["--dataset", dataset] if dataset is not None else []
    for option, value in (("--points", points), ("--columns", columns), ("--where", where)):
        given += [option, value] if value is not None else []
    given += ["--recipe", recipe] if recipe is not None else []
    given += [word for text in settings or () for word in ("--set", text)]
    given += [word for text in change or () for word in ("--change", text)]
    given += ["--steps", str(steps)] if steps is not None else []
    suggest_training(found, ["train", *given], runs, store)
    _write_extras([run for _, _, run, _ in found if run is not None], tensorboard, images, with_points)
    return exit_code(found)


def _write_extras(runs, tensorboard: Path | None, images: Path | None, own: bool) -> None:
    if tensorboard is None and images is None:
        return
    from gancore.jobs.bar import Bar
    from gancore.report.images import write_images
    from gancore.report.tensorboard import opened_with, write_tensorboard
    from gancore.words import OTHER_CURVES

    for run in Bar(runs, desc="pictures and logs", unit="run"):
        name = f"{name_of(run.config.dataset)}-seed{run.config.seed}-{run.run_id[:12]}"
        if tensorboard is not None:
            write_tensorboard(run, tensorboard / name, own=own)
        if images is not None:
            write_images(run, images / name, own)
    if tensorboard is not None:
        print(f"See the logs, with all their images: {opened_with(tensorboard)}\n{OTHER_CURVES}", file=sys.stderr)
