"""What a guard is, and the rooms they stand in."""

from typing import NamedTuple

SRC = "src/conectar/"
CORE, DOMAIN = f"{SRC}application/", f"{SRC}domain/"
HTTP, SQL = f"{SRC}adapters/inbound/http/", f"{SRC}adapters/outbound/sql/"
MEMORY = f"{SRC}adapters/outbound/memory/"


class Guard(NamedTuple):
    """`before` in `file` becomes `after`; then `tests` must fail, or those `only` whose names match
    it."""

    name: str
    file: str
    before: str
    after: str
    tests: str
    only: str = ""
