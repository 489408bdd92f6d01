"""Notices: everybody an event concerns is told, in Spanish, and mailed at most once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import Any, Self, get_args, get_type_hints
from uuid import UUID

import pytest
from dishka import Provider, Scope, provide

from conectar.adapters.outbound.memory.outside import FakeMailer
from conectar.adapters.vocabulary.events import EVENT_TYPES, EVENTS, NOTICE_KINDS
from conectar.adapters.vocabulary.letters import SpanishLetters, moment
from conectar.adapters.vocabulary.templates import TEMPLATES
from conectar.application.house.ban_user import BanUser, UnbanUser
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.message import Page
from conectar.application.notices.audience import AUDIENCE
from conectar.application.notices.mail_notice import ClaimMail, MailNotice
from conectar.application.notices.read_notices import (
    ChangePreferences,
    ReadAllNotices,
    ReadNotice,
)
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.ports.outside import Mail, Mailer, Unavailable
from conectar.application.ports.rows import Affair
from conectar.application.queries.jobs import GetJob
from conectar.application.queries.notices import GetPreferences, ListNotices
from conectar.application.reactions.relay import ClaimDeliveries
from conectar.application.views.people import NoticesView
from conectar.domain.jobs import events as jobs
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.actor import CLOCK, Actor, Role, person
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import NoticeId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.people import regret
from conectar.domain.people.regret import RegretOutcome
from tests import actors
from tests.application.gateway_words import PRICE, Place, Word, scene
from tests.application.rooms import START, days, room
from tests.backends import House

NOBODYS = {
    "user.password_reset_requested",
    "user.verification_requested",
    "user.erased",
    "gateway.notice_received",
    "notification.written",
    "payment.flagged",
    "refund.failed",
}
"""Mails of their own, machinery, and what only administrators find on their lists."""


LETTERS = SpanishLetters("https://conectar.example")


class Outbound:
    """What leaves, and how the next sending ends: before it left, or after."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.before: list[BaseException] = []
        self.after: list[BaseException] = []
        self.answers = asyncio.Event()
        self.answers.set()


class FailingMailer(FakeMailer):
    """Sends every time it is told to, unlike one that knows its mails by their ids."""

    def __init__(self, post: Outbound) -> None:
        super().__init__()
        self._post = post

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        await self._post.answers.wait()
        yield self

    async def send(self, mail: Mail) -> None:
        if not mail.id.startswith("notice:"):
            return
        if self._post.before:
            raise self._post.before.pop()
        self._post.sent.append(mail)
        if self._post.after:
            raise self._post.after.pop()


class Mails(Provider):
    """Its mailer is the failing one."""

    scope = Scope.APP

    def __init__(self, post: Outbound) -> None:
        super().__init__()
        self._post = post

    @provide(override=True)
    def mailer(self) -> Mailer:
        return FailingMailer(self._post)


async def kinds(home: House, who: Actor) -> list[str]:
    """Of which events somebody was told, newest first."""
    return [notice.event for notice in (await told(home, who)).page.items]


async def told(home: House, who: Actor, **of: Any) -> NoticesView:
    """What somebody was told, newest first."""
    query = ListNotices(**{"read": None, "event": None} | of, page=Page(0, 100), actor=who)
    return await home.core.execute(query)


def test_every_event_concerns_somebody_or_nobody_on_purpose() -> None:
    assert {EVENTS[event] for event in AUDIENCE} == set(EVENT_TYPES) - NOBODYS
    assert set(TEMPLATES) == set(AUDIENCE)


def test_every_name_of_the_contract_is_an_event_here() -> None:
    """Those of chat come later."""
    assert set(CONTRACT) <= set(EVENT_TYPES)


CONTRACT = """
user.registered kyc.submitted kyc.approved kyc.rejected oferta.created oferta.accepted
oferta.rejected trabajo.created trabajo.completed trabajo.approved trabajo.cancelled
trabajo.paid payment.confirmed payment.failed escrow.released refund.processed review.created
gamification.level_up gamification.points_earned user.banned oferta.updated
oferta.countered oferta.withdrawn oferta.expired
oferta.reminder trabajo.reminder kyc.revoked trabajo.changes_requested dispute.opened dispute.taken
dispute.withdrawn dispute.resolved escrow.frozen escrow.unfrozen payment.flagged
payment.charged_back refund.failed payout.requested payout.completed payout.failed
payout.destination_changed user.unbanned
""".split()


class Sample:
    """Values for the fields of any event about one job and its offer."""

    def __init__(self, job: Affair, offer: Affair) -> None:
        self.job, self.offer = job, offer
        self._known: dict[str, Any] = {
            "client_id": job.of.client_id,
            "professional_id": job.of.professional_id,
            "user_id": job.of.client_id,
            "job_id": job.of.id,
            "offer_id": offer.of.id,
            "status": JobStatus.COMPLETED,
            "escrow": EscrowStatus.SPLIT,
            "outcome": RegretOutcome.CASE,
            "reason": "No vino",
            "actor": CLOCK,
            "at": START,
        }

    def event(self, kind: type[Event], **changes: Any) -> Event:
        """One of that type."""
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]
        known = self._known | changes
        return kind(**{n: known[n] if n in known else _value(hints[n]) for n in names})

    def about(self, event: Event) -> Affair | None:
        """What `Notify` finds for it."""
        if hasattr(event, "job_id"):
            return self.job
        return self.offer if hasattr(event, "offer_id") else None


