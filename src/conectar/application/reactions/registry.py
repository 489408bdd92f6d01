"""Which event is followed by what. The names are stored with deliveries and never change."""

from collections.abc import Callable
from typing import Any, NamedTuple

from conectar.application.accounts.reset_password import MailPasswordReset
from conectar.application.message import Message
from conectar.application.payments.check_payment import CheckPayment
from conectar.domain.kernel.events import Event
from conectar.domain.payments.payment import NoticeReceived
from conectar.domain.people.user import PasswordResetRequested


class Reaction(NamedTuple):
    """A message to execute for each event of a type."""

    name: str
    event: type[Event]
    message: Callable[[Any], Message[Any]]


REACTIONS = (
    Reaction("check_payment", NoticeReceived, lambda e: CheckPayment(payment_id=e.payment_id)),
    Reaction(
        "mail_password_reset",
        PasswordResetRequested,
        lambda e: MailPasswordReset(reset_id=e.reset_id, user_id=e.user_id),
    ),
)


def reactions_to(event: Event) -> tuple[str, ...]:
    """The names of the reactions that one event needs."""
    return tuple(r.name for r in REACTIONS if type(event) is r.event)
