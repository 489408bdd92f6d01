"""A request and all it brings about is one trace, at a real collector; and nobody's secrets are."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from conectar.application.message import Page
from conectar.application.ports.system import Telemetry
from conectar.application.ports.unit_of_work import Store
from conectar.domain.people.user import EmailTaken
from tests import actors
from tests.backends import house
from tests.http.api import Api
from tests.http.person import eventually
from tests.server import running_server
from tests.servers.collector import Collector, Span, collector
from tests.servers.postgresql import databases
from tests.servers.redis import Redis

MARK = "c4n4ry"
PASSWORD = f"{MARK}-clave-7"
AMOUNT, CENTS = "87654.32", "8765432"
TRACE = {name: f"{n:032x}" for n, name in enumerate(("offer", "accept", "pay", "off"), 0xABC)}
ROOTS = {"GET", "POST", "PUT", "OTHER", "SeedTrades", "CreateAdmin"}
"""With what a trace may begin: somebody asks, or a program starts."""
CALLER = "00f067aa0ba902b7"


def caused_by(what: str, flags: str = "01") -> dict[str, str]:
    """What a caller sends who is traced himself."""
    return {"traceparent": f"00-{TRACE[what]}-{CALLER}-{flags}", "X-Correlation-ID": f"id-{what}"}


@dataclass
class Told:
    """What the collector was told of a story, and what the story's secrets were."""

    at: Collector
    secrets: list[str]

    def one(self, name: str, what: str) -> Span:
        """The only span of this name in a trace."""
        (span,) = self.at.named(name, TRACE[what])
        return span

    def below(self, span: Span) -> list[Span]:
        """Its children."""
        return [one for one in self.at.spans if one.parent == span.id]


async def all_done(store: Store) -> bool:
    """Whether nothing waits to be reacted to."""
    async with store.reading() as read:
        return (await read.pending_deliveries(Page())).total == 0


