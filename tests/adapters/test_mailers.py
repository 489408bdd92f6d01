"""One contract for every mailer; the sandbox's over a real socket."""

from collections.abc import AsyncIterator

import httpx
import pytest

from conectar.adapters.outbound.mailbox.mailer import SandboxMailer
from conectar.adapters.outbound.memory.outside import FakeMailer
from conectar.application.ports.outside import Mail, Mailer, Unavailable
from conectar.sandbox import SandboxSettings, World, create_app

from .support import Canned, MovableClock, http, served, unit_open

pytestmark = pytest.mark.anyio
MAIL = Mail("m-1", "ana@example.com", "Hola ñandú", "Un enlace:\nhttp://127.0.0.1:1/x?token=1")


async def send(mailer: Mailer, mail: Mail) -> None:
    """One mail."""
    async with mailer.open() as post:
        await post.send(mail)


class Scene:
    def __init__(self, mailer: Mailer, client: httpx.AsyncClient | None = None) -> None:
        self.mailer = mailer
        self.client = client

    async def kept(self) -> list[Mail]:
        if isinstance(self.mailer, FakeMailer):
            return self.mailer.mails()
        assert self.client is not None
        letters = (await self.client.get("/mailbox")).json()
        return [Mail(x["id"], x["para"], x["asunto"], x["texto"]) for x in letters]


@pytest.fixture(params=["fake", "sandbox"])
async def scene(request: pytest.FixtureRequest, clock: MovableClock) -> AsyncIterator[Scene]:
    if request.param == "fake":
        yield Scene(FakeMailer())
        return
    settings = SandboxSettings("token", 42, "secret", "http://127.0.0.1:1/sandbox")
    world = World(settings, now=clock.now, advance=clock.advance)
    async with served(create_app(world)) as address, httpx.AsyncClient(base_url=address) as client:
        mailer = SandboxMailer(f"{address}/")
        yield Scene(mailer, client)
        await mailer.aclose()


async def test_a_mail_arrives_once_an_id(scene: Scene) -> None:
    await send(scene.mailer, MAIL)
    await send(scene.mailer, MAIL._replace(subject="again"))
    await send(scene.mailer, MAIL._replace(id="m-2"))
    assert await scene.kept() == [MAIL, MAIL._replace(id="m-2")]


async def test_not_inside_a_unit_of_work(scene: Scene) -> None:
    with unit_open(), pytest.raises(RuntimeError, match="inside a unit of work"):
        await send(scene.mailer, MAIL)
    assert await scene.kept() == []


@pytest.mark.parametrize("answer", [http(500), http(422, "{}"), http(302), b"", b"junk\r\n\r\n"])
async def test_every_failure_is_unavailable(answer: bytes) -> None:
    async with Canned(answer).running() as address:
        mailer = SandboxMailer(address)
        with pytest.raises(Unavailable):
            await send(mailer, MAIL)
        await mailer.aclose()


async def test_nobody_listens() -> None:
    mailer = SandboxMailer("http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        await send(mailer, MAIL)
    await mailer.aclose()
