"""What the rules answer to every move of a job, transcribed a second time, and how to make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

from conectar.domain.jobs import events as e
from conectar.domain.jobs.job import Decision, Job
from conectar.domain.jobs.lifecycle import (
    DisputeStatus,
    EscrowStatus,
    FrozenBy,
    Guard,
    JobStatus,
    Trigger,
)
from conectar.domain.jobs.refusals import (
    CoolingOffOver,
    InvalidTransition,
    NoChangesLeft,
    NoDisputeLeft,
    PaymentFrozen,
    RefundInFlight,
    StillSuspended,
)
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.errors import DomainError, NotFound, WrongSide
from conectar.domain.kernel.events import Moved

from .builders import CALLERS, DISPUTE_ID, TO_CLIENT, Scene, frozen, scenes

T, E = Trigger, EscrowStatus

# trigger | who | where it may happen: where it leads (`back` and `as_was` say the scene, `.` stays)
TABLE = """
confirm_payment | gateway | AP:IP
cancel | client professional | AP:CA IP:CA>
suspend | admin | AP:CA IP:DI CO:DI
erase | client professional | AP:CA
regret | client | AP:CA IP:CA>
lapse | clock | AP:CA IP:CA> CO:AD DI:CA> DR:CA>
complete | professional | IP:CO
approve | client | CO:AD
request_changes | client | CO:IP
dispute | client professional | IP:DI CO:DI
take_dispute | admin | DI:DR
withdraw_dispute | opener | DI:back DR:back
resolve_release | admin | DI:AD DR:AD
resolve_refund | admin | DI:CA> DR:CA>
resolve_split | admin | DI:AS DR:AS
order_refund | admin | IP:CA> CO:CA>
order_split | admin | IP:AS CO:AS
confirm_refund | gateway admin | CA>:CA<
freeze | gateway | IP:. CO:. DI:. DR:. CA>:.
thaw | gateway | IP:. CO:. DI:. DR:. CA>:.
lose | gateway | IP:CX CO:CX DI:CX DR:CX CA>:CX
outside_refund | gateway | IP:CA< CO:CA< DI:CA< DR:CA< CA>:CA<
settle_chargeback | gateway | AD:AX AS:AX
reimburse | gateway | AX:as_was
"""
RULES: dict[Trigger, tuple[set[str], dict[str, str]]] = {}
for line in TABLE.strip().splitlines():
    name, who, ways = (cell.strip() for cell in line.split("|"))
    RULES[Trigger(name)] = (set(who.split()), dict(w.split(":") for w in ways.split()))

WHILE_FROZEN = {T.COMPLETE, T.REQUEST_CHANGES, T.TAKE_DISPUTE, T.WITHDRAW_DISPUTE, T.FREEZE}
LIFTS = {T.CONFIRM_REFUND, T.OUTSIDE_REFUND}
ONLY_FROZEN = {T.THAW, T.LOSE}
TAKES_AWAY = {T.LOSE, T.OUTSIDE_REFUND, T.SETTLE_CHARGEBACK}
RELEASES = {"AD", "AS"}
TOLD = {
    T.CONFIRM_PAYMENT: e.JobPaid,
    T.CANCEL: e.JobCancelled,
    T.ERASE: e.JobCancelled,
    T.REGRET: e.JobCancelled,
    T.COMPLETE: e.JobCompleted,
    T.APPROVE: e.JobApproved,
    T.REQUEST_CHANGES: e.ChangesRequested,
    T.DISPUTE: e.DisputeOpened,
    T.TAKE_DISPUTE: e.DisputeTaken,
    T.WITHDRAW_DISPUTE: e.DisputeWithdrawn,
    T.RESOLVE_RELEASE: e.DisputeResolved,
    T.RESOLVE_REFUND: e.DisputeResolved,
    T.RESOLVE_SPLIT: e.DisputeResolved,
    T.ORDER_REFUND: e.JobCancelled,
    T.ORDER_SPLIT: e.JobApproved,
    T.CONFIRM_REFUND: e.RefundProcessed,
    T.FREEZE: e.EscrowFrozen,
    T.THAW: e.EscrowUnfrozen,
    T.LOSE: e.PaymentChargedBack,
    T.OUTSIDE_REFUND: e.RefundProcessed,
    T.SETTLE_CHARGEBACK: e.PaymentChargedBack,
    T.REIMBURSE: e.EscrowUnfrozen,
}
SUSPENDED = {"AP": e.JobCancelled}
SILENCE = {"CO": e.JobApproved, "DI": e.DisputeResolved, "DR": e.DisputeResolved}

Move = Callable[[Job, Actor, Scene], Decision]


def leave(trigger: Trigger) -> Move:
    return lambda j, by, s: j.leave(trigger, by=by, at=s.now, reason="n")


def decide(trigger: Trigger) -> Move:
    part = TO_CLIENT if trigger in (T.RESOLVE_SPLIT, T.ORDER_SPLIT) else None
    return lambda j, by, s: j.resolve(trigger, by=by, at=s.now, reason="n", to_client=part)


def take_away(trigger: Trigger) -> Move:
    return lambda j, by, s: j.take_away(trigger, at=s.now, in_flight=s.in_flight)


MOVES: dict[Trigger, Move] = {
    T.CONFIRM_PAYMENT: lambda j, by, s: j.confirm_payment(at=s.now),
    T.SUSPEND: lambda j, by, s: j.suspend(DISPUTE_ID, by=by, at=s.now, reason="n"),
    T.LAPSE: lambda j, by, s: j.lapse(at=max(s.now, j.deadline_at or s.now)),
    T.COMPLETE: lambda j, by, s: j.complete(by=by, at=s.now, notes="n"),
    T.APPROVE: lambda j, by, s: j.approve(by=by, at=s.now),
    T.REQUEST_CHANGES: lambda j, by, s: j.request_changes(by=by, at=s.now, reason="n"),
    T.DISPUTE: lambda j, by, s: j.open_dispute(DISPUTE_ID, by=by, at=s.now, reason="n"),
    T.TAKE_DISPUTE: lambda j, by, s: j.take_dispute(by=by, at=s.now),
    T.WITHDRAW_DISPUTE: lambda j, by, s: j.withdraw_dispute(by=by, at=s.now, party_banned=s.banned),
    T.CONFIRM_REFUND: lambda j, by, s: j.confirm_refund(by=by, at=s.now),
    T.FREEZE: lambda j, by, s: j.freeze(FrozenBy.CHARGEBACK, at=s.now),
    T.THAW: lambda j, by, s: j.thaw(at=s.now),
    T.REIMBURSE: lambda j, by, s: j.reimburse(at=s.now),
    **{t: leave(t) for t in (T.CANCEL, T.ERASE, T.REGRET)},
    **{t: take_away(t) for t in TAKES_AWAY},
    **{t: decide(t) for t in Trigger if t.value.startswith(("resolve", "order"))},
}
SYSTEM = {
    T.CONFIRM_PAYMENT: "gateway",
    T.LAPSE: "clock",
    **dict.fromkeys((T.FREEZE, T.THAW, T.REIMBURSE, *TAKES_AWAY), "gateway"),
}
"""Their methods ask nobody who calls."""
SAYS_WHY = {T.COMPLETE, T.REQUEST_CHANGES, T.CANCEL, T.ERASE, T.REGRET, T.DISPUTE, T.SUSPEND}
SAYS_WHY |= {t for t in Trigger if t.value.startswith(("resolve", "order"))}

CALM_SCENES = scenes()
FROZEN_SCENES = {
    f"{name}, frozen by {by.value}": replace(scene, job=frozen(scene.job, by, scene.now))
    for name, scene in CALM_SCENES.items()
    for by in (FrozenBy.MEDIATION, FrozenBy.CHARGEBACK)
    if scene.job.escrow in (E.HELD, E.REFUNDING)
}
SCENES = CALM_SCENES | FROZEN_SCENES
CANCELLED = {E.EMPTY: "CA", E.REFUNDING: "CA>", E.REFUNDED: "CA<", E.CHARGED_BACK: "CX"}
ENDED = {E.RELEASED: "AD", E.SPLIT: "AS", E.CHARGED_BACK: "AX"}


def place(job: Job) -> str:
    if job.status is JobStatus.CANCELLED:
        return CANCELLED[job.escrow]
    if job.status is JobStatus.APPROVED:
        return ENDED[job.escrow]
    assert (job.escrow is E.EMPTY) == (job.status is JobStatus.AWAITING_PAYMENT)
    return {
        JobStatus.AWAITING_PAYMENT: "AP",
        JobStatus.IN_PROGRESS: "IP",
        JobStatus.COMPLETED: "CO",
        JobStatus.DISPUTED: "DI" if job.dispute is DisputeStatus.OPEN else "DR",
    }[job.status]


def broken(scene: Scene) -> frozenset[Guard]:
    """What the joint state and the job don't know."""
    found = {Guard.PARTY_UNBANNED} if scene.banned else set()
    return frozenset(found | ({Guard.NO_REFUND_IN_FLIGHT} if scene.in_flight else set()))


