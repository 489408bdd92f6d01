"""What stands between programs where there is only one: the wake-up call, and copies."""

from dishka import Provider, Scope, provide

from conectar.adapters.outbound.memory.cache import MemoryCache
from conectar.adapters.outbound.system.waker import InProcessWaker
from conectar.application.ports.cache import Cache
from conectar.application.ports.probes import Between
from conectar.application.ports.system import Waker


class InProcessProvider(Provider):
    """One program."""

    scope = Scope.APP

    waker = provide(InProcessWaker)
    cache = provide(MemoryCache, provides=Cache)

    @provide
    def between(self) -> Between:
        """Nothing to ask for."""
        return Between({})

    @provide
    def as_waker(self, waker: InProcessWaker) -> Waker:
        """The port of it."""
        return waker
