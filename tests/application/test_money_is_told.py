"""Whose money moves is told, whoever moved it."""

import pytest

from conectar.application.message import Page
from conectar.application.queries.money import ListMovements
from conectar.application.queries.notices import ListNotices
from conectar.application.views.people import NoticeView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.money import Money
from conectar.domain.payments.movement import MovementKind, MovementStatus
from tests import actors
from tests.application.gateway_words import AFTER, PART, PRICE, Place, Word, scene
from tests.application.paying_out import ask, name_account
from tests.application.test_admin_refunds import give_back
from tests.application.test_chargebacks import NET, available
from tests.application.test_funding import payable
from tests.backends import House


async def told(home: House, who: Actor, event: str) -> list[NoticeView]:
    """What somebody heard of an event, once all is done that follows."""
    await home.background.run_due()
    query = ListNotices(read=None, event=event, page=Page(), actor=who)
    return list((await home.core.execute(query)).page.items)


async def test_the_clients_part_of_a_divided_job_is_told(still: House) -> None:
    made = await scene(still, Place.SPLIT)
    (notice,) = await told(still, made.ana, "refund.processed")
    (refund,) = await made.refunds()
    assert "$6.000,20" in notice.told and refund.amount == Money(6_000_20)
    assert notice.about["refund_id"] == str(refund.id)
    assert not await told(still, made.beto, "refund.processed")


async def test_the_whole_of_a_cancelled_job_is_told_once(still: House) -> None:
    made = await scene(still, Place.RETURNING)
    assert len(await told(still, made.ana, "refund.processed")) == 1


@pytest.mark.parametrize(("currency", "amount"), [("ARS", "$15.000,49"), ("USD", "USD 15.000,49")])
async def test_what_could_not_fund_a_job_is_told_when_it_is_back(
    still: House, currency: str, amount: str
) -> None:
    ana, _, _, page = await payable(still)
    await actors.notice(still, still.gateway.pay(page, Money(PRICE.cents - 1, currency), currency))
    (notice,) = await told(still, ana, "refund.processed")
    assert f"Te devolvimos {amount} " in notice.told


async def test_what_an_administrator_gives_back_is_told(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await give_back(made, PART)
    (notice,) = await told(still, made.ana, "refund.processed")
    assert "$1.000,25" in notice.told


async def test_a_payout_that_pays_a_debt_instead_is_told(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await available(made)
    await name_account(still, made.beto)
    asked = await ask(still, made.beto, NET)
    await made.told(Word.SETTLED)
    (notice,) = await told(still, made.beto, "payout.failed")
    assert notice.title == "Tu retiro no se envió" and notice.about == {"payout_id": str(asked.id)}


@pytest.mark.parametrize("place", AFTER)
async def test_what_the_house_bears_has_a_line_of_its_own(generous: House, place: Place) -> None:
    made = await scene(generous, place)
    await generous.background.run_due()

    async def lines(of: Actor) -> list[tuple[MovementStatus, Money]]:
        query = ListMovements(
            user_id=None,
            kind=MovementKind.CHARGEBACK,
            status=None,
            since=None,
            until=None,
            page=Page(),
            actor=of,
        )
        return [(m.status, m.amount) for m in (await generous.core.execute(query)).items]

    left = PRICE - sum((r.amount for r in await made.refunds()), Money.ZERO)
    await made.told(Word.SETTLED)
    assert await lines(generous.admin) == [(MovementStatus.COMPLETED, left)]
    assert await lines(made.beto) == []
    await made.told(Word.REIMBURSED)
    assert await lines(generous.admin) == [(MovementStatus.FAILED, left)]


@pytest.mark.parametrize("place", [Place.WORKING, Place.QUARREL])
@pytest.mark.parametrize(
    ("word", "event"),
    [(Word.REFUNDED, "refund.processed"), (Word.SETTLED, "payment.charged_back")],
)
async def test_both_hear_that_the_gateway_ended_their_job(
    still: House, place: Place, word: Word, event: str
) -> None:
    made = await scene(still, place)
    await made.told(word)
    for who in (made.ana, made.beto):
        (notice,) = await told(still, who, event)
        assert notice.told.endswith(" El trabajo terminó.")


async def test_the_professional_hears_what_an_administrator_took_of_his(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await give_back(made, PART)
    (notice,) = await told(still, made.beto, "payment.charged_back")
    assert f"${PART.cents * 85 // 10000}" in notice.told and notice.title.startswith("Se devolvió")
