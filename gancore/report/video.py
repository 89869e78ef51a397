"""The panels of a study moving through training: as a GIF, an MP4 or a WebM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.config import ConfigError
from gancore.figures import FAKE, thinned
from gancore.figures.grid import REAL_PALE
from gancore.figures.placing import FAINT, GREY, INK, one_line
from gancore.figures.reals import windows_for
from gancore.recording.window import Window
from gancore.report.base import Report, Say, add_format
from gancore.report.drawing import (
    LARGE,
    LINE,
    SHARP,
    SMALL,
    draw_axes,
    draw_points,
    draw_words,
    fitted,
    font_for,
    lines_of,
    video_palette,
)
from gancore.report.pictures import note_of, places_of
from gancore.store import StoredRun
from gancore.studies import Variant

if TYPE_CHECKING:
    from PIL import Image

FRAMES = 26
"""Frames, evenly through the snapshots of all runs, the first and the last among them."""
RATE, HOLD = 5, 10
"""Frames a second, and how many times the last one is shown."""
WIDTH, SIDES = 960, (96, 260)
"""Pixels across, and the least and largest side of a panel."""
REALS, FAKES = 600, 300
"""Points drawn in a panel."""
GAP = 12
"""Pixels between panels."""
MARGINS = 44, LINE
"""Pixels to the left of a panel and below it, for the numbers on its axes."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What stays the same in all frames, and where the rest goes; all in pixels of the large drawing."""

    background: Image.Image
    panels: tuple[tuple[Variant, StoredRun | None, tuple[int, int]], ...]
    """A variant, the run shown, and its panel's left top corner."""
    side: int
    windows: dict[str, Window]
    """What each variant's panel shows, in dataset coordinates."""


