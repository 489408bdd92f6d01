"""Every move of a job, in every place a job can be, by everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from itertools import product

import pytest

from conectar.domain.jobs.events import (
    ChangesRequested,
    EscrowReleased,
    JobApproved,
    JobCancelled,
    JobCompleted,
    JobCreated,
    JobPaid,
    RefundProcessed,
)
from conectar.domain.jobs.job import (
    CoolingOffOver,
    Decision,
    InvalidTransition,
    Job,
    NoChangesLeft,
    PaymentFrozen,
    begin,
)
from conectar.domain.jobs.lifecycle import DisputeStatus, EscrowStatus, FrozenBy, JobStatus, Trigger
from conectar.domain.kernel.actor import CLOCK, GATEWAY, Actor, Role
from conectar.domain.kernel.errors import DomainError, Kind, NotFound, WrongSide
from conectar.domain.kernel.events import Moved
from conectar.domain.kernel.money import Money

from .builders import (
    CALLERS,
    CLIENT,
    CLIENT_ID,
    DAY,
    HOUR,
    PROFESSIONAL,
    PROFESSIONAL_ID,
    RATE,
    T0,
    TERMS,
    Scene,
    accepted,
    done,
    frozen,
    paid,
    scenes,
)

Move = Callable[[Job, Actor, Scene], Decision]
MOVES: dict[str, Move] = {
    "complete": lambda j, by, s: j.complete(by=by, at=s.now, notes="n", terms=TERMS),
    "request changes": lambda j, by, s: j.request_changes(by=by, at=s.now, reason="n", terms=TERMS),
    "approve": lambda j, by, s: j.approve(by=by, at=s.now, terms=TERMS),
    "cancel": lambda j, by, s: j.cancel(by=by, at=s.now, reason="n", terms=TERMS),
    "confirm refund": lambda j, by, s: j.confirm_refund(by=by, at=s.now, terms=TERMS),
}

# move: who -> (where it may be made, where it leads)
RULES: dict[str, dict[str, dict[str, str]]] = {
    "complete": {"professional": {"IP": "CO"}},
    "request changes": {"client": {"CO": "IP"}},
    "approve": {"client": {"CO": "AD"}},
    "cancel": {
        "client": {"AP": "CA", "IP": "CA>"},
        "professional": {"AP": "CA", "IP": "CA>"},
    },
    "confirm refund": {"gateway": {"CA>": "CA"}, "admin": {"CA>": "CA"}},
}
MOVE_MONEY = {"approve", "cancel"}
TOLD = {
    "complete": JobCompleted,
    "request changes": ChangesRequested,
    "approve": JobApproved,
    "cancel": JobCancelled,
    "confirm refund": RefundProcessed,
}
SCENES = scenes()
IN_CARE = (EscrowStatus.HELD, EscrowStatus.REFUNDING)
FROZEN_SCENES = {
    f"{name}, frozen by {by.value}": replace(scene, job=frozen(scene.job, by))
    for name, scene in SCENES.items()
    for by in (FrozenBy.MEDIATION, FrozenBy.CHARGEBACK)
    if scene.job.escrow in IN_CARE
}
PLACES = {
    JobStatus.AWAITING_PAYMENT: "AP",
    JobStatus.IN_PROGRESS: "IP",
    JobStatus.COMPLETED: "CO",
    JobStatus.APPROVED: "AD",
    JobStatus.CANCELLED: "CA",
}


def place(job: Job) -> str:
    return PLACES[job.status] + (">" if job.escrow is EscrowStatus.REFUNDING else "")


def refusal(move: str, caller: str, scene: Scene) -> type[DomainError] | None:
    """What the rules answer: 404, then 403, then the wrong state, frozen money, a spent guard."""
    if "strange" in caller:
        return NotFound
    if caller not in RULES[move]:
        return WrongSide
    if scene.place not in RULES[move][caller]:
        return InvalidTransition
    if scene.job.frozen_by is not FrozenBy.NONE and move in MOVE_MONEY:
        return PaymentFrozen
    if (move, caller, scene.place) == ("cancel", "client", "IP") and not scene.cooling_off:
        return CoolingOffOver
    if move == "request changes" and not scene.changes_left:
        return NoChangesLeft
    return None


@pytest.mark.parametrize("name", [*SCENES, *FROZEN_SCENES])
def test_every_move_by_everybody(name: str) -> None:
    scene = (SCENES | FROZEN_SCENES)[name]
    assert place(scene.job) == scene.place
    for move, caller in product(MOVES, CALLERS):
        wanted = refusal(move, caller, scene)
        before = repr(scene.job)
        if wanted:
            with pytest.raises(DomainError) as caught:
                MOVES[move](scene.job, CALLERS[caller], scene)
            assert type(caught.value) is wanted, (name, move, caller)
        else:
            job, events = MOVES[move](scene.job, CALLERS[caller], scene)
            assert place(job) == RULES[move][caller][scene.place], (name, move, caller)
            assert job.version == scene.job.version + 1
            (told,) = [event for event in events if isinstance(event, Moved)]
            assert type(told) is TOLD[move]
            assert (told.version, told.actor, told.at) == (job.version, CALLERS[caller], scene.now)
            assert told.states == (scene.job.status, job.status, job.escrow)
            assert told.subject_id == job.id
            assert told.reason == (None if move in ("approve", "confirm refund") else "n")
        assert repr(scene.job) == before


@pytest.mark.parametrize("name", [*SCENES, *FROZEN_SCENES])
def test_what_a_job_offers_is_what_it_then_accepts(name: str) -> None:
    scene = (SCENES | FROZEN_SCENES)[name]
    triggers = {
        "complete": Trigger.COMPLETE,
        "request changes": Trigger.REQUEST_CHANGES,
        "approve": Trigger.APPROVE,
        "cancel": Trigger.CANCEL,
        "confirm refund": Trigger.CONFIRM_REFUND,
    }
    for move, caller in product(MOVES, CALLERS):
        if "strange" not in caller:
            roles = scene.job.roles_of(CALLERS[caller])
            offered = scene.job.may(triggers[move], roles, scene.now, TERMS)
            assert offered == (refusal(move, caller, scene) is None), (name, move, caller)


@pytest.mark.parametrize("name", [*SCENES, *FROZEN_SCENES])
def test_a_payment_is_confirmed_only_while_it_is_awaited(name: str) -> None:
    scene = (SCENES | FROZEN_SCENES)[name]
    if scene.place == "AP":
        job, events = scene.job.confirm_payment(at=scene.now, terms=TERMS)
        assert (job.status, job.escrow) == (JobStatus.IN_PROGRESS, EscrowStatus.HELD)
        assert [type(event) for event in events] == [JobPaid]
        assert job.paid_at == scene.now
    else:
        with pytest.raises(InvalidTransition):
            scene.job.confirm_payment(at=scene.now, terms=TERMS)


def test_kinds_of_refusals() -> None:
    assert NotFound.kind is Kind.NOT_FOUND
    assert WrongSide.kind is Kind.FORBIDDEN
    for error in (InvalidTransition, PaymentFrozen, CoolingOffOver, NoChangesLeft):
        assert error.kind is Kind.REFUSED
    assert issubclass(CoolingOffOver, InvalidTransition)
    assert issubclass(NoChangesLeft, InvalidTransition)


def test_the_part_is_read_from_the_job_and_not_from_the_account() -> None:
    """A professional who is the client of this job is its client."""
    turned = Actor(Role.PROFESSIONAL, CLIENT_ID)
    assert accepted().roles_of(turned) == {Role.CLIENT}
    with pytest.raises(WrongSide):
        paid().complete(by=turned, at=T0 + DAY, notes=None, terms=TERMS)


def test_nobody_plays_the_opener_by_himself() -> None:
    for actor in (CLIENT, PROFESSIONAL, CLOCK, GATEWAY):
        assert Role.OPENER not in paid().roles_of(actor)


def test_a_job_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        accepted().status = JobStatus.APPROVED  # type: ignore[misc]


def test_acceptance_freezes_the_terms() -> None:
    job, events = begin(
        id=accepted().id,
        offer_id=accepted().offer_id,
        client_id=CLIENT_ID,
        professional_id=PROFESSIONAL_ID,
        description="Paint a wall",
        price=Money(100_05),
        rate=RATE,
        by=CLIENT,
        at=T0,
        terms=TERMS,
    )
    assert (job.status, job.escrow) == (JobStatus.AWAITING_PAYMENT, EscrowStatus.EMPTY)
    assert (job.dispute, job.frozen_by) == (DisputeStatus.NONE, FrozenBy.NONE)
    assert (job.price, job.rate, job.description) == (Money(100_05), RATE, "Paint a wall")
    assert (job.version, job.accepted_at, job.paid_at) == (1, T0, None)
    assert (job.ever_done, job.changes_used) == (False, 0)
    (told,) = events
    assert isinstance(told, JobCreated)
    assert (told.version, told.actor, told.states) == (1, CLIENT, (None, job.status, job.escrow))


def test_price_and_rate_survive_every_move() -> None:
    for scene in SCENES.values():
        first = accepted()
        same = ("id", "offer_id", "client_id", "professional_id", "description", "price", "rate")
        for field in (*same, "accepted_at"):
            assert getattr(scene.job, field) == getattr(first, field)


@pytest.mark.parametrize("silent", [False, True])
def test_a_release_tells_who_gets_what(silent: bool) -> None:
    finished = done(paid(), T0 + DAY)
    if silent:
        job, events = finished.lapse(at=T0 + 15 * DAY, terms=TERMS)
    else:
        job, events = finished.approve(by=CLIENT, at=T0 + 15 * DAY, terms=TERMS)
    assert job.approved_at == T0 + 15 * DAY
    moved, released = events
    assert isinstance(moved, JobApproved)
    assert moved.actor == (CLOCK if silent else CLIENT)
    assert isinstance(released, EscrowReleased)
    assert released.net + released.commission == job.price
    assert released.commission == job.price.share(job.rate)
    assert (released.job_id, released.offer_id) == (job.id, job.offer_id)
    assert released.professional_id == PROFESSIONAL_ID


@pytest.mark.parametrize("name", SCENES)
def test_money_is_released_once_by_one_move(name: str) -> None:
    scene = SCENES[name]
    for move, caller in product(MOVES, CALLERS):
        if refusal(move, caller, scene) is None:
            _, events = MOVES[move](scene.job, CALLERS[caller], scene)
            released = [event for event in events if isinstance(event, EscrowReleased)]
            assert len(released) == (move == "approve")


def test_what_the_professional_wrote_and_when_he_finished_is_kept() -> None:
    job, (told,) = paid().complete(by=PROFESSIONAL, at=T0 + DAY, notes="Ready", terms=TERMS)
    assert (job.completed_at, job.ever_done) == (T0 + DAY, True)
    assert isinstance(told, JobCompleted)
    assert told.reason == "Ready"


def test_a_confirmed_refund_ends_the_freeze() -> None:
    for scene in FROZEN_SCENES.values():
        if scene.place == "CA>":
            job = scene.job.confirm_refund(by=GATEWAY, at=scene.now + HOUR, terms=TERMS).job
            assert job.frozen_by is FrozenBy.NONE
