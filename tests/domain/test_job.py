"""Every move of a job, in every place a job can be, by everybody."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from itertools import product

import pytest

from conectar.domain.jobs.asking import allowed, ask
from conectar.domain.jobs.events import EscrowReleased, JobApproved, JobCompleted, JobCreated
from conectar.domain.jobs.job import begin
from conectar.domain.jobs.lifecycle import DisputeStatus, FrozenBy, Guard, JobStatus, Trigger
from conectar.domain.jobs.refusals import GUARD_REFUSALS, InvalidTransition, PaymentFrozen
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.actor import CLOCK, Actor, Role
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
    TO_CLIENT,
    accepted,
    done,
    paid,
)
from .job_rules import (
    LIFTS,
    MOVES,
    ONLY_FROZEN,
    RELEASES,
    RULES,
    SAYS_WHY,
    SCENES,
    SYSTEM,
    E,
    T,
    accepted_moves,
    broken,
    leads_to,
    place,
    refusal,
    told_as,
)


def test_every_place_and_every_trigger_is_met() -> None:
    assert set(RULES) == set(MOVES) == set(Trigger)
    met = {scene.place for scene in SCENES.values()}
    assert met == {to for _, ways in RULES.values() for to in ways} | {"CA", "CA<", "CX"}
    accepted_somewhere = {t for name in SCENES for t, _, _ in accepted_moves(name)}
    assert accepted_somewhere == set(Trigger)
    refused = {refusal(t, c, scene) for t, c, scene in product(Trigger, CALLERS, SCENES.values())}
    refusals = {NotFound, WrongSide, InvalidTransition, PaymentFrozen, *GUARD_REFUSALS.values()}
    assert refused == {None, *refusals}


@pytest.mark.parametrize("name", SCENES)
def test_every_refusal_in_its_order_and_nothing_changed(name: str) -> None:
    scene = SCENES[name]
    assert place(scene.job) == scene.place
    before = repr(scene.job)
    for trigger, caller in product(Trigger, CALLERS):
        wanted, by = refusal(trigger, caller, scene), CALLERS[caller]
        if wanted is None:
            continue
        with pytest.raises(DomainError) as asked:
            ask(scene.job, trigger, by, scene.now, broken(scene))
        assert type(asked.value) is wanted, (name, trigger, caller)
        if SYSTEM.get(trigger, caller) == caller:
            with pytest.raises(DomainError) as caught:
                MOVES[trigger](scene.job, by, scene)
            assert type(caught.value) is wanted, (name, trigger, caller)
        assert repr(scene.job) == before


@pytest.mark.parametrize("name", SCENES)
def test_every_accepted_move_leads_where_the_rules_say_and_is_told_once(name: str) -> None:
    scene = SCENES[name]
    before = repr(scene.job)
    for trigger, caller, (job, events) in accepted_moves(name):
        assert place(job) == leads_to(trigger, scene), (name, trigger, caller)
        assert job.version == scene.job.version + 1
        (told,) = [event for event in events if isinstance(event, Moved)]
        assert told is events[0]
        assert type(told) is told_as(trigger, scene)
        assert (told.version, told.actor) == (job.version, CALLERS[caller])
        assert told.states == (scene.job.status, job.status, job.escrow)
        assert told.subject_id == job.id
        assert told.reason == ("n" if trigger in SAYS_WHY else None)
        assert repr(scene.job) == before


@pytest.mark.parametrize("name", SCENES)
def test_a_freeze_ends_exactly_where_the_rules_say(name: str) -> None:
    scene = SCENES[name]
    for trigger, _, (job, _) in accepted_moves(name):
        if trigger is T.FREEZE:
            assert job.frozen_by is FrozenBy.CHARGEBACK
        elif trigger in LIFTS | ONLY_FROZEN:
            assert (job.frozen_by, job.time_left) == (FrozenBy.NONE, None)
        else:
            assert job.frozen_by is scene.job.frozen_by, (name, trigger)


@pytest.mark.parametrize("name", SCENES)
def test_what_a_job_offers_is_what_it_then_accepts(name: str) -> None:
    scene = SCENES[name]
    for trigger, caller in product(Trigger, CALLERS):
        if "strange" not in caller:
            roles = scene.job.roles_of(CALLERS[caller])
            offered = trigger in allowed(scene.job, roles, scene.now, broken(scene))
            assert offered == (refusal(trigger, caller, scene) is None), (name, trigger, caller)


@pytest.mark.parametrize("name", SCENES)
def test_whoever_waits_has_a_deadline_unless_the_money_is_frozen_or_going_back(name: str) -> None:
    for trigger, _, (job, _) in accepted_moves(name):
        waits = place(job) in ("AP", "IP", "CO", "DI", "DR")
        assert (job.deadline_at is not None) == (waits and not job.frozen), (name, trigger)
        assert (job.time_left is not None) == (waits and job.frozen), (name, trigger)


@pytest.mark.parametrize("name", SCENES)
def test_money_is_released_once_by_one_move(name: str) -> None:
    scene = SCENES[name]
    for trigger, _, (job, events) in accepted_moves(name):
        released = [event for event in events if isinstance(event, EscrowReleased)]
        held = scene.job.escrow is E.HELD
        assert len(released) == (held and place(job) in RELEASES), (name, trigger)
        for event in released:
            assert event.whole == (place(job) == "AD")
            kept = event.net + event.commission
            assert kept == job.price - (Money(0) if event.whole else TO_CLIENT)
            assert event.commission == kept.share(job.rate)


def test_kinds_of_refusals() -> None:
    assert NotFound.kind is Kind.NOT_FOUND
    assert WrongSide.kind is Kind.FORBIDDEN
    refusals: list[type[DomainError]] = [InvalidTransition, PaymentFrozen]
    for error in (*refusals, *GUARD_REFUSALS.values()):
        assert error.kind is Kind.REFUSED
    assert set(GUARD_REFUSALS) == set(Guard)
    assert all(issubclass(error, InvalidTransition) for error in GUARD_REFUSALS.values())


def test_the_part_is_read_from_the_job_and_not_from_the_account() -> None:
    """A professional who is the client of this job is its client."""
    turned = Actor(Role.PROFESSIONAL, CLIENT_ID)
    assert accepted().roles_of(turned) == {Role.CLIENT}
    with pytest.raises(WrongSide):
        paid().complete(by=turned, at=T0 + DAY, notes=None)


def test_only_who_opened_the_dispute_plays_the_opener() -> None:
    for scene, caller in product(SCENES.values(), CALLERS):
        if "strange" not in caller:
            plays = Role.OPENER in scene.job.roles_of(CALLERS[caller])
            assert plays == (caller == scene.opener)


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
        terms=Terms(payment=HOUR),
    )
    assert job.terms == Terms(payment=HOUR) and job.deadline_at == T0 + HOUR
    assert (job.status, job.escrow) == (JobStatus.AWAITING_PAYMENT, E.EMPTY)
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
        for field in (*same, "accepted_at", "terms"):
            assert getattr(scene.job, field) == getattr(first, field)


@pytest.mark.parametrize("silent", [False, True])
def test_a_release_tells_who_gets_what(silent: bool) -> None:
    finished = done(paid(), T0 + DAY)
    if silent:
        job, events = finished.lapse(at=T0 + 15 * DAY)
    else:
        job, events = finished.approve(by=CLIENT, at=T0 + 15 * DAY)
    assert job.approved_at == T0 + 15 * DAY
    moved, released = events
    assert isinstance(moved, JobApproved)
    assert moved.actor == (CLOCK if silent else CLIENT)
    assert isinstance(released, EscrowReleased)
    assert released.net + released.commission == job.price
    assert released.commission == job.price.share(job.rate)
    assert (released.job_id, released.offer_id) == (job.id, job.offer_id)
    assert released.professional_id == PROFESSIONAL_ID


def test_what_the_professional_wrote_and_when_he_finished_is_kept() -> None:
    job, (told,) = paid().complete(by=PROFESSIONAL, at=T0 + DAY, notes="Ready")
    assert (job.completed_at, job.ever_done) == (T0 + DAY, True)
    assert isinstance(told, JobCompleted)
    assert told.reason == "Ready"


def test_a_payment_is_confirmed_once_and_starts_the_work() -> None:
    job = accepted().confirm_payment(at=T0 + HOUR).job
    assert (job.status, job.escrow) == (JobStatus.IN_PROGRESS, E.HELD)
    assert job.paid_at == T0 + HOUR
    with pytest.raises(InvalidTransition):
        job.confirm_payment(at=T0 + HOUR)
