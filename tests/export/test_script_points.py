"""The script of a run on points of one's own: it holds none of them, and reads them from a file beside it."""

from __future__ import annotations

import numpy as np
import pytest
from support import scripts
from support.scripts import small

from gancore import metrics
from gancore.config import ConfigError, with_changes
from gancore.datasets.points import EXAMPLE, OwnPoints, digest, example
from gancore.export.script import points_file, script_text, write_script

interpreter = scripts.interpreter
OWN = small(dataset__kind="points")
FILE = f"points-{EXAMPLE[:12]}.npy"


def test_the_points_are_written_only_if_the_person_asks(tmp_path):
    assert points_file(EXAMPLE) == FILE
    assert write_script(OWN, tmp_path / "run.py") == [tmp_path / "run.py"]
    assert [path.name for path in tmp_path.iterdir()] == ["run.py"]
    assert write_script(OWN, tmp_path / "run.py", with_points=True) == [tmp_path / "run.py", tmp_path / FILE]
    assert digest(np.load(tmp_path / FILE, allow_pickle=False)) == EXAMPLE


def test_the_script_holds_no_point_and_says_where_they_come_from():
    config = with_changes(OWN, {"dataset.fresh": True, "dataset.noise": 0.1})
    text = script_text(config)
    assert f'"{FILE}"' in text
    assert f"# gancore runs export {config.run_id[:12]} --script FILE.py --with-points" in text
    assert not any(repr(float(number)) in text for number in example().ravel())


def test_what_the_files_are_not_for_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ConfigError, match="^--with-points: this run is not trained on points of your own"):
        write_script(small(), tmp_path / "run.py", with_points=True)
    with pytest.raises(ConfigError, match="^--draws: the replay needs the points .* add --with-points"):
        write_script(OWN, tmp_path / "run.py", with_draws=True)
    gone = with_changes(OWN, {"dataset.sha256": "ab" * 32})
    with pytest.raises(ConfigError, match="^dataset.sha256: 'abababababab' names points that are not in this store"):
        write_script(gone, tmp_path / "run.py", with_points=True)
    assert not list(tmp_path.iterdir())
    assert "points-abababababab.npy" in script_text(gone)  # the text needs none


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{}, {"dataset.fresh": True, "dataset.axes": "same", "dataset.scale": 2}])
def test_the_script_trains_on_them_and_scores_against_held_out_ones(tmp_path, changes, interpreter):
    config = with_changes(OWN, changes)
    write_script(config, tmp_path / "run.py", with_points=True)
    save = "import numpy; numpy.savez('seen.npz', fake=names['fake'], real=names['real'])"
    done = interpreter.run(tmp_path / "run.py", save)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    printed = {key: float(value) for key, value in (line.rsplit(" ", 1) for line in lines if line.startswith("w1"))}
    with np.load(tmp_path / "seen.npz") as seen:
        fake, real = seen["fake"], seen["real"]
    dataset: OwnPoints = config.dataset  # type: ignore[assignment]
    nearest = np.abs(dataset.unit(real)[:, None] - dataset.halves()[1]).sum(axis=2).min(axis=1)
    assert nearest.max() < 1e-6
    references = metrics.references(dataset, pairs=4)
    # Of 1,000 held-out points drawn, where gancore has them all.
    assert printed["w1"] == pytest.approx(metrics.score(dataset, fake, real, references)["w1"], abs=0.02)
    assert 0.5 < printed["w1 of real points"] / references["w1"]["mean"] < 2
