"""Somebody has seen his notices, or says how he wants to be told."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.message import Command
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.notices import notice_view, preferences_view
from conectar.application.views.people import NoticeView, PreferencesView
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import NoticeId
from conectar.domain.notices.notice import Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotice(Command[NoticeView]):
    """Marks a notice of the caller's as read; twice is once."""

    notice_id: NoticeId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAllNotices(Command[None]):
    """Marks every notice of the caller's as read."""

    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePreferences(Command[PreferencesView]):
    """Says by which ways the caller wants to be told of what; what is left out stays. Matters of
    the account and the receipt of a contract are always mailed."""

    changes: dict[str, bool]
    actor: Actor


class ReadNoticeHandler:
    """Marks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: ReadNotice, uow: UnitOfWork) -> NoticeView:
        """Raises NotFound."""
        notice = existing(await uow.notices.find(command.notice_id))
        notice = notice.read(person(command.actor), self._clock.now())
        await uow.notices.save(notice)
        return notice_view(notice)


class ReadAllNoticesHandler:
    """Marks them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: ReadAllNotices, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        me, now = person(command.actor), self._clock.now()
        for notice in await uow.notices.unread_of(me):
            await uow.notices.save(notice.read(me, now))


class ChangePreferencesHandler:
    """Changes."""

    async def __call__(self, command: ChangePreferences, uow: UnitOfWork) -> PreferencesView:
        """Refuses nothing."""
        me = person(command.actor)
        before = await uow.preferences.find(me) or Preferences(user_id=me)
        after = before.changed(command.changes)
        await uow.preferences.put(after)
        return preferences_view(after)
