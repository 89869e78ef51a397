"""The command line as a function, for tests of what it prints."""

from __future__ import annotations

import pytest

from gancore.cli import run


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    capsys.readouterr()
    code = run(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def wrong(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The sentence with which a command refuses wrong input; it must be one line, with exit code 2."""
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, ""), err
    assert err.startswith("gancore: ") and err.count("\n") == 1, err
    return err


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence among what a command says of its progress when it refuses."""
    code, out, err = call(capsys, *arguments)
    lines = [line for line in err.splitlines() if line.startswith("gancore: ")]
    assert (code, out) == (2, ""), err
    assert len(lines) == 1
    assert "Traceback" not in err
    return lines[0]
