"""The house gets an administrator."""

from dataclasses import dataclass

from conectar.application.accounts.register import Register, RegisterHandler
from conectar.application.door import Door
from conectar.application.message import Saga
from conectar.application.ports.security import Passwords
from conectar.application.views.people import UserView
from conectar.domain.kernel.actor import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAdmin(Saga[UserView]):
    """Makes an administrator. Only the command line and the start of the program ask this."""

    email: str
    password: str


class CreateAdminHandler:
    """Registers him like anybody else, with another role."""

    def __init__(self, passwords: Passwords) -> None:
        self._register = RegisterHandler(passwords)

    async def __call__(self, saga: CreateAdmin, door: Door) -> UserView:
        """Raises MalformedEmail, WeakPassword, EmailTaken."""
        register = Register(
            email=saga.email,
            password=saga.password,
            first_name="Admin",
            last_name="Conectar",
            role=Role.ADMIN,
        )
        return await self._register(register, door)
