"""A report's films and TensorBoard logs, read back by Pillow, ffmpeg and TensorBoard itself."""

from __future__ import annotations

import numpy as np
import pytest
from support.tensorboard import read

from gancore.config import ConfigError
from gancore.report import FORMATS, Report, write_report
from gancore.report.folders import MANIFEST, short_names
from gancore.report.tensorboard import EVENTS, METRIC_TAGS, TAGS
from gancore.report.video import HOLD, RATE, _steps, frames_of
from gancore.store import Store
from gancore.studies import load_study, parse_study

LABEL = "<script>=1+1 | 50% 😀 é→ {x}"
HOSTILE = f"""
name = "hostile"
title = "A | <b>film</b> 😀 with a title that is far too long to be shown whole at the top of any frame"
question = "?"
seeds = 2
base.dataset.kind = "circle"

[[variant]]
name = "baseline"
label = "{LABEL}"

[[variant]]
name = "combined"
set = {{"update.kind" = "combined"}}

[[variant]]
name = "never"
label = "{"never trained, and " * 5}"
set = {{"batch_size" = 77}}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store.open(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def hostile(store) -> Report:
    return Report(store, parse_study(HOSTILE), 2)


def pixels_of(frame) -> np.ndarray:
    return np.asarray(frame.convert("RGB")).astype(int)


def red(pixels: np.ndarray) -> int:
    return int((pixels[..., 0] > pixels[..., 2] + 60).sum())


def blue(pixels: np.ndarray) -> int:
    return int((pixels[..., 2] > pixels[..., 0] + 50).sum())


def test_gif_moves_through_training_and_holds_at_the_end(hostile, tmp_path):
    from PIL import Image

    said: list[tuple[float, str]] = []
    path = tmp_path / "a.gif"
    write_report(hostile, path, FORMATS["gif"], lambda share, what: said.append((share, what)))
    assert path.stat().st_size < 8_000_000
    frames, shown = [], []
    with Image.open(path) as image:
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            frames.append(pixels_of(image))
            shown.append(image.info["duration"])
    assert len(frames) == 26
    assert shown[0] == 1000 // RATE and shown[-1] >= 1500
    assert (frames[0][0, 0] == 255).all()
    assert all(red(frame) > 300 and blue(frame) > 1000 for frame in frames)
    corner = (slice(0, 40), slice(frames[0].shape[1] - 160, None))  # where the step is written
    for before, after in zip(frames, frames[1:], strict=False):
        assert (before[corner] != after[corner]).any()
        assert (before != after).sum() > 500
    shares = [share for share, _ in said]
    assert shares == sorted(shares) and "frame 26 of 26" in [what for _, what in said]


def test_frames_keep_what_does_not_move(hostile):
    first, *_, last = [pixels_of(frame) for frame in frames_of(hostile, lambda share, what: None)]
    assert first.shape == last.shape and first.shape[0] % 2 == first.shape[1] % 2 == 0
    third = first.shape[1] * 2 // 3
    never = (slice(60, None), slice(third + 10, None))  # the panel of the variant without a run
    assert (first[never] == last[never]).all()
    assert red(first[never]) == blue(first[never]) == 0
    assert (first[never] < 200).any()  # it still says whose it is


# imageio-ffmpeg's reader, which only this test uses, leaves its pipes to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("ending", ["mp4", "webm"])
def test_films_play_in_ffmpeg(hostile, tmp_path, ending):
    import imageio_ffmpeg

    path = tmp_path / f"a.{ending}"
    write_report(hostile, path, FORMATS[ending])
    reader = imageio_ffmpeg.read_frames(str(path))
    about = next(reader)
    width, height = about["size"]
    assert about["codec"] == {"mp4": "h264", "webm": "vp9"}[ending]
    assert about["pix_fmt"].startswith("yuv420p")
    assert width % 2 == height % 2 == 0 and about["fps"] == RATE
    frames = [np.frombuffer(data, np.uint8).reshape(height, width, 3).astype(int) for data in reader]
    assert len(frames) == 26 + HOLD - 1
    assert all((frame[:10] > 240).all() for frame in (frames[0], frames[-1]))
    assert all(red(frame) > 200 and blue(frame) > 500 for frame in frames)
    assert np.abs(frames[0] - frames[25]).max() > 100
    assert np.abs(frames[25] - frames[-1]).mean() < 1 < np.abs(frames[0] - frames[25]).mean()
    assert path.stat().st_size < 8_000_000


def test_a_film_without_ffmpeg_is_refused_and_names_gif(hostile, tmp_path, monkeypatch):
    import imageio_ffmpeg

    def missing() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", missing)
    with pytest.raises(ConfigError, match="'mp4' needs ffmpeg, which this machine does not have; install it, or use"):
        write_report(hostile, tmp_path / "a.mp4", FORMATS["mp4"])
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_sixteen_panels_stay_small(store, tmp_path):
    study = load_study("four-fixes")
    for ending in ("gif", "mp4", "webm"):
        path = tmp_path / f"a.{ending}"
        write_report(Report(store, study, 10), path, FORMATS[ending])
        assert path.stat().st_size < 8_000_000


class Run:
    """What frames need of a run."""

    def __init__(self, steps: list[int]) -> None:
        self.snapshot_steps = steps


def test_frames_are_even_through_all_snapshots_and_few_snapshots_are_all_shown():
    steps = _steps([Run(list(range(0, 10_001, 100))), Run([0, 50])])  # type: ignore[list-item]
    assert (len(steps), steps[0], steps[-1]) == (26, 0, 10_000)
    assert _steps([Run([0, 20]), Run([0, 30])]) == [0, 20, 30]  # type: ignore[list-item]
    assert _steps([Run([40])]) == [40]  # type: ignore[list-item]


@pytest.mark.slow
def test_tensorboard_shows_every_run_and_groups_them_by_variant(hostile, tmp_path):
    folder = tmp_path / "logs"
    for _ in range(2):  # the second time replaces the first
        write_report(hostile, folder, FORMATS["tensorboard"])
    assert [path.name for path in (folder / "baseline-seed0").iterdir()] == [EVENTS]
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [MANIFEST]
    found = read(folder)
    names = ["baseline-seed0", "baseline-seed1", "combined-seed0", "combined-seed1"]
    assert sorted(found["scalars"]) == names
    for tags in found["scalars"].values():
        assert {tag for tag in tags if not tag.startswith("metrics/")} == set(TAGS.values())
        assert set(METRIC_TAGS) < set(tags)
    for name, runs in hostile.runs.items():
        for seed, run in enumerate(runs):
            if run is None:
                continue
            shown = found["scalars"][f"{name}-seed{seed}"]
            for column, tag in TAGS.items():
                known = run.history[["step", column]].to_numpy()
                assert np.array(shown[tag]) == pytest.approx(known, rel=1e-5)
            coverage = run.scores[["step", "coverage"]].dropna().to_numpy()
            assert np.array(shown["metrics/coverage"]) == pytest.approx(coverage, rel=1e-5)
    assert found["images"] == dict.fromkeys(names, ["fake"])
    assert set(found["experiment"]) == {"variant", "update.kind", "batch_size"}
    assert found["metrics"][:2] == ["metrics/learned", "metrics/w1_excess"]
    group = found["groups"]["combined"]
    assert group["sessions"] == names[2:]
    assert group["settings"] == {"variant": "combined update", "update.kind": "combined", "batch_size": 32}
    near = np.mean([run.metrics["near"] for run in hostile.runs["combined"]])
    assert group["metrics"]["metrics/near"] == pytest.approx(near, rel=1e-5)
    assert found["groups"]["baseline"]["settings"]["variant"] == LABEL


def test_folders_of_long_names_are_short_and_differ():
    names = short_names(["a" * 300, "a" * 299 + "b", "../../etc", "A b|<c>"])
    assert len(set(names)) == 4 and max(map(len, names)) < 100
    assert names[2:] == ["etc", "a-b-c"]
