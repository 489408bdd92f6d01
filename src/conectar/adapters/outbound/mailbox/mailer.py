"""Mail for a laptop: it lands in the sandbox's mailbox, where anybody on it can read it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import httpx

from conectar.application.ports.outside import Mail, Unavailable
from conectar.application.ports.unit_of_work import outside_only

TIMEOUT_S = 5.0


class SandboxMailer:
    """Implements Mailer: `POST {base_url}/mailbox`. The mailbox keeps one mail an id, so that a
    second try of the same mail changes nothing."""

    def __init__(self, base_url: str) -> None:
        self._address = f"{base_url.rstrip('/')}/mailbox"
        # A proxy of the environment must not see letters that stay on this machine.
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Whether somebody is there is seen when a mail goes."""
        outside_only("mail")
        yield self

    async def send(self, mail: Mail) -> None:
        """Delivers it. Raises Unavailable for every other answer than a 2xx."""
        outside_only("mail")
        letter = {"id": mail.id, "para": mail.to, "asunto": mail.subject, "texto": mail.text}
        try:
            answer = await self._client.post(self._address, json=letter)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(what="mailbox", reason=type(error).__name__) from error
        if not answer.is_success:
            raise Unavailable(what="mailbox", status=answer.status_code)

    async def aclose(self) -> None:
        """Closes its connections."""
        await self._client.aclose()
