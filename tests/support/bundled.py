"""A small bundle, and changes of its members."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from gancore.config import parse_config
from gancore.store import (
    Bundle,
    codec,
    references_key,
)

STUDY = 'name = "tiny"\ntitle = "Tiny"\nquestion = "Is it tiny?"\n'
CONFIGS = [parse_config({"steps": 1000, "snapshot_every": 500, "seed": seed}) for seed in range(3)]
REFERENCES = {references_key(CONFIGS[0].dataset): {"w1": {"mean": 0.1, "low": 0.05, "high": float("nan")}}}
COLLAPSED = {references_key(CONFIGS[0].dataset): {"one_point": {"w1": 1.25}, "mean": {"w1": float("nan")}}}


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None], trust: bool = True) -> bytes:
    """The bundle's bytes after a change of its members; ``trust`` brings the checksums up to date."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if trust:
        manifest = json.loads(members["manifest.json"])
        manifest["members"] = {n: codec.checksum(d) for n, d in members.items() if n != "manifest.json"}
        members["manifest.json"] = json.dumps(manifest).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def read_all(data: bytes) -> int:
    """Read everything in a bundle; gives the number of runs."""
    bundle = Bundle(data)
    contents = [(run.history, run.scores, run.snapshots, run.landscape) for run in bundle.runs()]
    _ = bundle.references, bundle.collapsed
    return len(contents)


def set_json(member: str, **changes: object) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[member] = json.dumps(json.loads(members[member]) | changes).encode()

    return change
