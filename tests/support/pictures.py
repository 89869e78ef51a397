"""Reports of hostile and of half studies, and their pictures."""

from __future__ import annotations

import pytest
from support.hostile import hostile as hostile_study

from gancore.report import Report
from gancore.store import Store
from gancore.studies import load_study, parse_study

NAMES = ["<script>alert(1)</script>", "=1+1 | 50% & a_b", "\"quoted\" 'too' 😀", "not {there} yet"]
HOSTILE = hostile_study(
    NAMES, question="Do = names | survive?", never='"batch_size" = 77', claim="Names <i>help</i> | =1+1"
)
HALF = """
name = "half"
title = "Half"
question = "Which?"
seeds = 2
design = "half"
base.dataset.kind = "circle"
factors.update = {path = "update.kind", levels = ["separate", "combined"]}
factors.batch = {path = "batch_size", levels = [32, 256]}
factors.generator = {path = "generator.hidden", levels = [[64, 128], [16, 32]]}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store.open(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def hostile(store) -> Report:
    study = parse_study(HOSTILE)
    return Report(store, study, study.seeds)


def report_of(store: Store, name: str, part: str = "grid") -> Report:
    study = load_study(name)
    return Report(store, study, study.seeds, part=part)


def dots(spec: dict, kind: str) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows if row.get("kind") == kind]
