"""What stands between many programs: the wake-up call, the queue, copies for all of them."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide

from conectar.adapters.outbound.redis.cache import RedisCache
from conectar.adapters.outbound.redis.connection import answers, patient, quick
from conectar.adapters.outbound.redis.queue import PatientJobs, SaqQueue
from conectar.adapters.outbound.redis.waker import RedisWaker
from conectar.adapters.outbound.system.waker import InProcessWaker
from conectar.application.ports.cache import Cache
from conectar.application.ports.probes import Between
from conectar.application.ports.queue import Queue
from conectar.application.ports.system import Waker
from conectar.bootstrap.settings import Settings


class RedisProvider(Provider):
    """Many programs."""

    scope = Scope.APP

    local = provide(InProcessWaker)

    @provide
    async def waker(self, settings: Settings, local: InProcessWaker) -> AsyncIterator[Waker]:
        """This program's loops at once, the others' over Redis."""
        waker = RedisWaker(quick(_redis_url(settings)), local.wake)
        yield waker
        await waker.aclose()

    @provide
    async def cache(self, settings: Settings) -> AsyncIterator[Cache]:
        """Copies for every process."""
        cache = RedisCache(quick(_redis_url(settings)))
        yield cache
        await cache.aclose()

    @provide
    async def jobs(self, settings: Settings) -> AsyncIterator[PatientJobs]:
        """saq's queue."""
        jobs = PatientJobs(patient(_redis_url(settings)))
        yield jobs
        await jobs.redis.aclose()

    @provide
    def between(self, jobs: PatientJobs) -> Between:
        """Redis, and whoever takes from the queue."""
        redis = jobs.redis
        return Between({"redis": lambda: answers(redis), "queue": jobs.worked})

    @provide
    def queue(self, jobs: PatientJobs) -> Queue:
        """The port of it."""
        return SaqQueue(jobs)


def _redis_url(settings: Settings) -> str:
    assert settings.redis_url, "the production profile has one"
    return settings.redis_url
