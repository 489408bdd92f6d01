"""A notice, and the preferences that say by which ways it goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import NoticeId, UserId


class Topic(Enum):
    """What a notice is about. Account matters can't be turned off."""

    OFFERS = "offers"
    JOBS = "jobs"
    PAYMENTS = "payments"
    MESSAGES = "messages"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`event` is the stable name of what happened, `about` the ids of what it is about, `letter`
    what a mail says. `mail_wanted` is whether a mail was to go out, `mailed_at` when one was tried:
    there is at most one."""

    id: NoticeId
    user_id: UserId
    event: str
    title: str
    text: str
    letter: str
    about: dict[str, str]
    created_at: datetime
    mail_wanted: bool
    read_at: datetime | None = None
    mailed_at: datetime | None = None

    def read(self, by: UserId, at: datetime) -> "Notice":
        """Seen; raises NotFound for somebody else's."""
        if by != self.user_id:
            raise NotFound()
        return replace(self, read_at=self.read_at or at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Everything is on until somebody turns it off."""

    user_id: UserId
    email_offers: bool = True
    email_jobs: bool = True
    email_payments: bool = True
    email_messages: bool = True
    push_offers: bool = True
    push_jobs: bool = True
    push_payments: bool = True
    push_messages: bool = True

    def changed(self, changes: Mapping[str, bool]) -> "Preferences":
        """The same but for these; names are the fields' own."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def mails(self, topic: Topic) -> bool:
        """Whether a notice on this goes out by mail."""
        return topic is Topic.ACCOUNT or bool(getattr(self, f"email_{topic.value}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWritten(Event):
    """Somebody has a notice that wants a mail."""

    notice_id: NoticeId
