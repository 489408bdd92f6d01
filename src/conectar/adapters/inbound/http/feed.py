"""The live feed of notices, as server-sent events.

One look into the store serves everybody who follows in this process. Looks come every second, or
sooner when somebody rings; so nothing is lost, and little is late, when nobody does. Each look
overlaps the one before, because transactions end in another order than they begin.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from time import monotonic

from conectar.adapters.inbound.http.wire import to_bytes
from conectar.application.core import Core
from conectar.application.ports.system import Clock
from conectar.application.queries.notices import FEED_MAX, OVERLAP, FollowNotices, FreshNotices
from conectar.application.views.people import NoticeView
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import NoticeId, UserId

MEDIA = "text/event-stream"
RETRY = b"retry: 2000\n\n"
BEAT = b":\n\n"
BEAT_S = 15.0
"""So often somebody who is told nothing hears that he is still connected."""
STREAM_S = 600.0
"""So long a stream lasts; whoever comes again shows that he is still signed in."""
BEHIND_MAX = FEED_MAX
"""Notices that wait for a reader who is slow."""
STREAMS_MAX = 5
"""Of one person, in one process: his oldest ends when he opens another."""


class Follower:
    """One stream."""

    def __init__(self, known: Sequence[NoticeView], missed: Sequence[NoticeView]) -> None:
        self._known = {view.id for view in known}
        self._waiting: asyncio.Queue[NoticeView | None] = asyncio.Queue()
        for view in missed:
            self._waiting.put_nowait(view)

    def offer(self, views: Sequence[NoticeView]) -> None:
        """What was found in one look; what was found in the one before is not told again."""
        found = {view.id: view for view in views}
        for id, view in found.items():
            if id not in self._known:
                self._waiting.put_nowait(view)
        self._known = set(found)
        if self._waiting.qsize() > BEHIND_MAX:
            self.end()

    def end(self) -> None:
        """Tells nothing more; who was told less than all comes again and says what he saw last."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def told(self) -> AsyncIterator[bytes]:
        """The stream itself."""
        yield RETRY
        until = monotonic() + STREAM_S
        while (left := until - monotonic()) > 0:
            try:
                async with asyncio.timeout(min(left, BEAT_S)):
                    view = await self._waiting.get()
            except TimeoutError:
                yield BEAT
                continue
            if view is None:
                return
            yield b"id: %s\ndata: %s\n\n" % (str(view.id).encode(), to_bytes(view))


class Feed:
    """Everybody who follows in this process."""

    def __init__(self, core: Core, clock: Clock) -> None:
        self._core = core
        self._clock = clock
        self._followers: dict[UserId, list[Follower]] = {}
        self._looked_at: datetime | None = None
        self._ended = False

    async def follow(self, actor: Actor, after: NoticeId | None) -> AsyncIterator[bytes]:
        """What somebody is told from now on, or since the notice that he saw last."""
        recent = await self._core.execute(FollowNotices(after=after, actor=actor))
        missed = [view for view in recent if view.id != after] if after else []
        return self._following(person(actor), Follower(recent, missed))

    async def look(self) -> None:
        """One look, if anybody follows."""
        if not self._followers:
            self._looked_at = None
            return
        now = self._clock.now()
        found = await self._found((self._looked_at or now) - OVERLAP)
        self._looked_at = now
        for user, rows in groupby(sorted(found, key=itemgetter(0)), key=itemgetter(0)):
            views = [view for _, view in rows]
            for follower in self._followers.get(user, ()):
                follower.offer(views)

    def end(self) -> None:
        """For everybody; the program is about to stop."""
        self._ended = True
        for followers in self._followers.values():
            for follower in followers:
                follower.end()

    async def _found(self, since: datetime) -> list[tuple[UserId, NoticeView]]:
        """All since then, in as many parts as it takes; where two meet, some are found twice."""
        found: list[tuple[UserId, NoticeView]] = []
        users = frozenset(self._followers)
        while True:
            part = await self._core.execute(FreshNotices(users=users, since=since))
            found += part
            if len(part) < FEED_MAX or part[-1][1].created_at == since:
                return found
            since = part[-1][1].created_at

    async def _following(self, user: UserId, follower: Follower) -> AsyncIterator[bytes]:
        his = self._followers.setdefault(user, [])
        his.append(follower)
        for old in his[:-STREAMS_MAX]:
            old.end()
        if self._ended:
            follower.end()
        try:
            async for part in follower.told():
                yield part
        finally:
            his.remove(follower)
            if not his:
                self._followers.pop(user, None)
