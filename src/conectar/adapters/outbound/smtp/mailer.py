"""Mail over SMTP, by aiosmtplib."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from conectar.application.ports.outside import Mail, Unavailable
from conectar.application.ports.unit_of_work import outside_only

TIMEOUT_S = 15.0
PORTS = {"smtp": 587, "smtps": 465}


class Server(NamedTuple):
    """Where mail is handed in. `tls`: from the first byte; `starttls`: asked for, and without it
    nothing is sent."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool
    starttls: bool


def server(url: str) -> Server:
    """Reads `smtp://user:password@host:587` (STARTTLS is demanded, unless `?starttls=off`) or
    `smtps://...:465`. Raises ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("an SMTP URL begins with smtp:// or smtps:// and names a host")
    tls = parts.scheme == "smtps"
    plain = parse_qs(parts.query).get("starttls") == ["off"]
    return Server(
        parts.hostname,
        parts.port or PORTS[parts.scheme],
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        tls,
        not tls and not plain,
    )


class SmtpMailer:
    """Implements Mailer."""

    def __init__(self, server: Server, sender: str) -> None:
        self._server = server
        self._sender = sender

    @asynccontextmanager
    async def open(self) -> AsyncIterator["SmtpPost"]:
        """Connects, and signs in."""
        outside_only("mail")
        client = self._client()
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable(what="smtp", reason=type(error).__name__) from error
        try:
            yield SmtpPost(client, self._sender)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        where = self._server
        return aiosmtplib.SMTP(
            hostname=where.host,
            port=where.port,
            username=where.username,
            password=where.password,
            use_tls=where.tls,
            start_tls=where.starttls,
            timeout=TIMEOUT_S,
        )


class SmtpPost:
    """Implements Post. After the server has been given the text, only a refusal of its own makes
    sure that nothing was sent."""

    def __init__(self, client: aiosmtplib.SMTP, sender: str) -> None:
        self._client = client
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """Hands it in. Raises Unavailable if it surely went nowhere, RuntimeError if nobody
        knows."""
        outside_only("mail")
        try:
            await self._client.send_message(self._letter(mail))
        except aiosmtplib.SMTPResponseException as error:
            raise Unavailable(what="smtp", status=error.code) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise Unavailable(what="smtp", reason="recipient refused") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise RuntimeError("nobody knows whether the mail was sent") from error

    def _letter(self, mail: Mail) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = mail.to
        letter["Subject"] = mail.subject
        letter["Message-ID"] = f"<{mail.id.replace(':', '.')}@{self._sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(mail.text)
        return letter
