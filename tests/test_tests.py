"""The tests themselves: each lies in the folder of what it tests, shares by tests/support alone, and is not decided by
how fast the machine is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

TESTS = ROOT / "tests"
FILES = sorted(TESTS.rglob("*.py"))
OTHER_FOLDERS = {"support", "examples"}
LONGEST = 350
SECONDS = 10
"""No limit of fewer decides a test's result."""


def imported(code: str) -> Iterator[str]:
    """The names of all modules that some code imports, wherever it does."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def few(node: ast.expr | None) -> bool:
    """Whether some code is a number of seconds that is too small for a limit."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value < SECONDS


def is_now(node: ast.expr) -> bool:
    return ast.unparse(node) in ("time.monotonic()", "time.time()")


def short_limits(code: str) -> Iterator[str]:
    """What in some code fails after fewer than ten seconds, or measures the time that passes on a wall clock."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and node.attr == "perf_counter":
            yield f"line {node.lineno}: perf_counter"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and few(node.right) and is_now(node.left):
            yield f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.FunctionDef) and any(map(few, node.args.defaults)) and node.name.endswith("until"):
            yield f"line {node.lineno}: {node.name}"
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        options = {option.arg: option.value for option in node.keywords}
        if owner.endswith("AppTest") and name.startswith("from_") and "default_timeout" not in options:
            yield f"line {node.lineno}: {name} without default_timeout, which is 3 s"
        if owner.startswith("expect(") and "timeout" not in options:
            yield f"line {node.lineno}: expect without timeout, which is 5 s"
        for option in ("timeout", "default_timeout"):
            value = options.get(option)
            if few(value) or (
                isinstance(value, ast.Constant) and 1000 <= value.value < 1000 * SECONDS
            ):  # Playwright: ms
                yield f"line {node.lineno}: {option}={ast.unparse(value)}"
        place = {"wait": 0, "join": 0, "until": 1}.get(name, len(node.args))
        if few(node.args[place] if place < len(node.args) else None):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def test_several_processes_share_the_tests_out_by_group(request: pytest.FixtureRequest):
    """pytest-xdist reads the group at the end of a test's id."""
    assert request.node.get_closest_marker("xdist_group").args == ("tests/test_tests",)
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@tests/test_tests")


def test_every_folder_of_tests_is_that_of_a_package():
    folders = {path.name for path in TESTS.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    packages = {path.name for path in (ROOT / "gancore").iterdir() if path.is_dir()}
    assert folders - OTHER_FOLDERS <= packages


def test_names_of_test_files_are_unique():
    names = [path.name for path in FILES if path.name.startswith("test_")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_no_file_is_long_takes_from_a_test_or_hurries(path: Path):
    code = path.read_text(encoding="utf-8")
    assert len(code.splitlines()) <= LONGEST
    assert [name for name in imported(code) if name.split(".")[-1].startswith("test_")] == []
    if path != Path(__file__):
        assert list(short_limits(code)) == []


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.perf_counter()",
        "AppTest.from_file('a.py')",
        "AppTest.from_file('a.py', default_timeout=3)",
        "expect(page).to_be_visible()",
        "page.wait_for('a', timeout=5_000)",
        "subprocess.run(['a'], timeout=5)",
        "process.wait(5)",
        "until(lambda: ready, 5)",
        "def wait_until(true, seconds=5): ...",
        "deadline = time.monotonic() + 3",
    ],
)
def test_the_search_for_short_limits_finds_them(code: str):
    assert len(list(short_limits(code))) == 1


def test_the_search_for_imports_finds_them():
    assert list(imported("from test_a import b\ndef f():\n    import ui.test_c")) == ["test_a", "ui.test_c"]
