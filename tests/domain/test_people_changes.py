"""What happens to people: bans, erasure, stars, other accounts, and what they leave behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import Kind, NotFound
from conectar.domain.kernel.ids import NoticeId, OfferId, ServiceId, TradeId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.notices.notice import Notice, Preferences, Topic
from conectar.domain.offers.events import OfferRejected, OfferStatus
from conectar.domain.offers.offer import AmountTooSmall, Offer, OfferNotPending, propose
from conectar.domain.offers.service import Service
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import Point, Professional, newcomer
from conectar.domain.people.regret import CaseClosed, Regret, RegretOutcome
from conectar.domain.people.user import (
    AccountSuspended,
    BalanceOutstanding,
    NotBannable,
    NotBanned,
)

from .builders import ADMIN, CLIENT, CLIENT_ID, DAY, HOUR, LIMITS, PROFESSIONAL, PROFESSIONAL_ID, T0
from .test_user import user

ADMIN_ID = UserId(UUID(int=5))
TRADE = TradeId(UUID(int=61))

# -- bans --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CLIENT, Role.PROFESSIONAL])
def test_a_ban_suspends_until_it_is_lifted_and_nothing_else_changes(role: Role) -> None:
    person = replace(user(), role=role)
    banned = person.ban(ADMIN_ID, "Fraud")
    assert (banned.active, banned.banned_by, banned.ban_reason) == (False, ADMIN_ID, "Fraud")
    with pytest.raises(AccountSuspended):
        banned.expect_active()
    assert banned.unban() == person


def test_who_cannot_be_banned() -> None:
    for person in (
        replace(user(), role=Role.ADMIN),
        user().ban(ADMIN_ID, "Fraud"),
        user().erase(T0),
        replace(user(), active=False),
    ):
        with pytest.raises(NotBannable):
            person.ban(ADMIN_ID, "Again")


def test_only_a_ban_is_lifted() -> None:
    for person in (user(), user().erase(T0), user().ban(ADMIN_ID, "Fraud").erase(T0)):
        with pytest.raises(NotBanned):
            person.unban()


def test_kinds_of_refusals() -> None:
    for refusal in (NotBannable, NotBanned, BalanceOutstanding):
        assert refusal.kind is Kind.REFUSED


# -- erasure -----------------------------------------------------------------------------------


def test_an_erased_person_is_nobody_and_keeps_only_what_contracts_name() -> None:
    person = replace(user(), phone="+5491112345678", email_verified=True)
    erased = person.erase(T0 + DAY)
    assert (erased.id, erased.role, erased.created_at) == (person.id, person.role, T0)
    assert (erased.active, erased.email_verified) == (False, False)
    assert erased.erased_at == T0 + DAY
    told = repr(erased)
    for fact in ("ana", "Ana", "Paz", "hash'", "+549"):
        assert fact not in told, fact


def test_an_erased_address_is_free_again_and_no_two_are_alike() -> None:
    one = user().erase(T0)
    other = replace(user(), id=PROFESSIONAL_ID).erase(T0)
    assert len({one.email, other.email, user().email}) == 3
    assert one.email.endswith(".invalid")


def known() -> Professional:
    return newcomer(PROFESSIONAL_ID, "secret").changed(
        biography="Twenty years of pipes",
        takes_instant=True,
        hourly_rate=Money(9_000_00),
        location=Point(-34.6, -58.4),
        address="Calle 1",
        payout_account="ana.paz.mp",
        payout_usable_at=T0,
        kyc=KycStatus.APPROVED,
        kyc_reason="ok",
        cuit="27123456780",
        points=700,
        rating_sum=9,
        reviews=2,
        trades=(TRADE,),
    )


def test_an_erased_professional_is_found_by_nobody() -> None:
    erased = known().erase()
    assert erased.version == known().version + 1
    assert not erased.visible(user())
    assert erased.public_point is None
    assert (erased.available, erased.takes_instant) == (False, False)
    told = repr(erased)
    for fact in ("pipes", "9000", "900000", "Calle", "ana.paz", "27123456780", "-34.6"):
        assert fact not in told, fact


# -- professionals -----------------------------------------------------------------------------

WAIT = timedelta(hours=72)


def test_the_first_account_may_be_used_at_once_and_a_changed_one_after_a_while() -> None:
    first = newcomer(PROFESSIONAL_ID, "secret").pays_to("ana.paz.mp", T0, WAIT)
    assert (first.payout_account, first.payout_usable_at) == ("ana.paz.mp", T0)
    assert first.pays_to("ana.paz.mp", T0 + DAY, WAIT) is first, "the same again is no change"
    second = first.pays_to("other.alias", T0 + DAY, WAIT)
    assert (second.payout_account, second.payout_usable_at) == ("other.alias", T0 + DAY + WAIT)
    back = second.pays_to("ana.paz.mp", T0 + DAY + HOUR, WAIT)
    assert back.payout_usable_at == T0 + DAY + HOUR + WAIT, "also back to the one before"
    assert [p.version for p in (first, second, back)] == [2, 3, 4]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=50))
def test_stars_are_counted_one_by_one(stars: list[int]) -> None:
    professional = newcomer(PROFESSIONAL_ID, "secret")
    for each in stars:
        professional = professional.rated(each)
    assert (professional.rating_sum, professional.reviews) == (sum(stars), len(stars))
    assert professional.rating_average == round(sum(stars) / len(stars), 2)
    assert professional.version == 1 + len(stars)


# -- offers that lose a party ------------------------------------------------------------------


def offer() -> Offer:
    return propose(
        id=OfferId(UUID(int=9)),
        client_id=CLIENT_ID,
        professional_id=PROFESSIONAL_ID,
        description="Two doors",
        amount=Money(100_00),
        valid_days=15,
        by=CLIENT,
        at=T0,
        limits=LIMITS,
    ).offer


@pytest.mark.parametrize("by", [ADMIN, CLIENT, PROFESSIONAL])
def test_a_pending_offer_of_somebody_who_is_gone_is_closed(by: Actor) -> None:
    after, (told,) = offer().close(by=by, at=T0 + 20 * DAY, reason="Suspended")
    assert (after.status, after.remind_at, after.step) == (OfferStatus.REJECTED, None, 2)
    assert isinstance(told, OfferRejected)
    assert (told.actor, told.reason, told.version) == (by, "Suspended", 2)
    assert told.states == (OfferStatus.PENDING, OfferStatus.REJECTED, None)


def test_an_answered_offer_is_not_closed_again() -> None:
    for over in (
        offer().accept(by=PROFESSIONAL, at=T0, seen=1),
        offer().reject(by=CLIENT, at=T0, reason=None),
        offer().withdraw(by=CLIENT, at=T0),
        offer().expire(at=T0 + 15 * DAY),
        offer().close(by=ADMIN, at=T0, reason="Suspended"),
    ):
        with pytest.raises(OfferNotPending):
            over.offer.close(by=ADMIN, at=T0 + DAY, reason="Suspended")


# -- services ----------------------------------------------------------------------------------


def service() -> Service:
    return Service(
        id=ServiceId(UUID(int=60)),
        professional_id=PROFESSIONAL_ID,
        name="Tap",
        description="A new one",
        price=Money(20_000_00),
        trade_id=TRADE,
        active=True,
        created_at=T0,
    )


def test_a_service_says_what_is_to_be_done() -> None:
    assert service().terms == "Tap: A new one"
    for nothing in (None, ""):
        assert replace(service(), description=nothing).terms == "Tap"


def test_a_service_changes_its_words_and_never_its_owner() -> None:
    other = TradeId(UUID(int=62))
    after = service().change(
        name="Sink", description=None, price=Money(100_00), trade_id=other, limits=LIMITS
    )
    assert (after.name, after.description, after.price) == ("Sink", None, Money(100_00))
    assert (after.trade_id, after.active) == (other, True)
    assert (after.id, after.professional_id, after.created_at) == (
        service().id,
        PROFESSIONAL_ID,
        T0,
    )
    with pytest.raises(AmountTooSmall):
        service().change(
            name="Sink", description=None, price=Money(99_99), trade_id=other, limits=LIMITS
        )


def test_a_service_is_taken_away_once_and_for_all() -> None:
    gone = service().withdraw()
    assert not gone.active
    assert gone == replace(service(), active=False) == gone.withdraw()


# -- notices -----------------------------------------------------------------------------------


def test_a_notice_is_read_by_its_reader_and_keeps_the_first_moment() -> None:
    notice = Notice(
        id=NoticeId(UUID(int=70)),
        user_id=CLIENT_ID,
        event="job.paid",
        title="Paid",
        text="It is held.",
        letter="Dear Ana",
        about={},
        created_at=T0,
        mail_wanted=True,
    )
    read = notice.read(CLIENT_ID, T0 + HOUR)
    assert (notice.read_at, read.read_at) == (None, T0 + HOUR)
    assert read.read(CLIENT_ID, T0 + DAY) == read
    with pytest.raises(NotFound):
        notice.read(PROFESSIONAL_ID, T0 + HOUR)


@pytest.mark.parametrize("topic", Topic)
def test_everything_is_mailed_until_it_is_turned_off_but_account_matters_always(
    topic: Topic,
) -> None:
    everything = Preferences(user_id=CLIENT_ID)
    assert everything.mails(topic)
    if topic is Topic.ACCOUNT:
        silent = everything.changed({f"email_{t.value}": False for t in Topic if t is not topic})
        assert silent.mails(topic)
        return
    silent = everything.changed({f"email_{topic.value}": False})
    assert [t for t in Topic if not silent.mails(t)] == [topic]
    assert everything.changed({f"push_{topic.value}": False}).mails(topic)


# -- regret ------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", RegretOutcome)
def test_only_a_case_is_closed_by_a_person_and_only_once(outcome: RegretOutcome) -> None:
    regret = Regret(
        id="AB12", email="ana@example.com", job_id=None, reason=None, outcome=outcome, created_at=T0
    )
    if outcome is not RegretOutcome.CASE:
        with pytest.raises(CaseClosed):
            regret.close("Called her", T0 + DAY)
        return
    closed = regret.close("Called her", T0 + DAY)
    assert (closed.outcome, closed.explanation) == (RegretOutcome.CLOSED, "Called her")
    assert (closed.id, closed.email, closed.closed_at) == ("AB12", regret.email, T0 + DAY)
    with pytest.raises(CaseClosed):
        closed.close("Again", T0 + DAY)