def refusal(trigger: Trigger, caller: str, scene: Scene) -> type[DomainError] | None:
    """What the rules answer: 404, then 403, then the wrong state, frozen money, a spent guard."""
    who, ways = RULES[trigger]
    if "strange" in caller:
        return NotFound
    if caller not in who and not ("opener" in who and caller == scene.opener):
        return WrongSide
    is_frozen = scene.job.frozen_by is not FrozenBy.NONE
    if scene.place not in ways or (trigger in ONLY_FROZEN and not is_frozen):
        return InvalidTransition
    if is_frozen and trigger not in WHILE_FROZEN | LIFTS | ONLY_FROZEN:
        return PaymentFrozen
    return spent_guard(trigger, caller, scene)


def spent_guard(trigger: Trigger, caller: str, scene: Scene) -> type[DomainError] | None:
    leaving = trigger in (T.CANCEL, T.REGRET) and caller == "client" and scene.place == "IP"
    if leaving and not scene.cooling_off:
        return CoolingOffOver
    if trigger is T.REQUEST_CHANGES and not scene.changes_left:
        return NoChangesLeft
    if trigger is T.DISPUTE and caller in scene.spent:
        return NoDisputeLeft
    if trigger is T.WITHDRAW_DISPUTE and scene.banned:
        return StillSuspended
    return RefundInFlight if trigger in TAKES_AWAY and scene.in_flight else None


def told_as(trigger: Trigger, scene: Scene) -> type[Moved]:
    if trigger is T.LAPSE:
        return SILENCE.get(scene.place, e.JobCancelled)
    if trigger is T.SUSPEND:
        return SUSPENDED.get(scene.place, e.DisputeOpened)
    return TOLD[trigger]


def leads_to(trigger: Trigger, scene: Scene) -> str:
    to = RULES[trigger][1][scene.place]
    return {"back": scene.back, "as_was": scene.as_was, ".": scene.place}.get(to, to)


def accepted_moves(name: str) -> Iterator[tuple[Trigger, str, Decision]]:
    """What may be done in a scene, by whom, and what comes of it."""
    scene = SCENES[name]
    for trigger, caller in product(Trigger, CALLERS):
        if refusal(trigger, caller, scene) is None:
            yield trigger, caller, MOVES[trigger](scene.job, CALLERS[caller], scene)
