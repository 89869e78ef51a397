#!/usr/bin/env bash
# Streamlit 1.67.0.
#
# Expected: AppTest lists the buttons of an open st.dialog, so a test can press one of them, as a person does.
# Behaviour: a click reruns the whole page, in which the dialog is not called again; its button is gone before it is asked
#   whether it was pressed. What it would do never happens, no error is raised, and the page looks as if the question had
#   been closed. In a browser the same click reruns the dialog alone, and it works. A test that only looks for an
#   exception passes whatever stands in the dialog.
# Seen: buttons ['start', 'yes'] while it is open; after pressing 'yes' only ['start'], and the answer is still none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q streamlit==1.67.0
cd "$folder"
cat > app.py <<'APP'
import streamlit as st


@st.dialog("Sure?")
def ask():
    if st.button("Yes", key="yes"):
        st.session_state["answer"] = "yes"
        st.rerun()


if st.button("Start", key="start"):
    ask()
st.write("answer:", st.session_state.get("answer", "none"))
APP
"$folder/venv/bin/python" - 2>"$folder/log" <<'PYTHON'
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("app.py").run()
app.button(key="start").click().run()
shown = [button.key for button in app.button]
print("open:", shown)
app.button(key="yes").click().run()
left, answer = [button.key for button in app.button], app.markdown[-1].value
print("after its button was pressed:", left, answer)
assert not app.exception
assert shown == ["start", "yes"] and left == ["start"] and answer == "answer: none", "the behaviour has changed"
PYTHON
