"""What the package promises as a whole: light imports, one list of dependencies, documentation that cannot drift."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = (
    "tensorflow",
    "keras",
    "streamlit",
    "numpy",
    "pydantic",
    "pandas",
    "scipy",
    "sklearn",
    "altair",
    "pyarrow",
    "ot",
)


def loaded_after(code: str) -> set[str]:
    program = f"{code}\nimport sys\nprint('LOADED', *[name for name in {HEAVY} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return set(out.rsplit("LOADED", 1)[1].split())


def test_importing_gancore_loads_nothing_heavy():
    assert loaded_after("import gancore") == set()


def test_help_loads_nothing_heavy():
    found = loaded_after("from gancore.cli import run\nrun(['--help'])\nrun(['train', '--help'])")
    assert found <= {"numpy", "pydantic"}


ROOMS = ("jobs", "figures", "analysis", "studies", "store", "metrics", "recording", "export", "report", "ui")


def test_no_room_but_training_loads_tensorflow():
    """In one process, which says after which room it was there."""
    every = (
        "import importlib, pkgutil, sys\n"
        f"for room in {ROOMS}:\n"
        "    package = importlib.import_module(f'gancore.{room}')\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(found.name)\n"
        "    print(room, *({'tensorflow', 'keras'} & set(sys.modules)))\n"
    )
    out = subprocess.run([sys.executable, "-c", every], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert out.split() == list(ROOMS)


def test_a_page_can_show_itself_before_numbers_are_loaded():
    """The first thing of every page; what takes a second comes after it."""
    assert loaded_after("import gancore.ui.frame") == {"streamlit"}


def test_reading_and_scoring_shipped_runs_works_without_tensorflow():
    code = (
        "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None\n"
        "from gancore.store import Store\nfrom gancore.studies import load_study\n"
        "from gancore.analysis import study_table, curves\n"
        "store = Store.open('/nonexistent/gancore')\n"
        "for name in ('circle-vs-parabola', 'first-fixes'):\n"
        "    study = load_study(name)\n"
        "    assert study_table(store, study)['missing'].sum() == 0, name\n"
        "    assert len(curves(store, study)), name\n"
        "import gancore.metrics as m, numpy as np\n"
        "run = store.runs()[0]\n"
        "m.score(run.config.dataset, run.final, run.final, store.references(run.config.dataset))\n"
        "print('fine')"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert out.stdout.strip().endswith("fine"), out.stderr


def test_the_gallery_is_small_and_its_bundles_are_of_shipped_studies():
    from gancore.store import gallery_bundles
    from gancore.studies import finished_studies, load_study, parse_study

    bundles = gallery_bundles()
    assert sorted(bundle.name for bundle in bundles) == finished_studies()
    for bundle in bundles:
        assert parse_study(bundle.study_text) == load_study(bundle.name)
    assert sum(path.stat().st_size for path in (ROOT / "gancore" / "gallery").glob("*.gancore")) <= 60_000_000


def test_the_cloud_gets_the_same_dependencies_with_the_smaller_tensorflow():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    cloud = [line for line in lines if line and not line.startswith("#")]
    assert cloud == [re.sub(r"^tensorflow\b", "tensorflow-cpu", line) for line in project["dependencies"]]


def test_the_readme_names_every_command_and_dataset():
    from typer.main import get_command

    from gancore.cli import app
    from gancore.config import Dataset

    readme = (ROOT / "README.md").read_text()
    tree = get_command(app)
    commands = []
    for name, command in tree.commands.items():  # type: ignore[attr-defined]
        commands += [f"gancore {name} {sub}" for sub in getattr(command, "commands", {})] or [f"gancore {name}"]
    missing = [command for command in commands if command not in readme]
    assert not missing
    assert all(f"`{kind}`" in readme for kind in Dataset.registry)


def test_the_readme_explains_every_metric():
    from gancore.metrics import METRICS

    table = (ROOT / "README.md").read_text().partition("\n## Metrics\n")[2].partition("\n## ")[0]
    keys = re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `")))
    assert keys == list(METRICS)


def test_the_readme_shows_what_the_command_prints_today(tmp_path, capsys):
    from gancore.cli import run

    assert run(["study", "show", "four-fixes", "--store", str(tmp_path)]) == 0
    table = capsys.readouterr().out.split("\n\n")[1].strip()
    assert len(table.splitlines()) == 17
    assert f"```\n{table}\n```" in (ROOT / "README.md").read_text()


def test_the_readme_opens_with_pictures_that_its_commands_make_today(tmp_path):
    import numpy as np
    from PIL import Image

    from gancore.cli import run

    start = (ROOT / "README.md").read_text().partition("\n## ")[0]
    pictures = re.findall(r"^!\[(.+?)\]\((\S+?)\)$", start, re.MULTILINE)
    commands = re.findall(r"`gancore (report [^`]+)`", start)
    assert len(pictures) == len(commands) == 2
    for (words, path), command in zip(pictures, commands, strict=True):
        assert len(words) > 40 and f"--out {path}" in command
        made = tmp_path / Path(path).name
        assert run([*command.replace(path, str(made)).split(), "--store", str(tmp_path / "store")]) == 0
        if made.suffix == ".svg":
            assert made.read_text() == (ROOT / path).read_text()
        else:
            now, shown = (np.asarray(Image.open(file).convert("RGB")).astype(int) for file in (made, ROOT / path))
            assert now.shape == shown.shape and np.abs(now - shown).mean() < 0.5


def test_the_readme_opens_with_the_answer_of_the_shipped_runs():
    start = (ROOT / "README.md").read_text().partition("\n## ")[0]
    works = (ROOT / "RESULTS.md").read_text().partition("\n## What works\n")[2].partition("\n## ")[0]
    rows = [line for line in works.splitlines() if line.startswith("|")]
    assert len(rows) >= 4 and "\n".join(rows) in start


def test_the_readme_has_the_two_lines_of_set_up():
    readme = (ROOT / "README.md").read_text()
    assert "python -m pip install -e . && streamlit run streamlit_app.py" in readme
    assert "python -m pip install -e '.[test]' && python -m pytest" in readme


def test_pages_stay_short():
    for page in [ROOT / "streamlit_app.py", *(ROOT / "pages").glob("*.py")]:
        assert len(page.read_text().splitlines()) <= 150, page.name


def test_the_results_are_what_the_shipped_runs_say():
    from gancore.report.results import results_text

    assert (ROOT / "RESULTS.md").read_text() == results_text()


def test_the_source_archive_names_what_is_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert {path.name for path in ROOT.glob("*.md")} <= set(named)
