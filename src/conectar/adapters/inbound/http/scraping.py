"""`/metrics`: who may look at it, and how often the store is asked for it."""

import asyncio
from collections.abc import Mapping, Sequence
from hmac import compare_digest
from time import monotonic
from typing import Any

from conectar.adapters.inbound.http.addresses import address, among, hops, nearest, networks
from conectar.application.core import Core
from conectar.application.ports.gauges import Gauges
from conectar.application.ports.metrics import Metrics
from conectar.application.queries.gauges import GetGauges

CACHED_S = 5.0
TIMEOUT_S = 3.0
THROUGH_A_PROXY = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")


class ScrapeGate:
    """Lets in this machine, the networks of our proxies, and whoever has the token."""

    def __init__(self, trusted: Sequence[str], token: str | None) -> None:
        self._trusted = networks(trusted)
        self._authorization = f"Bearer {token}".encode() if token else None

    def admits(self, scope: Any, given: Mapping[bytes, bytes]) -> bool:
        """Whether somebody may look. A proxy on this machine that nobody told us to trust may
        speak for anybody, so that what comes through one is not from here."""
        shown = given.get(b"authorization", b"")
        if self._authorization and compare_digest(shown, self._authorization):
            return True
        told = hops(scope, given)
        found = nearest(told, self._trusted)
        if found is None:
            return False
        if among(found, self._trusted):
            return True
        direct = not any(name in given for name in THROUGH_A_PROXY)
        return found.is_loopback and (direct or among(address(told[0]), self._trusted))


class Figures:
    """The page; the store is asked every few seconds, however many look."""

    def __init__(self, core: Core, metrics: Metrics) -> None:
        self._core = core
        self._metrics = metrics
        self._one_at_a_time = asyncio.Lock()
        self._asked_at = -CACHED_S
        self._known: Gauges | None = None

    async def page(self) -> bytes:
        """Also without a store: then only what this program knows by itself."""
        async with self._one_at_a_time:
            if monotonic() - self._asked_at >= CACHED_S:
                self._known = await self._ask()
                self._asked_at = monotonic()
        return self._metrics.page(self._known)

    async def _ask(self) -> Gauges | None:
        try:
            return await asyncio.wait_for(self._core.execute(GetGauges()), TIMEOUT_S)
        except Exception:  # the core has told of it
            return None
