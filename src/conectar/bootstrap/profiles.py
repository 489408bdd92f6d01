"""Profiles: which adapter stands behind each port."""

from dishka import (
    STRICT_VALIDATION,
    AsyncContainer,
    Provider,
    Scope,
    from_context,
    make_async_container,
)

from conectar.bootstrap.place import Place
from conectar.bootstrap.providers.core import CoreProvider
from conectar.bootstrap.providers.in_process import InProcessProvider
from conectar.bootstrap.providers.outside import FakeOutsideProvider, RealOutsideProvider
from conectar.bootstrap.providers.storage import MemoryStorageProvider, SqlStorageProvider
from conectar.bootstrap.providers.system import SystemProvider
from conectar.bootstrap.settings import Settings


class GivenProvider(Provider):
    """What is known before anything is made."""

    scope = Scope.APP
    settings = from_context(Settings)
    place = from_context(Place)


EVERYWHERE = (GivenProvider, CoreProvider, SystemProvider)


def parts_of(profile: str) -> tuple[type[Provider], ...]:
    """What a profile is made of. Redis and saq are imported only where they are used."""
    if profile == "production":
        from conectar.bootstrap.providers.redis import RedisProvider

        return (*EVERYWHERE, RedisProvider, SqlStorageProvider, RealOutsideProvider)
    return PROFILES[profile]


PROFILES: dict[str, tuple[type[Provider], ...]] = {
    "memory": (*EVERYWHERE, InProcessProvider, MemoryStorageProvider, FakeOutsideProvider),
    "embedded": (*EVERYWHERE, InProcessProvider, SqlStorageProvider, RealOutsideProvider),
}


def make_container(
    settings: Settings,
    place: Place,
    *more: Provider,
    parts: tuple[type[Provider], ...] | None = None,
) -> AsyncContainer:
    """Everything of a profile, or of the given parts: made when first asked for, closed with the
    container."""
    return make_async_container(
        *(provider() for provider in parts or parts_of(settings.profile)),
        *more,
        context={Settings: settings, Place: place},
        validation_settings=STRICT_VALIDATION,
        lock_factory=None,  # the core asks for its handlers while it is made; a lock would wait
    )
