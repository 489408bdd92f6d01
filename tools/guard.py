"""What a guard is."""

from typing import NamedTuple


class Guard(NamedTuple):
    """`before` in `file` becomes `after`; then `tests` must fail, or those `only` whose names match
    it."""

    name: str
    file: str
    before: str
    after: str
    tests: str
    only: str = ""
