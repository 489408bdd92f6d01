"""Payouts by bank, from the account that is named to the line that is settled."""

from typing import Any

from conectar.application.message import Page
from conectar.application.payments.ask_payout import AskPayout
from conectar.application.payments.make_payout_batch import MakePayoutBatch
from conectar.application.payments.settle_payout import SettlePayout
from conectar.application.people.update_professional import UpdateProfessional
from conectar.application.queries.money import GetBalance
from conectar.application.queries.payouts import ListPayouts
from conectar.application.views.money import (
    BalanceView,
    BatchView,
    PayoutView,
    WithdrawalView,
)
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import PayoutId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payout import PayoutResult
from tests.backends import House

CBU = "2850590940090418135201"
OTHER = "conectar.otra.cuenta"
NOTHING: dict[str, Any] = dict.fromkeys(
    (
        "biography",
        "radius_km",
        "takes_instant",
        "available",
        "hourly_rate",
        "location",
        "address",
    )
)


async def name_account(home: House, who: Actor, account: str = CBU) -> None:
    """Where he wants to be paid."""
    await home.core.execute(UpdateProfessional(**NOTHING, payout_account=account, actor=who))


async def ask(home: House, who: Actor, amount: Money) -> WithdrawalView:
    """He asks for it."""
    return await home.core.execute(AskPayout(amount=amount, actor=who))


async def export(home: House) -> BatchView:
    """The bank's file of what is ready."""
    agreed = await home.core.execute(MakePayoutBatch(actor=home.admin))
    assert agreed.done is not None and agreed.proposal is None
    return agreed.done


async def settle(home: House, id: PayoutId, result: PayoutResult) -> PayoutView:
    """What the bank did with a line, as an administrator says."""
    return await home.core.execute(
        SettlePayout(payout_id=id, result=result, evidence="T-1", actor=home.admin)
    )


async def payouts(home: House) -> list[PayoutView]:
    """All of them, oldest first."""
    query = ListPayouts(status=None, page=Page(), actor=home.admin)
    return list(reversed((await home.core.execute(query)).items))


async def balance(home: House, who: Actor) -> BalanceView:
    """What he can take, what waits, and what he owes."""
    return await home.core.execute(GetBalance(actor=who))
