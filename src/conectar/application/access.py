"""Who may come in. What is absent and what is somebody else's answer alike."""

from typing import TypeVar

from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import NotFound, WrongRole

T = TypeVar("T")


def existing(found: T | None) -> T:
    """The thing. Raises NotFound for None."""
    if found is None:
        raise NotFound()
    return found


def only(actor: Actor, role: Role) -> None:
    """Raises WrongRole for anybody of another role."""
    if actor.role is not role:
        raise WrongRole(role=role.value)