def _value(hint: Any) -> Any:
    options = [one for one in get_args(hint) or (hint,) if one is not NoneType]
    kind = options[0]
    kind = getattr(kind, "__supertype__", kind)
    samples = {str: "x", int: 7, bool: True, datetime: START, UUID: UUID(int=5), Money: PRICE}
    return samples[kind] if kind in samples else next(iter(kind))


@pytest.fixture
async def sample(tmp_path: Path) -> AsyncIterator[tuple[House, Sample]]:
    """Rows of a real job."""
    async with room("memory", tmp_path) as home:
        made = await scene(home, Place.DONE)
        async with home.store.reading() as read:
            job = await read.job_affair(made.job_id)
            assert job is not None and isinstance(job.of, Job)
            offer = await read.offer_affair(job.of.offer_id)
        assert offer is not None
        yield home, Sample(job, offer)


@pytest.mark.parametrize("kind", list(AUDIENCE), ids=lambda kind: EVENTS[kind])
async def test_each_event_is_told_to_each_of_its_people(
    sample: tuple[House, Sample], kind: type[Event]
) -> None:
    home, values = sample
    people = 0
    for proposer in (Role.CLIENT, Role.PROFESSIONAL):
        changes = {"proposed_by": proposer, "status": OfferStatus.PENDING}
        event = values.event(kind, **changes if kind.__name__.startswith("Offer") else {})
        for id in AUDIENCE[kind].people(event):
            assert id is not None
            async with home.store.reading() as read:
                user = await read.user(id)
            assert user is not None
            words = LETTERS.notice(event, user, values.about(event), mailed=True)
            people += 1
            assert words.kind == NOTICE_KINDS[kind] and words.title and words.text
            for text in words[1:]:
                assert "{" not in text and "None" not in text and "—" not in text
            assert (
                words.letter.startswith(f"Hola, {user.first_name}:") and words.text in words.letter
            )
    assert people


SAID = [
    (jobs.DisputeResolved, "escrow", EscrowStatus.RELEASED, "se libera al profesional"),
    (jobs.DisputeResolved, "escrow", EscrowStatus.REFUNDING, "vuelve al cliente"),
    (jobs.DisputeResolved, "escrow", EscrowStatus.SPLIT, "se divide"),
    (jobs.JobReminder, "status", JobStatus.IN_PROGRESS, "se cancela y se devuelve"),
    (jobs.JobReminder, "status", JobStatus.COMPLETED, "se aprueba y se libera"),
    (regret.RegretReceived, "outcome", RegretOutcome.CANCELLED, "se canceló"),
    (regret.RegretReceived, "outcome", RegretOutcome.IN_DISPUTE, "disputa abierta"),
    (regret.RegretReceived, "outcome", RegretOutcome.CASE, "lo va a revisar"),
    (jobs.DisputeWithdrawn, "spent", True, "Ya no te quedan"),
    (jobs.JobCancelled, "reason", "No vino", "Motivo: No vino."),
]


@pytest.mark.parametrize(("kind", "field", "value", "words"), SAID)
async def test_what_is_said_depends_on_what_happened(
    sample: tuple[House, Sample], kind: type[Event], field: str, value: Any, words: str
) -> None:
    home, values = sample
    async with home.store.reading() as read:
        ana = await read.user(values.job.of.client_id)
    assert ana is not None
    event = values.event(kind, **{field: value})
    assert words in LETTERS.notice(event, ana, values.about(event), mailed=True).text


