"""A small study, as text."""

from __future__ import annotations

from gancore.studies import Study, parse_study

HEAD = 'name = "tiny"\ntitle = "Tiny"\nquestion = "Is it?"\n'
BATCH_AND_UPDATE = """
[factors.batch]
path = "batch_size"
levels = [32, 256]
[factors.update]
path = "update.kind"
levels = ["separate", "combined"]
"""
TINY = f"{HEAD}seeds = 3\n[base]\nsteps = 1000\nsnapshot_every = 500\n{BATCH_AND_UPDATE}"


def study(body: str) -> Study:
    return parse_study(HEAD + body, "tiny.toml")
