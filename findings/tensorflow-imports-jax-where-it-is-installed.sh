#!/usr/bin/env bash
# TensorFlow 2.21.0 with JAX 0.10.2 installed beside it.
#
# Expected: import tensorflow loads TensorFlow, whatever else is installed; JAX would be needed by a converter to TFLite,
#   and nobody has asked for one.
# Behaviour: all of JAX is imported with it, by the TFLite converter's module at its top. Each process that trains with
#   TensorFlow takes that memory and half a second for as long as JAX lies in the same environment, used or not.
# Seen: 217 modules of JAX and 672 MB of memory; 547 MB where JAX cannot be found.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q tensorflow-cpu==2.21.0 jax==0.10.2 jaxlib==0.10.2
cat > "$folder/look.py" <<'PYTHON'
import json
import resource
import sys

if sys.argv[1] == "hidden":
    sys.modules["jax"] = None
import tensorflow  # noqa: F401

modules = [name for name, module in sys.modules.items() if name.partition(".")[0] == "jax" and module]
print(json.dumps([len(modules), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000]))
PYTHON
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import json
import subprocess
import sys

folder = sys.argv[1]


def look(how):
    command = [f"{folder}/venv/bin/python", f"{folder}/look.py", how]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


(modules, memory), (none, without) = look("installed"), look("hidden")
print(f"{modules} modules of JAX and {memory:.0f} MB; without them {without:.0f} MB")
assert none == 0 and modules > 100, "the behaviour has changed"
assert memory > without + 50, "the behaviour has changed"
PYTHON
