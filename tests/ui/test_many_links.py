"""Seven different links to a study of 1,280 runs cost a server seven times one link, and hardly more memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

from gancore.ui.heavy import KEPT_BYTES

MEGABYTES = 600
"""Of the whole server with all seven drawn; it has about 400, and had 75 more for each when sessions kept their own."""


@pytest.mark.slow
def test_seven_links_to_1280_runs_stay_within_time_and_memory(own_store: Path) -> None:
    script = ROOT / "tests" / "support" / "many_links.py"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    done = subprocess.run(
        [sys.executable, str(script), str(own_store)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["runs"] == 1280 and len(found["links"]) == 7
    seconds, peaks = ([link[name] for link in found["links"]] for name in ("seconds", "peak"))
    assert sum(seconds) <= 7 * seconds[0], "the first also loads modules and scores real points"
    assert statistics.median(seconds[-3:]) <= 1.5 * statistics.median(seconds[1:4]), "none pays for those before it"
    assert peaks[-1] <= MEGABYTES
    assert peaks[-1] - peaks[0] <= 2 * KEPT_BYTES / 1e6, "what a server keeps is bounded"
    assert found["links"][-1]["kept"] <= KEPT_BYTES / 1e6
