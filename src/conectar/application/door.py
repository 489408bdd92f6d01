"""The door as a saga's handler sees it: it works in steps, and the last one makes it count."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from conectar.application.message import Command, Message
from conectar.application.ports.unit_of_work import UnitOfWork

R = TypeVar("R")
S = TypeVar("S")
Then = Callable[[S, UnitOfWork], Awaitable[R]]
"""What a saga answers, made of its last step's answer."""


async def as_it_is(answer: R, _: UnitOfWork) -> R:
    """The step's answer is the saga's."""
    return answer


class Door(Protocol):
    """What a saga's handler needs of the core: to execute the steps."""

    async def execute(self, message: Message[R]) -> R:
        """Executes a message."""
        ...

    async def conclude(self, step: Command[S], then: Then[S, R]) -> R:
        """Executes the step that makes it count, and answers what comes of that, in one unit of
        work; under a key, the key has that answer with it."""
        ...
