"""What a file of 1,000,000 rows takes, measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.paths import ROOT

ROWS = 1_000_000
MOST = 500
"""Megabytes that reading, checking and previewing such a file may take."""
SCRIPT = """
import json, sys
from pathlib import Path
from support.peak import peak_megabytes
from gancore.datasets.points import read_table
from gancore.figures import scatter, thinned

path = Path(sys.argv[1])
table = read_table(path, path.name)
scatter(thinned(table.points, 2000)).to_dict()
print(json.dumps({"rows": len(table.points), "peak": peak_megabytes(), "found": str(table.found)}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet", "npy"])
def test_a_file_of_a_million_rows_fits_in_half_a_gigabyte(ending: str, tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(ROWS, 2))
    path = tmp_path / f"big.{ending}"
    if ending == "npy":
        np.save(path, points)
    else:
        frame = pd.DataFrame(points, columns=["x", "y"]).assign(label=np.array(["dino", "away"])[np.arange(ROWS) % 2])
        frame.to_parquet(path) if ending == "parquet" else frame.to_csv(path, index=False)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, "-c", SCRIPT, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rows"] == ROWS
    assert told["peak"] < MOST, told
