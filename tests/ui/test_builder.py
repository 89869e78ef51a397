"""The section that builds a study: fields and tables make one, and every problem stands on the page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from support import building
from support.building import built
from support.drafts import EVERYTHING
from support.pages import words

from gancore.studies import load_study
from gancore.studies.drafts import decode_study, every_setting
from gancore.studies.files import MAX_BYTES

nothing_trains = building.nothing_trains


def page() -> None:
    """A page with nothing but the study and the builder, which stands open."""
    import streamlit as st

    from gancore.store import Store
    from gancore.studies import known_studies, load_study
    from gancore.studies.drafts import decode_study
    from gancore.ui import builder, running
    from gancore.ui.selection import Selection

    store = Store.open()
    running.prepare()
    own = ["own"] if "design" in st.query_params else []
    name = st.selectbox("Study", [*known_studies(store), *own], key="study", bind="query-params")
    study = decode_study(st.query_params["design"]) if name == "own" else load_study(name, store)
    seeds = st.slider("Seeds", 1, 64, study.seeds, key="seeds", bind="query-params")
    builder.section(Selection(store, study, seeds))


def opened(**query: str) -> AppTest:
    return built(page, query)


def find(app: AppTest, kind: str, name: str):
    """The widget of that kind whose key begins so; the rest of the key changes with the start."""
    return next(widget for widget in getattr(app, kind) if str(widget.key).startswith(f"builder_{name}"))


def edits(app: AppTest, name: str, **state: object) -> AppTest:
    """What a person does in a table: ``edited_rows``, ``added_rows``, ``deleted_rows``."""
    nothing: dict[str, object] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
    app.session_state[str(find(app, "data_editor", name).key)] = nothing | state
    return app.run()


def test_the_study_shown_opens_as_itself(own_store) -> None:
    app = opened(study="first-fixes")
    assert "5 variants × 4 seeds = 20 runs" in words(app)
    assert "20 of them are already stored, nothing is left to train" in words(app)
    app.button(key="builder_open").click().run()
    assert not app.exception, app.exception
    assert app.selectbox(key="study").value == "own"
    assert decode_study(app.query_params["design"]) == load_study("first-fixes")


def test_nothing_is_drawn_while_it_is_closed(own_store) -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.text_input and not app.data_editor


def test_fields_and_tables_make_another_study(own_store) -> None:
    app = opened(study="four-fixes")
    find(app, "text_input", "title").set_value("Mine <b>").run()
    find(app, "text_input", "name").set_value("mine").run()
    find(app, "text_area", "question").set_value("Why?").run()
    find(app, "number_input", "seeds").set_value(12).run()
    find(app, "multiselect", "datasets").set_value(["circle", "moons"]).run()
    edits(app, "factors", deleted_rows=[2, 3], edited_rows={1: {"levels": "32; 64; 128", "name": "size"}})
    assert "claim.2.factor" in words(app) and "claim.3.factor" in words(app)  # of factors that are gone
    edits(
        app, "claims", deleted_rows=[0, 1, 2, 3], added_rows=[{"text": "64 | helps", "factor": "size", "level": "64"}]
    )
    assert not app.error, words(app)
    assert "12 variants × 12 seeds = 144 runs" in words(app) and "about 40 s" in words(app)
    app.button(key="builder_open").click().run()
    study = decode_study(app.query_params["design"])
    assert (study.title, study.name, study.seeds, study.datasets) == ("Mine <b>", "mine", 12, ("circle", "moons"))
    assert [factor.name for factor in study.factors] == ["update", "size"]
    assert study.claims[0].level == 1
    assert app.slider(key="seeds").value == 12


def test_a_budget_and_named_variants(own_store) -> None:
    app = opened(study="first-fixes")
    find(app, "selectbox", "unit").set_value("samples").run()
    find(app, "number_input", "amount").set_value(64_000).run()
    find(app, "text_input", "name").set_value("equal-samples").run()
    edits(app, "variants", added_rows=[{"name": "both", "changes": "update.kind=combined; batch_size=256"}])
    assert "6 variants × 4 seeds" in words(app), words(app)
    find(app, "segmented_control", "kind").set_value("factors with levels").run()
    assert "1 variant × 4 seeds" in words(app)  # no factor yet


def test_a_name_that_another_study_has_is_refused(own_store) -> None:
    app = opened(study="first-fixes")
    find(app, "text_input", "title").set_value("Changed").run()
    assert "name: 'first-fixes' is already the name of another study here" in words(app)
    app.selectbox(key="builder_from").set_value("first-fixes").run()
    assert find(app, "text_input", "name").value == "my-first-fixes" and not app.error


def test_every_problem_stands_on_the_page_as_text(own_store) -> None:
    app = opened(study="first-fixes")
    find(app, "text_input", "name").set_value("<script>").run()
    edits(app, "variants", edited_rows={1: {"changes": "batch_size=<b>"}}, added_rows=[{"name": "all"}])
    assert "name: '<script>' is not allowed" in words(app) and "batch_size: '<b>' is not allowed" in words(app)
    assert r"\<script\>" in app.error[0].value and not [b for b in app.button if b.key == "builder_open"]


def test_a_file_or_a_link_starts_a_study(own_store) -> None:
    app = opened(study="four-fixes")
    app.selectbox(key="builder_from").set_value("settings of the Training page").run()
    app.text_input(key="builder_link").set_value("http://x/training?dataset.kind=moons&batch_size=256&seeds=3").run()
    assert "2 variants × 3 seeds = 6 runs" in words(app), words(app)
    app.text_input(key="builder_link").set_value("hello").run()
    assert "link: 'hello' is not allowed" in words(app)
    app.selectbox(key="builder_from").set_value("a TOML file").run()
    upload = app.file_uploader(key="builder_file")
    upload.set_value(("mine.toml", EVERYTHING.encode(), "application/toml")).run()
    assert not app.exception and not app.error, words(app)
    assert "10 variants × 7 seeds = 70 runs" in words(app)
    upload = app.file_uploader(key="builder_file")
    upload.set_value(("saved-by-notepad.toml", b"\xef\xbb\xbf" + EVERYTHING.encode(), "application/toml")).run()
    assert not app.error and "10 variants × 7 seeds = 70 runs" in words(app)
    for data, said in (
        (b"\xff\xfe", "file: it is not UTF-8 text"),
        (b"name = [", "file: it is not valid TOML"),
        (b"#" * (MAX_BYTES + 1), "a study has at most 64 KB"),
        (b'name = "<b>"\ntitle = "x"\nquestion = "y"\n', "file: name: '<b>' is not allowed"),
    ):
        app.file_uploader(key="builder_file").set_value(("mine.toml", data, "application/toml")).run()
        assert said in words(app) and not app.exception


def test_every_setting_can_be_chosen() -> None:
    assert {"dataset.kind", "dataset.center_x", "generator.hidden", "loss.kind"} <= set(every_setting())
    assert "seed" not in every_setting() and len(every_setting()) == len(set(every_setting()))
