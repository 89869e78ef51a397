"""What a search was asked, kept in one small file of the store: all that it needs beside the runs to go on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gancore.config import ConfigError, RunConfig, stored_config
from gancore.fixing.candidates import Candidate, Equal, candidates
from gancore.fixing.rules import Rules
from gancore.parts import identity
from gancore.store import Store
from gancore.store.errors import Damaged
from gancore.store.files import read_bounded, replace_file

FORMAT = 1
LARGEST = 2**20
"""Bytes of a question's file."""
QUESTION_ID = re.compile(r"[0-9a-f]{12}")
MOST_CANDIDATES = 200
NOTES = {"created", "failures", "going", "until", "run_steps", "stopped"}
"""Fields that decide nothing about how a search goes."""


class Question(BaseModel):
    """A configuration that fails, and the changes that are tried; ``fixes/ID.json`` in a store.

    The changes and rules are written down whole, so that a search goes on in the same way where a later gancore, or
    another plug-in, has others. Its id is the hash of all that decides how it goes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: int = FORMAT
    start: dict[str, Any]
    """The configuration that fails, as a run stores it; its seed is none of the search's."""
    locked: list[str] = Field(default=[], max_length=100)
    equal: Equal = "steps"
    candidates: list[Candidate] = Field(max_length=MOST_CANDIDATES)
    rules: dict[str, Any] = {}
    """What it goes by; what is left out is as usual."""
    created: str = ""
    failures: dict[str, str] = Field(default={}, max_length=4096)
    """Run id → why it could not be trained, of those that count as not learned."""

    going: bool = False
    """Whether it is to go on in the background; a command needs no such note."""
    until: float | None = Field(default=None, allow_inf_nan=False)
    """When it stops in the background, seconds since the epoch."""
    run_steps: int | None = Field(default=None, ge=0)
    """Steps in all that may still be trained for it in the background."""
    stopped: str = Field(default="", max_length=500)
    """Why it stands still, in words."""

    @property
    def question_id(self) -> str:
        """12 hex digits."""
        deciding = self.model_dump(mode="json", exclude=NOTES)
        text = json.dumps(deciding, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def config(self) -> RunConfig:
        """The start; raises ConfigError where this version does not know a setting."""
        return stored_config(self.start)

    @property
    def plan(self) -> Rules:
        """The rules that it goes by."""
        return _rules(self.rules)


def question(
    start: RunConfig, locked: Sequence[str] = (), equal: Equal = "steps", rules: Rules | None = None
) -> Question:
    """The question what fixes a configuration; raises ConfigError where nothing may be changed."""
    start = start.model_copy(update={"seed": 0})
    return Question(
        start=identity(start),
        locked=sorted(set(locked)),
        equal=equal,
        candidates=candidates(start, locked),
        rules={name: list(v) if isinstance(v, tuple) else v for name, v in asdict(rules or Rules()).items()},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def kept(store: Store, asked: Question) -> Question:
    """The question as the store keeps it, written there now where it is new; raises StoreError."""
    if (known := read_question(store, asked.question_id)) is not None:
        return known
    store.writable_or_error()
    path = _path(store, asked.question_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):  # another page may have begun the same one meanwhile
        known = read_question(store, asked.question_id)
        if known is None:
            write_question(store, asked)
    return known or asked


def write_question(store: Store, asked: Question) -> None:
    """Replace a question's file."""
    replace_file(_path(store, asked.question_id), asked.model_dump_json(indent=1).encode())


def noted(store: Store, asked: Question, **notes: Any) -> Question:
    """The question with other notes (``NOTES``), beside those that other processes made meanwhile; written down."""
    path = _path(store, asked.question_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        latest = read_question(store, asked.question_id) or asked
        if "failures" in notes and notes["failures"]:
            notes["failures"] = latest.failures | notes["failures"]
        changed = latest.model_copy(update=notes)
        if changed != latest:
            write_question(store, changed)
    return changed


def read_question(store: Store, question_id: str) -> Question | None:
    """The question with this id; None where the store has none that this version can read."""
    if not QUESTION_ID.fullmatch(question_id):
        return None
    try:
        asked = Question.model_validate_json(read_bounded(_path(store, question_id), LARGEST))
        known = asked.format == FORMAT and asked.question_id == question_id
        _ = asked.config, asked.plan
    except (OSError, Damaged, ValidationError, ConfigError, ValueError, RecursionError):
        return None
    return asked if known else None


def questions(store: Store) -> list[Question]:
    """Every question that a store keeps, the newest first."""
    folder = folder_of(store)
    names = [path.stem for path in folder.glob("*.json")] if folder.is_dir() else []
    found = [asked for name in names if (asked := read_question(store, name)) is not None]
    return sorted(found, key=lambda asked: (asked.created, asked.question_id), reverse=True)


def folder_of(store: Store) -> Path:
    """Where a store keeps questions, and who is at work on them."""
    return store.root / "fixes"


def _path(store: Store, question_id: str) -> Path:
    return folder_of(store) / f"{question_id}.json"


def _rules(own: dict[str, Any]) -> Rules:
    known = {one.name for one in fields(Rules)}
    if set(own) - known:
        raise ConfigError("rules: they are of another version of gancore; ask again")
    return TypeAdapter(Rules).validate_python(own)
