"""The letters that carry a token: for a forgotten password, and for an address to be proved."""

import re

from tests.http.api import Api
from tests.http.person import eventually

RESET, VERIFY = "restablecer", "verificar"


def token_of(api: Api, email: str, what: str) -> str:
    """The token in somebody's letter."""

    def found() -> list[str]:
        return [
            token
            for letter in api.letters(email)
            for token in re.findall(rf"/{what}\?token=(\S+)", letter["texto"])
        ]

    return eventually(found)[0]


def reset_token(api: Api, email: str) -> str:
    """The token that replaces a forgotten password."""
    return token_of(api, email, RESET)


def verify_token(api: Api, email: str) -> str:
    """The token that proves an address."""
    return token_of(api, email, VERIFY)
