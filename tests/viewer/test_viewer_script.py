"""The view's script as text: put together from its modules, written from Python where both know a thing, and run by
Node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from gancore.config import ConfigError
from gancore.recording.window import Window
from gancore.viewer import bundling, module, painter, script, shared
from gancore.viewer.packing import packed, packed_numbers, packed_points
from gancore.words import fixed, percent

HERE = Path(__file__).parent
SCRIPT = Path(shared.__file__).parent / "script"
NODE = shutil.which("node")


def vectors() -> dict:
    """What Python packs and says, and what it starts from."""
    points = np.array([[0.0, 1.0], [-1.25, np.nan], [0.3, -0.7]])
    drawn = np.array([[-0.2, 0.2], [-0.7, np.nan], [-0.08, -0.14]])
    values = np.array([*np.linspace(-3, 7, 50), np.nan, 5.0])
    wholes = np.array([0, 200, 80_000], np.uint32)
    shares = [0.0, 0.001, 0.004, 0.0051, 0.124, 0.5, 0.985, 0.994, 0.9951, 0.9999, 1.0, None]
    decimals = [(-0.0001, 3), (0.0335, 3), (0.0004, 3), (1.5, 2), (-12.3456, 2), (0.0, 3)]
    return {
        "points": {"packed": packed_points(points, Window((0.5, 0.0), (2.5, 5.0))), "values": _listed(drawn)},
        "numbers": {"packed": packed_numbers(values), "values": _listed(values)},
        "wholes": {"packed": packed(wholes), "values": wholes.tolist()},
        "percent": [[value, percent(value)] for value in shares],
        "fixed": [[value, digits, fixed(value, digits)] for value, digits in decimals],
    }


def _listed(values: np.ndarray) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.ravel().tolist()]


def test_the_modules_pass_their_own_tests_in_node(tmp_path):
    if NODE is None:
        assert not os.environ.get("GANCORE_REQUIRE_NODE"), "GANCORE_REQUIRE_NODE is set and no Node is on the PATH"
        pytest.skip("no Node on the PATH (version 20 or newer)")
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps(vectors()), encoding="utf-8")
    files = [str(file) for file in sorted(HERE.glob("*.test.mjs"))]
    ran = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", *files],
        env=os.environ | {"GANCORE_VECTORS": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^# pass [1-9]\d+$", ran.stdout, re.MULTILINE), "more than nine tests ran"
    assert "# skipped 0" in ran.stdout


@pytest.mark.parametrize("name", list(shared.FILES))
def test_what_python_and_the_script_share_is_written_from_python(name):
    wanted = shared.FILES[name]()
    assert (SCRIPT / name).read_text(encoding="utf-8") == wanted, "run `python -m gancore.viewer.shared`"


def test_all_modules_are_in_a_script_each_once_and_without_imports():
    view = [scopes_of(text) - {"mount"} for text in (script(), module())]
    assert view[0] == view[1]
    canvas = scopes_of(painter()) - view[0]
    assert view[0] | canvas | {"mount", "page", "paint"} == {path.stem for path in SCRIPT.glob("*.js")}
    assert canvas == {"spray"}, "what only the canvas needs does not come with the view"
    assert "export" not in script() and all(text.count("\nexport ") == 1 for text in (module(), painter()))


def scopes_of(text: str) -> set[str]:
    """The modules in a script, which has each of them once, no import and no types."""
    scopes = re.findall(r"^const \$(\w+) = \(\(\) => \{$", text, re.MULTILINE)
    assert len(scopes) == len(set(scopes))
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert "/**" not in text, "types are read in the modules"
    return set(scopes)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"a": 'import { b } from "./c.js";\n', "c": "export const d = 1;\n"}, "a: c does not export b"),
        ({"a": 'import * as c from "./c.js";\n', "c": ""}, "a: 'import .*' is not allowed"),
        ({"a": "export { b };\n"}, "a: 'export { b };' is not allowed"),
        (
            {"a": 'import { c } from "./c.js";\n', "c": 'import { a } from "./a.js";\nexport const c = 1;\n'},
            "a: is imported by what it imports, a, c",
        ),
    ],
)
def test_a_module_that_cannot_be_joined_is_refused(monkeypatch, texts, words):
    monkeypatch.setattr(bundling, "_read", texts.__getitem__)
    with pytest.raises(ValueError, match=words):
        bundling.bundle("a")


def test_names_of_modules_do_not_clash(monkeypatch):
    texts = {
        "a": 'import { b } from "./b.js";\nconst one = 2;\nexport const a = b + one;\n',
        "b": "// One.\nconst one = 1;\nexport const b = one;\n",
    }
    monkeypatch.setattr(bundling, "_read", texts.__getitem__)
    assert bundling.bundle("a") == (
        "const $b = (() => {\nconst one = 1;\nconst b = one;\nreturn { b };\n})();\n"
        "const { b } = $b;\nconst one = 2;\nconst a = b + one;\n"
    )


def test_the_lock_file_names_no_registry():
    lock = json.loads((SCRIPT.parent / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]


def test_a_type_that_the_script_has_no_name_for_is_refused():
    with pytest.raises(KeyError):
        shared._typed(ConfigError)
