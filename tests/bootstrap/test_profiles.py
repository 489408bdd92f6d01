"""Every port is there in every profile, and the library opens each."""

import asyncio
import inspect
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest

from conectar.application import ports
from conectar.application.accounts.register import Register
from conectar.application.core import Core
from conectar.application.ports import codec, outside, security, system, unit_of_work
from conectar.application.queries.jobs import GetJob
from conectar.application.queries.professionals import ListTrades
from conectar.application.registry import HANDLERS
from conectar.bootstrap.library import open_core
from conectar.bootstrap.place import find_place
from conectar.bootstrap.profiles import PROFILES, make_container
from conectar.bootstrap.settings import Settings
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Actor, Role

PORTS = (
    system.Clock,
    system.Ids,
    system.Limiter,
    system.Telemetry,
    system.Waker,
    security.Passwords,
    security.Tokens,
    outside.Letters,
    outside.Links,
    outside.Mailer,
    outside.PaymentGateway,
    outside.Storage,
    unit_of_work.Store,
    codec.Codec,
)
assert ports


@pytest.mark.parametrize("profile", PROFILES)
async def test_every_port_is_there(profile: str, tmp_path: Path) -> None:
    settings = Settings(profile=profile, data_dir=tmp_path)  # type: ignore[arg-type]
    container = make_container(settings, find_place(settings, "http://127.0.0.1:9"))
    try:
        for port in PORTS:
            assert await container.get(port) is not None
        await container.get(Core)
    finally:
        await container.close()


def test_a_handler_asks_for_ports_and_policy_only() -> None:
    for handler in HANDLERS.values():
        if handler.__init__ is object.__init__:
            continue
        for asked in get_type_hints(handler.__init__).values():
            module = inspect.getmodule(asked)
            name = module.__name__ if module else "builtins"
            assert name.startswith(("conectar.application", "builtins")), (handler, asked)


async def test_a_program_opens_the_memory_profile() -> None:
    async with open_core("memory") as core:
        assert len(await core.execute(ListTrades())) == 20


async def test_a_program_without_a_server_learns_of_payments_by_asking(tmp_path: Path) -> None:
    """The sandbox runs on a free port; its notices reach nobody."""
    from datetime import timedelta

    quick = Settings(
        data_dir=tmp_path,
        admin_email="admin@conectar.test",
        admin_password="un-secreto-9",
        interval_checkout_poll=(timedelta(milliseconds=200),),
        interval_sweep=timedelta(milliseconds=100),
        interval_relay=timedelta(milliseconds=100),
    )
    async with open_core("embedded", quick) as core:
        ana, beto = await _people(core)
        job, page = await _payable(core, ana, beto)
        async with httpx.AsyncClient() as outside_world:
            paid = await outside_world.post(page, json={"resultado": "approved"})
            assert paid.status_code == 201
        for _ in range(100):
            seen = await core.execute(GetJob(job_id=job, actor=ana))
            if seen.status is JobStatus.IN_PROGRESS:
                return
            await asyncio.sleep(0.1)
        pytest.fail("nobody asked")


async def _people(core: Core) -> tuple[Actor, Actor]:
    from conectar.application.accounts.log_in import LogIn
    from conectar.application.people.review_kyc import ApproveKyc
    from conectar.application.people.submit_kyc import SubmitKyc
    from conectar.application.queries.people import Authenticate
    from conectar.domain.people.kyc import DocumentKind

    async def person(email: str, role: Role) -> Any:
        view = await core.execute(
            Register(email=email, password="una-clave-7", first_name="A", last_name="B", role=role)
        )
        return Actor(role, view.id)

    ana = await person("ana@conectar.test", Role.CLIENT)
    beto = await person("beto@conectar.test", Role.PROFESSIONAL)
    log_in = LogIn(email="admin@conectar.test", password="un-secreto-9", device="")
    tokens = await core.execute(log_in)
    admin = (await core.execute(Authenticate(access_token=tokens.access_token))).actor
    files = dict.fromkeys(DocumentKind, b"\x89PNG\r\n\x1a\n" + bytes(16))
    await core.execute(SubmitKyc(dni="12345678", cuit="20-12345678-6", files=files, actor=beto))
    await core.execute(ApproveKyc(professional_id=beto.user_id, actor=admin))  # type: ignore[arg-type]
    return ana, beto


async def _payable(core: Core, ana: Actor, beto: Actor) -> Any:
    from conectar.application.offers.accept_offer import AcceptOffer
    from conectar.application.offers.create_offer import CreateOffer
    from conectar.application.payments.open_checkout import OpenCheckout
    from conectar.domain.kernel.money import Money

    offer = await core.execute(
        CreateOffer(
            to=beto.user_id,  # type: ignore[arg-type]
            description="Cambiar la canilla",
            amount=Money(500_00),
            valid_days=None,
            actor=ana,
        )
    )
    job = await core.execute(AcceptOffer(offer_id=offer.id, version=None, actor=beto))
    page = await core.execute(OpenCheckout(job_id=job.id, actor=ana))
    return job.id, page.init_point
