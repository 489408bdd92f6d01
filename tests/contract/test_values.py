"""What goes into a repository comes out equal, whatever it holds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.message import Page
from conectar.application.ports.keys import StoredAnswer
from conectar.application.ports.unit_of_work import Store
from conectar.domain.jobs.dispute import Dispute, DisputeMessage, Evidence
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.ids import UserId
from conectar.domain.levels.points import PointGrant
from conectar.domain.notices.notice import Notice, Preferences
from conectar.domain.offers.offer import Offer
from conectar.domain.offers.service import Service
from conectar.domain.payments.checkout import Checkout
from conectar.domain.payments.movement import Movement
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.payout import Payout, PayoutBatch
from conectar.domain.payments.proposal import Proposal
from conectar.domain.payments.refund import Refund
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import KycStatus, KycSubmission
from conectar.domain.people.professional import Professional, Trade
from conectar.domain.people.regret import Regret
from conectar.domain.people.session import PasswordReset, Session
from conectar.domain.people.user import User
from conectar.domain.reviews.review import Review
from tests.contract import records as r
from tests.contract import values as v

MANY = ("ARS", "USD", "UYU")
Fixed = Callable[[v.Cast], dict[str, Any]]


class Kept(NamedTuple):
    """A repository, what it keeps, and the fields that must point at something or be unique."""

    repository: str
    cls: type[Any]
    fixed: Fixed
    currencies: tuple[str, ...] = ()
    key: str = "id"


KEPT = (
    Kept("users", User, lambda c: {"email": f"é{uuid4()}@x.ar"}),
    Kept("trades", Trade, lambda c: {}),
    Kept("sessions", Session, lambda c: {"user_id": c.client.id}),
    Kept("password_resets", PasswordReset, lambda c: {"id": f"ñ{uuid4()}", "user_id": c.client.id}),
    Kept(
        "offers", Offer, lambda c: {"client_id": c.client.id, "professional_id": c.professional.id}
    ),
    Kept(
        "checkouts",
        Checkout,
        lambda c: {"job_id": c.job.id, "client_id": c.client.id, "status": v.CheckoutStatus.CLOSED},
    ),
    Kept(
        "payments",
        Payment,
        lambda c: {"id": str(uuid4()), "job_id": c.job.id, "checkout_id": c.checkout.id},
        currencies=MANY,
    ),
    Kept(
        "payments",
        Payment,
        lambda c: {"id": str(uuid4()), "job_id": None, "checkout_id": None, "client_id": None},
        currencies=MANY,
    ),
    Kept(
        "refunds",
        Refund,
        lambda c: {"payment_id": c.payment.id, "job_id": c.job.id},
        currencies=MANY,
    ),
    Kept(
        "movements",
        Movement,
        lambda c: {"source_ref": f"ü{uuid4()}", "job_id": c.job.id, "payment_id": c.payment.id},
        currencies=MANY,
    ),
    Kept("disputes", Dispute, lambda c: {"job_id": c.job.id, "opened_by": c.client.id}),
    Kept(
        "reviews",
        Review,
        lambda c: {
            "job_id": c.job.id,
            "professional_id": c.professional.id,
            "client_id": c.client.id,
        },
    ),
    Kept(
        "point_grants",
        PointGrant,
        lambda c: {"source_ref": f"ö{uuid4()}", "professional_id": c.professional.id},
        key="source_ref",
    ),
    Kept(
        "services",
        Service,
        lambda c: {"professional_id": c.professional.id, "trade_id": TRADES[0].id},
    ),
    Kept("notices", Notice, lambda c: {"user_id": c.client.id}),
    Kept("regrets", Regret, lambda c: {"id": f"ARR-Ñ{uuid4()}"}),
    Kept("payout_batches", PayoutBatch, lambda c: {"created_by": c.client.id}),
    Kept(
        "proposals",
        Proposal,
        lambda c: {"subject": f"ä:{uuid4()}", "proposed_by": c.client.id},
        currencies=MANY,
    ),
)
EXAMPLES = settings(max_examples=25)


def two(cls: type[Any], *currencies: str) -> st.SearchStrategy[Any]:
    """Two values of a class, in one currency."""
    chosen = st.sampled_from(currencies or ("ARS",))
    return chosen.flatmap(lambda c: st.tuples(v.wild(cls, c), v.wild(cls, c)))


def comes_back(kept: Kept) -> Any:
    """The test of one repository."""

    @EXAMPLES
    @given(pair=two(kept.cls, *kept.currencies))
    async def test(store: Store, pair: tuple[Any, Any]) -> None:
        async with store.unit() as uow:
            fixed = kept.fixed(await v.cast(uow))
            await uow.commit()
        first = replace(pair[0], **({kept.key: uuid4()} | fixed))
        key = getattr(first, kept.key)
        second = replace(pair[1], **(fixed | {kept.key: key}))
        async with store.unit() as uow:
            await getattr(uow, kept.repository).add(first)
            assert await getattr(uow, kept.repository).find(key) == first
            await uow.commit()
        async with store.unit() as uow:
            assert await getattr(uow, kept.repository).find(key) == first
            await getattr(uow, kept.repository).save(second)
            await uow.commit()
        async with store.unit() as uow:
            assert await getattr(uow, kept.repository).find(key) == second

    return test


test_users, test_trades, test_sessions, test_password_resets = map(comes_back, KEPT[:4])
test_offers, test_checkouts, test_payments, test_strange_payments = map(comes_back, KEPT[4:8])
test_refunds, test_movements, test_disputes, test_reviews = map(comes_back, KEPT[8:12])
test_point_grants, test_services, test_notices, test_regrets = map(comes_back, KEPT[12:16])
test_payout_batches, test_proposals = map(comes_back, KEPT[16:])


@EXAMPLES
@given(pair=two(Professional))
async def test_professionals(store: Store, pair: tuple[Professional, Professional]) -> None:
    person = v.user(v.Role.PROFESSIONAL)
    first, second = (replace(one, id=person.id) for one in pair)
    async with store.unit() as uow:
        await uow.users.add(person)
        await uow.professionals.add(first)
        assert await uow.professionals.find(person.id) == first
        await uow.professionals.save(second)
        await uow.commit()
    async with store.unit() as uow:
        assert await uow.professionals.find(person.id) == second


@EXAMPLES
@given(pair=two(Job))
async def test_jobs(store: Store, pair: tuple[Job, Job]) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        terms = v.offer(people.client.id, people.professional.id)
        await uow.offers.add(terms)
        fixed: dict[str, Any] = {
            "id": uuid4(),
            "offer_id": terms.id,
            "client_id": people.client.id,
            "professional_id": people.professional.id,
        }
        first, second = (replace(one, **fixed) for one in pair)
        await uow.jobs.add(first)
        assert await uow.jobs.find(first.id) == first
        await uow.jobs.save(second)
        await uow.commit()
    async with store.unit() as uow:
        assert await uow.jobs.find(first.id) == second


@EXAMPLES
@given(pair=two(Payout), batch=v.wild(PayoutBatch, "ARS"))
async def test_payouts(store: Store, pair: tuple[Payout, Payout], batch: PayoutBatch) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        batch = replace(batch, id=uuid4(), created_by=c.client.id)  # type: ignore[arg-type]
        await uow.payout_batches.add(batch)
        fixed: dict[str, Any] = {"id": uuid4(), "professional_id": c.professional.id}
        first, second = replace(pair[0], batch_id=None, **fixed), replace(pair[1], **fixed)
        second = replace(second, batch_id=batch.id)
        await uow.payouts.add(first)
        assert await uow.payouts.find(first.id) == first
        await uow.payouts.save(second)
        await uow.commit()
    async with store.unit() as uow:
        assert await uow.payouts.find(first.id) == second


@EXAMPLES
@given(pair=two(Preferences))
async def test_preferences(store: Store, pair: tuple[Preferences, Preferences]) -> None:
    person = v.user()
    first, second = (replace(one, user_id=person.id) for one in pair)
    async with store.unit() as uow:
        await uow.users.add(person)
        assert await uow.preferences.find(person.id) is None
        await uow.preferences.put(first)
        assert await uow.preferences.find(person.id) == first
        await uow.preferences.put(second)
        await uow.commit()
    async with store.unit() as uow:
        assert await uow.preferences.find(person.id) == second
        assert await uow.read.preferences(person.id) == second
        assert await uow.read.preferences(UserId(uuid4())) is None


@EXAMPLES
@given(
    said=v.wild(DisputeMessage, "ARS"),
    shown=v.wild(Evidence, "ARS"),
    entry=v.wild(AuditEntry, "ARS"),
)
async def test_what_is_only_ever_added(
    store: Store, said: DisputeMessage, shown: Evidence, entry: AuditEntry
) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        dispute = r.dispute(c.job)
        said = replace(said, id=uuid4(), dispute_id=dispute.id, author_id=c.client.id)  # type: ignore[arg-type]
        shown = replace(shown, id=uuid4(), dispute_id=dispute.id, uploaded_by=c.user.id)  # type: ignore[arg-type]
        entry = replace(entry, id=uuid4(), admin_id=c.client.id)  # type: ignore[arg-type]
        await uow.disputes.add(dispute)
        await uow.dispute_messages.add(said)
        await uow.evidence.add(shown)
        await uow.audit.add(entry)
        await uow.commit()
    async with store.reading() as read:
        row = await read.dispute(dispute.id)
        assert row is not None and row.evidence == (shown,)
        assert (await read.dispute_messages(dispute.id, Page())).items == (said,)
        assert entry in (await read.audit(Page(0, 1000))).items


@EXAMPLES
@given(shown=v.wild(KycSubmission, "ARS"))
async def test_proofs_of_identity(store: Store, shown: KycSubmission) -> None:
    person = v.user(v.Role.PROFESSIONAL)
    shown = replace(shown, professional_id=person.id)
    async with store.unit() as uow:
        await uow.users.add(person)
        newcomer = v.newcomer(person.id, "blur")
        await uow.professionals.add(newcomer.changed(kyc=KycStatus.IN_REVIEW))
        await uow.kyc_submissions.add(shown)
        assert await uow.kyc_submissions.newest_of(person.id) == shown
        await uow.commit()
    async with store.reading() as read:
        assert list(await read.identities(person.id)) == [shown]
        rows = (await read.kyc_in_review(Page(0, 100))).items
    assert [(w.user, w.submission) for w in rows if w.user.id == person.id] == [(person, shown)]


@EXAMPLES
@given(pair=two(StoredAnswer))
async def test_keys(store: Store, pair: tuple[StoredAnswer, StoredAnswer]) -> None:
    owner = uuid4()
    first = replace(pair[0], owner=owner)
    second = replace(pair[1], owner=owner, key=first.key)
    async with store.unit() as uow:
        assert await uow.keys.claim(first) is None
        assert await uow.keys.claim(second) == first
        await uow.keys.save(second)
        await uow.commit()
    async with store.unit() as uow:
        assert await uow.keys.find(owner, first.key) == second
        assert await uow.keys.find(uuid4(), first.key) is None


async def test_what_nobody_added_is_not_found_and_cannot_be_saved(store: Store) -> None:
    stranger = v.user()
    async with store.unit() as uow:
        assert await uow.users.find(stranger.id) is None
        assert await uow.users.by_email(stranger.email) is None
        assert await uow.movements.of_fact("nothing") is None
        with pytest.raises(AssertionError):
            await uow.users.save(stranger)


async def test_nothing_of_a_found_value_is_shared_with_the_store(store: Store) -> None:
    words = ["uno", "dos"]
    trade = Trade(id=uuid4(), name="T", description="", words=tuple(words))  # type: ignore[arg-type]
    async with store.unit() as uow:
        await uow.trades.add(trade)
        words.append("tres")
        await uow.commit()
    async with store.unit() as uow:
        found = await uow.trades.find(trade.id)
        assert found is not None and found.words == ("uno", "dos")
        with pytest.raises(AttributeError):
            found.name = "otro"  # type: ignore[misc]
