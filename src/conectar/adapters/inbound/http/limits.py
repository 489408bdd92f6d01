"""How often somebody may try to sign in: to one account wherever the tries come from, and from one
address whatever the account."""

from conectar.adapters.inbound.http.refusals import TooManyRequests
from conectar.application.ports.system import Limiter

OFF, LOGIN = "off", "login"


class AccountLimit:
    """Counts sign-ins."""

    def __init__(self, limiter: Limiter, limit: str) -> None:
        self._limiter = limiter
        self._limit = limit

    async def hit(self, account: str) -> None:
        """One more try at an account. Raises TooManyRequests."""
        await self._count(f"account:{account.strip().lower()}")

    async def hit_from(self, address: str) -> None:
        """One more try from an address, by another door than the one where the envelope counts.
        Raises TooManyRequests."""
        await self._count(f"{LOGIN}:{address}")

    async def _count(self, whose: str) -> None:
        if self._limit == OFF:
            return
        allowance = await self._limiter.hit(self._limit, whose)
        if not allowance.allowed:
            raise TooManyRequests(retry_after=allowance.reset_seconds)
