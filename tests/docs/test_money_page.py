"""The money page names every account and every posting, and none that is not there."""

import inspect
import re
from pathlib import Path

from conectar.domain.payments import postings
from conectar.domain.payments.ledger import AccountKind

PAGE = (Path(__file__).parents[2] / "docs" / "money.md").read_text()
POSTINGS = {
    name
    for name, of in inspect.getmembers(postings, inspect.isfunction)
    if of.__module__ == postings.__name__ and not name.startswith("_")
}


def test_every_account_has_its_line() -> None:
    accounts = PAGE.split("## Accounts")[1].split("## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", accounts))
    assert {kind.value for kind in AccountKind} <= named


def test_every_posting_has_its_line_and_every_line_its_posting() -> None:
    table = PAGE.split("## What each move posts")[1].split("A division is exact")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")][2:]
    named = {name for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[3])}
    assert named == POSTINGS
