"""Verdicts on the pages: cards on the first page, and what an analysis says on the Ablation page."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from support import pages
from support.pages import FIRST, boxes, made_up, opened, viewed, words

from gancore.analysis import View, analyze, claim_variants
from gancore.store import Store
from gancore.studies import load_study
from gancore.ui.ablation.verdicts import views_table

filled_root, store, empty_store, queue = pages.filled_root, pages.store, pages.empty_store, pages.queue
ABLATION = "pages/ablation.py"


def test_the_first_page_has_a_card_a_claim_with_verdict_success_and_a_link(store: Store) -> None:
    app = opened(FIRST, through_first=True)
    assert not app.exception
    said = words(app)
    study = load_study("four-fixes")
    for number, claim in enumerate(study.claims, start=1):
        assert f"{number}. {claim.text.partition(':')[0].rstrip('.')}" in said
    assert said.count("help: undecided") == 4  # two made-up seeds decide nothing
    assert "too few seeds for an interval" in said
    assert said.count("Nothing can be said yet: 2 seeds are too few.") == 4
    assert said.count("0 of 16 runs learned with it, 0 of 16 without") == 4
    links = [link.proto.query_string for link in app.get("page_link") if "comparison" in link.proto.label]
    assert links == [f"study=four-fixes&claim={number}" for number in (1, 2, 3, 4)]


def test_a_claims_link_shows_its_four_variants_and_their_difference(store: Store) -> None:
    study = load_study("four-fixes")
    app = opened(ABLATION, {"study": "four-fixes", "seeds": "2", "claim": "2"})
    assert not app.exception and not boxes(app)
    wanted = claim_variants(study, 2)  # two seeds say nothing, so the pair to show is the claim's first
    assert len(wanted) == 4
    assert [panel["key"] for panel in viewed(app)["payload"]["panels"]] == wanted
    assert "Claim 2: Use a batch of at least 256" in words(app)
    everything = opened(ABLATION, {"study": "four-fixes", "seeds": "2"})
    assert len(viewed(everything)["payload"]["panels"]) == 16


def test_the_analysis_follows_the_metric_and_the_factors(store: Store) -> None:
    app = opened(ABLATION, {"study": "four-fixes", "seeds": "2", "metric": "coverage", "factor": "batch"})
    assert not app.exception and not boxes(app)
    assert app.selectbox(key="metric").value == "coverage"
    assert (app.selectbox(key="factor").value, app.selectbox(key="against").value) == ("batch", "update")
    app.selectbox(key="against").set_value("radius").run()
    assert not app.exception
    assert app.selectbox(key="against").value == "radius"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"study": "four-fixes", "claim": "9"}, "claim: '9' is not allowed; use one of all, 1, 2, 3, 4"),
        ({"study": "four-fixes", "claim": "x"}, "claim: 'x' is not allowed; use one of all, 1, 2, 3, 4"),
        ({"study": "four-fixes", "metric": "beauty"}, "metric: 'beauty' is not allowed; use one of"),
    ],
)
def test_a_link_to_what_is_not_there_says_so_and_shows_the_rest(store: Store, query, said: str) -> None:
    app = opened(ABLATION, query | {"seeds": "2"})
    assert not app.exception
    assert said in words(app)
    assert len(viewed(app)["payload"]["panels"]) == 16


def test_several_datasets_have_a_choice_and_overall_effects(store: Store) -> None:
    app = opened(ABLATION, {"study": "four-distributions", "seeds": "2"})
    assert not app.exception and not boxes(app)
    (choice,) = [group for group in app.get("button_group") if group.key == "dataset"]
    assert choice.value == "overall" and choice.options[0] == "All datasets together"
    choice.set_value("moons").run()
    assert not app.exception
    assert app.query_params["dataset"] == "moons"  # the link keeps the name, the button shows the label
    linked = opened(ABLATION, {"study": "four-distributions", "seeds": "2", "dataset": "swiss_roll"})
    (choice,) = [group for group in linked.get("button_group") if group.key == "dataset"]
    assert choice.value == "swiss_roll" and not boxes(linked)


def test_a_claims_views_are_a_table_whose_deciding_row_is_bold() -> None:
    view = View(-0.1, -0.2, 0.0, "undecided")
    known = analyze(Store.open(), load_study("four-fixes"), seeds=2).claims[0]
    claim = replace(known, label="a → b | c", alone=view, average=view, last=replace(view, low=math.nan))
    head, _, *rows = views_table(load_study("four-fixes"), claim).splitlines()
    assert head.count("|") == 5 and len(rows) == 3
    assert rows[1] == "| **on average** | **−0.100** | **−0.200 to 0.000** | **undecided** |"
    assert "too few seeds" in rows[2]
    two = replace(claim, view="difference", alone=None, average=None, last=None, difference=view)
    single = views_table(load_study("four-fixes"), two)
    assert single.splitlines()[2] == "| a → b \\| c | −0.100 | −0.200 to 0.000 | undecided |"


def test_a_failed_run_is_counted_and_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path))
    monkeypatch.setattr(Store, "open", Store)
    here, study = Store(tmp_path), load_study("first-fixes")
    for config in study.configs(3):
        result = made_up(config)
        if config.run_id == study.configs(3)[0].run_id:
            metrics = {key: values * float("nan") for key, values in result.metrics.items()}
            result = type(result)(**{**vars(result), "status": "diverged", "diverged_at": 7, "metrics": metrics})
        here.put(result)
    app = opened(ABLATION, {"study": "first-fixes", "seeds": "3"})
    assert not app.exception
    assert "1 of the trained runs failed: baseline seed 0 (diverged)" in words(app)


def test_an_empty_store_says_what_to_do(empty_store: Store) -> None:
    app = opened(FIRST)
    assert not app.exception
    assert "gancore study run four-fixes" in words(app)


def test_claims_name_their_variants_and_refuse_other_numbers() -> None:
    study = load_study("four-fixes-controls")
    assert claim_variants(study, 1) == ["baseline", "combined-two-steps"]
    with pytest.raises(ValueError, match=r"claim: 0 is not a claim of four-fixes-controls; use 1 to 8"):
        claim_variants(study, 0)
