"""Peers as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from gancore.benchmarks.case import MARK


def started(command: list[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """A peer that has begun, with these variables beside those of this process."""
    given = None if environment is None else {**os.environ, **environment}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=given)


def answer_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a peer answers when it is done; RuntimeError with its last words where it fails."""
    out, err = process.communicate()
    if process.returncode:
        reason = err.strip().splitlines()[-1] if err.strip() else f"code {process.returncode}"
        raise RuntimeError(f"{process.args[2]} failed: {reason}")  # type: ignore[index]
    return json.loads(out.rsplit(MARK, 1)[1])
