"""What fixes this? on the Training page: choices, the race as its jobs end, a reload, a cancel, and the answer."""

from __future__ import annotations

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest
from support.fixed import LOCKED, came_to, few
from support.pages import FakeJob, opened, words

from gancore import jobs
from gancore.config import RunConfig
from gancore.fixing import Question, Search, background, questions, read_question
from gancore.fixing import question as ask
from gancore.fixing.drive import jobs_of, submit
from gancore.fixing.question import noted
from gancore.store import Store
from gancore.studies import parse_study
from gancore.studies.drafts import decode_study
from gancore.ui.ablation import fixes
from gancore.ui.selection import Selection
from gancore.ui.training import fixing

PAGE = "pages/training.py"
SETTINGS = {"steps": "400", "snapshot_every": "100", "generator.hidden": "4", "discriminator.hidden": "4"}
RULES = few(1)


class Jobs(list[FakeJob]):
    """Jobs that were submitted; ``end`` has the runs of the last one come to something."""

    store: Store

    def submit(self, store: Store, configs: list[RunConfig], label: str, *others: object) -> FakeJob:
        job = FakeJob(list(configs), label)
        job.job_id = f"{len(self):012x}"
        self.append(job)
        return job

    def kept(self) -> list[FakeJob]:
        return [job for job in self[::-1] if "dismiss" not in job.asked]

    def end(self) -> None:
        for config in self[-1].configs:
            self.store.put(came_to(config, config.batch_size == 256))
        self[-1].state = "finished"

    def carry_on(self, search: Search) -> bool:
        """What the search's process does, as far as it has something to do now."""
        asked = read_question(search.store, search.question.question_id)
        job = next((job for job in self.kept() if "cancel" in job.asked), None)
        if job is not None:
            job.dismiss()
        if job is not None and asked is not None and asked.going:
            asked = noted(search.store, asked, going=False, stopped="its job was cancelled")
        if asked is None or not asked.going:
            search.question = asked or search.question
            return False
        stand = search.standing()
        if stand.answer is None and not any(job.progress().active for job in jobs_of(search)):
            submit(search, stand)
        return True


@pytest.fixture
def queue(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    found = Jobs()
    found.store = Store(tmp_path)
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path))
    monkeypatch.setattr(Store, "open", Store)
    monkeypatch.setattr(jobs, "submit", found.submit)
    monkeypatch.setattr(jobs, "list_jobs", lambda store: found.kept())
    monkeypatch.setattr(
        jobs, "get_job", lambda store, job_id: next((j for j in found.kept() if j.job_id == job_id), None)
    )
    for name, value in {"live": None, "warm": None, "refusal": "", "estimate": 42.0}.items():
        monkeypatch.setattr(jobs, name, partial(lambda value, *others: value, value))
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(fixing, "question", partial(ask, rules=RULES))
    monkeypatch.setattr(background, "carry_on", found.carry_on)
    return found


def section() -> None:
    """A page with nothing but the section, for small settings."""
    from gancore.config import parse_config
    from gancore.store import Store
    from gancore.ui.training import fixing

    networks = {"generator": {"hidden": [4]}, "discriminator": {"hidden": [4]}}
    fixing.section(Store.open(), parse_config({"steps": 400, "snapshot_every": 100, **networks}), "")


