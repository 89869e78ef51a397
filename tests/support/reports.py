"""Studies to report of: a bundle, a hostile one."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from gancore.store import gallery_bundles


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "some study.gancore"
    path.write_bytes(next(bundle for bundle in gallery_bundles() if bundle.name == "first-fixes").content)
    return path


def headings(text: str) -> list[str]:
    """What a browser shows as the page's title and first heading."""
    found: list[str] = []

    class Headings(HTMLParser):
        tag, drawn = "", False

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.tag, self.drawn = tag, self.drawn or tag == "svg"

        def handle_endtag(self, tag: str) -> None:
            self.drawn = self.drawn and tag != "svg"

        def handle_data(self, data: str) -> None:
            if self.tag in ("title", "h1") and not self.drawn and data.strip():  # a drawing has a title of its own
                found.append(data)

    Headings(convert_charrefs=True).feed(text)
    return found
