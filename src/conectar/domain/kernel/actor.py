"""Who makes a move."""

from dataclasses import dataclass
from enum import Enum

from conectar.domain.kernel.ids import UserId


class Role(Enum):
    """The part somebody plays. A person has one of the first three; the rest act by themselves."""

    CLIENT = "client"
    PROFESSIONAL = "professional"
    ADMIN = "admin"
    CLOCK = "clock"
    GATEWAY = "gateway"
    OPENER = "opener"
    """Whoever opened the dispute: never the role of an account, only of a party in one job."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with an account, or one of the two that have none."""

    role: Role
    user_id: UserId | None = None


CLOCK = Actor(Role.CLOCK)
GATEWAY = Actor(Role.GATEWAY)


def person(actor: Actor) -> UserId:
    """The account behind an actor who must have one."""
    assert actor.user_id is not None, "only a person gets here"
    return actor.user_id
