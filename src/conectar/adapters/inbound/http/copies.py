"""Copies of what the public reads: encoded once, answered many times.

A copy is known by what it is of and by its version in the store, so that nothing has to be thrown
away: when something changes, its copies are not asked for any more. A process keeps copies of its
own and looks at the versions of all that were asked for, in one go, when it last looked more than
a moment ago; so it does before it makes new ones. What it saw a moment ago is the version of a new
copy, too. Whoever is signed in is never answered without a look, for he may be the one who changed
it.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from litestar import Response
from litestar.types import ASGIApp, Receive, Send

from conectar.adapters.inbound.http.call import Call
from conectar.application.core import Core
from conectar.application.ports.cache import Cache
from conectar.application.queries.versions import GetVersions

T = TypeVar("T")

UNSEEN_S = 0.5
"""How long a look at a version is good for; others see a change after it, at most."""
KEPT_MAX = 5000
"""Copies, and versions that were looked at."""
JSON = b"application/json"
PERSONAL = frozenset({b"authorization", b"origin"})
CONTROL = "public, max-age=0, must-revalidate"


class Source(NamedTuple):
    """What copies are made of: its name, the topics of its version, how long a copy lives at most,
    and how it is read and encoded."""

    key: str
    topics: tuple[str, ...]
    seconds: float
    load: Callable[[], Awaitable[bytes]]


class Copy(NamedTuple):
    """Encoded, with its ETag and how it goes out; good for one version of its topics, and until
    then."""

    body: bytes
    tag: str
    headers: tuple[tuple[bytes, bytes], ...]
    topics: tuple[str, ...]
    version: int
    until: float


class Seen(NamedTuple):
    """A version, and until when it is as good as looked at."""

    version: int
    until: float


class Copies:
    """Those of this process, over those of all."""

    def __init__(self, core: Core, cache: Cache) -> None:
        self._core = core
        self._cache = cache
        self._mine: OrderedDict[str, Copy] = OrderedDict()
        self._seen: dict[str, float] = {}
        self._versions: OrderedDict[str, Seen] = OrderedDict()
        self._asked: set[str] = set()
        self._wanted: set[str] = set()
        self._asking: dict[object, asyncio.Task[Any]] = {}

    def fresh(self, key: str) -> Copy | None:
        """A copy that was looked at a moment ago."""
        until = self._seen.get(key)
        if until is None:
            return None
        self._asked.add(key)
        return self._mine[key] if monotonic() <= until else None

    async def get(self, of: Source, *, looked: bool) -> Copy:
        """A copy; `looked`: of the version there is now, whenever we looked last. Raises what
        reading it raises."""
        if looked:
            return await self._current(of, await self._look(of.topics))
        if self.fresh(of.key) is None and of.key in self._mine:
            await self._once("look", self._look_again)
        if copy := self.fresh(of.key):
            return copy
        return await self._found(of)

    async def _look_again(self) -> None:
        """At all that were asked for since the last look."""
        asked, self._asked = self._asked, set()
        copies = {key: self._mine[key] for key in asked if key in self._mine}
        await self._look({topic for copy in copies.values() for topic in copy.topics})
        for key, copy in copies.items():
            seen = self._known(copy.topics)
            if seen and copy.version == seen.version and self._mine.get(key) is copy:
                self._seen[key] = min(seen.until, copy.until)

    async def _look(self, topics: Collection[str]) -> Seen:
        """At the versions there are now, and at all that was wanted since the last look."""
        wanted, self._wanted = self._wanted.union(topics), set()
        until = monotonic() + UNSEEN_S
        versions = await self._core.execute(GetVersions(topics=tuple(wanted)))
        for topic in wanted:
            self._versions.pop(topic, None)
            self._versions[topic] = Seen(versions.get(topic, 0), until)
        while len(self._versions) > KEPT_MAX:
            self._versions.popitem(last=False)
        return Seen(sum(versions.get(topic, 0) for topic in topics), until)

    def _known(self, topics: Iterable[str]) -> Seen | None:
        """What was seen of all of them a moment ago."""
        seen = [self._versions.get(topic) for topic in topics]
        found = [one for one in seen if one is not None and monotonic() <= one.until]
        if len(found) < len(seen):
            return None
        until = min((one.until for one in found), default=monotonic() + UNSEEN_S)
        return Seen(sum(one.version for one in found), until)

    async def _found(self, of: Source) -> Copy:
        self._wanted.update(of.topics)
        seen = self._known(of.topics)
        if seen is None:
            seen = await self._once(of.key, lambda: self._look(of.topics))
        return await self._current(of, seen)

    async def _current(self, of: Source, seen: Seen) -> Copy:
        copy = self._mine.get(of.key)
        if copy is None or copy.version != seen.version or copy.until < monotonic():
            made = self._once((of.key, seen.version), lambda: self._made(of, seen.version))
            copy = await made
        self._keep(of.key, copy, seen.until)
        return copy

    async def _made(self, of: Source, version: int) -> Copy:
        """From what all processes have, or read. Read after its version, it is as new at least."""
        key = f"{of.key}@{version}"
        body, left = await self._cache.take(key)
        if body is None:
            try:
                body = await of.load()
            except BaseException:
                await self._cache.leave(key)
                raise
            left = of.seconds
            self._cache.put(key, body, left)
        tag, until = _tag(body), monotonic() + min(left, of.seconds)
        return Copy(body, tag, _headers(tag), of.topics, version, until)

    async def _once(self, what: object, make: Callable[[], Awaitable[T]]) -> T:
        """One at a time: whoever comes meanwhile has the same. It goes on if its first caller
        leaves."""
        task = self._asking.get(what)
        if task is None:
            task = self._asking[what] = asyncio.ensure_future(make())
            task.add_done_callback(lambda _: self._asking.pop(what, None))
        made: T = await asyncio.shield(task)
        return made

    def _keep(self, key: str, copy: Copy, until: float) -> None:
        self._mine.pop(key, None)
        self._mine[key] = copy
        self._seen[key] = min(until, copy.until)
        while len(self._mine) > KEPT_MAX:
            gone, _ = self._mine.popitem(last=False)
            del self._seen[gone]


def tagged(call: Call, copy: Copy) -> Response[bytes]:
    """With an ETag; 304 without a body for who has it already."""
    headers = {"ETag": copy.tag, "Cache-Control": CONTROL}
    if known(copy.tag, call.headers.get("if-none-match", "")):
        return Response(b"", status_code=304, headers=headers, media_type=JSON.decode())
    return Response(copy.body, headers=headers, media_type=JSON.decode())


def known(tag: str, sent: str) -> bool:
    """Whether one of the tags sent is this one."""
    tags = [one.strip() for one in sent.split(",")]
    return tag in tags or "*" in tags


class HotReads:
    """Stands before the framework: a copy that was looked at a moment ago is answered at once."""

    def __init__(self, app: ASGIApp, copies: Copies, templates: dict[str, str]) -> None:
        self._app = app
        self._copies = copies
        self._templates = templates

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request."""
        given = dict(scope.get("headers", ()))
        copy = self._copies.fresh(scope["path"]) if _plain(scope, given) else None
        if copy is None:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = self._templates[scope["path"].rpartition("/")[0]]
        sent = given.get(b"if-none-match")
        same = sent is not None and known(copy.tag, sent.decode("latin-1"))
        status, body = (304, b"") if same else (200, copy.body)
        headers = (*copy.headers, (b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _plain(scope: Any, given: dict[bytes, bytes]) -> bool:
    """A GET of nobody in particular."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return False
    return PERSONAL.isdisjoint(given)


def _headers(tag: str) -> tuple[tuple[bytes, bytes], ...]:
    kind, caching = (b"content-type", JSON), (b"cache-control", CONTROL.encode())
    return kind, (b"etag", tag.encode()), caching


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
