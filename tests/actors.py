"""People and their usual doings, through the core."""

from itertools import count
from typing import Any

from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.accounts.register import Register
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.payments.receive_notice import ReceiveNotice
from conectar.application.people.choose_trades import AddTrade
from conectar.application.people.review_kyc import ApproveKyc
from conectar.application.people.submit_kyc import SubmitKyc
from conectar.application.people.update_professional import UpdateProfessional
from conectar.application.views.money import CheckoutView
from conectar.application.views.work import JobView, OfferView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.people.kyc import DocumentKind
from conectar.domain.people.professional import Point
from tests.backends import House

PASSWORD = "una-clave-7"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
OBELISCO = Point(-34.6037, -58.3816)
PRICE = Money(15_000_50)
_numbers = count(1)


async def register(home: House, role: Role, **names: str) -> Actor:
    """A new account."""
    view = await home.core.execute(
        Register(
            email=f"persona{next(_numbers)}@conectar.test",
            password=PASSWORD,
            first_name=names.get("first_name", "Ana"),
            last_name=names.get("last_name", "Paz"),
            role=role,
        )
    )
    return Actor(role, view.id)


async def client(home: House) -> Actor:
    """A client."""
    return await register(home, Role.CLIENT)


async def professional(home: House, at: Point = OBELISCO, **changes: Any) -> Actor:
    """A professional with a trade, a place and an approved identity."""
    who = await register(home, Role.PROFESSIONAL, first_name="Beto")
    profile = {
        "biography": None,
        "radius_km": 30,
        "takes_instant": None,
        "available": None,
        "hourly_rate": Money(1000_00),
        "location": at,
        "address": None,
        "payout_account": None,
    } | changes
    await home.core.execute(UpdateProfessional(**profile, actor=who))
    await home.core.execute(AddTrade(trade_id=TRADES[0].id, actor=who))
    files = dict.fromkeys(DocumentKind, PNG)
    await home.core.execute(SubmitKyc(dni="12345678", cuit="20-12345678-6", files=files, actor=who))
    await home.core.execute(ApproveKyc(professional_id=person(who), actor=home.admin))
    return who


async def offer(home: House, by: Actor, to: Actor, amount: Money = PRICE) -> OfferView:
    """Terms by one to the other."""
    return await home.core.execute(
        CreateOffer(
            to=person(to),
            description="Cambiar la canilla de la cocina",
            amount=amount,
            valid_days=None,
            actor=by,
        )
    )


async def unpaid_job(home: House, by: Actor, to: Actor, amount: Money = PRICE) -> JobView:
    """An accepted offer of a client."""
    made = await offer(home, by, to, amount)
    return await home.core.execute(AcceptOffer(offer_id=made.id, version=None, actor=to))


async def checkout(home: House, job: JobView, by: Actor) -> CheckoutView:
    """Where to pay it."""
    return await home.core.execute(OpenCheckout(job_id=job.id, actor=by))


async def notice(home: House, payment: PaymentId) -> None:
    """The gateway announces a payment, and everything that follows is done."""
    await home.core.execute(ReceiveNotice(notice_id="1", payment_id=payment))
    await home.background.run_due()


async def paid_job(
    home: House, by: Actor, to: Actor, amount: Money = PRICE
) -> tuple[JobView, PaymentId]:
    """A job whose money is held."""
    job = await unpaid_job(home, by, to, amount)
    where = await checkout(home, job, by)
    payment = home.gateway.pay(where.preference_id)
    await notice(home, payment)
    return job, payment


async def finished_job(home: House, by: Actor, to: Actor) -> tuple[JobView, PaymentId]:
    """A job the professional calls done."""
    job, payment = await paid_job(home, by, to)
    done = await home.core.execute(CompleteJob(job_id=job.id, notes=None, actor=to))
    return done, payment


async def approved_job(home: House, by: Actor, to: Actor) -> tuple[JobView, PaymentId]:
    """A job whose money is released."""
    job, payment = await finished_job(home, by, to)
    return await home.core.execute(ApproveJob(job_id=job.id, actor=by)), payment
