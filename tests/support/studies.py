"""A small study, as text."""

from __future__ import annotations

from gancore.studies import Study, parse_study

HEAD = 'name = "tiny"\ntitle = "Tiny"\nquestion = "Is it?"\n'
TINY = (
    HEAD
    + """
seeds = 3
[base]
steps = 1000
snapshot_every = 500
[factors.batch]
path = "batch_size"
levels = [32, 256]
[factors.update]
path = "update.kind"
levels = ["separate", "combined"]
"""
)


def study(body: str) -> Study:
    return parse_study(HEAD + body, "tiny.toml")
