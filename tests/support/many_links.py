"""A server's process that draws seven links to a study of 1,280 runs: run it, it prints what each cost.

``python many_links.py STORE`` fills the store first. Each link's study has a name of its own, so that nothing which was
computed for another is found again, and the same runs.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest
from support.copied_runs import copied_runs
from support.paths import ROOT
from support.peak import peak_megabytes

from gancore import jobs
from gancore.store import Store
from gancore.studies import Study, encode_study, parse_study
from gancore.ui import heavy

LINKS = 7
STUDY = """
name = "many-{number}"
title = "Many {number}"
question = "Which of them?"
seeds = 64
[base]
steps = 4
log_every = 2
snapshot_every = 2
[factors.batch]
path = "batch_size"
levels = [32, 64, 128, 256]
[factors.generator]
path = "generator.hidden"
levels = [[16], [32], [64], [128], [256]]
"""


def study(number: int) -> Study:
    return parse_study(STUDY.format(number=number))


def draw(number: int) -> dict[str, float]:
    """Processor seconds of one link, and the most memory that the process has had."""
    app = AppTest.from_file(str(ROOT / "pages" / "ablation.py"), default_timeout=600)
    app.query_params["study"], app.query_params["design"] = "own", encode_study(study(number))
    start = time.process_time()
    app.run()
    assert not app.exception, app.exception
    assert any("viewer" in one.proto.component_name for one in app.get("bidi_component")), "the grid is there"
    assert app.dataframe, "and tables"
    return {"seconds": time.process_time() - start, "peak": peak_megabytes(), "kept": heavy._server()[1].size / 1e6}


if __name__ == "__main__":
    os.environ["GANCORE_STORE"] = sys.argv[1]
    Store.open = Store  # without the runs that ship
    jobs.available = lambda: False
    runs = study(0).configs()
    copied_runs(Store(Path(sys.argv[1])), runs)
    print(json.dumps({"runs": len(runs), "links": [draw(number) for number in range(LINKS)]}))