def tell(api: Api) -> list[str]:
    """An offer is made, accepted and paid for; its secrets."""
    who: dict[str, Any] = {"password": PASSWORD, "nombre": f"Ana{MARK}"}
    http, made = (
        api.http,
        {"email": f"ana.{MARK}@conectar.test", "apellido": "Paz", "rol": "CLIENTE"},
    )
    assert http.post("/api/v1/auth/register", json=made | who).status_code == 201
    ana, beto = api.login(made["email"], PASSWORD), api.professional()
    asked = {"profesional_id": beto.id, "descripcion": f"Por {MARK} calle", "monto": AMOUNT}
    offer = ana.post("/ofertas", asked, headers=caused_by("offer")).json()
    job = beto.post(f"/ofertas/{offer['id']}/accept", headers=caused_by("accept")).json()
    wanted = {"trabajo_id": job["id"]}
    ana.post("/payments/preference", wanted, headers=caused_by("pay"))
    ana.get("/trabajos", headers=caused_by("off", "00"))
    http.get(f"/api/v1/{MARK}", headers={"traceparent": f"00-{MARK}-x"})
    http.request("PROPFIND", "/health")
    eventually(lambda: api.server.run(all_done(api.server.store)))
    return [MARK, MARK.upper(), AMOUNT, CENTS, ana.token, ana.refresh_token, beto.token]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The whole program with Redis, on each database; it has ended, and sent everything."""
    with ExitStack() as stack:
        settings: dict[str, Any] = {"redis_url": Redis().url, "rate_limit": "1000/minute"}
        if request.param == "postgresql":
            url = databases().new()
            stack.callback(databases().drop, url)
            settings |= {"database_url": url, "migrations_url": databases().owners(url)}
        at = stack.enter_context(collector())
        folder = tmp_path_factory.mktemp("traced")
        with running_server(folder, otlp_endpoint=at.url, **settings) as server:
            secrets = tell(Api(server))
        yield Told(at, secrets)


def test_a_request_is_a_span_below_its_caller_with_its_use_case_below_it(told: Told) -> None:
    request = told.one("POST /api/v1/ofertas/{offer_id}/accept", "accept")
    assert (request.parent, request.kind, request.failed) == (CALLER, "SERVER", False)
    assert request.attributes == {
        "http.request.method": "POST",
        "http.route": "/api/v1/ofertas/{offer_id}/accept",
        "http.response.status_code": 201,
        "conectar.correlation_id": "id-accept",
    }
    accept = told.one("AcceptOffer", "accept")
    assert accept.parent == request.id and accept.kind == "INTERNAL"
    assert accept.attributes == {
        "conectar.message": "AcceptOffer",
        "conectar.outcome": "ok",
        "conectar.correlation_id": "id-accept",
    }


def test_statements_are_spans_below_their_use_case(told: Told) -> None:
    statements = told.below(told.one("AcceptOffer", "accept"))
    names = {one.name for one in statements}
    assert {"SELECT ofertas", "UPDATE ofertas", "INSERT trabajos", "INSERT eventos"} <= names
    (made,) = [one for one in statements if one.name == "INSERT trabajos"]
    assert made.kind == "CLIENT" and set(made.attributes) == {
        "db.system.name",
        "db.operation.name",
        "db.query.text",
    }
    assert "VALUES (" in made.attributes["db.query.text"]


def test_what_reacts_later_is_part_of_the_trace_of_its_cause(told: Told) -> None:
    request = "POST /api/v1/ofertas/{offer_id}/accept"
    reactions = [s for s in told.at.spans if s.name.startswith("delivery ")]
    mine = [one for one in reactions if one.trace == TRACE["accept"]]
    assert mine and {one.kind for one in mine} == {"CONSUMER"}
    for delivery in mine:
        assert told.at.above(delivery)[-2:] == ["AcceptOffer", request]
        (reacts,) = told.below(delivery)
        assert reacts.attributes["conectar.outcome"] == "ok"
        assert reacts.attributes["conectar.correlation_id"] == "id-accept"
        assert {one.name for one in told.below(reacts)} >= {"SELECT entregas", "UPDATE entregas"}
    mails = told.at.named("MailNotice", TRACE["offer"]) + told.at.named(
        "MailNotice", TRACE["accept"]
    )
    assert mails, "the reaction to a reaction, too"
    for mail in mails:
        assert [name for name in told.at.above(mail) if name.startswith("delivery ")][1:]


def test_the_gateway_is_asked_inside_the_trace(told: Told) -> None:
    call = told.one("gateway POST /checkout/preferences", "pay")
    assert (call.kind, call.failed) == ("CLIENT", False)
    assert told.at.above(call) == ["OpenCheckout", "POST /api/v1/payments/preference"]


def test_redis_counts_inside_the_trace(told: Told) -> None:
    request = told.one("POST /api/v1/payments/preference", "pay")
    counts = [one for one in told.below(request) if one.name == "EVALSHA"]
    assert counts and {one.kind for one in counts} == {"CLIENT"}
    for count in counts:
        assert set(count.attributes["db.statement"].split()) == {"EVALSHA", "?"}, "whose address"


def test_who_is_not_traced_himself_makes_us_trace_nothing(told: Told) -> None:
    assert [one for one in told.at.spans if one.trace == TRACE["off"]] == []


def test_names_are_few_and_the_clock_fills_no_collector(told: Told) -> None:
    roots = {one.name for one in told.at.spans if not one.parent}
    assert {"GET -", "OTHER -"} <= roots, "neither a path nor a method that somebody made up"
    assert {name.split()[0] for name in roots} <= ROOTS, roots
    assert (told.at.paths, told.at.services) == ({"/v1/traces"}, {"conectar"})


def test_no_span_carries_what_somebody_gave(told: Told) -> None:
    sent = b"".join(told.at.bodies)
    assert b"AcceptOffer" in sent
    for secret in told.secrets:
        assert secret.encode() not in sent, secret
    for span in told.at.spans:
        assert "@" not in str(span.attributes), span


async def test_what_a_database_says_of_a_refused_row_stays_here(tmp_path: Path) -> None:
    """PostgreSQL repeats the address that is taken."""
    with collector() as at:
        async with house("postgresql", tmp_path, otlp_endpoint=at.url) as home:
            ana = await actors.client(home)
            store = await home.container.get(Store)
            async with store.unit() as uow:
                user = await uow.users.find(ana.user_id)  # type: ignore[arg-type]
                assert user is not None
                again = replace(user, id=(await actors.client(home)).user_id)  # type: ignore[arg-type]
            with pytest.raises(EmailTaken):
                async with store.unit() as uow:
                    await uow.users.save(again)
            telemetry = await home.container.get(Telemetry)
            with pytest.raises(EmailTaken), telemetry.span("a story"):
                async with store.unit() as uow:
                    await uow.users.save(again)
    (story,) = at.named("a story")
    (refused,) = [one for one in at.spans if one.parent == story.id and one.failed]
    assert refused.name == "UPDATE usuarios" and not story.failed
    sent = b"".join(at.bodies)
    assert b"UniqueViolationError" in sent and user.email.encode() not in sent


async def test_a_collector_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    async with house("sqlite", tmp_path, otlp_endpoint="http://127.0.0.1:9") as home:
        await actors.client(home)
        started = monotonic()
    assert monotonic() - started < 10


def test_without_a_collector_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    """Litestar looks for its own plugin, which pulls in the bare names, and finds it lacking."""
    program = f"""
import asyncio, sys
from pathlib import Path
from conectar.bootstrap.http import embedded, listen
from conectar.bootstrap.settings import Settings
async def main():
    heavy = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.trace", "google")
    async with embedded(Settings(data_dir=Path({str(tmp_path)!r})), listen("127.0.0.1", 0)):
        print("loaded", [name for name in sys.modules if name.startswith(heavy)])
asyncio.run(main())
"""
    run = [sys.executable, "-c", program]
    ran = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout.splitlines()[-1] == "loaded []"
