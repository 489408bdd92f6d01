"""What each use case refuses, and that a refusal changes nothing."""

from dataclasses import replace
from uuid import uuid4

import pytest

from conectar.application.accounts.change_password import ChangePassword
from conectar.application.accounts.end_session import EndSession
from conectar.application.accounts.log_in import LogIn
from conectar.application.accounts.refresh_session import RefreshSession
from conectar.application.accounts.register import Register
from conectar.application.accounts.reset_password import RequestPasswordReset, ResetPassword
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.request_changes import RequestChanges
from conectar.application.message import Message, Page
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.offers.counter_offer import CounterOffer
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.offers.edit_offer import EditOffer
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.people.choose_trades import AddTrade, RemoveTrade
from conectar.application.people.review_kyc import ApproveKyc, RejectKyc
from conectar.application.people.submit_kyc import SubmitKyc
from conectar.application.people.update_professional import UpdateProfessional
from conectar.application.queries.files import OpenFile
from conectar.application.queries.jobs import GetJob, GetJobTimeline, ListJobs
from conectar.application.queries.money import (
    GetBalance,
    GetTrialBalance,
    ListMovements,
    ListRefunds,
    ListSuspense,
    QuoteCommission,
)
from conectar.application.queries.offers import GetOffer, GetOfferTimeline, ListOffers
from conectar.application.queries.people import Authenticate, ListSessions
from conectar.application.queries.professionals import (
    GetKycStatus,
    GetProfessional,
    GetPublicProfessional,
    ListKycPending,
    ListMyTrades,
)
from conectar.domain.jobs.refusals import CoolingOffOver, NoChangesLeft
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError, NotFound, OutOfRange, WrongRole, WrongSide
from conectar.domain.kernel.ids import JobId, OfferId, SessionId, TradeId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers import offer as o
from conectar.domain.payments.checkout import NotPayable
from conectar.domain.people import kyc, user
from conectar.domain.people.files import NotAnImage
from conectar.domain.people.professional import MalformedPayoutAccount, UnknownTrade
from tests import actors
from tests.application.rooms import days
from tests.backends import House


async def refused(home: House, message: Message[object], error: type[DomainError]) -> None:
    """With exactly this rule."""
    with pytest.raises(error) as raised:
        await home.core.execute(message)
    assert type(raised.value) is error


def resets(home: House, email: str) -> list[str]:
    """The mails about a forgotten password."""
    return [mail.text for mail in home.mailer.mails(email) if "/restablecer?" in mail.text]


