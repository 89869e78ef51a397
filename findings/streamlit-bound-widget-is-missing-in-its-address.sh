#!/usr/bin/env bash
# Streamlit 1.67.0, Chromium.
#
# Expected: a widget with bind="query-params" and the address agree, so that a copied link opens what is shown.
# Behaviour: a callback sets st.session_state["n"], and the run after it draws the widget of that key for the first time.
#   The widget shows the value, but the address has no parameter; whoever opens the link gets the default. Once the
#   widget has been there, the same assignment is written to the address, and so is what a person types.
# Seen: the box shows 25 and the address has no n; after typing 30 it ends in ?n=30.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q streamlit==1.67.0 playwright==1.56.0
browser=$(command -v chromium || command -v google-chrome || true)
[[ -n $browser ]] || "$folder/venv/bin/playwright" install chromium
cd "$folder"
cat > app.py <<'APP'
import streamlit as st


def choose():
    st.session_state["n"] = "25"
    st.session_state["shown"] = True


st.button("Choose", key="choose", on_click=choose)
if st.session_state.get("shown"):
    st.text_input("n", "8", key="n", bind="query-params")
APP
BROWSER_PATH=$browser "$folder/venv/bin/python" - <<'PYTHON'
import os
import socket
import subprocess
import sys
import time

from playwright.sync_api import sync_playwright

with socket.socket() as free:
    free.bind(("localhost", 0))
    port = free.getsockname()[1]
flags = ["--server.headless=true", f"--server.port={port}", "--browser.gatherUsageStats=false"]
server = subprocess.Popen(
    [sys.executable, "-m", "streamlit", "run", "app.py", *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
)
try:
    for _ in range(100):
        with socket.socket() as there:
            if there.connect_ex(("localhost", port)) == 0:
                break
        time.sleep(0.2)
    with sync_playwright() as playwright:
        path = os.environ["BROWSER_PATH"] or None
        page = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]).new_page()
        page.goto(f"http://localhost:{port}/")
        page.get_by_role("button", name="Choose").click()
        box = page.get_by_label("n", exact=True)
        box.wait_for()
        page.wait_for_timeout(3000)
        first = box.input_value(), page.url.partition("?")[2]
        box.fill("30")
        box.press("Enter")
        page.wait_for_url("**n=30")
        print("set by a callback:", first, "- typed:", page.url.partition("?")[2])
    assert first == ("25", ""), "the behaviour has changed"
finally:
    server.kill()
PYTHON
