"""The gateway says that a payment changed."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.payments.payment import NoticeReceived


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveNotice(Command[None]):
    """Keeps a signed notice, so that the payment is asked for in the background. The notice itself
    is believed in nothing. The same notice twice is kept twice and asks twice: applying a fact is
    idempotent, and a payment is announced many times."""

    notice_id: str
    payment_id: PaymentId


class ReceiveNoticeHandler:
    """Keeps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: ReceiveNotice, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        await uow.outbox.record(
            NoticeReceived(
                at=self._clock.now(),
                notice_id=command.notice_id,
                payment_id=command.payment_id,
            )
        )
