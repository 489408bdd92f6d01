"""The pages made from the code say what the code says."""

from pathlib import Path

import pytest
from tools.guard import Guard
from tools.guard_list import GUARDS
from tools.make_docs import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_fresh(name: str) -> None:
    assert (DOCS / name).read_text() == PAGES[name](), "run `just docs`"


def test_every_page_that_is_linked_is_there() -> None:
    import re

    root = Path(DOCS).parent
    for page in [root / "README.md", root / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if "://" not in link:
                assert (page.parent / link).exists(), (page, link)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_breaks_text_that_is_there(guard: Guard) -> None:
    """One that points at nothing guards nothing, and says so only when somebody runs it."""
    root = Path(DOCS).parent
    assert guard.before in (root / guard.file).read_text()
    assert all((root / path).exists() for path in guard.tests.split())
