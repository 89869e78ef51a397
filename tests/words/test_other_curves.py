"""What Keras' versions do to the original script's curves is written once, in one sentence that has the facts."""

from __future__ import annotations

from support.paths import ROOT

from gancore.words import OTHER_CURVES


def test_the_sentence_has_the_facts_and_stands_in_one_file() -> None:
    for fact in ("train_on_batch", "before Keras 3.15", "the mean over all its calls so far", "smoother", "lag behind"):
        assert fact in OTHER_CURVES
    written = [
        path.name
        for ending in ("py", "html", "js")
        for path in (ROOT / "gancore").rglob(f"*.{ending}")
        if "node_modules" not in path.parts and "over all its calls so far" in path.read_text(encoding="utf-8")
    ]
    assert written == ["curves.py"]
