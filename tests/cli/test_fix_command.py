"""gancore fix: what it starts from, what it refuses, and what it says and writes; nothing is trained."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.command_line import call, wrong
from support.fixed import LOCKED, came_to

from gancore import jobs
from gancore.config import ConfigError, RunConfig, parse_config
from gancore.fixing import questions
from gancore.jobs import Progress
from gancore.store import Store
from gancore.studies import encode_study, parse_study

TINY = [
    "--steps",
    "400",
    "--set",
    "generator.hidden=4",
    "--set",
    "discriminator.hidden=4",
    "--set",
    "snapshot_every=100",
]
LOCKED_OPTIONS = [word for name in LOCKED for word in ("--lock", name)]


class Job:
    """A job whose runs are there at once: batches of 256 learned."""

    overdue = False

    def __init__(
        self,
        store: Store,
        configs: list[RunConfig],
        learns: Callable[[RunConfig], bool] = lambda c: c.batch_size == 256,
    ) -> None:
        for config in {c.run_id: c for c in configs}.values():
            store.put(came_to(config, learns(config)))
        self.count = len(configs)

    def progress(self) -> Progress:
        return Progress("finished", self.count, self.count, 0, 0, 1, 1, 0.0, None, "")

    def failures(self) -> dict[str, str]:
        return {}

    def dismiss(self) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(jobs, "submit", lambda store, configs, *others: Job(store, configs))
    monkeypatch.setattr(jobs, "estimate", lambda *others: 600.0)
    monkeypatch.setattr(jobs, "unavailable", lambda: "")
    monkeypatch.setattr(jobs, "refusal", lambda *others: "")
    monkeypatch.setattr("gancore.cli.fix.wait", lambda job: job.progress())
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path / "store"))
    return tmp_path


def test_it_says_what_fixes_it_and_writes_script_and_study(folder: Path, capsys: pytest.CaptureFixture[str]):
    script, study = folder / "fixed.py", folder / "proof.toml"
    code, out, err = call(capsys, "fix", *TINY, *LOCKED_OPTIONS, "--script", str(script), "--study", str(study))
    assert code == 0
    assert "What fixes it: batch 256 (one setting)." in out and "20 of 20" in out and "The price:" in out
    assert "Dropped: combined update" in err and "Now single changes" in err
    assert "Until an answer: about" in err and "Every change could use as many steps as the start." in out
    assert "256" in script.read_text() and "keras" in script.read_text()
    assert [variant.arm for variant in parse_study(study.read_text()).variants][:2] == ["start", "batch-256"]
    code, out, _ = call(capsys, "fix", *TINY, *LOCKED_OPTIONS, "--json")  # all of it is stored
    found = json.loads(out)
    assert found["verdict"] == "fix" and found["winner"]["fresh"]["learned"] == 20
    assert found["run_steps"]["fresh"] >= 40 * 400 and found["run_steps"]["race"] < found["full_comparison"]
    assert found["winner"]["changes"] == {"batch_size": 256} and found["start"]["fresh"]["learned"] == 0
    assert found["measured"]["start"]["near"] < 0.5 < found["measured"]["winner"]["near"]
    assert parse_study(found["study"]) == parse_study(study.read_text())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--lock", "colour"], "--lock: 'colour' is no setting"),
        (["--total-steps", "10"], "--total-steps: 10 is too few; one race takes"),
        (["--budget", "1"], "--budget: '1' is too short; one race takes"),
        (["--budget", "0"], "--budget: '0' is not allowed"),
        (["--equal", "time"], "--equal: 'time' is not allowed; use steps or cost"),
        (["--set", "seed=3"], "--set seed: leave it out"),
        (["--set", "batch=3"], "batch: there is no such setting (did you mean batch_size?)"),
        (["abcdef"], "abcdef"),
        (["http://localhost/training?batch_size=0"], "batch_size: '0' is not allowed"),
        (["abcdef", "--recipe", "ns-r1"], "--recipe: give it or a run, not both"),
        (["http://localhost/training?fix=0123456789ab"], "fix: '0123456789ab' is no search of this store"),
        (
            ["http://localhost/ablation?study=../../mine.toml"],
            "study: '../../mine.toml' is not a study here; use one of",
        ),
        (["http://localhost/ablation?study=four-fixes&claim=9"], "claim: '9' is not allowed; four-fixes has 4"),
    ],
)
def test_wrong_input_is_refused_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
):
    assert sentence in wrong(capsys, "fix", *words)
    assert not (folder / "store" / "runs").exists()


def test_all_locked_says_so(folder: Path, capsys: pytest.CaptureFixture[str]):
    every = [word for name in ("batch_size", "steps", "update", "penalty") for word in ("--lock", name)]
    assert "--lock: it leaves nothing that could be tried" in wrong(capsys, "fix", *LOCKED_OPTIONS, *every)


@pytest.mark.parametrize("by", ["id", "link", "settings", "design", "claim"])
def test_a_run_or_a_link_is_a_start(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, by: str
):
    monkeypatch.setattr("gancore.fixing.go", lambda search, *others: (search.standing(), "this is a test"))
    config = parse_config(
        {"steps": 400, "snapshot_every": 100, "generator": {"hidden": [4]}, "discriminator": {"hidden": [5]}}
    )
    store = Store.open()
    run = store.put(came_to(config, False))
    text = (
        'name = "mine"\ntitle = "Mine"\nquestion = "Does it?"\nseeds = 3\n'
        "[base]\nsteps = 400\nsnapshot_every = 100\ngenerator.hidden = [4]\n"
        '[[variant]]\nname = "other"\nset = {"batch_size" = 64, "discriminator.hidden" = [5]}\n'
        '[[variant]]\nname = "this"\nset = {"discriminator.hidden" = [5]}\n'
        '[[claim]]\ntext = "It helps."\nfrom = "this"\nto = "other"\n'
    )
    first = text.replace('"batch_size" = 64, ', "").replace('hidden" = [5]}\n[[claim', 'hidden" = [6]}\n[[claim')
    start = {
        "design": f"https://some.where/ablation?study=own&design={encode_study(parse_study(first))}",
        "claim": f"https://some.where/ablation?study=own&claim=1&design={encode_study(parse_study(text))}",
        "id": run.run_id[:12],
        "link": f"https://some.where/ablation?study=own&run={run.run_id[:12]}",
        "settings": "https://some.where/training?steps=400&snapshot_every=100&generator.hidden=4&discriminator.hidden=5&seeds=2",
    }[by]
    code, out, err = call(capsys, "fix", start, *LOCKED_OPTIONS)
    assert code == 0 and "Stopped before there was an answer: this is a test." in out, err
    assert [asked.config for asked in questions(store)] == [config]


def test_where_plain_keras_has_no_script_it_says_so_and_still_answers(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def none(*others: object) -> list[Path]:
        raise ConfigError("batch_size: this is a test")

    monkeypatch.setattr("gancore.export.script.write_script", none)
    study = folder / "proof.toml"
    code, out, err = call(
        capsys, "fix", *TINY, *LOCKED_OPTIONS, "--script", str(folder / "no.py"), "--study", str(study)
    )
    assert code == 0 and "What fixes it: batch 256" in out and study.exists()
    assert "--script: batch 256 has none in plain Keras (batch_size: this is a test)" in err


@pytest.mark.parametrize(
    ("learns", "sentences"),
    [
        (lambda config: True, ("The start already learns: 20 of 20", "half the steps", "half as wide")),
        (
            lambda config: config.batch_size == 256 and config.seed == 1000,
            ("Nothing that was tried makes it learn", "The best that was tried, which is no fix: batch 256"),
        ),
    ],
    ids=["a start that learns", "nothing helps"],
)
def test_a_start_that_learns_and_one_that_nothing_helps(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    learns,
    sentences: tuple[str, ...],
):
    monkeypatch.setattr(jobs, "submit", lambda store, configs, *others: Job(store, configs, learns))
    script = folder / "none.py"
    code, out, err = call(capsys, "fix", *TINY, *LOCKED_OPTIONS, "--script", str(script))
    assert code == 0 and all(sentence in out for sentence in sentences), out
    assert "What fixes it" not in out and "nothing is fixed" in err and not script.exists()


def test_a_link_to_a_search_goes_on_with_it(folder: Path, capsys: pytest.CaptureFixture[str]):
    limits = [*TINY, *LOCKED_OPTIONS, "--total-steps", "7000"]
    assert "Stopped before there was an answer: the next round" in call(capsys, "fix", *limits)[1]
    (asked,) = questions(Store.open())
    link = f"https://some.where/training?fix={asked.question_id}"
    assert "is a search, which has its settings" in wrong(capsys, "fix", link, "--steps", "500")
    code, out, _ = call(capsys, "fix", link)
    assert code == 0 and "What fixes it: batch 256 (one setting)." in out
    assert [one.question_id for one in questions(Store.open())] == [asked.question_id]


def test_points_of_one_s_own_are_a_start(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    file = folder / "mine.csv"
    angles = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    file.write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in np.c_[np.cos(angles), np.sin(3 * angles)]))
    monkeypatch.setattr("gancore.fixing.go", lambda search, *others: (search.standing(), "this is a test"))
    code, _, err = call(capsys, "fix", "--points", str(file), *TINY, "--lock", "generator")
    assert code == 0, err
    (asked,) = questions(Store.open())
    assert asked.config.dataset.kind == "points" and asked.locked == ["generator"]  # type: ignore[attr-defined]
    assert all(not path.startswith(("dataset", "generator")) for one in asked.candidates for path in one.changes)