async def test_preferences_stop_mails_but_never_those_of_the_account(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    off = dict.fromkeys(("email_offers", "email_jobs", "email_payments"), False)
    shown = await still.core.execute(ChangePreferences(changes=off, actor=beto))
    assert not shown.email_jobs and shown.email_messages and shown.push_jobs
    assert await still.core.execute(GetPreferences(actor=beto)) == shown
    await actors.paid_job(still, ana, beto)
    async with still.store.reading() as read:
        user = await read.user(person(beto))
    assert user is not None
    mailed = {mail.subject for mail in still.mailer.mails(user.email)}
    assert "Tu identidad fue aprobada" in mailed and "El trabajo está pago" not in mailed
    assert "trabajo.paid" in await kinds(still, beto), "it is kept all the same"


async def test_a_notice_is_read_by_its_owner_and_counted(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    await actors.paid_job(still, ana, beto)
    before = await told(still, ana)
    first = before.page.items[0]
    assert before.unread == before.page.total and not first.read
    with pytest.raises(NotFound):
        await still.core.execute(ReadNotice(notice_id=first.id, actor=beto))
    for _ in range(2):
        assert (await still.core.execute(ReadNotice(notice_id=first.id, actor=ana))).read
    assert (await told(still, ana)).unread == before.unread - 1
    assert [n.id for n in (await told(still, ana, read=True)).page.items] == [first.id]
    assert {n.event for n in (await told(still, ana, event=first.event)).page.items} == {
        first.event
    }
    await still.core.execute(ReadAllNotices(actor=ana))
    assert (await told(still, ana)).unread == 0 < (await told(still, beto)).unread


# -- at most one mail --------------------------------------------------------------------------


@pytest.fixture
def post() -> Outbound:
    """The mailer of the next house."""
    return Outbound()


@pytest.fixture
async def mailing(backend: str, tmp_path: Path, post: Outbound) -> AsyncIterator[House]:
    """A house whose mails may fail."""
    async with room(backend, tmp_path, Mails(post)) as opened:
        await opened.background.run_due()
        post.sent.clear()
        yield opened


async def let_back(home: House, post: Outbound) -> NoticeId:
    """Somebody was let back, and the notice that says so is about to be mailed."""
    ana = await actors.client(home)
    await home.core.execute(BanUser(user_id=person(ana), reason="x", actor=home.admin))
    await home.background.run_due()
    post.sent.clear()
    await home.core.execute(UnbanUser(user_id=person(ana), actor=home.admin))
    for delivery in await home.core.execute(ClaimDeliveries()):
        if delivery.reaction == "notify":
            await home.core.react(delivery)
    return (await told(home, ana)).page.items[0].id


async def later(home: House) -> None:
    """Everything is tried again for a long while."""
    for _ in range(12):
        home.clock.advance(days(0.1))
        await home.background.run_due()


async def test_however_often_it_is_tried_it_is_one_mail(mailing: House, post: Outbound) -> None:
    id = await let_back(mailing, post)
    for _ in range(3):
        await mailing.core.execute(MailNotice(notice_id=id))
    await later(mailing)
    assert [mail.id for mail in post.sent] == [f"notice:{id}"]


async def test_a_worker_that_dies_between_claim_and_send_leaves_none(
    mailing: House, post: Outbound
) -> None:
    id = await let_back(mailing, post)
    assert await mailing.core.execute(ClaimMail(notice_id=id)) is not None
    await later(mailing)
    assert post.sent == []


@pytest.mark.parametrize("error", [KeyboardInterrupt("killed"), RuntimeError("nobody knows")])
async def test_who_may_have_sent_it_does_not_send_it_again(
    mailing: House, post: Outbound, error: BaseException
) -> None:
    id = await let_back(mailing, post)
    post.after.append(error)
    with pytest.raises(type(error)):
        await mailing.core.execute(MailNotice(notice_id=id))
    await later(mailing)
    assert len(post.sent) == 1


async def test_a_mailer_that_took_nothing_is_asked_again(mailing: House, post: Outbound) -> None:
    id = await let_back(mailing, post)
    post.before += [Unavailable(what="smtp")] * 3
    await later(mailing)
    assert [mail.id for mail in post.sent] == [f"notice:{id}"]


async def test_who_was_stopped_while_he_rang_is_not_taken_for_a_sender(
    mailing: House, post: Outbound
) -> None:
    id = await let_back(mailing, post)
    post.answers.clear()
    ringing = asyncio.create_task(mailing.core.execute(MailNotice(notice_id=id)))
    await asyncio.sleep(0.05)
    ringing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ringing
    post.answers.set()
    await later(mailing)
    assert [mail.id for mail in post.sent] == [f"notice:{id}"]


async def test_a_late_notice_is_of_the_moment_when_it_was_written(still: House) -> None:
    """Who follows asks for what is new, and would never hear of an older one."""
    ana, beto = await actors.client(still), await actors.professional(still)
    await actors.unpaid_job(still, ana, beto)
    still.clock.advance(days(0.5))
    await still.background.run_due()
    (receipt,) = (await told(still, ana, event="trabajo.created")).page.items
    assert receipt.created_at == still.clock.now()


async def test_a_late_notice_tells_the_deadline_of_its_own_moment(still: House) -> None:
    """The relay was slow: by now the job waits for something else."""
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    to_pay = job.expires_at
    page = await actors.checkout(still, job, ana)
    fact = await still.gateway.payment(still.gateway.pay(page.preference_id))
    assert fact is not None
    await still.core.execute(ApplyFact(fact=fact))
    paid = await still.core.execute(GetJob(job_id=job.id, actor=ana))
    assert to_pay is not None and paid.expires_at != to_pay
    await still.background.run_due()
    (receipt,) = (await told(still, ana, event="trabajo.created")).page.items
    assert f"hasta el {moment(to_pay)}." in receipt.told


async def test_work_done_while_frozen_has_no_deadline_to_tell(still: House) -> None:
    made = await scene(still, Place.WORKING)
    await made.told(Word.MEDIATION)
    await still.core.execute(CompleteJob(job_id=made.job_id, notes=None, actor=made.beto))
    await still.background.run_due()
    (done,) = (await told(still, made.ana, event="trabajo.completed")).page.items
    assert done.told.endswith("El plazo para responder corre cuando se libere el pago.")
