"""A stored run's snapshots as the question draws them: 100 fakes in red over 1,000 reals in blue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gancore.figures import scatter
from gancore.figures.reals import Reals
from gancore.recording.window import Window
from gancore.store import StoredRun

REALS, FAKES = 1000, 100


def snapshot_images(
    run: StoredRun, side: int = 480, last: bool = False, own: bool = False
) -> Iterator[tuple[int, bytes]]:
    """(step, PNG) for each snapshot, or the ``last``, on axes of equal aspect.

    They are [-1, 1] times the dataset's scale, and wider where the dataset reaches further; of a dataset beside the
    origin they are around it. ``own``: whether points of one's own are part of them; labels are in their file's units.
    """
    import vl_convert

    dataset = run.config.dataset
    reals = Reals.of(dataset, own)  # type: ignore[arg-type]
    # Evenly through the training set: the moons' comes in order.
    real = reals.points[:: max(1, len(reals.points) // REALS)][:REALS]
    window = Window.around([reals.known])
    if window.plain:
        window = Window.square(dataset.reach())
    told = f"; {reals.missing}" if reals.missing else ""
    for step, fake in list(zip(run.snapshot_steps, run.snapshots, strict=True))[-1 if last else 0 :]:
        chart = scatter(
            real, fake[:FAKES], window=window, side=side, title=f"step {step:,}{told}", units=dataset.own_units()
        )
        spec = chart.configure(background="white").to_dict()
        yield step, vl_convert.vegalite_to_png(spec, scale=1.0)


def write_images(run: StoredRun, folder: Path, own: bool = False) -> None:
    """One ``step-NNNNNNN.png`` a snapshot in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for step, png in snapshot_images(run, own=own):
        (folder / f"step-{step:07d}.png").write_bytes(png)
