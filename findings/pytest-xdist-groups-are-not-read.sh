#!/usr/bin/env bash
# pytest 9.2.0 with pytest-xdist 3.8.0.
#
# Expected: with --dist loadgroup, tests that are marked xdist_group("a") run in one process, and are called ...@a.
# Behaviour: the group is written to an attribute that pytest 9.2 no longer reads. Tests keep their names, every test is
#   shared out as a group of its own, and what a group prepares once is prepared in several processes, without a word.
# Seen: of twelve tests of one group about half ran in each of two processes, and no name has "@a". With pytest 9.0.2
#   all twelve ran in one, and their names end in it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tests"
cat >"$folder/tests/test_group.py" <<'PYTHON'
import time

import pytest


@pytest.mark.xdist_group("a")
@pytest.mark.parametrize("number", range(12))
def test_one(number):
    time.sleep(0.1)
PYTHON
for version in 9.2.0 9.0.2; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install -q "pytest==$version" pytest-xdist==3.8.0
  (cd "$folder/tests" && "$folder/$version/bin/python" -m pytest -p no:cacheprovider -n 2 --dist loadgroup -v test_group.py) \
    >"$folder/$version.txt"
  processes=$(grep -o '^\[gw[0-9]*\]' "$folder/$version.txt" | sort -u | wc -l)
  named=$(grep -c 'PASSED.*@a' "$folder/$version.txt" || true)
  echo "pytest $version: $processes processes, $named names with the group"
  echo "$processes $named" >"$folder/$version.seen"
done
[[ $(cat "$folder/9.2.0.seen") == "2 0" ]] || { echo "the behaviour has changed"; exit 1; }
[[ $(cat "$folder/9.0.2.seen") == "1 12" ]] || { echo "the older one has changed"; exit 1; }
