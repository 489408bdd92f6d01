"""Every per-owner account, and suspense, can be emptied again by what the house really does.

A new kind of account without a way out fails here.
"""

from collections.abc import Awaitable, Callable

import pytest

from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.payments.write_off_debt import WriteOffDebt
from conectar.application.ports.outside import GatewayRefused
from conectar.application.queries.money import GetTrialBalance
from conectar.domain.jobs.dispute import Ruling
from conectar.domain.kernel.actor import person
from conectar.domain.payments.ledger import PER_OWNER, AccountKind
from conectar.domain.payments.payout import PayoutResult
from conectar.domain.payments.refund import Resolution
from tests import actors
from tests.application.gateway_words import PRICE, Place, Scene, Word, accounts, rule, scene
from tests.application.paying_out import ask, export, name_account, payouts, settle
from tests.application.rooms import days, script
from tests.application.test_chargebacks import NET, another, available, owing
from tests.backends import House

K = AccountKind
Act = Callable[[Scene], Awaitable[None]]
Make = Callable[[House], Awaitable[Scene]]


async def held(home: House) -> Scene:
    """Finished work."""
    return await scene(home, Place.DONE)


async def working(home: House) -> Scene:
    """Work that goes on."""
    return await scene(home, Place.WORKING)


async def quarrelling(home: House) -> Scene:
    """A dispute."""
    return await scene(home, Place.QUARREL)


async def returning(home: House) -> Scene:
    """On its way back."""
    return await scene(home, Place.RETURNING)


async def on_a_persons_list(home: House) -> Scene:
    """The gateway refused to give it back."""
    made = await returning(home)
    script(home).fail("refund", GatewayRefused(status=400, message="no"))
    await home.background.run_due()
    return made


async def earned(home: House) -> Scene:
    """Approved, and not available yet."""
    return await scene(home, Place.RELEASED)


async def to_take(home: House) -> Scene:
    """Approved and available."""
    made = await earned(home)
    await available(made)
    await name_account(home, made.beto)
    return made


async def asked(home: House) -> Scene:
    """A payout is on its way."""
    made = await to_take(home)
    await ask(home, made.beto, NET)
    return made


async def paid_twice(home: House) -> Scene:
    """The client paid again what was paid."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job = await actors.unpaid_job(home, ana, beto)
    page = (await actors.checkout(home, job, ana)).preference_id
    first = home.gateway.pay(page)
    await actors.notice(home, first)
    second = home.gateway.pay(page)
    await actors.notice(home, second)
    return Scene(home, job, second)


async def approve(made: Scene) -> None:
    await made.home.core.execute(ApproveJob(job_id=made.job_id, actor=made.ana))


async def leave(made: Scene) -> None:
    await made.home.core.execute(CancelJob(job_id=made.job_id, reason=None, actor=made.beto))


async def wait(made: Scene) -> None:
    """Nobody does anything; the sweeps do."""
    made.home.clock.advance(days(76))
    await made.home.background.run_due()


async def divide(made: Scene) -> None:
    await rule(made.home, (await made.dispute()).id, Ruling.SPLIT, 33)


async def lose(made: Scene) -> None:
    await made.told(Word.SETTLED)


async def reimburse(made: Scene) -> None:
    await made.told(Word.REIMBURSED)


async def refunded_outside(made: Scene) -> None:
    await made.told(Word.REFUNDED)


async def sweep(made: Scene) -> None:
    await made.home.background.run_due()


def resolving(how: Resolution) -> Act:
    """An administrator settles it with evidence."""

    async def act(made: Scene) -> None:
        (refund,) = await made.refunds()
        await made.home.core.execute(
            ResolveRefund(
                refund_id=refund.id,
                resolution=how,
                evidence="C-1",
                reason="visto",
                actor=made.home.admin,
            )
        )

    return act


async def take(made: Scene) -> None:
    await ask(made.home, made.beto, NET)


def bank(*results: PayoutResult) -> Act:
    """The line is exported and settled."""

    async def act(made: Scene) -> None:
        await export(made.home)
        (line,) = await payouts(made.home)
        for result in results:
            await settle(made.home, line.id, result)

    return act


async def earn(made: Scene) -> None:
    await another(made)


async def write_off(made: Scene) -> None:
    await made.home.core.execute(
        WriteOffDebt(
            professional_id=person(made.beto),
            amount=None,
            evidence="J-1",
            reason="se fue",
            actor=made.home.admin,
        )
    )


WAYS: dict[AccountKind, list[tuple[Make, Act]]] = {
    K.ESCROW: [
        (held, approve),
        (held, wait),
        (working, leave),
        (working, wait),
        (quarrelling, divide),
        (quarrelling, wait),
        (held, lose),
        (held, refunded_outside),
    ],
    K.REFUND_PENDING: [
        (returning, sweep),
        (returning, lose),
        (returning, refunded_outside),
        (on_a_persons_list, resolving(Resolution.CONFIRMED)),
        (on_a_persons_list, resolving(Resolution.BANK_TRANSFER)),
    ],
    K.PAYABLE_UNRELEASED: [(earned, wait), (earned, lose)],
    K.PAYABLE: [(to_take, take), (to_take, lose)],
    K.PAYOUT_PENDING: [
        (asked, bank(PayoutResult.SENT)),
        (asked, bank(PayoutResult.FAILED)),
        (asked, lose),
    ],
    K.RECEIVABLE: [(owing, earn), (owing, write_off), (owing, reimburse)],
    K.SUSPENSE: [(paid_twice, sweep)],
}
TRANSIENT = {K.SUSPENSE}
"""Nothing rests there: the move in and the move out are one unit of work."""


@pytest.mark.parametrize("kind", sorted(PER_OWNER | {K.SUSPENSE}, key=lambda kind: kind.value))
async def test_it_has_a_way_out(kind: AccountKind) -> None:
    assert WAYS[kind]


CASES = [(kind, *way) for kind, ways in WAYS.items() for way in ways]


@pytest.mark.parametrize(
    ("kind", "make", "empty"),
    CASES,
    ids=[f"{k.value}-{m.__name__}-{e.__name__}-{n}" for n, (k, m, e) in enumerate(CASES)],
)
async def test_it_is_filled_and_emptied(
    still: House, kind: AccountKind, make: Make, empty: Act
) -> None:
    made = await make(still)
    if kind not in TRANSIENT:
        assert (await accounts(still))[kind.value] > 0
    await empty(made)
    assert kind.value not in await accounts(still)
    trial = await still.core.execute(GetTrialBalance(actor=still.admin))
    (line,) = [each for each in trial.accounts if each.account == kind.value]
    assert line.debits == line.credits >= min(PRICE, NET), "it really went through"
