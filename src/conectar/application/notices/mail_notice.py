"""A notice goes out by mail, at most once."""

from dataclasses import dataclass, replace

from conectar.application.access import existing
from conectar.application.door import Door
from conectar.application.message import Command, Saga
from conectar.application.ports.outside import Mail, Mailer, Unavailable
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.ids import NoticeId


@dataclass(frozen=True, slots=True, kw_only=True)
class MailNotice(Saga[None]):
    """Sends it, once somebody is there to take it. That it was tried is noted first, so that nobody
    gets it twice; only a mailer that is sure it took nothing lets it be tried again."""

    notice_id: NoticeId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMail(Command[Mail | None]):
    """First step: the mail to send; None if it was tried before, or its notice is gone."""

    notice_id: NoticeId


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclaimMail(Command[None]):
    """The mailer took nothing: it may be tried again."""

    notice_id: NoticeId


class MailNoticeHandler:
    """Sends."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def __call__(self, saga: MailNotice, door: Door) -> None:
        """Raises Unavailable."""
        async with self._mailer.open() as post:
            mail = await door.execute(ClaimMail(notice_id=saga.notice_id))
            if mail is None:
                return
            try:
                await post.send(mail)
            except Unavailable:
                await door.execute(UnclaimMail(notice_id=saga.notice_id))
                raise


class ClaimMailHandler:
    """Claims."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: ClaimMail, uow: UnitOfWork) -> Mail | None:
        """Refuses nothing."""
        notice = await uow.notices.find(command.notice_id)
        if notice is None or notice.mailed_at is not None:
            return None
        await uow.notices.save(replace(notice, mailed_at=self._clock.now()))
        user = existing(await uow.users.peek(notice.user_id))
        return Mail(f"notice:{notice.id}", user.email, notice.title, notice.letter)


class UnclaimMailHandler:
    """Lets go."""

    async def __call__(self, command: UnclaimMail, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        if notice := await uow.notices.find(command.notice_id):
            await uow.notices.save(replace(notice, mailed_at=None))
