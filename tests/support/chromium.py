"""What tests in a real browser share: Chromium, and a Streamlit server that lives as long as a test."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.paths import ROOT

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
"""Is there while no script of the page runs."""
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update"]

if CHROMIUM is None and os.environ.get("GANCORE_REQUIRE_BROWSER"):
    raise RuntimeError("GANCORE_REQUIRE_BROWSER is set and no Chromium is on the PATH")

MARKS = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH (Debian: apt-get install chromium)"),
]


def seen(found: Any) -> Any:
    """The first of what a locator finds that can be seen; to be used wherever one element is meant.

    Streamlit draws an element twice for a moment, at its old place and at its new one, and one with a help text at all
    times, once for screens that are touched. Of two, Playwright refuses to take one.
    """
    return found.locator("visible=true").first


def settled(page: Any) -> None:
    """Wait until the page's script has run and nothing went wrong in it."""
    page.wait_for_selector(IDLE, timeout=90_000)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert "Traceback" not in page.inner_text("body")


def in_browser(test: Any) -> Any:
    """Marks one test as driving a browser."""
    for mark in MARKS:
        test = mark(test)
    return test


@contextlib.contextmanager
def browsing() -> Iterator[Any]:
    """A Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@contextlib.contextmanager
def app(store: Path) -> Iterator[str]:
    """The address of the app over a store; its workers end with it."""
    from gancore.jobs import pool

    with served("streamlit_app.py", GANCORE_STORE=str(store)) as address:
        try:
            yield address
        finally:
            for status in pool.workers(store):
                pool.end_worker(status)


@contextlib.contextmanager
def served(script: Path | str, **environment: str) -> Iterator[str]:
    """The address of a Streamlit server that was started a moment ago; it ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"headless": "true", "port": port, "address": "127.0.0.1", "fileWatcherType": "none"}
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--server.{name}={value}" for name, value in options.items()]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, **quiet)
    try:
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)
