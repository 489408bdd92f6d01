"""One key, one effect, one answer."""

from uuid import uuid4

import msgspec
import pytest

from conectar.adapters.codec import _descendants
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.message import Command, Query, Saga, answer_type
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.once import KeyReused, Once
from conectar.application.payments.receive_notice import ReceiveNotice
from conectar.application.ports.codec import Codec, Refusal
from conectar.application.queries.files import OpenFile
from conectar.application.queries.jobs import GetJobTimeline
from conectar.application.reactions.relay import ClaimDeliveries, FindDelivery
from conectar.application.registry import HANDLERS
from conectar.application.sweeps.clean_up import ForgetOld, Old
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.errors import DomainError, NotFound, OutOfRange, WrongSide
from conectar.domain.kernel.ids import JobId, PaymentId
from tests import actors
from tests.application.rooms import days
from tests.backends import House

KEY = Once("llave-0001", "contexto")
KEYLESS = {ClaimDeliveries, FindDelivery, OpenFile}
"""Never asked under a key; what they answer is not JSON."""


async def steps(home: House, job: JobId) -> int:
    """How many rows its timeline has."""
    return len(await home.core.execute(GetJobTimeline(job_id=job, actor=home.admin)))


async def test_the_same_key_answers_the_same_and_does_it_once(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job, _ = await actors.finished_job(still, ana, beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    first = await still.core.execute_once(approve, KEY)
    before = await steps(still, job.id)
    again = await still.core.execute_once(approve, Once(KEY.key, "otro contexto"))
    assert (first.replayed, again.replayed) == (False, True)
    assert again.value == first.value
    assert (again.context, again.refusal) == ("contexto", None), "as it was first shown"
    assert await steps(still, job.id) == before
    assert await still.core.execute(approve, once=KEY) == first.value


async def test_a_replay_is_the_answer_of_then_not_of_now(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job, _ = await actors.paid_job(still, ana, beto)
    complete = CompleteJob(job_id=job.id, notes="ñandú ✓", actor=beto)
    first = await still.core.execute(complete, once=KEY)
    await still.core.execute(ApproveJob(job_id=job.id, actor=ana))
    still.clock.advance(days(1))
    assert await still.core.execute(complete, once=KEY) == first


async def test_a_business_refusal_is_an_answer_too(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job, _ = await actors.paid_job(still, ana, beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    first = await still.core.execute_once(approve, KEY)
    assert isinstance(first.refusal, InvalidTransition) and not first.replayed
    await still.core.execute(CompleteJob(job_id=job.id, notes=None, actor=beto))
    again = await still.core.execute_once(approve, KEY)
    assert again.replayed and type(again.refusal) is InvalidTransition
    assert again.refusal.facts == first.refusal.facts
    with pytest.raises(InvalidTransition):
        await still.core.execute(approve, once=KEY)
    assert (await still.core.execute(approve, once=Once("llave-0002"))).approved_at


async def test_other_refusals_are_not_kept(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job, _ = await actors.finished_job(still, ana, beto)
    for message, refusal in (
        (ApproveJob(job_id=job.id, actor=beto), WrongSide),
        (ApproveJob(job_id=JobId(uuid4()), actor=ana), NotFound),
    ):
        with pytest.raises(refusal):
            await still.core.execute_once(message, KEY)
    good = ApproveJob(job_id=job.id, actor=ana)
    assert not (await still.core.execute_once(good, KEY)).replayed


async def test_a_key_of_another_message_is_refused_even_if_little_differs(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job, _ = await actors.paid_job(still, ana, beto)
    await still.core.execute(CompleteJob(job_id=job.id, notes="a", actor=beto), once=KEY)
    for other in (
        CompleteJob(job_id=job.id, notes="b", actor=beto),
        CompleteJob(job_id=job.id, notes=None, actor=beto),
        CompleteJob(job_id=JobId(uuid4()), notes="a", actor=beto),
        ApproveJob(job_id=job.id, actor=beto),
    ):
        with pytest.raises(KeyReused):
            await still.core.execute_once(other, KEY)


async def test_two_people_may_use_the_same_key(still: House) -> None:
    ana, eva, beto = (
        await actors.client(still),
        await actors.client(still),
        await actors.professional(still),
    )
    made = []
    for who in (ana, eva):
        offer = CreateOffer(
            to=beto.user_id,  # type: ignore[arg-type]
            description="Cambiar la canilla",
            amount=actors.PRICE,
            valid_days=None,
            actor=who,
        )
        made.append(await still.core.execute(offer, once=KEY))
    assert made[0].id != made[1].id


@pytest.mark.parametrize("length", [0, 7, 256])
def test_a_key_has_8_to_255_characters(length: int) -> None:
    with pytest.raises(OutOfRange):
        Once("k" * length)
    assert Once("k" * 8) and Once("k" * 255)


async def test_keys_are_forgotten_after_72_hours_and_not_before(still: House) -> None:
    notice = ReceiveNotice(notice_id="1", payment_id=PaymentId("1"))
    await still.core.execute(notice, once=KEY)
    still.clock.advance(days(3))
    assert await still.core.execute(ForgetOld(what=Old.KEYS)) == 0
    assert (await still.core.execute_once(notice, KEY)).replayed
    still.clock.advance(days(0.001))
    assert await still.core.execute(ForgetOld(what=Old.KEYS)) == 1
    assert not (await still.core.execute_once(notice, KEY)).replayed


async def test_key_and_effect_commit_together_or_not_at_all(racing: House) -> None:
    ana, beto = await actors.client(racing), await actors.professional(racing)
    job, _ = await actors.finished_job(racing, ana, beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    racing.store.after_commit = [RuntimeError("the answer is lost")]  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="lost"):
        await racing.core.execute_once(approve, KEY)
    again = await racing.core.execute_once(approve, KEY)
    assert again.replayed and again.value.approved_at, "it had happened"


# -- what a key may hold -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [m for m in HANDLERS if not issubclass(m, Query) and m not in KEYLESS],
    ids=lambda m: m.__name__,
)
def test_every_answer_a_key_may_hold_can_be_read_back(message: type[Command | Saga]) -> None:
    msgspec.json.Decoder(answer_type(message))


async def test_every_refusal_has_a_name_of_its_own_and_comes_back_with_its_facts(
    still: House,
) -> None:
    codec = await still.container.get(Codec)
    errors = _descendants(DomainError)
    assert len({error.__name__ for error in errors}) == len(set(errors))
    for error in errors:
        given = error(minimum="100.00", number=7, word="ñ")
        stored = codec.encode(Refusal(given.code, given.facts))
        back = codec.refusal(codec.decode(stored, Refusal))
        assert type(back) is error and back.facts == given.facts
