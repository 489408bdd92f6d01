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
PROFILES: dict[str, tuple[type[Provider], ...]] = {
    "memory": (*EVERYWHERE, MemoryStorageProvider, FakeOutsideProvider),
    "embedded": (*EVERYWHERE, SqlStorageProvider, RealOutsideProvider),
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
        *(provider() for provider in parts or PROFILES[settings.profile]),
        *more,
        context={Settings: settings, Place: place},
        validation_settings=STRICT_VALIDATION,
        lock_factory=None,  # the core asks for its handlers while it is made; a lock would wait
    )