def proposal(by: Actor, to: UserId | None, **changes: object) -> CreateOffer:
    """Terms by one to another."""
    made = CreateOffer(
        to=to or UserId(uuid4()),
        description="Cambiar la canilla",
        amount=actors.PRICE,
        valid_days=None,
        actor=by,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def test_who_may_propose_what_to_whom(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    eva = await actors.register(still, Role.PROFESSIONAL)
    fabi = await actors.client(still)
    assert ana.user_id and beto.user_id and eva.user_id and fabi.user_id
    await refused(still, proposal(ana, eva.user_id), o.NotAvailable)
    await refused(still, proposal(ana, fabi.user_id), NotFound)
    await refused(still, proposal(ana, None), NotFound)
    await refused(still, proposal(ana, ana.user_id), o.NotAvailable)
    await refused(still, proposal(beto, beto.user_id), o.NotAvailable)
    await refused(still, proposal(beto, eva.user_id), NotFound)
    await refused(still, proposal(eva, ana.user_id), o.KycPending)
    await refused(still, proposal(still.admin, beto.user_id), WrongRole)
    await refused(still, proposal(ana, beto.user_id, amount=Money(99_99)), o.AmountTooSmall)
    for number in (-1, 61):
        wrong = proposal(ana, beto.user_id, valid_days=number)
        await refused(still, wrong, OutOfRange)
    async with still.store.unit() as uow:
        someone = await uow.users.find(beto.user_id)
        assert someone is not None
        await uow.users.save(replace(someone, active=False))
        await uow.commit()
    await refused(still, proposal(ana, beto.user_id), o.NotAvailable)
    await refused(still, proposal(beto, ana.user_id), o.NotAvailable)
    found = await still.core.execute(ListOffers(status=None, page=Page(), actor=still.admin))
    assert found.total == 0


async def test_an_offer_of_no_days_is_refused(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    await refused(still, proposal(ana, beto.user_id, valid_days=0), OutOfRange)


async def test_haggling_sees_versions_sides_and_the_clock(still: House) -> None:
    ana, beto, eva = (
        await actors.client(still),
        await actors.professional(still),
        await actors.client(still),
    )
    made = await actors.offer(still, ana, beto)
    id = made.id

    def edit(by: Actor, cents: int | None) -> EditOffer:
        amount = None if cents is None else Money(cents)
        return EditOffer(offer_id=id, amount=amount, description=None, valid_days=None, actor=by)

    def counter(by: Actor) -> CounterOffer:
        return CounterOffer(offer_id=id, amount=Money(200_00), description=None, actor=by)

    await refused(still, AcceptOffer(offer_id=id, version=None, actor=ana), WrongSide)
    await refused(still, AcceptOffer(offer_id=id, version=2, actor=beto), o.OfferChanged)
    await refused(still, AcceptOffer(offer_id=id, version=None, actor=eva), NotFound)
    await refused(still, edit(beto, 200_00), WrongSide)
    await refused(still, counter(ana), WrongSide)
    for cents in (0, 1, 99_99):
        await refused(still, edit(ana, cents), o.AmountTooSmall)
    await refused(still, GetOffer(offer_id=id, actor=eva), NotFound)
    await refused(still, GetOfferTimeline(offer_id=id, actor=eva), NotFound)
    await refused(still, GetOffer(offer_id=OfferId(uuid4()), actor=still.admin), NotFound)
    countered = await still.core.execute(counter(beto))
    assert (countered.version, countered.proposed_by) == (2, Role.PROFESSIONAL)
    await refused(still, AcceptOffer(offer_id=id, version=1, actor=ana), o.OfferChanged)
    still.clock.advance(days(15))
    await refused(still, AcceptOffer(offer_id=id, version=2, actor=ana), o.OfferOverdue)
    await still.background.run_due()
    await refused(still, AcceptOffer(offer_id=id, version=2, actor=ana), o.OfferOverdue)
    await refused(still, edit(beto, None), o.OfferOverdue)


async def test_work_has_sides_and_limits(still: House) -> None:
    ana, beto, eva = (
        await actors.client(still),
        await actors.professional(still),
        await actors.client(still),
    )
    job, _ = await actors.finished_job(still, ana, beto)
    await refused(still, GetJob(job_id=job.id, actor=eva), NotFound)
    await refused(still, GetJobTimeline(job_id=job.id, actor=eva), NotFound)
    await refused(still, GetJob(job_id=JobId(uuid4()), actor=still.admin), NotFound)
    await refused(still, actors.ApproveJob(job_id=job.id, actor=beto), WrongSide)
    await refused(still, actors.ApproveJob(job_id=job.id, actor=still.admin), WrongSide)
    complete = actors.CompleteJob(job_id=job.id, notes=None, actor=ana)
    await refused(still, complete, WrongSide)
    await refused(still, OpenCheckout(job_id=job.id, actor=ana), NotPayable)
    await refused(still, OpenCheckout(job_id=job.id, actor=beto), WrongSide)
    await refused(still, OpenCheckout(job_id=job.id, actor=eva), NotFound)
    again = RequestChanges(job_id=job.id, reason="gotea", actor=ana)
    await refused(still, replace(again, actor=beto), WrongSide)
    for _ in range(3):
        await still.core.execute(again)
        await still.core.execute(actors.CompleteJob(job_id=job.id, notes=None, actor=beto))
    await refused(still, again, NoChangesLeft)


async def test_a_client_leaves_within_ten_days_and_before_it_was_done(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    late, _ = await actors.paid_job(still, ana, beto)
    done, _ = await actors.finished_job(still, ana, beto)
    await still.core.execute(RequestChanges(job_id=done.id, reason="gotea", actor=ana))
    await refused(still, CancelJob(job_id=done.id, reason=None, actor=ana), CoolingOffOver)
    still.clock.advance(days(11))
    await refused(still, CancelJob(job_id=late.id, reason=None, actor=ana), CoolingOffOver)
    assert (await still.core.execute(CancelJob(job_id=late.id, reason=None, actor=beto))).refund


async def test_a_checkout_after_the_deadline_is_refused_even_before_the_sweep(
    still: House,
) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    await actors.checkout(still, job, ana)
    still.clock.advance(days(1))
    await refused(still, OpenCheckout(job_id=job.id, actor=ana), NotPayable)


async def test_rooms_belong_to_roles(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    assert beto.user_id and ana.user_id
    page = Page()
    anything = {"kind": None, "status": None, "since": None, "until": None, "page": page}
    for message in (
        GetTrialBalance(actor=beto),
        ListRefunds(status=None, page=page, actor=ana),
        ListSuspense(page=page, actor=beto),
        ListKycPending(page=page, actor=beto),
        ApproveKyc(professional_id=beto.user_id, actor=beto),
        RejectKyc(professional_id=beto.user_id, reason="x", actor=ana),
        GetBalance(actor=ana),
        GetBalance(actor=still.admin),
        GetProfessional(actor=ana),
        GetKycStatus(actor=ana),
        ListMyTrades(actor=ana),
        AddTrade(trade_id=TradeId(uuid4()), actor=ana),
        RemoveTrade(trade_id=TradeId(uuid4()), actor=still.admin),
        ListJobs(status=None, page=page, actor=ana, as_professional_only=True),
        ListOffers(status=None, page=page, actor=still.admin, as_professional_only=True),
        ListMovements(user_id=ana.user_id, actor=ana, **anything),  # type: ignore[arg-type]
    ):
        await refused(still, message, WrongRole)


async def test_professionals_refuse_nonsense(still: House) -> None:
    beto = await actors.register(still, Role.PROFESSIONAL)
    assert beto.user_id
    nothing = dict.fromkeys(
        ("biography", "radius_km", "takes_instant", "available", "hourly_rate", "location")
    )
    account = {**nothing, "address": None, "payout_account": "123", "actor": beto}
    await refused(still, UpdateProfessional(**account), MalformedPayoutAccount)  # type: ignore[arg-type]
    for radius in (0, 101):
        far = {**nothing, "radius_km": radius, "address": None, "payout_account": None}
        await refused(still, UpdateProfessional(**far, actor=beto), OutOfRange)  # type: ignore[arg-type]
    await refused(still, AddTrade(trade_id=TradeId(uuid4()), actor=beto), UnknownTrade)
    await refused(still, RemoveTrade(trade_id=actors.TRADES[0].id, actor=beto), UnknownTrade)
    files = dict.fromkeys(kyc.DocumentKind, actors.PNG)
    good = SubmitKyc(dni="12345678", cuit="20-12345678-6", files=files, actor=beto)
    await refused(still, replace(good, dni="x"), kyc.MalformedDni)
    await refused(still, replace(good, cuit="20-12345678-7"), kyc.MalformedCuit)
    await refused(still, replace(good, dni="12345679"), kyc.CuitOfAnother)
    text = {**files, kyc.DocumentKind.SELFIE: b"hola"}
    await refused(still, replace(good, files=text), NotAnImage)
    await refused(still, GetPublicProfessional(professional_id=beto.user_id), NotFound)
    ana = await actors.client(still)
    quote = QuoteCommission(amount=Money(1), professional_id=beto.user_id, actor=ana)
    await refused(still, quote, NotFound)
    await refused(
        still, ApproveKyc(professional_id=beto.user_id, actor=still.admin), kyc.InvalidKycStep
    )
    await still.core.execute(good)
    await refused(still, good, kyc.InvalidKycStep)
    await refused(still, OpenFile(token="x"), NotFound)
    await refused(still, ApproveKyc(professional_id=UserId(uuid4()), actor=still.admin), NotFound)


async def test_getting_in_and_out(still: House) -> None:
    ana = await actors.client(still)
    async with still.store.reading() as read:
        mine = await read.user(ana.user_id)  # type: ignore[arg-type]
    assert mine is not None
    email, good = mine.email, actors.PASSWORD
    fields = {"first_name": "A", "last_name": "B", "role": Role.CLIENT}
    for address, password, error in (
        (email.upper(), good, user.EmailTaken),
        ("nadie", good, user.MalformedEmail),
        ("a@b.ar", "corta1", user.WeakPassword),
        ("a@b.ar", "contraseña1", user.WeakPassword),
    ):
        await refused(still, Register(email=address, password=password, **fields), error)  # type: ignore[arg-type]
    await refused(still, LogIn(email=email, password="otra", device="d"), user.BadCredentials)
    await refused(still, LogIn(email="x@y.ar", password=good, device="d"), user.BadCredentials)
    pair = await still.core.execute(LogIn(email=f" {email.upper()}", password=good, device="d"))
    caller = await still.core.execute(Authenticate(access_token=pair.access_token))
    assert caller.actor == ana
    for token in (pair.refresh_token, pair.access_token[:-2], ""):
        await refused(still, Authenticate(access_token=token), user.Unauthenticated)
    second = await still.core.execute(RefreshSession(refresh_token=pair.refresh_token))
    assert second is not None
    assert await still.core.execute(RefreshSession(refresh_token=pair.refresh_token)) is None
    ended = RefreshSession(refresh_token=second.refresh_token)
    await refused(still, ended, user.Unauthenticated)
    await refused(still, Authenticate(access_token=second.access_token), user.Unauthenticated)
    await refused(still, EndSession(session_id=caller.session_id, actor=ana), NotFound)
    await refused(still, EndSession(session_id=SessionId(uuid4()), actor=ana), NotFound)
    change = ChangePassword(
        current_password="otra1234",
        new_password="nueva-clave-1",
        session_id=caller.session_id,
        actor=ana,
    )
    await refused(still, change, user.WrongPassword)
    await refused(still, replace(change, new_password="corta"), user.WeakPassword)


async def test_a_reset_is_good_once_and_for_an_hour_and_ends_every_session(still: House) -> None:
    ana = await actors.client(still)
    async with still.store.reading() as read:
        mine = await read.user(ana.user_id)  # type: ignore[arg-type]
    assert mine is not None

    async def token() -> str:
        await still.core.execute(RequestPasswordReset(email=mine.email))
        await still.background.run_due()
        return resets(still, mine.email)[-1].split("token=")[1].split()[0]

    pair = await still.core.execute(LogIn(email=mine.email, password=actors.PASSWORD, device="d"))
    old = await token()
    still.clock.advance(days(1 / 24))
    await refused(still, ResetPassword(token=old, new_password="nueva-clave-1"), user.SpentToken)
    fresh = await token()
    await still.core.execute(ResetPassword(token=fresh, new_password="nueva-clave-1"))
    await refused(still, ResetPassword(token=fresh, new_password="otra-clave-1"), user.SpentToken)
    await refused(still, RefreshSession(refresh_token=pair.refresh_token), user.Unauthenticated)
    caller = SessionId(uuid4())
    assert await still.core.execute(ListSessions(session_id=caller, actor=ana)) == ()
    await still.core.execute(LogIn(email=mine.email, password="nueva-clave-1", device="d"))


async def test_who_is_suspended_is_told_only_with_the_password(still: House) -> None:
    ana = await actors.client(still)
    async with still.store.unit() as uow:
        mine = await uow.users.find(ana.user_id)  # type: ignore[arg-type]
        assert mine is not None
        await uow.commit()
    login = LogIn(email=mine.email, password=actors.PASSWORD, device="d")
    pair = await still.core.execute(login)
    async with still.store.unit() as uow:
        await uow.users.save(replace(mine, active=False))
        await uow.commit()
    await refused(still, login, user.AccountSuspended)
    await refused(still, replace(login, password="otra"), user.BadCredentials)
    await refused(still, Authenticate(access_token=pair.access_token), user.AccountSuspended)
    refresh = RefreshSession(refresh_token=pair.refresh_token)
    await refused(still, refresh, user.AccountSuspended)
    await still.core.execute(RequestPasswordReset(email=mine.email))
    await still.background.run_due()
    assert resets(still, mine.email) == []


async def test_papers_may_be_shown_again_in_the_same_instant(still: House) -> None:
    """The clock stands still; what was shown last counts."""
    beto = await actors.register(still, Role.PROFESSIONAL)
    files = dict.fromkeys(kyc.DocumentKind, actors.PNG)
    first = SubmitKyc(dni="12345678", cuit="20-12345678-6", files=files, actor=beto)
    await still.core.execute(first)
    reject = RejectKyc(professional_id=beto.user_id, reason="borrosa", actor=still.admin)
    await still.core.execute(reject)
    await still.core.execute(replace(first, dni="87654321", cuit="20-87654321-5"))
    approve = ApproveKyc(professional_id=beto.user_id, actor=still.admin)
    await still.core.execute(approve)
    async with still.store.reading() as read:
        found = await read.professional(beto.user_id)
    assert found is not None and found.professional.cuit == "20876543215"
