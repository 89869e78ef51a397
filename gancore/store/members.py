"""What a bundle's file may hold: the members it is made of, how large each may be, and its manifest."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gancore.config import quoted
from gancore.config.plain import is_table
from gancore.store.archives import check_entry
from gancore.store.errors import Damaged

FORMAT = 3
"""2 added collapsed values and layers, which bundles of format 1 may not have; 3 has points of one's own, and is
written only where there are some."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
MEMBER = re.compile(
    r"manifest\.json|study\.toml|runs\.json|floors\.json|analysis\.json|history\.parquet|checkpoints\.parquet"
    r"|snapshots/[0-9a-f]{64}\.npz"
)
SINCE = {2: re.compile(r"ceilings\.json|layers/[0-9a-f]{64}\.npz"), 3: re.compile(r"points/[0-9a-f]{64}\.npy")}
"""Format → members that only bundles of it and later ones may have."""
REQUIRED = ("manifest.json", "study.toml", "runs.json", "floors.json", "history.parquet", "checkpoints.parquet")
MAX_RUNS = 64 * 64
MAX_FILE = 2**26
MAX_STUDY = 64 * 1024
LIMITS = {
    "study.toml": MAX_STUDY,
    "manifest.json": 2**21,
    "runs.json": 2**24,
    "floors.json": 2**20,
    "ceilings.json": 2**20,
    "analysis.json": 2**22,
    "history.parquet": MAX_FILE,
    "checkpoints.parquet": MAX_FILE,
}
"""Bytes that a member may have once unpacked, so that reading one bundle takes at most 300 MB of memory."""
PER_RUN = {"snapshots": 2**20, "layers": 2**14, "points": 2**24}
"""Bytes of a run's members, and of a file of points."""
MAX_CONTENT = {"snapshots": 2**26, "layers": 2**26, "points": 2**26}
"""Bytes of those of all runs together."""
MAX_POINTS = 64
"""Files of points."""
COUNTS = {"manifest.json": (8, 2**14), "runs.json": (2**17, 2**19), "analysis.json": (2**14, 2**16)}
"""Objects and lists, and values in them, that a member may have (32 and 128 of a run); others have fewer."""
MOST_MEMBERS = 2 * MAX_RUNS + len(REQUIRED) + 2 + MAX_POINTS
"""Snapshots and layers of each run, what is there once, and points."""


class Manifest(NamedTuple):
    """What a bundle says of itself."""

    name: str
    created_by: str
    checksums: Mapping[str, str]
    """Member name → SHA-256 of its bytes."""


def allowed_members(entries: Sequence[zipfile.ZipInfo]) -> tuple[dict[str, zipfile.ZipInfo], list[str]]:
    """Member name → entry, once every size is known to be allowed, and the names that are unknown here; or Damaged."""
    members: dict[str, zipfile.ZipInfo] = {}
    others: list[str] = []
    if len(entries) > MOST_MEMBERS:
        raise Damaged(f"has {len(entries):,} members; at most {MOST_MEMBERS:,} are allowed")
    left = dict(MAX_CONTENT)
    for entry in entries:
        name = entry.filename
        if not any(known.fullmatch(name) for known in (MEMBER, *SINCE.values())):
            others.append(name)
            continue
        if name in members:
            raise Damaged(f"has the member {name} twice")
        check_entry(entry)
        folder = name.partition("/")[0]
        limit = LIMITS.get(name) or PER_RUN[folder]
        if entry.file_size > limit:
            raise Damaged(f"{name} has {entry.file_size:,} bytes; at most {limit:,} are allowed")
        if folder in left:
            left[folder] -= entry.file_size
            if left[folder] < 0:
                raise Damaged(f"has {folder} of more than {MAX_CONTENT[folder]:,} bytes together")
        members[name] = entry
    for name in REQUIRED:
        if name not in members:
            raise Damaged(f"has no {name}, so it is not a gancore bundle or not a whole one")
    return members, others


def checked_manifest(content: Any, members: Mapping[str, object], others: Sequence[str]) -> Manifest:
    """The manifest, once its format is known to be read here and the bundle's members to be those; or Damaged.

    ``others``: names in the file that are no members of any format.
    """
    manifest: Mapping[str, Any] = content if is_table(content) else {}
    made = manifest.get("format")
    if isinstance(made, int) and made > FORMAT:
        raise Damaged(f"has format {made} and this gancore reads up to {FORMAT}; update gancore to open it")
    later = [known for since, known in SINCE.items() if isinstance(made, int) and 1 <= made < since]
    others = [*others, *(name for name in members if any(known.fullmatch(name) for known in later))]
    if others:
        raise Damaged(f"has an unexpected member {quoted(others[0])}")
    checksums, name = manifest.get("members"), manifest.get("name")
    named = isinstance(name, str) and NAME.fullmatch(name)
    if made not in range(1, FORMAT + 1) or not is_table(checksums) or not named:
        raise Damaged("manifest.json does not say a format, a name and the members' checksums")
    if set(checksums) != set(members) - {"manifest.json"}:
        odd = sorted(set(checksums) ^ (set(members) - {"manifest.json"}))[0]
        raise Damaged(f"manifest.json and the bundle's members differ ({quoted(odd)})")
    return Manifest(str(name), str(manifest.get("created_by", ""))[:200], checksums)
