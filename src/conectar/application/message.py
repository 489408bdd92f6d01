"""Messages: everything that can be asked of Conectar, each with the type of its answer.

A `Command` is handled inside one unit of work; a `Query` reads; a `Saga` works in steps of its own,
each a message, because it must talk to the outside world between them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar, get_args

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Generic[R]):
    """Something asked; its answer is an R. `audited`: an administrator who asks leaves a trace."""

    audited: ClassVar[bool] = False


class Command(Message[R]):
    """Changes something, in one unit of work. What an administrator changes is always audited."""

    __slots__ = ()
    audited = True


class Query(Message[R]):
    """Changes nothing. `snapshot`: what it reads, it must have read at one moment; what one
    statement answers, or what never changes, needs none."""

    __slots__ = ()
    snapshot: ClassVar[bool] = True


class Saga(Message[R]):
    """Changes things in steps."""

    __slots__ = ()


def answer_type(message: type[Message[Any]]) -> Any:
    """The R of a message class."""
    for base in getattr(message, "__orig_bases__", ()):
        if args := get_args(base):
            return args[0]
    raise TypeError(f"{message.__name__} does not say what it answers")


Handler = Callable[[Any, Any], Awaitable[Any]]


class Page(NamedTuple):
    """Which part of a list: `skip` at most 10,000, `limit` 1 to 100."""

    skip: int = 0
    limit: int = 20


TOTAL_MAX = 1000
"""Lists count so far and no further; a total above it means "more"."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page of a list, and how long the list is (up to TOTAL_MAX + 1)."""

    items: tuple[T, ...]
    total: int
