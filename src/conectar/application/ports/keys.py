"""Idempotency keys: what was asked under a key, and what was answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What a key holds. `answer` is None while the work goes on, until `leased_until`, and
    `lease` numbers the workers who had it; `refusal`
    says that the answer is one; `context` is whatever the caller needs to show it again."""

    owner: UUID
    key: str
    fingerprint: bytes
    created_at: datetime
    leased_until: datetime | None
    lease: int
    answer: bytes | None
    refusal: bool
    context: str


class Keys(Protocol):
    """Unique: (owner, key)."""

    async def claim(self, item: StoredAnswer) -> StoredAnswer | None:
        """Takes an unused key: None. Else answers what it holds, locked until the unit ends.

        Whoever comes while another unit is taking the same key waits for the end of that unit.
        Raises LockTimeout.
        """
        ...

    async def find(self, owner: UUID, key: str) -> StoredAnswer | None:
        """What a key holds, locked until the unit ends."""
        ...

    async def save(self, item: StoredAnswer) -> None:
        """Replaces what a claimed key holds."""
        ...

    async def forget(self, owner: UUID, key: str) -> None:
        """As if it had never been used."""
        ...

    async def forget_older(self, than: datetime, limit: int) -> int:
        """Drops a batch; answers how many."""
        ...
