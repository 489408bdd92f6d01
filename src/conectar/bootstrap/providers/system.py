"""Time, ids, secrets, logs, limits: the same in every profile."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

from dishka import Provider, Scope, provide

from conectar.adapters.outbound.limits.limiter import MemoryLimiter, RedisLimiter
from conectar.adapters.outbound.security.passwords import Argon2Passwords
from conectar.adapters.outbound.security.tokens import JwtTokens
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.adapters.outbound.system.ids import UuidIds
from conectar.adapters.outbound.telemetry.logs import LogTelemetry
from conectar.adapters.vocabulary.bank_file import CsvBankFiles
from conectar.adapters.vocabulary.letters import PublicLinks, SpanishLetters
from conectar.application.message import Query
from conectar.application.ports.outside import BankFiles, Letters, Links
from conectar.application.ports.security import Passwords, Tokens
from conectar.application.ports.system import Clock, Ids, Limiter, Telemetry
from conectar.application.queries.notices import FreshNotices
from conectar.application.reactions.relay import ClaimDeliveries, FindDelivery
from conectar.application.registry import HANDLERS
from conectar.application.settings import Policy
from conectar.application.sweeps.clean_up import CleanUp, ForgetOld
from conectar.application.sweeps.sweep import FindDue, Sweep
from conectar.application.sweeps.take_turn import TakeTurn
from conectar.bootstrap.place import Place
from conectar.bootstrap.settings import Settings

PROCESSES = "CONECTAR_SERVE_PROCESSES"
"""Where `serve` tells its processes how many they are; no setting."""
CLOCKWORK = (
    *(Sweep, FindDue, CleanUp, ForgetOld, TakeTurn),
    *(ClaimDeliveries, FindDelivery, FreshNotices),
)
"""What comes by the clock, or from the queue, and only looks whether there is something to do."""


class SystemProvider(Provider):
    """What a pure program can't make by itself."""

    scope = Scope.APP

    ids = provide(UuidIds, provides=Ids)
    bank_files = provide(CsvBankFiles, provides=BankFiles)

    @provide
    def limiter(self, settings: Settings) -> Limiter:
        """For all processes at one Redis, or for this one."""
        if settings.redis_url is None:
            return MemoryLimiter()
        return RedisLimiter(settings.redis_url, int(os.environ.get(PROCESSES, "1")))

    @provide
    def clock(self) -> SystemClock:
        """Real time; only the sandbox moves it."""
        return SystemClock()

    @provide
    def as_clock(self, clock: SystemClock) -> Clock:
        """The port of it."""
        return clock

    @provide
    def passwords(self) -> Iterator[Passwords]:
        """Argon2id in two threads."""
        passwords = Argon2Passwords()
        yield passwords
        passwords.close()

    @provide
    def tokens(self, place: Place) -> Tokens:
        """Signed with the installation's secret."""
        return JwtTokens(place.secret_keys)

    @provide
    def letters(self, place: Place, policy: Policy) -> Letters:
        """In Spanish."""
        return SpanishLetters(place.public_url)

    @provide
    def links(self, place: Place) -> Links:
        """Under the public address."""
        return PublicLinks(place.public_url)

    @provide
    async def telemetry(self, settings: Settings) -> AsyncIterator[Telemetry]:
        """One line a message; and traces, if there is a collector for them."""
        clockwork = {message.__name__ for message in CLOCKWORK}
        queries = {message.__name__ for message in HANDLERS if issubclass(message, Query)}
        logs = LogTelemetry(queries | clockwork)
        if settings.otlp_endpoint is None:
            yield logs
            return
        from conectar.adapters.outbound.telemetry.traces import OtelTelemetry

        traces = OtelTelemetry(logs, settings.otlp_endpoint, clockwork)
        if settings.redis_url:
            traces.watch_redis()
        yield traces
        await asyncio.to_thread(traces.close)
