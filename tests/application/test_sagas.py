"""A saga under a key: who holds it, and what makes it count."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from conectar.application.accounts.change_password import ChangePassword
from conectar.application.accounts.create_admin import CreateAdmin
from conectar.application.accounts.log_in import LogIn
from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.disputes.show_evidence import ShowEvidence, Upload
from conectar.application.message import Page, Saga
from conectar.application.once import LEASE, KeyInProgress, Once
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.people.submit_kyc import SubmitKyc
from conectar.application.ports.outside import GatewaySilent, Storage
from conectar.application.queries.disputes import GetDispute
from conectar.application.queries.files import OpenFile
from conectar.application.queries.people import Authenticate, GetMe, ListSessions
from conectar.application.queries.professionals import ListKycPending
from conectar.domain.jobs.dispute import DisputeReason
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import DomainError, Kind
from conectar.domain.payments.checkout import NotPayable
from conectar.domain.people.kyc import DocumentKind
from tests import actors
from tests.application.rooms import days, script
from tests.backends import House, everywhere

KEY = Once("llave-0001", "contexto")
Count = Callable[[], Awaitable[int]]


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
