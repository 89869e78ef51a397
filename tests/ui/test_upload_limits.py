"""What the server takes from a browser is limited by the file that plain ``streamlit run`` and the cloud both read."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

from gancore.ui import upload

ROOT = Path(__file__).parents[2]


def test_an_upload_may_have_what_a_million_points_have_and_little_more():
    server = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]
    assert server["maxUploadSize"] == upload.MEGABYTES == 64
    assert server["maxMessageSize"] <= 64


def test_every_box_for_files_says_how_much_it_takes():
    """The server's limit alone would let a study's file have as much as a million points."""
    for path in [*(ROOT / "gancore" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "file_uploader":
                assert "max_upload_size" in {option.arg for option in node.keywords}, path


def test_streamlit_reads_the_limits_where_the_app_is_started():
    options = ["server.maxUploadSize", "server.maxMessageSize"]
    code = f"from streamlit import config; print(*map(config.get_option, {options}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["64", "64"]
