"""Above the house's limit one administrator proposes and another one confirms."""

from asyncio import CancelledError
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from conectar.application.accounts.create_admin import CreateAdmin
from conectar.application.disputes.resolve_dispute import ResolveDispute
from conectar.application.house.confirm_proposal import (
    SECONDED,
    ConfirmProposal,
    ConfirmResolution,
)
from conectar.application.message import Command, Page, Saga
from conectar.application.once import Once
from conectar.application.payments.close_incident import CloseIncident
from conectar.application.payments.make_payout_batch import MakePayoutBatch
from conectar.application.payments.move_treasury import MoveTreasury
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.payments.write_off_debt import WriteOffDebt
from conectar.application.ports.outside import GatewayRefused
from conectar.application.queries.admin import ListAudit
from conectar.application.queries.incidents import ListProposals
from conectar.application.queries.money import ListRefunds
from conectar.application.views.money import Agreed, ProposalView, TreasuryWay
from conectar.domain.jobs.dispute import Ruling
from conectar.domain.jobs.refusals import PaymentFrozen
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import DomainError, NotFound, WrongRole
from conectar.domain.kernel.ids import DisputeId, ProposalId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Flag
from conectar.domain.payments.payout import PayoutStatus
from conectar.domain.payments.proposal import ProposalSpent, SameAdministrator
from conectar.domain.payments.refund import RefundStatus, Resolution
from tests import actors
from tests.application.gateway_words import Place, Word, accounts, incidents, scene
from tests.application.paying_out import ask, name_account, payouts
from tests.application.rooms import Races, room, script
from tests.application.test_chargebacks import NET, available
from tests.application.test_empty_accounts import on_a_persons_list
from tests.backends import House

LIMIT = Money(1)
NOBODYS = DisputeId(UUID(int=7))


