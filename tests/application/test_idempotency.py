"""One key, one effect, one answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from conectar.adapters.codec import _descendants
from conectar.application.accounts.change_password import ChangePassword
from conectar.application.accounts.create_admin import CreateAdmin
from conectar.application.accounts.log_in import LogIn
from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.disputes.show_evidence import ShowEvidence, Upload
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.message import Command, Page, Query, Saga, answer_type
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.once import LEASE, KeyInProgress, KeyReused, Once
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.payments.receive_notice import ReceiveNotice
from conectar.application.people.submit_kyc import SubmitKyc
from conectar.application.ports.codec import Codec, Refusal
from conectar.application.ports.outside import GatewaySilent, Storage
from conectar.application.queries.disputes import GetDispute
from conectar.application.queries.files import OpenFile
from conectar.application.queries.jobs import GetJobTimeline
from conectar.application.queries.people import Authenticate, GetMe, ListSessions
from conectar.application.queries.professionals import ListKycPending
from conectar.application.reactions.relay import ClaimDeliveries, FindDelivery
from conectar.application.registry import HANDLERS
from conectar.application.sweeps.clean_up import ForgetOld, Old
from conectar.domain.jobs.dispute import DisputeReason
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import DomainError, Kind, NotFound, OutOfRange, WrongSide
from conectar.domain.kernel.ids import JobId, PaymentId
from conectar.domain.payments.checkout import NotPayable
from conectar.domain.people.kyc import DocumentKind
from tests import actors
from tests.application.rooms import Races, days, room, script
from tests.backends import House, everywhere

KEY = Once("llave-0001", "contexto")
Count = Callable[[], Awaitable[int]]
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


# -- sagas hold their key by a lease -----------------------------------------------------------


async def unpaid(home: House) -> OpenCheckout:
    """The wish to pay a job."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job = await actors.unpaid_job(home, ana, beto)
    return OpenCheckout(job_id=job.id, actor=ana)


async def test_a_saga_replays_like_a_command(still: House) -> None:
    wish = await unpaid(still)
    first = await still.core.execute_once(wish, KEY)
    again = await still.core.execute_once(wish, KEY)
    assert again.value == first.value and again.replayed
    assert len(script(still).sent("open")) == 1


@everywhere
async def test_while_a_saga_works_its_key_is_in_progress(still: House) -> None:
    wish = await unpaid(still)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        arrived.set()
        await go_on.wait()

    script(still).meanwhile["open"] = slowly
    first = asyncio.create_task(still.core.execute_once(wish, KEY))
    await arrived.wait()
    with pytest.raises(KeyInProgress) as raised:
        await still.core.execute_once(wish, KEY)
    assert raised.value.kind is Kind.CONFLICT
    go_on.set()
    assert (await still.core.execute_once(wish, Once("llave-0002"))).value
    assert (await first).value == (await still.core.execute_once(wish, KEY)).value


@everywhere
async def test_a_saga_whose_worker_died_runs_again_after_its_lease(still: House) -> None:
    """What a crash leaves: the claimed key, and no answer."""
    wish = await unpaid(still)
    never = asyncio.Event()
    arrived = asyncio.Event()

    async def hangs() -> None:
        arrived.set()
        await never.wait()

    script(still).meanwhile["open"] = hangs
    lost = asyncio.create_task(still.core.execute_once(wish, KEY))
    await arrived.wait()
    still.clock.advance(LEASE - days(1e-6))
    with pytest.raises(KeyInProgress):
        await still.core.execute_once(wish, KEY)
    still.clock.advance(days(1e-6))
    outcome = await still.core.execute_once(wish, KEY)
    assert not outcome.replayed and outcome.value.preference_id
    assert len(set(script(still).sent("open"))) == 1, "the same intent under the same key"
    lost.cancel()
    await asyncio.gather(lost, return_exceptions=True)