@add_format(
    "gif",
    ".gif",
    label="Video (GIF)",
    help="The panels over training, for any place that takes a picture.",
    mime="image/gif",
)
def write_gif(report: Report, path: Path, say: Say) -> None:
    """Frames in few colours, in a loop with a pause at the end."""
    from PIL import Image

    # One palette for all frames: with one each, colours would flicker.
    palette = video_palette()
    paletted = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames_of(report, say)]
    shown = [1000 // RATE] * (len(paletted) - 1) + [1000 * HOLD // RATE]
    paletted[0].save(path, save_all=True, append_images=paletted[1:], duration=shown, loop=0, optimize=False)


@add_format("mp4", ".mp4", label="Video (MP4)", help="The panels over training, as H.264.", mime="video/mp4")
def write_mp4(report: Report, path: Path, say: Say) -> None:
    """H.264 that every player and browser shows, and that starts before it is loaded whole."""
    options = ["-crf", "20", "-preset", "medium", "-movflags", "+faststart"]
    _encode(report, path, "libx264", options, say)


@add_format("webm", ".webm", label="Video (WebM)", help="The panels over training, as VP9.", mime="video/webm")
def write_webm(report: Report, path: Path, say: Say) -> None:
    """VP9, which is free."""
    options = ["-crf", "30", "-b:v", "0", "-deadline", "good", "-cpu-used", "5"]
    _encode(report, path, "libvpx-vp9", options, say)


def frames_of(report: Report, say: Say) -> Iterator[Image.Image]:
    """Frames of equal, even sizes, the step written in each."""
    from PIL import Image, ImageDraw

    scene = _scene(report)
    steps = _steps([run for _, run, _ in scene.panels if run is not None])
    size = (scene.background.width // SHARP, scene.background.height // SHARP)
    for number, step in enumerate(steps):
        say(0.05 + 0.85 * number / len(steps), f"frame {number + 1} of {len(steps)}")
        image = scene.background.copy()
        draw = ImageDraw.Draw(image)
        words = f"step {step:,}"
        font = font_for(LARGE, words)
        draw.text((image.width - GAP * SHARP - font.getlength(words), GAP * SHARP), words, INK, font)
        for variant, run, corner in scene.panels:
            if run is not None:
                _panel(draw, scene, variant, run, corner, step)
        yield image.resize(size, Image.Resampling.BOX)


def _encode(report: Report, path: Path, codec: str, options: Sequence[str], say: Say) -> None:
    """Frames through ffmpeg, the last one held."""
    import imageio_ffmpeg

    try:
        imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        raise ConfigError(
            f"--format: {path.suffix[1:]!r} needs ffmpeg, which this machine does not have; install it, or use gif"
        ) from None
    frames = frames_of(report, say)
    frame = next(frames)
    writer = imageio_ffmpeg.write_frames(
        str(path), frame.size, fps=RATE, codec=codec, quality=None, macro_block_size=2,  # type: ignore[arg-type]
        ffmpeg_log_level="error", output_params=list(options),
    )  # fmt: skip
    writer.send(None)
    try:
        writer.send(frame.tobytes())
        for frame in frames:
            writer.send(frame.tobytes())
        for _ in range(HOLD - 1):
            writer.send(frame.tobytes())
        say(0.92, "finishing the video")
    finally:
        writer.close()
    if not path.exists() or not path.stat().st_size:
        raise OSError(f"ffmpeg wrote no {path.suffix[1:]}")


def _scene(report: Report) -> Scene:
    """Everything that does not move: words, frames and real points."""
    from PIL import Image, ImageDraw

    study, places = report.study, places_of(report.study)
    headed = any(places.columns)
    across, down = len(places.columns), len(places.rows)
    # Rows are named along their height, about that of a column's width, in letters of about 6 pixels.
    deep = min(4, 1 + 6 * max(map(len, places.rows)) * across // WIDTH)
    beside = GAP + deep * LINE if any(places.rows) else 0
    measured = any(variant.config.dataset.own_units() is not None for variant in study.variants)
    left, below = MARGINS if measured else (0, 0)
    side = (WIDTH - 2 * GAP - beside - GAP * (across - 1)) // across - left
    side = max(SIDES[0], min(SIDES[1], side))
    lines = (0 if headed else 2) + (1 if side > 150 else 2)
    step = (side + left + GAP, side + below + GAP + lines * LINE + 4)
    named = max(len(lines_of(words, side, 5)) for words in places.columns) if headed else 0
    top = 2 * GAP + LARGE + 2 * GAP + (named * LINE + 4 if headed else 0)
    width = max(2 * GAP + beside + across * step[0] - GAP, 480)
    size = (width + width % 2, top + down * step[1] + (top + down * step[1]) % 2)
    image = Image.new("RGB", (size[0] * SHARP, size[1] * SHARP), "white")
    draw = ImageDraw.Draw(image)
    reals = report.reals
    told = [f"{report.shown} of each variant", *filter(None, (r.missing for r in reals.values()))]
    told += ["axes in the file's units"] if measured else []
    _heading(draw, study.title, ", ".join(dict.fromkeys(told)), image.width)
    windows = windows_for(reals)
    panels = []
    for variant in study.variants:
        row, column = places.at[variant.name]
        x = GAP + beside + column * step[0] + left
        y = top + row * step[1] + lines * LINE
        corner, large = (x * SHARP, y * SHARP), side * SHARP
        run = report.picked[variant.name]
        draw.rectangle((corner[0], corner[1], corner[0] + large, corner[1] + large), outline=FAINT, width=SHARP)
        if not headed:
            draw_words(draw, variant.label, (x, y - lines * LINE - 2), side, 2, INK)
        if measured:
            draw_axes(draw, (x, y), side, windows[variant.name], variant.config.dataset.own_units())
        if run is None:
            draw_words(draw, "not trained", (x + 6, y + side // 2 - SMALL), side, 1, GREY)
        else:
            draw_points(
                draw, thinned(reals[variant.name].points, REALS), corner, large, windows[variant.name], 1.1, REAL_PALE
            )
        panels.append((variant, run, corner))
    for i, words in enumerate(places.columns if headed else ()):
        x = GAP + beside + i * step[0] + left
        draw_words(draw, words, (x, top - named * LINE - 6), side, named, INK, middle=True)
    for i, words in enumerate(places.rows if beside else ()):
        strip = Image.new("RGB", (step[1] * SHARP, (beside - 4) * SHARP), "white")
        draw_words(ImageDraw.Draw(strip), words, (0, 0), step[1] - 4, deep, INK, middle=True)
        turned = strip.rotate(90, expand=True)
        middle = top + i * step[1] + lines * LINE + side / 2
        image.paste(turned, (GAP * SHARP // 2, int(middle * SHARP) - turned.height // 2))
    return Scene(image, tuple(panels), side * SHARP, windows)


def _heading(draw: Any, title: str, shown: str, width: int) -> None:
    """The study's title, what the colours mean, and whose points are shown."""
    font, small = font_for(LARGE, title), font_for(SMALL, "")
    room = width - (3 * GAP + 110) * SHARP
    draw.text((GAP * SHARP, GAP * SHARP), fitted(one_line(title), font, room), INK, font)
    x, y = GAP * SHARP, (GAP + LARGE + 10) * SHARP
    for colour, words in ((REAL_PALE, "real"), (FAKE, "generated")):
        draw.ellipse((x, y + 2 * SHARP, x + 8 * SHARP, y + 10 * SHARP), fill=colour)
        draw.text((x + 12 * SHARP, y), words, GREY, small)
        x += 26 * SHARP + int(small.getlength(words))
    draw.text((x, y), fitted(shown, small, width - x - GAP * SHARP), GREY, small)


def _panel(draw: Any, scene: Scene, variant: Variant, run: StoredRun, corner: tuple[int, int], step: int) -> None:
    """One run's points at a step, or at its last one before, and how good they are."""
    steps = run.snapshot_steps
    index = max((i for i, at in enumerate(steps) if at <= step), default=0)
    rows = run.scores
    scores = rows.loc[rows["step"] == steps[index]].to_dict("records")
    words = note_of(run, {str(key): value for key, value in scores[0].items()} if scores else {}, step)
    side = scene.side // SHARP
    lines = 1 if side > 150 else 2
    top = corner[1] // SHARP - lines * LINE - 2
    draw_words(draw, words, (corner[0] // SHARP, top), side, lines, GREY)
    draw_points(draw, run.snapshots[index][:FAKES], corner, scene.side, scene.windows[variant.name], 1.5, FAKE)


def _steps(runs: Sequence[StoredRun]) -> list[int]:
    """At most FRAMES of the steps that any run has a snapshot of."""
    steps = sorted({step for run in runs for step in run.snapshot_steps})
    places = np.unique(np.linspace(0, len(steps) - 1, min(FRAMES, len(steps))).round().astype(int))
    return [steps[i] for i in places]
