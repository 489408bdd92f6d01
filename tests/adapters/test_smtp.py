"""Mail over a real socket to a real SMTP server on this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from conectar.adapters.outbound.smtp.mailer import Server, SmtpMailer, server
from conectar.application.ports.outside import Mail, Unavailable

from .support import unit_open

pytestmark = pytest.mark.anyio
SENDER = "Conectar <avisos@conectar.example>"
MAIL = Mail(
    "notice:7", "ana@example.com", "¡Se liberó tu dinero, Ñandú!", "Señora:\n\n$15.000,50\n"
)


class Post:
    """Keeps what it is given, unless it is told to answer something else."""

    def __init__(self, recipient: str = "250 OK", data: str = "250 OK") -> None:
        self.envelopes: list[Envelope] = []
        self._recipient, self._data = recipient, data

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, to: str, _: list[str]
    ) -> str:
        if self._recipient.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self._recipient

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        if self._data == "drop":
            assert server.transport is not None
            server.transport.abort()
        return self._data

    def letters(self) -> list[EmailMessage]:
        """What arrived."""
        contents = (envelope.content for envelope in self.envelopes)
        return [
            message_from_bytes(content, policy=default)  # type: ignore[misc]
            for content in contents
            if isinstance(content, bytes)
        ]


@contextmanager
def listening(post: Post, **options: Any) -> Iterator[int]:
    """The port it listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def mailer(port: int, query: str = "?starttls=off") -> SmtpMailer:
    """One that hands in there."""
    return SmtpMailer(server(f"smtp://127.0.0.1:{port}{query}"), SENDER)


async def send(mailer: SmtpMailer, mail: Mail) -> None:
    """One mail."""
    async with mailer.open() as post:
        await post.send(mail)


async def test_a_mail_arrives_as_it_was_written() -> None:
    post = Post()
    with listening(post) as port:
        await send(mailer(port), MAIL)
    (envelope,), (letter,) = post.envelopes, post.letters()
    assert (envelope.mail_from, envelope.rcpt_tos) == ("avisos@conectar.example", [MAIL.to])
    assert (letter["From"], letter["To"]) == (SENDER, MAIL.to)
    assert letter["Subject"] == MAIL.subject
    assert isinstance(envelope.content, bytes)
    assert b"Message-ID: <notice.7@conectar.example>\r\n" in envelope.content
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().replace("\r\n", "\n") == MAIL.text


@pytest.mark.parametrize("subject", ["Hola\nBcc: eva@example.com", "Hola\r\n\r\ncuerpo"])
async def test_no_name_in_a_subject_becomes_a_header(subject: str) -> None:
    post = Post()
    with listening(post) as port, pytest.raises(ValueError, match=r"newline|linefeed|carriage"):
        await send(mailer(port), MAIL._replace(subject=subject))
    assert post.envelopes == []


async def test_not_inside_a_unit_of_work() -> None:
    post = Post()
    with listening(post) as port, unit_open(), pytest.raises(RuntimeError, match="unit of work"):
        await send(mailer(port), MAIL)
    assert post.envelopes == []


async def test_nobody_listens() -> None:
    with pytest.raises(Unavailable):
        await send(mailer(1), MAIL)


@pytest.mark.parametrize(
    "post",
    [
        Post(recipient="550 no such user"),
        Post(recipient="450 later"),
        Post(data="554 no"),
        Post(data="451 later"),
    ],
    ids=["no such user", "recipient later", "text refused", "text later"],
)
async def test_what_the_server_refuses_surely_went_nowhere(post: Post) -> None:
    with listening(post) as port, pytest.raises(Unavailable):
        await send(mailer(port), MAIL)


async def test_after_the_text_was_given_silence_tells_nothing() -> None:
    post = Post(data="drop")
    with listening(post) as port, pytest.raises(RuntimeError, match="nobody knows") as raised:
        await send(mailer(port), MAIL)
    assert not isinstance(raised.value, Unavailable)
    assert len(post.envelopes) == 1


@asynccontextmanager
async def closing_at(line: bytes) -> AsyncIterator[int]:
    """A server that hangs up when it hears that command."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hola\r\n")
        while (said := await reader.readline()) and not said.upper().startswith(line):
            writer.write(b"250 OK\r\n")
            await writer.drain()
        writer.close()

    listener = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


@pytest.mark.parametrize("line", [b"EHLO", b"MAIL", b"RCPT", b"DATA"])
async def test_before_the_text_was_given_a_hang_up_is_never_a_success(line: bytes) -> None:
    async with closing_at(line) as port:
        with pytest.raises((Unavailable, RuntimeError)):
            await send(mailer(port), MAIL)


async def test_without_starttls_nothing_is_said() -> None:
    post = Post()
    with listening(post) as port, pytest.raises(Unavailable):
        await send(mailer(port, ""), MAIL)
    assert post.envelopes == []


async def test_a_password_is_not_given_to_who_does_not_ask_for_it() -> None:
    post = Post()
    with listening(post) as port, pytest.raises(Unavailable):
        address = f"smtp://ana:clave@127.0.0.1:{port}?starttls=off"
        await send(SmtpMailer(server(address), SENDER), MAIL)
    assert post.envelopes == []


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("smtp://m.example", Server("m.example", 587, None, None, False, True)),
        ("smtp://m.example:25", Server("m.example", 25, None, None, False, True)),
        ("smtp://m.example?starttls=off", Server("m.example", 587, None, None, False, False)),
        ("smtps://m.example", Server("m.example", 465, None, None, True, False)),
        (
            "smtps://ana%40m.example:cl%3Ave@m.example:2465",
            Server("m.example", 2465, "ana@m.example", "cl:ve", True, False),
        ),
    ],
)
def test_addresses_are_read(url: str, meant: Server) -> None:
    assert server(url) == meant


@pytest.mark.parametrize(
    "url", ["", "m.example", "http://m.example", "smtp://", "smtp:///x", "smtp://m.example:port"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        server(url)
