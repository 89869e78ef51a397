"""Numbers become words in gancore.words and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "gancore").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "streamlit_app.py"])
LEFT_OUT = ("gancore/words", "gancore/export/templates")
"""The words themselves, and a script that leaves gancore and must not need it."""
SPEC = re.compile(r"[+ #0-9,.<>^=-]*\.?\d*[fFeEgG%n]$|.*\.\d+$")
"""A format that rounds a number; ``,`` and ``02d`` of whole numbers do not."""
TEXT = re.compile(r"%[+ -]?\d*\.?\d*[fFeEgG](?![a-z])|\{\w*:[^{}]*[fFeEgG%]\}")
"""The same within a text: printf's and str.format's."""
COLUMN = re.compile(r"[+,~]*\.\d+~?[fFeEgGr%]|percent|%.*[fFeEgG]")
"""The same as a ``format=`` of a chart's tooltip (d3's) or a table's column (Streamlit's)."""
ALLOWED = {
    ("gancore/studies/commands.py", ":g"): "a value as it is typed on a command line",
    ("gancore/cli/common.py", "round(run.seconds, 3)"): "a number of a JSON object",
    ("gancore/diagnosis/evidence.py", "round(estimate, DIGITS)"): "a number of a JSON file",
    ("gancore/diagnosis/evidence.py", "round(low, DIGITS)"): "a number of a JSON file",
    ("gancore/diagnosis/evidence.py", "round(high, DIGITS)"): "a number of a JSON file",
    ("gancore/dirac/verdict.py", "round(self.laps, 4)"): "a number of a JSON object",
    ("gancore/figures/dirac.py", "round(float(x), 1)"): "a place in a picture, in pixels",
    ("gancore/figures/dirac.py", "round(float(y), 1)"): "a place in a picture, in pixels",
    ("gancore/figures/steps.py", "round(float(x), 4)"): "a place in a picture, in units of the data",
    ("gancore/figures/steps.py", "round(float(y), 4)"): "a place in a picture, in units of the data",
    ("gancore/figures/steps.py", "round(value, 4)"): "a place in a picture, in units of the data",
    ("gancore/figures/steps.py", "round(float(end[0]), 4)"): "a place in a picture, in units of the data",
    ("gancore/figures/steps.py", "round(float(end[1]), 4)"): "a place in a picture, in units of the data",
    ("gancore/figures/steps.py", "round(float(angle), 1)"): "the turn of a mark in a picture, in degrees",
    ("gancore/cli/report.py", "{percentage:3.0f}"): "tqdm fills it in, with a share that is rounded down",
}


def found_in(path: Path) -> Iterator[tuple[str, int]]:
    """What rounds a number in a file, and the line."""
    tree = ast.parse(path.read_text("utf-8"))
    specs = [node.format_spec for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) and node.format_spec]
    inside = {id(node) for spec in specs for node in ast.walk(spec)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = "".join(p.value if isinstance(p, ast.Constant) else "0" for p in node.format_spec.values)  # type: ignore[attr-defined]
            if SPEC.fullmatch(spec):
                yield f":{spec}", node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("round", "format"):
            if len(node.args) > 1:
                yield ast.unparse(node), node.lineno
        elif isinstance(node, ast.keyword) and node.arg == "format" and isinstance(node.value, ast.Constant):
            if COLUMN.fullmatch(str(node.value.value)):
                yield f"format={node.value.value}", node.lineno  # type: ignore[attr-defined]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            hit = TEXT.search(node.value)
            if hit:
                yield hit[0], node.lineno


def test_no_number_is_rounded_into_text_outside_of_words() -> None:
    wrong, used = [], set()
    for path in FILES:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(LEFT_OUT):
            continue
        for what, line in found_in(path):
            if (name, what) in ALLOWED:
                used.add((name, what))
            else:
                wrong.append(f"{name}:{line}: {what}")
    assert not wrong, "use gancore.words:\n" + "\n".join(wrong)
    assert used == set(ALLOWED), "what is allowed and no longer there has to go"


def test_the_report_s_template_formats_nothing_itself() -> None:
    for path in (ROOT / "gancore/report/templates").glob("*.html"):
        assert not re.search(r"\|\s*(round|format)\b|%\.\d", path.read_text("utf-8")), path.name


def test_the_viewer_s_numbers_become_words_in_one_file() -> None:
    for path in sorted((ROOT / "gancore/viewer/script").glob("*.js")):
        text = path.read_text("utf-8")
        assert not re.search(r"toFixed|toLocaleString", text), path.name
        if path.name != "words.js":
            assert "NumberFormat" not in text, path.name
            # What the address carries is read by machines, and every such number is one again at once.
            assert text.count("toPrecision") == len(re.findall(r"\+(?:at|series\.along\(.*\))\.toPrecision", text)), (
                path.name
            )


def test_the_search_sees_what_it_is_for(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(
        'a = f"{x:.0%} {x:+.3f} {x:.3g} {x:{width}.{digits}f}"\nb = "{:.0%}".format(x)\nc = "%.3g" % x\n'
        'd = round(x, 2)\ne = Column(format="%.3f")\nf = Column(format="percent")\ng = Tooltip(format=".2f")\n'
        'h = f"{n:,} {n:02d} {name:>8}"\ni = round(x)\nj = "50% of it, 5% for 95% intervals"\n'
    )
    lines = [line for _, line in found_in(path)]
    assert lines.count(1) == 4 and set(lines) == {1, 2, 3, 4, 5, 6, 7}
