"""The letters that let a forgotten password be replaced."""

import re

from tests.http.api import Api
from tests.http.person import eventually


def reset_token(api: Api, email: str, nth: int = 1) -> str:
    """The token in somebody's `nth` letter."""
    letters = eventually(lambda: api.letters(email)[nth - 1 :])
    found = re.search(r"token=(\S+)", letters[0]["texto"])
    assert found
    return found[1]
