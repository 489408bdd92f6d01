"""What a guard is."""

from typing import NamedTuple


class Guard(NamedTuple):
    """`before` in `file` becomes `after`; then `tests` must fail."""

    name: str
    file: str
    before: str
    after: str
    tests: str
