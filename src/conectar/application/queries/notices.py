"""Notices and preferences, as their owner sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import NoticeFilter, Readers
from conectar.application.ports.system import Clock
from conectar.application.views.people import NoticesView, NoticeView, PreferencesView
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import NoticeId, UserId
from conectar.domain.notices.notice import Notice, Preferences

FEED_MAX = 1000
"""Notices of one look; who missed more finds them in his history."""
OVERLAP = timedelta(seconds=5)
"""Longer than a transaction that writes a notice takes from its first moment to its last."""


def notice_view(notice: Notice) -> NoticeView:
    """A notice."""
    return NoticeView(
        id=notice.id,
        event=notice.event,
        title=notice.title,
        told=notice.text,
        read=notice.read_at is not None,
        about=notice.about,
        created_at=notice.created_at,
    )


def preferences_view(wish: Preferences) -> PreferencesView:
    """How somebody wants to be told."""
    return PreferencesView(
        email_offers=wish.email_offers,
        email_jobs=wish.email_jobs,
        email_payments=wish.email_payments,
        email_messages=wish.email_messages,
        push_offers=wish.push_offers,
        push_jobs=wish.push_jobs,
        push_payments=wish.push_payments,
        push_messages=wish.push_messages,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNotices(Query[NoticesView]):
    """What the caller was told, newest first, and how much of all of it he has not read."""

    read: bool | None
    event: str | None
    page: Page
    actor: Actor


class ListNoticesHandler:
    """Reads them."""

    async def __call__(self, query: ListNotices, read: Readers) -> NoticesView:
        """Refuses nothing."""
        me = person(query.actor)
        of = NoticeFilter(user=me, read=query.read, event=query.event)
        found = await read.notices(of, query.page)
        page = Listed(tuple(map(notice_view, found.items)), found.total)
        return NoticesView(page=page, unread=await read.unread(me))


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowNotices(Query[tuple[NoticeView, ...]]):
    """What the caller was told since the notice he saw last, oldest first; without one, or if it is
    not there any more, what he was told a moment ago. A little of what is older than that is among
    it: transactions end in another order than they begin."""

    after: NoticeId | None
    actor: Actor


class FollowNoticesHandler:
    """Reads them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, query: FollowNotices, read: Readers) -> tuple[NoticeView, ...]:
        """Refuses nothing."""
        me = person(query.actor)
        seen = await read.notice(query.after) if query.after else None
        since = seen.created_at if seen and seen.user_id == me else self._clock.now()
        found = await read.notices_since({me}, since - OVERLAP, FEED_MAX)
        return tuple(map(notice_view, found))


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshNotices(Query[tuple[tuple[UserId, NoticeView], ...]]):
    """What some people were told since a moment, oldest first."""

    snapshot = False
    users: frozenset[UserId]
    since: datetime


class FreshNoticesHandler:
    """Reads them."""

    async def __call__(
        self, query: FreshNotices, read: Readers
    ) -> tuple[tuple[UserId, NoticeView], ...]:
        """Refuses nothing."""
        found = await read.notices_since(query.users, query.since, FEED_MAX)
        return tuple((notice.user_id, notice_view(notice)) for notice in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPreferences(Query[PreferencesView]):
    """By which ways the caller is told of what."""

    actor: Actor


class GetPreferencesHandler:
    """Reads them."""

    async def __call__(self, query: GetPreferences, read: Readers) -> PreferencesView:
        """Everything is on for who never said."""
        me = person(query.actor)
        return preferences_view(await read.preferences(me) or Preferences(user_id=me))
