"""No module of gancore leads back to itself through what it imports, within functions and for types too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def circle_in(imports: Mapping[str, Set[str]]) -> list[str]:
    """The modules of one circle, the first again at its end; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def circles_in(imports: Mapping[str, Set[str]]) -> Iterator[list[str]]:
    """Circles, until none is left once one import of each is cut."""
    left = {module: set(found) for module, found in imports.items()}
    while circle := circle_in(left):
        yield circle
        left[circle[1]].discard(circle[0])  # graphlib names what is imported before what imports it


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("gancore", include_external_packages=True, cache_dir=None)


def test_no_two_files_import_each_other(graph: grimp.ImportGraph) -> None:
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert "gancore.config" in imports["gancore.studies.study"]
    found = [" → ".join(reversed(circle)) for circle in circles_in(imports)]
    assert not found, "\n".join(found)


def test_estimates_are_functions_of_arrays(graph: grimp.ImportGraph) -> None:
    """No file, no chart, no study, no table: what they take and give is numbers."""
    found = graph.find_modules_directly_imported_by("gancore.analysis.estimates")
    assert found and {name.partition(".")[0] for name in found} <= {
        "__future__", "functools", "math", "numpy", "scipy", "typing"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("imports", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, 0),
        ({"a": {"b"}, "b": {"a"}}, 1),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, 1),
        ({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}, 2),
    ],
)
def test_circles_are_found(imports: dict[str, set[str]], circles: int) -> None:
    assert len(list(circles_in(imports))) == circles