def shown(**query: str) -> AppTest:
    app = AppTest.from_function(section, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def begun() -> AppTest:
    """A search under way for small settings, most of which stay as they are."""
    app = shown(fix="ask")
    app.multiselect("fix_locked").set_value(LOCKED).run()
    return app.button("fix_start").click().run()


def reloaded(app: AppTest) -> AppTest:
    """The same address in a new visit."""
    return shown(**{name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()})


def test_the_button_opens_choices_and_starts_a_job(queue: Jobs):
    app = opened(PAGE, SETTINGS)
    app.button("fix_open").click().run()
    app.multiselect("fix_locked").set_value(LOCKED).run()
    app.button("fix_start").click().run()
    assert not app.exception and len(queue) == 1
    (asked,) = questions(queue.store)
    assert isinstance(asked, Question) and asked.going and asked.locked == sorted(LOCKED)
    assert asked.config.steps == 400 and "What fixes it" in queue[0].label
    assert {config.seed for config in queue[0].configs} == {1000, 1001, 1002}


def test_it_goes_on_to_the_answer_and_its_proof_through_reloads(queue: Jobs, monkeypatch: pytest.MonkeyPatch):
    links: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(fixing, "link", lambda page, label, query: links.update({label: query}))
    app = begun()
    while queue[-1].state == "running" and len(queue) < 12:
        queue.end()
        app = reloaded(app)
        assert not app.exception
    assert any("batch 256 (one setting)." in str(one.value) for one in app.success)
    assert "8 of 8" in words(app) and any("What was decided" in one.label for one in app.expander)
    assert links["Use it"]["batch_size"] == "256"
    study = decode_study(links["Open the proof"]["design"])
    assert [arm.name for arm in study.arms][:2] == ["start", "batch-256"]
    assert all(config.run_id in queue.store for config in study.configs())
    assert any("Keras script of the fixed GAN" in one.proto.label for one in app.get("download_button"))


def test_a_search_in_training_is_not_started_twice_by_a_reload(queue: Jobs):
    app = reloaded(begun())
    assert not app.exception and len(queue) == 1
    assert [button.key for button in app.button if str(button.key).startswith("cancel_")]


@pytest.mark.parametrize("by", ["its job", "the search"])
def test_a_stopped_search_stands_still_until_it_goes_on(queue: Jobs, by: str):
    app = begun()
    if by == "its job":
        queue[0].cancel()
        app = reloaded(app)
        assert "its job was cancelled" in words(app)
    else:
        with pytest.MonkeyPatch.context() as between:  # two rounds
            between.setattr(background, "carry_on", lambda search: questions(queue.store)[0].going)
            queue[0].state = "finished"
            app = reloaded(app)
            assert "The next round is being prepared." in words(app)
            app.button("fix_stop").click().run()
            assert "it was stopped" in words(app)
    assert len(queue) == 1 and not questions(queue.store)[0].going
    app = reloaded(app)
    assert len(queue) == 1  # following a link begins nothing
    app.button("fix_go_on").click().run()
    assert not app.exception and len(queue) == 2


def test_a_search_whose_process_was_killed_goes_on_when_a_page_shows_it(queue: Jobs):
    app = begun()
    queue[0].dismiss()  # with its machine
    app = reloaded(app)
    assert not app.exception and len(queue) == 2 and queue[1].run_ids == queue[0].run_ids


def test_what_is_left_is_told_and_earlier_searches_are_found_again(queue: Jobs):
    app = begun()
    assert "Until an answer: about" in words(app) and "every change may use as many steps" in words(app)
    app = shown(fix="ask")
    assert [one.label for one in app.expander] == ["Earlier searches (1)"]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("fix_steps", 10, "Steps in all, at most: 10 is too few; one race takes"),
        ("fix_minutes", 1, "Minutes at most: '1' is too short; one race takes"),
    ],
)
def test_a_budget_too_small_for_one_race_says_what_it_takes(
    queue: Jobs, monkeypatch: pytest.MonkeyPatch, key: str, value: int, sentence: str
):
    monkeypatch.setattr(jobs, "estimate", lambda *others: 600.0)
    app = shown(fix="ask")
    app.number_input(key).set_value(value).run()
    app.button("fix_start").click().run()
    assert sentence in words(app) and not app.exception
    assert not queue and not any(asked.going for asked in questions(queue.store))


@pytest.mark.parametrize(
    ("learns", "sentences"),
    [
        (True, ("The start already learns: 8 of 8", "faster or smaller")),
        (False, ("Nothing that was tried makes it learn", "The best that was tried, which is no fix: batch 256")),
    ],
)
def test_a_start_that_learns_and_one_that_nothing_helps(queue: Jobs, learns: bool, sentences: tuple[str, ...]):
    app = begun()
    search = Search(queue.store, questions(queue.store)[0])
    while (stand := search.standing()).answer is None:
        for config in search.configs(stand.missing):
            queue.store.put(came_to(config, learns or (config.batch_size == 256 and config.seed == 1000)))
    app = reloaded(app)
    assert not app.exception and all(sentence in words(app) for sentence in sentences)
    assert not app.success


def test_a_link_to_an_unknown_search_is_named(queue: Jobs):
    app = shown(fix="0123456789ab")
    assert "fix: '0123456789ab' is no search of this store." in words(app) and "fix" not in app.query_params


def test_where_all_is_locked_the_page_says_so(queue: Jobs):
    app = shown(fix="ask")
    app.multiselect("fix_locked").set_value([*LOCKED, "batch_size", "steps", "update"]).run()
    assert "it leaves nothing that could be tried" in words(app)
    assert not queue


def test_a_variant_that_fails_links_to_what_fixes_it(queue: Jobs, monkeypatch: pytest.MonkeyPatch):
    study = parse_study(
        'name = "mine"\ntitle = "Mine"\nquestion = "Does it?"\nseeds = 2\n[base]\nsteps = 400\nsnapshot_every = 100\n'
        '[[variant]]\nname = "learns"\nset = {"batch_size" = 256}\n[[variant]]\nname = "fails"\n'
        '[[variant]]\nname = "too"\nset = {"batch_size" = 64}\n'
    )
    found = {
        variant.name: [queue.store.put(came_to(c, c.batch_size == 256)) and queue.store.get(c.run_id) for c in configs]
        for variant in study.variants
        if (configs := study.configs_of(variant, 2))
    }
    links: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(fixing, "link", lambda page, label, query: links.append((label, query)))
    selection = Selection(queue.store, study, 2)
    fixes.section(selection, found, ())
    fixes.section(selection, found, ("learns", "too"))
    fixes.section(selection, found | {"fails": [None], "too": []}, ())
    assert [label for label, _ in links] == ["What fixes “batch 32”?", "What fixes “batch 64”?"]
    assert links[1][1] == {"steps": "400", "snapshot_every": "100", "batch_size": "64", "fix": "ask"}
