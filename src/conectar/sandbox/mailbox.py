"""Letters and push notifications that were sent to people, kept to be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from conectar.sandbox.clock import to_milliseconds
from conectar.sandbox.records import Mail, Push
from conectar.sandbox.state import Table

KEPT_MAX = 10_000


class Mailbox:
    """One box for everybody; a message that comes twice (same id) is there once."""

    def __init__(
        self, mails: Table[Mail], pushes: Table[Push], now: Callable[[], datetime]
    ) -> None:
        self._mails = mails
        self._pushes = pushes
        self._now = now

    def deliver(self, id: str, para: str, asunto: str, texto: str, html: str | None) -> Mail:
        """Keep a letter; the first of an id stays as it is."""
        mail = self._mails.get(id)
        if mail is None:
            mail = Mail(id, para, asunto, texto, html, to_milliseconds(self._now()))
            self._mails.put(id, mail)
            self._mails.drop_oldest(KEPT_MAX)
        return mail

    def push(self, id: str, para: str, titulo: str, texto: str, datos: dict[str, Any]) -> Push:
        """Keep a push notification; the first of an id stays as it is."""
        push = self._pushes.get(id)
        if push is None:
            push = Push(id, para, titulo, texto, datos, to_milliseconds(self._now()))
            self._pushes.put(id, push)
            self._pushes.drop_oldest(KEPT_MAX)
        return push

    def mails(self, para: str | None) -> list[Mail]:
        """The letters to an address (whatever its case), or all; oldest first."""
        return [mail for mail in self._mails if _is_for(mail.para, para)]

    def pushes(self, para: str | None) -> list[Push]:
        """The push notifications to somebody, or all; oldest first."""
        return [push for push in self._pushes if _is_for(push.para, para)]


def _is_for(address: str, wanted: str | None) -> bool:
    return wanted is None or address.strip().casefold() == wanted.strip().casefold()
