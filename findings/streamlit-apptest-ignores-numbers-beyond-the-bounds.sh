#!/usr/bin/env bash
# Streamlit 1.67.0.
#
# Expected: AppTest's number_input.set_value with a number above max_value raises, or the page gets the largest number that
#   is allowed; either tells whoever tests what happens at the bound.
# Behaviour: the page runs with the number from before, and nothing is raised. A test that a page bears a number that is
#   too large passes without the page ever having seen one.
# Seen: with bounds of 0 and 10 and a value of 3, set_value(50) gives 3 and no exception; set_value(10) gives 10.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q streamlit==1.67.0
cd "$folder"
cat > app.py <<'APP'
import streamlit as st

st.text(st.number_input("Number", 0, 10, 3))
APP
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON'
from streamlit.testing.v1 import AppTest

page = AppTest.from_file("app.py").run()
seen = {}
for number in (50, 10):
    page.number_input[0].set_value(number).run()
    seen[number] = page.text[0].value
    assert not page.exception, "the behaviour has changed"
print(seen)
assert seen == {50: "3", 10: "10"}, "the behaviour has changed"
PYTHON
