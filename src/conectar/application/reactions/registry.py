"""Which event is followed by what. The names are stored with deliveries and never change."""

from collections.abc import Callable
from typing import Any, NamedTuple

from conectar.application.accounts.reset_password import MailPasswordReset
from conectar.application.accounts.verify_email import MailVerification
from conectar.application.levels.award_points import AwardPoints
from conectar.application.message import Message
from conectar.application.notices.audience import AUDIENCE
from conectar.application.notices.mail_notice import MailNotice
from conectar.application.notices.notify import Notify
from conectar.application.payments.check_payment import CheckPayment
from conectar.application.people.erase_me import DropFiles
from conectar.domain.jobs.events import EscrowReleased
from conectar.domain.kernel.events import Event
from conectar.domain.notices.notice import NoticeWritten
from conectar.domain.payments.payment import NoticeReceived
from conectar.domain.people.user import (
    PasswordResetRequested,
    UserErased,
    UserRegistered,
    VerificationRequested,
)
from conectar.domain.reviews.review import ReviewCreated


class Reaction(NamedTuple):
    """A message to execute for each event of some types. `queued`: nobody's money waits for it, so
    that a queue may carry it where there is one."""

    name: str
    events: tuple[type[Event], ...]
    message: Callable[[Any], Message[Any]]
    queued: bool = False


REACTIONS = (
    Reaction("check_payment", (NoticeReceived,), lambda e: CheckPayment(payment_id=e.payment_id)),
    Reaction(
        "mail_password_reset",
        (PasswordResetRequested,),
        lambda e: MailPasswordReset(reset_id=e.reset_id, user_id=e.user_id),
        queued=True,
    ),
    Reaction(
        "mail_verification",
        (UserRegistered, VerificationRequested),
        lambda e: MailVerification(user_id=e.user_id, asked=e.at.isoformat()),
        queued=True,
    ),
    Reaction(
        "award_points",
        (EscrowReleased, ReviewCreated),
        lambda e: AwardPoints(job_id=e.job_id),
    ),
    Reaction("drop_files", (UserErased,), lambda e: DropFiles(keys=e.files), queued=True),
    Reaction("notify", tuple(AUDIENCE), lambda e: Notify(event=e), queued=True),
    Reaction(
        "mail_notice", (NoticeWritten,), lambda e: MailNotice(notice_id=e.notice_id), queued=True
    ),
)
QUEUED = tuple(reaction.name for reaction in REACTIONS if reaction.queued)
DIRECT = tuple(reaction.name for reaction in REACTIONS if not reaction.queued)
"""Carried out by whoever finds them, from the store, so that they need nothing else."""
NAMES = {
    event: tuple(reaction.name for reaction in REACTIONS if event in reaction.events)
    for event in {event for reaction in REACTIONS for event in reaction.events}
}


def reactions_to(event: Event) -> tuple[str, ...]:
    """The names of the reactions that one event needs."""
    return NAMES.get(type(event), ())
