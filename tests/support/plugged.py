"""gancore in processes of their own, with other packages on the path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "examples"
PAGE = """
import json, sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file(sys.argv[1], default_timeout=100)
for name, value in json.loads(sys.argv[2]).items():
    app.query_params[name] = value
app.run()
words = [one.value for kind in (app.markdown, app.caption, app.title, app.header, app.info) for one in kind]
tables = [table.value.astype(str).values.tolist() for table in [*app.dataframe, *app.table]]
print("FOUND" + json.dumps({
    "exceptions": [one.message for one in app.exception],
    "warnings": [one.value for one in app.warning],
    "words": words,
    "tables": tables,
}))
"""

SEVERAL = """
import contextlib, io, json, sys
from gancore.cli import run

found = []
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = run(words)
    found.append([code, out.getvalue(), err.getvalue()])
print("FOUND" + json.dumps(found))
"""


class Ended(NamedTuple):
    """What became of a command, in the words of ``subprocess.run``."""

    returncode: int
    stdout: str
    stderr: str


def environment(store: Path, *folders: Path) -> dict[str, str]:
    """This process's environment with a store, and with folders of packages on the path."""
    path = os.pathsep.join(map(str, (ROOT, *folders)))
    return os.environ | {"PYTHONPATH": path, "GANCORE_STORE": str(store), "TF_CPP_MIN_LOG_LEVEL": "3"}


def gancore(store: Path, *arguments: str, folders: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    """A command, ended."""
    command = [sys.executable, "-m", "gancore", *arguments]
    return subprocess.run(
        command, env=environment(store, *folders), capture_output=True, text=True, timeout=500, cwd=store.parent
    )


def several(store: Path, commands: Sequence[Sequence[str]], folders: tuple[Path, ...] = ()) -> list[Ended]:
    """Commands one after another in one process, which loads all that they need once."""
    command = [sys.executable, "-c", SEVERAL, json.dumps(commands)]
    done = subprocess.run(
        command, env=environment(store, *folders), capture_output=True, text=True, timeout=900, cwd=store.parent
    )
    assert "FOUND" in done.stdout, done.stderr[-2000:]
    return [Ended(*found) for found in json.loads(done.stdout.rsplit("FOUND", 1)[1])]


def page(store: Path, file: str, folders: tuple[Path, ...] = (), **query: str) -> dict[str, Any]:
    """What a page says: its exceptions, warnings, words and tables."""
    command = [sys.executable, "-c", PAGE, str(ROOT / file), json.dumps(query)]
    done = subprocess.run(
        command, env=environment(store, *folders), capture_output=True, text=True, timeout=200, cwd=store.parent
    )
    assert "FOUND" in done.stdout, done.stderr[-2000:]
    return json.loads(done.stdout.rsplit("FOUND", 1)[1])
