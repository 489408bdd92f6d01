"""People are told what happened."""

from dataclasses import dataclass, fields
from typing import Any

from conectar.application.message import Command
from conectar.application.notices.audience import AUDIENCE
from conectar.application.ports.outside import Letters, Words
from conectar.application.ports.rows import Affair
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import NoticeId
from conectar.domain.notices.notice import Notice, NoticeWritten, Preferences
from conectar.domain.people.user import User

ID_NAMES = {
    event: tuple(field.name for field in fields(event) if field.name.endswith("_id"))
    for event in AUDIENCE
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(Command[None]):
    """Writes a notice to everybody an event concerns, and asks for a mail where his preferences
    want one, or where the mail is a document of the contract."""

    event: Event


class NotifyHandler:
    """Writes."""

    def __init__(self, clock: Clock, ids: Ids, letters: Letters) -> None:
        self._clock = clock
        self._ids = ids
        self._letters = letters

    async def __call__(self, command: Notify, uow: UnitOfWork) -> None:
        """Refuses nothing; who was erased hears nothing."""
        event, told = command.event, AUDIENCE[type(command.event)]
        about, ids = await self._about(event, uow), _ids_in(event)
        for id in sorted({id for id in told.people(event) if id}):
            user = await uow.users.find(id)
            if user is None or user.erased_at is not None:
                continue
            wish = await uow.preferences.find(user.id) or Preferences(user_id=user.id)
            mailed = told.mailed and (told.binding or wish.mails(told.topic))
            words = self._letters.notice(event, user, about, mailed=mailed)
            others = {name: str(value) for name, value in ids if value != id}
            await self._write(event, user, words, others, mailed, uow)

    async def _write(
        self,
        event: Event,
        user: User,
        words: Words,
        ids: dict[str, str],
        mail: bool,
        uow: UnitOfWork,
    ) -> None:
        notice = Notice(
            id=NoticeId(self._ids.new()),
            user_id=user.id,
            event=words.kind,
            title=words.title,
            text=words.text,
            letter=words.letter,
            about=ids,
            created_at=self._clock.now(),
            mail_wanted=mail,
        )
        await uow.notices.add(notice)
        if mail:
            await uow.outbox.record(NoticeWritten(at=self._clock.now(), notice_id=notice.id))

    async def _about(self, event: Event, uow: UnitOfWork) -> Affair | None:
        if job_id := getattr(event, "job_id", None):
            return await uow.read.job_affair(job_id)
        if offer_id := getattr(event, "offer_id", None):
            return await uow.read.offer_affair(offer_id)
        return None


def _ids_in(event: Event) -> list[tuple[str, Any]]:
    """What it is about, by the names of the event's own fields."""
    named = ((name, getattr(event, name)) for name in ID_NAMES[type(event)])
    return [(name, value) for name, value in named if value is not None]
