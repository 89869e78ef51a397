"""The reference says what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from gancore import docs
from gancore.config import Choice, RunConfig, flatten

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", docs.REFERENCES)
def test_the_reference_is_up_to_date(name):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == docs.REFERENCES[name](), (
        "run: python -m gancore.docs docs"
    )


def test_every_setting_and_kind_is_described():
    text = docs.settings_text()
    for path in flatten(RunConfig()):
        assert path.endswith(".kind") or f"| `{path}` |" in text
    for family in Choice.families:
        for kind, member in family.registry.items():
            if member.__module__.startswith("gancore."):
                assert f".kind={kind}`" in text


def test_every_command_is_described():
    text = docs.commands_text()
    for command in ("train", "study run", "runs export", "report", "gallery build", "bench", "env"):
        assert f"`gancore {command}`" in text