@pytest.fixture
async def careful(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house where nearly nothing moves by one hand."""
    async with room(backend, tmp_path, second_admin_above=LIMIT) as opened:
        yield opened


@pytest.fixture
async def racing(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """Another one, whose answers get lost."""
    async with room(backend, tmp_path, Races(), second_admin_above=LIMIT) as opened:
        yield opened


async def colleague(home: House) -> Actor:
    """Another administrator."""
    made = await home.core.execute(CreateAdmin(email="otra@conectar.test", password="un-secreto-8"))
    return Actor(Role.ADMIN, made.id)


async def refund(home: House) -> Command[Any]:
    """Of held money."""
    made = await scene(home, Place.DONE)
    return RefundPayment(
        payment_id=made.payment_id, amount=None, reason="un error", actor=home.admin
    )


async def ruling(home: House) -> Command[Any]:
    """Of a dispute."""
    made = await scene(home, Place.QUARREL)
    return ResolveDispute(
        dispute_id=(await made.dispute()).id,
        ruling=Ruling.RELEASE,
        client_percent=None,
        explanation="visto",
        actor=home.admin,
    )


async def transfer(home: House) -> Command[Any]:
    """Instead of a refund."""
    made = await on_a_persons_list(home)
    (intent,) = await made.refunds()
    return ResolveRefund(
        refund_id=intent.id,
        resolution=Resolution.BANK_TRANSFER,
        evidence="T-1",
        reason="no salió",
        actor=home.admin,
    )


async def batch(home: House) -> Command[Any]:
    """Of payouts."""
    made = await scene(home, Place.RELEASED)
    await available(made)
    await name_account(home, made.beto)
    await ask(home, made.beto, NET)
    return MakePayoutBatch(actor=home.admin)


async def treasury(home: House) -> Command[Any]:
    """The house's own money."""
    return MoveTreasury(
        direction=TreasuryWay.TO_BANK,
        amount=Money(100),
        evidence="T-1",
        reason="para pagar",
        actor=home.admin,
    )


async def closing(home: House) -> CloseIncident:
    """Of what the gateway took."""
    made = await scene(home, Place.RELEASED)
    await made.told(Word.UNHEARD)
    return CloseIncident(
        payment_id=made.payment_id,
        loss=Money(100),
        recovery=None,
        evidence="MP-1",
        reason="visto",
        actor=home.admin,
    )


MOVES = {
    RefundPayment: refund,
    ResolveDispute: ruling,
    ResolveRefund: transfer,
    MakePayoutBatch: batch,
    MoveTreasury: treasury,
    CloseIncident: closing,
}


async def propose(home: House, command: Command[Any]) -> ProposalView:
    """The first administrator asks."""
    agreed: Agreed[Any] = await home.core.execute(command)
    assert agreed.done is None and agreed.proposal is not None
    return agreed.proposal


def confirm(proposal: ProposalView, by: Actor) -> ConfirmProposal:
    """The second one agrees."""
    return ConfirmProposal(proposal_id=proposal.id, actor=by)


async def standing(home: House) -> list[ProposalId]:
    """What waits."""
    query = ListProposals(page=Page(), actor=home.admin)
    return [p.id for p in (await home.core.execute(query)).items]


def test_each_of_them_is_tried_here() -> None:
    assert {*MOVES, WriteOffDebt} == set(SECONDED.values())


@pytest.mark.parametrize("kind", list(MOVES), ids=lambda kind: kind.__name__)
async def test_nothing_moves_until_another_one_agrees_and_then_once(
    careful: House, kind: type[Command[Any]]
) -> None:
    command = await MOVES[kind](careful)
    before, eva = await accounts(careful), await colleague(careful)
    proposal = await propose(careful, command)
    assert proposal.proposed_by_admin == person(careful.admin)
    assert await accounts(careful) == before
    with pytest.raises(SameAdministrator):
        await careful.core.execute(confirm(proposal, careful.admin))
    assert await standing(careful) == [proposal.id]
    done = await careful.core.execute(confirm(proposal, eva))
    assert done.confirmed_by == eva.user_id
    assert await standing(careful) == []
    noted = (await careful.core.execute(ListAudit(page=Page(), actor=careful.admin))).items
    assert [n.admin_id for n in noted if n.action == "ConfirmProposal"] == [eva.user_id]
    after = await accounts(careful)
    assert after != before or kind is MakePayoutBatch
    with pytest.raises(DomainError):
        await careful.core.execute(confirm(proposal, eva))
    assert await accounts(careful) == after


async def test_a_debt_is_written_off_by_two(careful: House) -> None:
    made, eva = await scene(careful, Place.RELEASED), await colleague(careful)
    await available(made)
    await name_account(careful, made.beto)
    await ask(careful, made.beto, NET)
    exported = await propose(careful, MakePayoutBatch(actor=careful.admin))
    await careful.core.execute(confirm(exported, eva))
    await made.told(Word.SETTLED)
    write = WriteOffDebt(
        professional_id=person(made.beto),
        amount=None,
        evidence="J-1",
        reason="se fue",
        actor=careful.admin,
    )
    proposal = await propose(careful, write)
    assert (await accounts(careful))["receivable"] == NET.cents
    await careful.core.execute(confirm(proposal, eva))
    assert "receivable" not in await accounts(careful)


async def test_up_to_the_limit_one_is_enough(careful: House) -> None:
    move = replace(await treasury(careful), amount=LIMIT)  # type: ignore[call-arg]
    agreed = await careful.core.execute(move)
    assert agreed.done is not None and agreed.proposal is None
    await propose(careful, replace(move, amount=LIMIT + LIMIT))  # type: ignore[call-arg]


async def test_without_a_limit_one_is_enough_for_everything(still: House) -> None:
    agreed = await still.core.execute(await ruling(still))
    assert agreed.done is not None and agreed.proposal is None


async def test_a_newer_proposal_about_the_same_takes_the_place_of_the_older(
    careful: House,
) -> None:
    command, eva = await ruling(careful), await colleague(careful)
    first = await propose(careful, command)
    changed = replace(command, ruling=Ruling.SPLIT, client_percent=30)  # type: ignore[call-arg]
    second = await propose(careful, changed)
    assert await standing(careful) == [second.id]
    with pytest.raises(ProposalSpent):
        await careful.core.execute(confirm(first, eva))
    dispute = command.dispute_id  # type: ignore[attr-defined]
    resolution = ConfirmResolution(dispute_id=dispute, actor=eva)
    shown = await careful.core.execute(resolution)
    assert (shown.ruling, shown.client_percent) == (Ruling.SPLIT, 30)


async def test_what_cannot_be_done_any_more_is_refused_and_stays(careful: House) -> None:
    made, eva = await scene(careful, Place.DONE), await colleague(careful)
    proposal = await propose(
        careful,
        RefundPayment(
            payment_id=made.payment_id, amount=None, reason="un error", actor=careful.admin
        ),
    )
    await made.told(Word.MEDIATION)
    with pytest.raises(PaymentFrozen):
        await careful.core.execute(confirm(proposal, eva))
    assert await standing(careful) == [proposal.id]
    await made.told(Word.FINE)
    await careful.core.execute(confirm(proposal, eva))
    assert (await made.where())[1] == "refunding"


async def test_a_confirmation_that_counts_has_its_answer_even_if_nobody_got_it(
    racing: House,
) -> None:
    eva, key = await colleague(racing), Once("llave-0001")
    for command in (await refund(racing), await ruling(racing)):
        proposal = await propose(racing, command)
        agree: Saga[Any] = confirm(proposal, eva)
        if isinstance(command, ResolveDispute):
            agree = ConfirmResolution(dispute_id=command.dispute_id, actor=eva)
            key = Once("llave-0002")
        claimed = None
        racing.store.after_commit = [CancelledError(), claimed]  # type: ignore[attr-defined]
        with pytest.raises(CancelledError):
            await racing.core.execute_once(agree, key)
        assert await standing(racing) == []
        again = await racing.core.execute_once(agree, key)
        assert again.replayed and not again.refusal


async def test_only_administrators_confirm_and_only_what_exists(careful: House) -> None:
    proposal = await propose(careful, await treasury(careful))
    ana = await actors.client(careful)
    for query in (confirm(proposal, ana), ConfirmResolution(dispute_id=NOBODYS, actor=ana)):
        with pytest.raises(WrongRole):
            await careful.core.execute(query)
    nothing = replace(confirm(proposal, careful.admin), proposal_id=ProposalId(NOBODYS))
    with pytest.raises(NotFound):
        await careful.core.execute(nothing)
    with pytest.raises(NotFound):
        await careful.core.execute(ConfirmResolution(dispute_id=NOBODYS, actor=careful.admin))


async def test_no_more_is_moved_than_the_other_one_agreed_to(careful: House) -> None:
    """What was proposed without an amount may be more by now."""
    made, eva = await scene(careful, Place.RELEASED), await colleague(careful)
    await available(made)
    await name_account(careful, made.beto)
    await ask(careful, made.beto, NET - Money(1))
    export = MakePayoutBatch(actor=careful.admin)
    proposal = await propose(careful, export)
    await ask(careful, made.beto, Money(1))
    with pytest.raises(ProposalSpent):
        await careful.core.execute(confirm(proposal, eva))
    assert {p.status for p in await payouts(careful)} == {PayoutStatus.REQUESTED}
    await careful.core.execute(confirm(await propose(careful, export), eva))
    assert {p.status for p in await payouts(careful)} == {PayoutStatus.EXPORTED}


async def test_an_incident_is_closed_for_the_facts_both_have_seen(careful: House) -> None:
    """What the gateway said since is nobody's decision yet."""
    command = await closing(careful)
    proposal = await propose(careful, command)
    careful.gateway.change(command.payment_id, *Word.MEDIATION.value)
    await actors.notice(careful, command.payment_id)
    other, books = await colleague(careful), await accounts(careful)
    with pytest.raises(ProposalSpent):
        await careful.core.execute(confirm(proposal, other))
    assert [one.flag for one in await incidents(careful)] == [Flag.NO_ROW]
    assert await accounts(careful) == books


@pytest.mark.parametrize("how", [Resolution.CONFIRMED, Resolution.BANK_TRANSFER])
async def test_whoever_says_that_a_refund_is_paid_needs_another(
    careful: House, how: Resolution
) -> None:
    said = replace(await transfer(careful), resolution=how)  # type: ignore[call-arg]
    proposal = await propose(careful, said)
    await careful.core.execute(confirm(proposal, await colleague(careful)))
    assert not await standing(careful)


async def test_what_is_in_another_currency_needs_two(careful: House) -> None:
    """Nobody can tell whether it is more than the limit."""
    ana, beto = await actors.client(careful), await actors.professional(careful)
    job = await actors.unpaid_job(careful, ana, beto)
    page = await careful.core.execute(OpenCheckout(job_id=job.id, actor=ana))
    script(careful).fail("refund", GatewayRefused(status=400, message="no"))
    payment = careful.gateway.pay(page.preference_id, currency="USD")
    await actors.notice(careful, payment)
    await careful.background.run_due()
    query = ListRefunds(status=None, page=Page(), actor=careful.admin)
    (refund,) = (await careful.core.execute(query)).items
    said = ResolveRefund(
        refund_id=refund.id,
        resolution=Resolution.BANK_TRANSFER,
        evidence="T-1",
        reason="no salió",
        actor=careful.admin,
    )
    proposal = await propose(careful, said)
    await careful.core.execute(confirm(proposal, await colleague(careful)))
    (refund,) = (await careful.core.execute(query)).items
    assert refund.status is RefundStatus.SUCCEEDED
