"""What ``gancore fix`` starts from: options, a stored run, or what a page's link shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from gancore.cli.recipes import recipe_given
from gancore.config import ConfigError, RunConfig, quoted

if TYPE_CHECKING:
    from gancore.fixing import Question
    from gancore.store import Store

MOST = 200
"""Parameters of a link."""


def start_of(store: Store, failing: str | None, recipe: str | None, wanted: dict[str, object]) -> RunConfig:
    """The configuration that the options mean; raises ConfigError, StoreError."""
    from gancore.config import with_changes

    if "seed" in wanted:
        raise ConfigError("--set seed: leave it out; a search trains every change with many seeds")
    if failing is None:
        begun = recipe_given(recipe)
        return with_changes(begun.start(wanted) if begun else RunConfig(), wanted)
    if recipe is not None:
        raise ConfigError("--recipe: give it or a run, not both")
    return with_changes(_named(store, failing), wanted)


def searched(store: Store, link: str) -> Question | None:
    """The search that a link shows, None where it shows none; raises ConfigError where the store has no such."""
    from gancore.fixing import read_question

    shown = _query(link).get("fix", "ask")
    if shown == "ask":
        return None
    asked = read_question(store, shown)
    if asked is None:
        raise ConfigError(f"fix: {quoted(shown)} is no search of this store; --store names another one")
    return asked


def _named(store: Store, text: str) -> RunConfig:
    """The configuration of a stored run, by its id or a link that names it; or what a link to a page shows."""
    from gancore.config import with_changes
    from gancore.studies.drafts import settings_of_link

    if not re.search("[?=]", text):
        return store.find(text).config
    query = _query(text)
    if run := query.get("run"):
        return store.find(run).config
    if "study" in query or "design" in query:
        return _of_study(store, query)
    return with_changes(RunConfig(), settings_of_link(text)[0])


def _of_study(store: Store, query: dict[str, str]) -> RunConfig:
    """A study's baseline, its first variant; with ``claim`` what that claim compares with."""
    from gancore.analysis import claim_variants
    from gancore.studies import decode_study, known_studies, load_study

    names = known_studies(store)
    if "design" not in query and query["study"] not in names:  # a link opens no file
        raise ConfigError.refused("study", query["study"], f"use one of {', '.join(names)}", "is not a study here")
    study = decode_study(query["design"]) if "design" in query else load_study(query["study"], store)
    claim = query.get("claim", "all")
    if claim == "all":
        return study.variants[0].config
    if not re.fullmatch("[0-9]{1,3}", claim) or not 1 <= int(claim) <= len(study.claims):
        raise ConfigError.refused(
            "claim", claim, f"{study.name} has {len(study.claims)}; leave it out or use its number"
        )
    return study.variant(claim_variants(study, int(claim))[0]).config


def _query(link: str) -> dict[str, str]:
    """What a link carries after its ``?``; empty of a text that is none, which is refused where it is read."""
    text = urlsplit(link.strip()).query if "?" in link else link.strip()
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST))
    except ValueError:
        return {}