@everywhere
@pytest.mark.parametrize(
    ("failure", "told"), [(GatewaySilent(), GatewaySilent), (NotPayable(status="x"), KeyInProgress)]
)
async def test_a_late_worker_does_not_take_the_key_from_the_next(
    still: House, failure: DomainError, told: type[DomainError]
) -> None:
    """Whose lease ran out has lost the key: his failure must not open it under the next one, and
    his refusal is no answer."""
    wish = await unpaid(still)
    first_there, second_there = asyncio.Event(), asyncio.Event()
    fail, go_on = asyncio.Event(), asyncio.Event()

    async def first_hangs() -> None:
        first_there.set()
        await fail.wait()
        raise failure

    async def second_works() -> None:
        second_there.set()
        await go_on.wait()

    script(still).meanwhile["open"] = first_hangs
    first = asyncio.create_task(still.core.execute_once(wish, KEY))
    await first_there.wait()
    still.clock.advance(LEASE)
    script(still).meanwhile["open"] = second_works
    second = asyncio.create_task(still.core.execute_once(wish, KEY))
    await second_there.wait()
    fail.set()
    with pytest.raises(told):
        await first
    try:
        with pytest.raises(KeyInProgress):
            await still.core.execute_once(wish, KEY)
    finally:
        go_on.set()
        await second


async def test_a_late_worker_does_not_take_a_key_that_was_opened_again(still: House) -> None:
    """Its numbers begin at one again."""
    wish = await unpaid(still)
    gates = [(asyncio.Event(), asyncio.Event()) for _ in range(2)]

    def hanging(there: asyncio.Event, fail: asyncio.Event) -> Callable[[], Awaitable[None]]:
        async def hangs() -> None:
            there.set()
            await fail.wait()
            raise GatewaySilent()

        return hangs

    script(still).meanwhile["open"] = hanging(*gates[0])
    first = asyncio.create_task(still.core.execute_once(wish, KEY))
    await gates[0][0].wait()
    still.clock.advance(LEASE)
    script(still).fail("open", GatewaySilent())
    with pytest.raises(GatewaySilent):
        await still.core.execute_once(wish, KEY)
    script(still).meanwhile["open"] = hanging(*gates[1])
    third = asyncio.create_task(still.core.execute_once(wish, KEY))
    await gates[1][0].wait()
    gates[0][1].set()
    with pytest.raises(GatewaySilent):
        await first
    with pytest.raises(KeyInProgress):
        await still.core.execute_once(wish, KEY)
    gates[1][1].set()
    with pytest.raises(GatewaySilent):
        await third


async def test_a_failure_forgets_the_key(still: House) -> None:
    wish = await unpaid(still)
    for error in (GatewaySilent(operation="open"), RuntimeError("oops"), asyncio.CancelledError()):
        script(still).fail("open", error)
        with pytest.raises(type(error)):
            await still.core.execute_once(wish, KEY)
    outcome = await still.core.execute_once(wish, KEY)
    assert not outcome.replayed and outcome.value.made


