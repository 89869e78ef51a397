"""What a file of 1,000,000 rows takes, measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROWS = 1_000_000
MOST = 500
"""Megabytes that reading, checking and previewing such a file may take."""
SCRIPT = """
import json, sys
from pathlib import Path
import psutil
from gancore.datasets.points import read_table
from gancore.figures import scatter, thinned

def peak():
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 1e6
    status = Path("/proc/self/status")
    if status.exists():  # Linux's ru_maxrss has the peak of the process that started this one as well
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)

path = Path(sys.argv[1])
table = read_table(path, path.name)
scatter(thinned(table.points, 2000)).to_dict()
print(json.dumps({"rows": len(table.points), "peak": peak(), "found": str(table.found)}))
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
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rows"] == ROWS
    assert told["peak"] < MOST, told
