"""CI, pre-commit and the README use the same commands, and CI says no early."""

from __future__ import annotations

import re
import subprocess

import pytest
from support.paths import ROOT

RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
CHECKS = (ROOT / ".ci" / "checks").read_text(encoding="utf-8")


def known() -> list[str]:
    found = re.search(r"^ALL=\((.*)\)$", CHECKS, re.MULTILINE)
    assert found
    return found[1].split()


def test_pre_commit_has_the_checks_of_ci():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"entry: \.ci/checks (\w+),", hooks) == known()
    assert len(re.findall(r"- \{id:", hooks)) == len(known())
    assert all(f"\n{name}() {{" in CHECKS for name in known())


def test_ci_does_the_quick_checks_first_and_skips_no_test_silently():
    steps = (
        " .ci/lowest >",
        " .ci/checks\n",
        "GANCORE_REQUIRE_BROWSER=1 GANCORE_REQUIRE_NODE=1",
        '\neval "${line/python -m pytest/$counted}" || failed',
    )
    ends = ('\nwait "$lowest" || failed', '\ncat "$said"\n', '\nexit "$failed"\n')
    places = [RUN.index(what) for what in (*steps, *ends)]
    assert places == sorted(places)
    found = re.search(r'line=\$\(grep -m1 -o "(.+)" README\.md\)', RUN)
    assert found and re.search(found[1], (ROOT / "README.md").read_text(encoding="utf-8"))
    assert "python -m pytest" in found[1]
    assert re.search(r"^counted='python -m slipcover .* -m pytest'$", RUN, re.MULTILINE)
    for script in (".ci/run", ".ci/checks", ".ci/lowest"):
        assert "\nset -euo pipefail\n" in (ROOT / script).read_text(encoding="utf-8")


@pytest.mark.parametrize("script", ["run", "checks", "lowest"])
def test_the_scripts_are_bash(script: str):
    subprocess.run(["bash", "-n", ROOT / ".ci" / script], check=True)


def test_every_test_that_the_lowest_versions_run_is_there():
    named = re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", (ROOT / ".ci" / "lowest").read_text(encoding="utf-8"))
    assert len(named) > 10
    for path, test in named:
        assert f"def {test or 'test_'}" in (ROOT / path).read_text(encoding="utf-8"), (path, test)


def test_an_unknown_check_is_refused():
    done = subprocess.run([ROOT / ".ci" / "checks", "beauty"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "beauty is not a check; use some of lint format contracts types docs viewer\n"
