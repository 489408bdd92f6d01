"""Houses that differ only in where they keep things, asked everything alike."""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from dishka import Provider, Scope, provide

from conectar.adapters.outbound.memory.outside import FakeMailer
from conectar.application.message import Message
from conectar.application.once import Once, Outcome
from conectar.application.ports.outside import Mail, Unavailable
from conectar.application.ports.system import Ids
from conectar.domain.kernel.errors import DomainError
from tests.application.rooms import CountedIds, Heard, Listening, room
from tests.backends import BACKENDS, House

FAST = Path("/dev/shm")
"""Files in memory, where there are any: nothing here is about the disk."""


class FickleMailer(FakeMailer):
    """Takes nothing of the next `refuses` mails."""

    refuses = 0

    async def send(self, mail: Mail) -> None:
        if self.refuses:
            self.refuses -= 1
            raise Unavailable()
        await super().send(mail)


class EarlyIds(CountedIds):
    """Secrets that differ from their first letters on, for codes are cut from those."""

    def secret(self) -> str:
        return f"{self.new().int % 10**12:012d}-a-secret-that-anybody-could-guess"


class Fickle(Provider):
    """The mailer is sometimes gone, and chance is counted."""

    scope = Scope.APP
    mailer = provide(FickleMailer, provides=FakeMailer, override=True)
    ids = provide(EarlyIds, provides=Ids, override=True)


class Street:
    """A house on each storage. Sends everything to every one and insists on equal answers."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self.runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._folder = Path(mkdtemp(prefix="parity-", dir=FAST if FAST.is_dir() else None))
        self.heard = [Heard() for _ in BACKENDS]
        self.homes: list[House] = self.runner.run(self._open())

    async def _open(self) -> list[House]:
        homes = []
        for backend, heard in zip(BACKENDS, self.heard, strict=True):
            folder = self._folder / backend
            folder.mkdir()
            parts = Fickle(), Listening(heard)
            opened = room(backend, folder, *parts, **self._settings)
            homes.append(await self._stack.enter_async_context(opened))
        return homes

    @property
    def on_postgresql(self) -> House:
        """The one there."""
        return self.homes[BACKENDS.index("postgresql")]

    def close(self) -> None:
        """All."""
        self.runner.run(self._stack.aclose())
        self.runner.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def first(self) -> House:
        """The one in memory."""
        return self.homes[0]

    def each(self, do: Any) -> Any:
        """Does something in each house: an answer or a refusal, the same in all."""
        answers = [self.runner.run(_answer(do(home))) for home in self.homes]
        _alike(do, answers)
        return answers[0]

    def send(self, message: Message[Any]) -> Any:
        """A message, without a key. A refusal comes back as (code, facts)."""
        return self.each(lambda home: home.core.execute(message))

    def ask(self, questions: Sequence[Message[Any]]) -> None:
        """Many at once."""

        async def answers(home: House) -> list[Any]:
            return [await _answer(home.core.execute(question)) for question in questions]

        told = [self.runner.run(answers(home)) for home in self.homes]
        for question, *said in zip(questions, *told, strict=True):
            _alike(question, said)

    def once(self, message: Message[Any], key: str) -> Any:
        """A message under a key, and again: the replay says the same."""
        first = self.each(lambda home: home.core.execute_once(message, Once(key, "c")))
        again = self.each(lambda home: home.core.execute_once(message, Once(key, "c")))
        if not isinstance(first, Refused):
            assert again[:2] == first[:2] and again[2], "a replay"
        return first

    def advance(self, delta: Any) -> None:
        """Time passes in all."""
        for home in self.homes:
            home.clock.advance(delta)

    def sent(self) -> set[str]:
        """The names of every message the house in memory has handled."""
        _alike("messages and how they ended", [heard.lines for heard in self.heard])
        return {name for name, _ in self.heard[0].lines}


def _alike(what: object, answers: Sequence[Any]) -> None:
    told = "\n".join(f"{name}: {answer}" for name, answer in zip(BACKENDS, answers, strict=True))
    assert all(answer == answers[0] for answer in answers), f"{what}\n{told}"


class Refused(tuple[Any, ...]):
    """A refusal, to be compared."""

    __slots__ = ()


async def _answer(work: Any) -> Any:
    try:
        answer = await work
    except DomainError as refusal:
        return Refused((refusal.code, tuple(sorted(refusal.facts.items()))))
    except KeyError as error:
        return Refused(("KeyError", str(error)))
    if isinstance(answer, Outcome):
        refusal = answer.refusal
        told = refusal and (refusal.code, tuple(sorted(refusal.facts.items())))
        return answer.value, told, answer.replayed, answer.context
    return answer
