"""What the server takes from a browser is limited by the file that plain ``streamlit run`` and the cloud both read."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from gancore.studies.files import MAX_BYTES

ROOT = Path(__file__).parents[2]


def test_an_upload_may_have_what_a_study_has_and_little_more():
    server = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]
    assert MAX_BYTES <= server["maxUploadSize"] * 2**20 <= 2**20
    assert server["maxMessageSize"] <= 64


def test_streamlit_reads_the_limits_where_the_app_is_started():
    options = ["server.maxUploadSize", "server.maxMessageSize"]
    code = f"from streamlit import config; print(*map(config.get_option, {options}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "64"]
