"""Distributions as levels of a factor: from a list, and formulas as people write them."""

from __future__ import annotations

import pytest

from gancore.config import ConfigError
from gancore.studies.drafts import Draft, distribution_factor, problems, study_of
from gancore.studies.drafts.distributions import settings_of_distribution


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("ring", {"kind": "ring"}),
        ("(cos(t), sin(2*t))", {"kind": "formula", "x": "cos(t)", "y": "sin(2*t)"}),
        ("cos(t), max(sin(t), 0)", {"kind": "formula", "x": "cos(t)", "y": "max(sin(t), 0)"}),
        ("y = x^2 from -1 to 1", {"kind": "formula", "x": "x", "y": "x^2", "start": "-1", "end": "1"}),
        ("f(x) = sin(x) from 0 to 2*pi", {"kind": "formula", "x": "x", "y": "sin(x)", "start": "0", "end": "2*pi"}),
        ("cos(t) | 3, sin(t) | t", {"kind": "formula", "x": "cos(t) | 3", "y": "sin(t) | t"}),
    ],
)
def test_a_distribution_as_it_is_written(text, settings):
    assert settings_of_distribution(text) == {f"dataset.{name}": value for name, value in settings.items()}


@pytest.mark.parametrize("text", ["x^2", "a, b, c", "Hello world", "cos(t), sin(t) & steps=1", "y = ", ", t", "(", ""])
def test_what_is_neither_is_refused(text):
    with pytest.raises(ConfigError, match=r"^factors\.distribution: .* is not allowed; choose one from the list"):
        settings_of_distribution(text)


def test_they_become_a_factor_with_the_first_as_its_baseline():
    row = distribution_factor(["circle", "ring", "y = x^2 from -1 to 1", "cos(t); 3 + cos(t), sin(t)"])
    assert row is not None and distribution_factor([]) is None
    draft = Draft("shapes", "Shapes", "Which shape is hard?", 2, factors=(row,))
    assert not problems(draft)
    assert [v.config.dataset.words() for v in study_of(draft).variants] == [
        "Circle",
        "Ring of Gaussians",
        "y = x^2",
        "(cos(t), sin(t)) and 1 more",
    ]
    wrong = distribution_factor(["circle", "sine(t), t"])
    (said,) = problems(Draft("shapes", "Shapes", "?", 2, factors=(wrong,)))  # type: ignore[arg-type]
    assert said.startswith("factors.distribution.levels.2") and "did you mean sin?" in said
