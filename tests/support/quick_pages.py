"""Streamlit's page tests without what they do again for each page, which was half of their time."""

from __future__ import annotations

import functools
import sys
import time

POLL = 0.02
"""Seconds between looks at a page that is drawn in another thread, which each look holds up."""


def quicken() -> None:
    """Where page tests are loaded: a process looks once for components among all that is installed, not at each page.

    Called again it does nothing more. What is found is the same, since nothing is installed while tests run.
    """
    if "streamlit.testing.v1" not in sys.modules:
        return
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1 import local_script_runner

    if not hasattr(manifest_scanner.scan_component_manifests, "cache_info"):
        manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
    local_script_runner.require_widgets_deltas = wait


def wait(runner, timeout: float = 3) -> None:
    """As Streamlit's own, until the page's script has stopped; RuntimeError where that takes longer."""
    end = time.monotonic() + timeout
    while not runner.script_stopped():
        if time.monotonic() > end:
            runner.request_stop()
            runner.join()
            raise RuntimeError(f"AppTest script run timed out after {timeout}(s)")
        time.sleep(POLL)