@pytest.fixture
async def racing(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose commits may fail."""
    async with room(backend, tmp_path, Races()) as opened:
        yield opened


async def test_key_and_effect_commit_together_or_not_at_all(racing: House) -> None:
    ana, beto = await actors.client(racing), await actors.professional(racing)
    job, _ = await actors.finished_job(racing, ana, beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    racing.store.after_commit = [RuntimeError("the answer is lost")]  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="lost"):
        await racing.core.execute_once(approve, KEY)
    again = await racing.core.execute_once(approve, KEY)
    assert again.replayed and again.value.approved_at, "it had happened"


# -- what makes a saga count has its answer with it ---------------------------------------------


async def proof(home: House) -> tuple[Saga[Any], Count]:
    """Of who somebody is."""
    beto = await actors.register(home, Role.PROFESSIONAL)

    async def shown() -> int:
        waiting = await home.core.execute(ListKycPending(page=Page(), actor=home.admin))
        return len(waiting.items)

    files = dict.fromkeys(DocumentKind, actors.PNG)
    return SubmitKyc(dni="12345678", cuit="20-12345678-6", files=files, actor=beto), shown


async def evidence(home: House) -> tuple[Saga[Any], Count]:
    """In a dispute."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job, _ = await actors.finished_job(home, ana, beto)
    opened = await home.core.execute(
        OpenDispute(job_id=job.id, cause=DisputeReason.OTHER, description="torcido", actor=ana)
    )

    async def shown() -> int:
        dispute = await home.core.execute(GetDispute(dispute_id=opened.id, actor=ana))
        return len(dispute.evidence_files)

    return ShowEvidence(dispute_id=opened.id, files=(Upload("a", actors.PNG),), actor=ana), shown


async def another_password(home: House) -> tuple[Saga[Any], Count]:
    """Which ends the other sessions."""
    ana = await actors.client(home)
    me = await home.core.execute(GetMe(actor=ana))
    sign_in = LogIn(email=me.email, password=actors.PASSWORD, device="d")
    for _ in range(2):
        tokens = await home.core.execute(sign_in)
    caller = await home.core.execute(Authenticate(access_token=tokens.access_token))

    async def gone() -> int:
        left = await home.core.execute(ListSessions(actor=ana, session_id=caller.session_id))
        return 2 - len(left)

    change = ChangePassword(
        current_password=actors.PASSWORD,
        new_password="otra-clave-8",
        session_id=caller.session_id,
        actor=ana,
    )
    return change, gone


async def a_session(home: House) -> tuple[Saga[Any], Count]:
    """One more."""
    ana = await actors.client(home)
    me = await home.core.execute(GetMe(actor=ana))
    sign_in = LogIn(email=me.email, password=actors.PASSWORD, device="d")

    async def opened() -> int:
        async with home.store.unit() as uow:
            return len(await uow.sessions.live_of(me.id, home.clock.now()))

    return sign_in, opened


async def an_account(home: House) -> tuple[Saga[Any], Count]:
    """An administrator's."""

    async def there() -> int:
        async with home.store.reading() as read:
            return int(await read.user_by_email("otra@conectar.test") is not None)

    return CreateAdmin(email="otra@conectar.test", password="un-secreto-8"), there


async def a_checkout(home: House) -> tuple[Saga[Any], Count]:
    """Which is shown as made, not as found; its first step has a unit of its own."""
    wish = await unpaid(home)

    async def asked() -> int:
        return len(set(script(home).sent("open")))

    return wish, asked


@pytest.mark.parametrize(
    "wish", [proof, evidence, another_password, a_session, an_account, a_checkout]
)
async def test_a_saga_that_counts_has_its_answer_even_if_nobody_got_it(
    racing: House, wish: Callable[[House], Awaitable[tuple[Saga[Any], Count]]]
) -> None:
    saga, times = await wish(racing)
    before: list[None] = [None] * (2 if isinstance(saga, OpenCheckout) else 1)
    racing.store.after_commit = [asyncio.CancelledError(), *before]  # type: ignore[attr-defined]
    with pytest.raises(asyncio.CancelledError):
        await racing.core.execute_once(saga, KEY)
    assert await times() == 1
    again = await racing.core.execute_once(saga, KEY)
    assert again.replayed and not again.refusal
    assert getattr(again.value, "made", True), "the answer of then"
    assert await times() == 1


async def test_a_late_worker_makes_nothing_count(
    still: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one has the key by now."""
    saga, shown = await evidence(still)
    storage = type(await still.container.get(Storage))
    put, arrived, go_on = storage.put, asyncio.Event(), asyncio.Event()

    async def slowly(self: Any, key: str, content: bytes) -> None:
        await put(self, key, content)
        if not arrived.is_set():
            arrived.set()
            await go_on.wait()

    monkeypatch.setattr(storage, "put", slowly)
    late = asyncio.create_task(still.core.execute_once(saga, KEY))
    await arrived.wait()
    still.clock.advance(LEASE)
    answered = await still.core.execute_once(saga, KEY)
    go_on.set()
    with pytest.raises(KeyInProgress):
        await late
    assert await shown() == 1
    assert (await still.core.execute_once(saga, KEY)).value == answered.value
    (file,) = answered.value.evidence_files
    token = file.url.rsplit("/", 1)[1]
    assert (await still.core.execute(OpenFile(token=token))).content == actors.PNG


async def test_the_files_of_a_proof_that_counts_stay_whatever_happens_to_the_answer(
    racing: House,
) -> None:
    """No row refers to a file that is gone."""
    beto = await actors.register(racing, Role.PROFESSIONAL)
    racing.store.after_commit = [asyncio.CancelledError()]  # type: ignore[attr-defined]
    files = dict.fromkeys(DocumentKind, actors.PNG)
    submit = SubmitKyc(dni="12345678", cuit="20-12345678-6", files=files, actor=beto)
    with pytest.raises(asyncio.CancelledError):
        await racing.core.execute(submit)
    waiting = await racing.core.execute(ListKycPending(page=Page(), actor=racing.admin))
    (shown,) = waiting.items
    for document in shown.documents:
        token = document.url.rsplit("/", 1)[1]
        assert (await racing.core.execute(OpenFile(token=token))).content == actors.PNG


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
