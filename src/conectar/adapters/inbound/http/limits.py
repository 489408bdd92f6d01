"""How often one account may be tried, wherever the tries come from."""

from conectar.adapters.inbound.http.refusals import TooManyRequests
from conectar.application.ports.system import Limiter

OFF = "off"


class AccountLimit:
    """Counts sign-ins by account."""

    def __init__(self, limiter: Limiter, limit: str) -> None:
        self._limiter = limiter
        self._limit = limit

    async def hit(self, account: str) -> None:
        """One more try. Raises TooManyRequests."""
        if self._limit == OFF:
            return
        allowance = await self._limiter.hit(self._limit, f"account:{account.strip().lower()}")
        if not allowance.allowed:
            raise TooManyRequests(retry_after=allowance.reset_seconds)
