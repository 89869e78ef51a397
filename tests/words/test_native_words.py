"""Words that a native reader stumbles over stay out of pages, commands, reports and documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("*.py", "*.js", "*.html", "*.md")
READ = [
    *(path for folder in ("gancore", "pages") for name in NAMES for path in sorted((ROOT / folder).rglob(name))),
    *(ROOT / name for name in ("streamlit_app.py", "README.md", "RESULTS.md", "ARCHITECTURE.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FOREIGN = (
    r"says the answer",
    r"\b(2|two) floors",
    r"added last",
    r"seeds on either side",
    r"Down the rows",
    r"Seed shown",
    r"[Jj]udged by`|Judged by",
    r"Most seeds",
    r"\b(a|one|an) ([\w-]+ )?(panel|row|line|process|object|worker) an? (seed|run|variant|step|core|line)\b",
    r"\brun-step",
    r"\(or thing\)",
    r"\b[Ff]ilms?\b",
    r"It shows\b",
    r"Everything \(JSON\)",
    r"\bless “",
    r"claims nothing",
    r"holds zero",
    r"so often a\b",
    r"\b([Ss]omebody|[Ww]hoever)\b",
    r'(?:label|button|title)[=(]\s*f?"(Make|Wait for)\b',
)


@pytest.mark.parametrize("words", FOREIGN)
def test_words_that_a_native_reader_would_not_write_are_gone(words):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in READ
        if "node_modules" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(words, line)
    ]
    assert not found, "\n".join(found)


def test_the_question_and_the_answer_are_quoted_before_anything_leans_on_them():
    """A reader who starts at the top knows which question and whose answer is meant."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    page = (ROOT / "streamlit_app.py").read_text(encoding="utf-8").partition('st.title("')[2]
    for text in (readme, page):
        question, answer = re.search(r"\bquestion\b[^“]{0,80}“A basic GAN", text), text.find("“Combine real and fake")
        assert question and text.lower().index("question") >= question.start() - 60
    assert 0 < readme.index("*the answer*".replace("the", "The")) < readme.index("“Combine real and fake")
    assert answer < 0 or page.index("**The answer**") < answer


def test_the_readme_has_speed_after_the_commands_and_says_what_is_not_supported():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.+)$", readme, re.MULTILINE)
    assert heads.index("The command line") < heads.index("How fast it is")
    missing = readme.partition("\n## What is not supported\n")[2].partition("\n## ")[0]
    for words in ("Images", "Conditional GANs", "Other parts", "Other frameworks"):
        assert words in missing
