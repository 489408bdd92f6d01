"""One contract for every payment gateway."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from conectar.application.ports.outside import GatewayRefused, GatewaySilent
from conectar.domain.kernel.ids import CheckoutId, PaymentId, RefundKey
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.payments.payment import Fact, PaymentStatus

from .scenes import COLLECTOR, SCENES, Scene
from .support import MovableClock, preference_request, unit_open

pytestmark = pytest.mark.anyio


@pytest.fixture(params=SCENES)
async def scene(request: pytest.FixtureRequest, clock: MovableClock) -> AsyncIterator[Scene]:
    async with SCENES[request.param](clock) as made:
        yield made


async def test_asking_again_for_a_preference_answers_the_same(scene: Scene) -> None:
    request = preference_request()
    first = await scene.gateway.open_preference(request)
    assert await scene.gateway.open_preference(request) == first
    assert first.init_point.startswith("http") and first.id in first.init_point
    other = await scene.gateway.open_preference(preference_request())
    assert other.id != first.id
    assert await scene.gateway.payments_of(request.checkout_id) == []


async def test_a_checkout_has_one_preference(scene: Scene) -> None:
    checkout = uuid4()
    await scene.gateway.open_preference(preference_request("100", checkout))
    with pytest.raises(GatewayRefused) as refusal:
        await scene.gateway.open_preference(preference_request("101", checkout))
    assert refusal.value.facts["status"] == 409


async def test_nothing_can_not_be_charged(scene: Scene) -> None:
    with pytest.raises(GatewayRefused) as refusal:
        await scene.gateway.open_preference(preference_request("0"))
    assert refusal.value.facts["status"] == 400


async def test_a_very_long_title_is_no_obstacle(scene: Scene) -> None:
    assert await scene.gateway.open_preference(preference_request(title="ñ" * 2_000))


@pytest.mark.parametrize(
    "id", ["1", "999999999999", "", "1/../../users/me", "１２", "1" * 21, "-1", "1\n"]
)
async def test_unknown_payments_are_none(scene: Scene, id: str) -> None:
    assert await scene.gateway.payment(PaymentId(id)) is None


@pytest.mark.parametrize("amount", ["0.01", "0.29", "100", "1234567.89", "999999999.99"])
async def test_an_approved_payment_to_the_cent(
    scene: Scene, clock: MovableClock, amount: str
) -> None:
    id = await scene.paid(amount)
    fact = await scene.fact(id)
    price = Money.parse(amount)
    assert fact == Fact(
        id=id,
        status=PaymentStatus.APPROVED,
        detail="accredited",
        amount=price,
        refunded=Money.ZERO,
        taken=Money.ZERO,
        fee=price.share(Rate(629)),
        taxes=price.share(Rate(100)),
        collector_id=scene.gateway.collector_id,
        external_reference=str(scene.checkout),
        approved_at=clock.now(),
        releases_at=clock.now() + timedelta(days=18),
        released=False,
        updated_at=fact.updated_at,
    )
    assert fact.updated_at.tzinfo is not None and fact.updated_at.utcoffset() == timedelta(0)


async def test_a_preference_may_be_tried_again_after_a_rejection(scene: Scene) -> None:
    checkout = CheckoutId(uuid4())
    preference = await scene.gateway.open_preference(preference_request("100", checkout))
    ids = [
        await scene.payer.pay(preference.id, result, None, COLLECTOR)
        for result in ("rejected", "pending", "approved")
    ]
    found = await scene.gateway.payments_of(checkout)
    assert [fact.id for fact in found] == ids
    assert [fact.status.value for fact in found] == ["rejected", "pending", "approved"]
    assert found[0].approved_at is None and found[0].fee == Money.ZERO
    assert await scene.gateway.payments_of(CheckoutId(uuid4())) == []


async def test_a_pending_payment_may_be_approved(scene: Scene) -> None:
    id = await scene.paid(result="pending")
    before = await scene.fact(id)
    await scene.payer.move(id, "approve")
    after = await scene.fact(id)
    assert (before.status, after.status) == (PaymentStatus.PENDING, PaymentStatus.APPROVED)
    assert before.updated_at < after.updated_at


async def test_each_change_is_later_than_the_one_before(scene: Scene) -> None:
    id = await scene.paid()
    seen = [(await scene.fact(id)).updated_at]
    await scene.payer.move(id, "release")
    seen.append((await scene.fact(id)).updated_at)
    await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.parse("1"))
    seen.append((await scene.fact(id)).updated_at)
    assert seen == sorted(set(seen))


async def test_release_by_hand_and_by_time(scene: Scene, clock: MovableClock) -> None:
    early, late = await scene.paid(), await scene.paid()
    await scene.payer.move(early, "release")
    assert (await scene.fact(early)).released and not (await scene.fact(late)).released
    clock.skip(timedelta(days=18))
    assert (await scene.fact(late)).released


async def test_a_whole_refund_gives_the_charges_back(scene: Scene) -> None:
    id = await scene.paid()
    number = await scene.gateway.refund(RefundKey(str(uuid4())), id, None)
    fact = await scene.fact(id)
    assert number and fact.status is PaymentStatus.REFUNDED
    assert fact.refunded == fact.amount and fact.fee == fact.taxes == Money.ZERO


async def test_a_partial_refund_leaves_it_approved(scene: Scene) -> None:
    id = await scene.paid()
    before = await scene.fact(id)
    await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.parse("0.07"))
    await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.parse("1000.10"))
    fact = await scene.fact(id)
    assert (fact.status, fact.detail) == (PaymentStatus.APPROVED, "partially_refunded")
    assert fact.refunded == Money.parse("1000.17") and fact.fee == before.fee
    await scene.gateway.refund(RefundKey(str(uuid4())), id, None)
    assert (await scene.fact(id)).refunded == fact.amount


async def test_the_same_refund_twice_happens_once(scene: Scene) -> None:
    id, refund = await scene.paid(), RefundKey(str(uuid4()))
    first = await scene.gateway.refund(refund, id, Money.parse("10"))
    assert await scene.gateway.refund(refund, id, Money.parse("10")) == first
    assert (await scene.fact(id)).refunded == Money.parse("10")


async def test_the_same_refund_with_another_amount_tells_nothing(scene: Scene) -> None:
    id, refund = await scene.paid(), RefundKey(str(uuid4()))
    await scene.gateway.refund(refund, id, Money.parse("10"))
    with pytest.raises(GatewaySilent):
        await scene.gateway.refund(refund, id, Money.parse("11"))
    assert (await scene.fact(id)).refunded == Money.parse("10")


async def test_more_than_is_left_is_refused(scene: Scene) -> None:
    id = await scene.paid("100")
    await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.parse("60"))
    with pytest.raises(GatewayRefused) as refusal:
        await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.parse("40.01"))
    assert refusal.value.facts["status"] == 400
    assert (await scene.fact(id)).refunded == Money.parse("60")


async def test_a_refund_of_nothing_is_refused(scene: Scene) -> None:
    id = await scene.paid("100")
    with pytest.raises(GatewayRefused):
        await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.ZERO)
    assert (await scene.fact(id)).refunded == Money.ZERO


async def test_a_refusal_that_may_be_our_own_doing_is_no_refusal(scene: Scene) -> None:
    whole, part = await scene.paid("100"), await scene.paid("100")
    await scene.gateway.refund(RefundKey(str(uuid4())), whole, None)
    with pytest.raises(GatewaySilent):
        await scene.gateway.refund(RefundKey(str(uuid4())), whole, None)
    await scene.gateway.refund(RefundKey(str(uuid4())), part, Money.parse("60"))
    with pytest.raises(GatewaySilent):
        await scene.gateway.refund(RefundKey(str(uuid4())), part, Money.parse("60"))


@pytest.mark.parametrize("result", ["pending", "rejected"])
async def test_only_what_was_paid_is_refunded(scene: Scene, result: str) -> None:
    id = await scene.paid(result=result)
    with pytest.raises(GatewayRefused):
        await scene.gateway.refund(RefundKey(str(uuid4())), id, None)


@pytest.mark.parametrize("id", ["999999999999", "1/../2", ""])
async def test_an_unknown_payment_is_not_refunded(scene: Scene, id: str) -> None:
    with pytest.raises(GatewayRefused) as refusal:
        await scene.gateway.refund(RefundKey(str(uuid4())), PaymentId(id), None)
    assert refusal.value.facts["status"] == 404


async def test_refunds_end_after_180_days(scene: Scene, clock: MovableClock) -> None:
    id = await scene.paid()
    clock.skip(timedelta(days=180))
    await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.parse("1"))
    clock.skip(timedelta(seconds=1))
    with pytest.raises(GatewayRefused):
        await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.parse("2"))


async def test_a_stranger_s_payment(scene: Scene) -> None:
    id = await scene.paid(collector=999)
    assert (await scene.fact(id)).collector_id == "999"
    with pytest.raises(GatewayRefused):
        await scene.gateway.refund(RefundKey(str(uuid4())), id, None)


async def test_another_currency_keeps_its_name(scene: Scene) -> None:
    id = await scene.paid("100", money=Money(10_000, "USD"))
    fact = await scene.fact(id)
    assert (fact.amount, fact.fee.currency) == (Money(10_000, "USD"), "USD")
    await scene.gateway.refund(RefundKey(str(uuid4())), id, None)
    assert (await scene.fact(id)).refunded == Money(10_000, "USD")


async def test_frozen_money_is_not_refunded(scene: Scene) -> None:
    mediated, charged = await scene.paid(), await scene.paid()
    await scene.payer.move(mediated, "mediate")
    await scene.payer.move(charged, "charge_back")
    assert (await scene.fact(mediated)).status is PaymentStatus.IN_MEDIATION
    fact = await scene.fact(charged)
    assert (fact.status, fact.detail) == (PaymentStatus.CHARGED_BACK, "in_process")
    for id in (mediated, charged):
        with pytest.raises(GatewayRefused):
            await scene.gateway.refund(RefundKey(str(uuid4())), id, None)
    await scene.payer.move(charged, "settle")
    assert (await scene.fact(charged)).detail == "settled"


@pytest.mark.parametrize("refunded", [None, "60"])
@pytest.mark.parametrize("part", [None, Money.parse("10")])
async def test_what_a_lost_chargeback_took_is_told(
    scene: Scene, part: Money | None, refunded: str | None
) -> None:
    """By default all that was not given back; nothing before it is lost, or once it is won."""
    id = await scene.paid("100")
    if refunded:
        await scene.gateway.refund(RefundKey(str(uuid4())), id, Money.parse(refunded))
    took = []
    for action in ("charge_back", "settle", "reimburse"):
        await scene.payer.move(id, action, part if action == "charge_back" else None)
        (listed,) = await scene.gateway.payments_of(scene.checkout)
        assert listed == await scene.fact(id)
        took.append(listed.taken)
    lost = part or Money.parse("40" if refunded else "100")
    assert took == [Money.ZERO, lost, Money.ZERO]


@pytest.mark.parametrize("part", [None, Money.parse("10")])
@pytest.mark.parametrize("end", ["charge_back", "settle", "reimburse"])
async def test_time_releases_what_a_decided_chargeback_left(
    scene: Scene, clock: MovableClock, part: Money | None, end: str
) -> None:
    id = await scene.paid("100")
    for action in ("charge_back", "settle", "reimburse"):
        await scene.payer.move(id, action, part if action == "charge_back" else None)
        if action == end:
            break
    clock.skip(timedelta(days=20))
    undecided, all_gone = end == "charge_back", end == "settle" and part is None
    assert (await scene.fact(id)).released is not (undecided or all_gone)


async def test_what_was_wholly_refunded_is_taken_again(scene: Scene) -> None:
    id = await scene.paid("100")
    await scene.gateway.refund(RefundKey(str(uuid4())), id, None)
    for action in ("charge_back", "settle"):
        await scene.payer.move(id, action)
    fact = await scene.fact(id)
    assert (fact.refunded, fact.taken) == (fact.amount, fact.amount)


async def test_nothing_is_asked_inside_a_unit_of_work(scene: Scene) -> None:
    id = await scene.paid()
    with unit_open():
        for call in (
            scene.gateway.open_preference(preference_request()),
            scene.gateway.payment(id),
            scene.gateway.payments_of(scene.checkout),
            scene.gateway.refund(RefundKey(str(uuid4())), id, None),
        ):
            with pytest.raises(RuntimeError, match="inside a unit of work"):
                await call
    assert (await scene.fact(id)).refunded == Money.ZERO
