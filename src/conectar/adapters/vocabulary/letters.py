"""Notices and mails, in Spanish, and the addresses in them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from conectar.adapters.vocabulary.codes import code
from conectar.adapters.vocabulary.events import NOTICE_KINDS
from conectar.adapters.vocabulary.paths import API, FILES_PATH, REGRET
from conectar.adapters.vocabulary.templates import TEMPLATES
from conectar.application.ports.outside import Words
from conectar.application.ports.rows import Affair
from conectar.domain.jobs import events as jobs
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.jobs.terms import BUENOS_AIRES, Terms
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.money import Money
from conectar.domain.levels import points
from conectar.domain.offers.offer import Offer
from conectar.domain.payments import payout, refund
from conectar.domain.people.regret import RegretOutcome, RegretReceived
from conectar.domain.people.user import User
from conectar.domain.reviews.review import ReviewCreated

CONSEQUENCES = {
    JobStatus.IN_PROGRESS: "si no se completa, se cancela y se devuelve el dinero",
    JobStatus.COMPLETED: "si nadie responde, se aprueba y se libera el dinero",
}
DECISIONS = {
    EscrowStatus.RELEASED: "el dinero se libera al profesional",
    EscrowStatus.REFUNDING: "el dinero vuelve al cliente",
    EscrowStatus.SPLIT: "el dinero se divide",
}
OUTCOMES = {
    RegretOutcome.CANCELLED: "El trabajo se canceló y lo pagado se devuelve.",
    RegretOutcome.IN_DISPUTE: "Quedó dicho en la disputa abierta.",
    RegretOutcome.CASE: "La administración lo va a revisar.",
}
NOTHING_LEFT = " Ya no te quedan pedidos de cambios ni disputas para este trabajo."
SIGNATURE = "\n\nConectar\n"
UNITS = ((86_400, "día"), (3_600, "hora"), (60, "minuto"))


def pesos(amount: Money) -> str:
    """`$15.000,50`; `USD 15.000,50` of another currency."""
    whole, cents = divmod(amount.cents, 100)
    sign = "$" if amount.currency == Money.ZERO.currency else f"{amount.currency} "
    return f"{sign}{whole:,}".replace(",", ".") + f",{cents:02}"


@lru_cache
def lasting(time: timedelta) -> str:
    """`75 días`, `24 horas`: in the largest unit of which it is several, else in seconds."""
    seconds = max(1, round(time.total_seconds()))
    for size, unit in UNITS:
        if seconds % size == 0 and seconds > size:
            return f"{seconds // size} {unit}s"
    return "1 segundo" if seconds == 1 else f"{seconds} segundos"


@lru_cache
def moment(at: datetime | None) -> str:
    """`02/03/2026 a las 12:00`, in Buenos Aires."""
    if at is None:
        return "—"
    here = at.astimezone(BUENOS_AIRES)
    return f"{here.day:02}/{here.month:02}/{here.year} a las {here.hour:02}:{here.minute:02}"


class PublicLinks:
    """Implements Links. `public_url` is the base of the links."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def file(self, token: str) -> str:
        """Where a signed file is shown."""
        return f"{self._public_url}{FILES_PATH}/{token}"


class SpanishLetters:
    """Implements Letters. `public_url` is the base of the links."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._regret = f"{public_url}{API}{REGRET}"

    def password_reset(self, name: str, token: str) -> tuple[str, str]:
        """The mail of a forgotten password."""
        return (
            "Restablecé tu contraseña",
            f"Hola, {name}:\n\n"
            "Pidieron restablecer la contraseña de tu cuenta en Conectar. Si fuiste vos, usá este "
            f"código dentro de una hora:\n\n{token}\n\n"
            f"O abrí {self._public_url}/restablecer?token={token}\n\n"
            "Si no fuiste vos, no hace falta que hagas nada.\n",
        )

    def verification(self, name: str, token: str) -> tuple[str, str]:
        """The mail that proves an address."""
        return (
            "Verificá tu correo",
            f"Hola, {name}:\n\n"
            f"Para verificar que este correo es tuyo, usá este código:\n\n{token}\n\n"
            f"O abrí {self._public_url}/verificar?token={token}\n",
        )

    def notice(self, event: Event, to: User, about: Affair | None, *, mailed: bool) -> Words:
        """What somebody reads of an event."""
        template, facts = TEMPLATES[type(event)], _Facts(event, to, about)
        facts["arrepentimiento"] = self._regret
        title, text = template.title.format_map(facts), template.text.format_map(facts)
        letter = ""
        if mailed:
            more = template.letter.format_map(facts)
            letter = f"Hola, {to.first_name}:\n\n{text}\n{more}{SIGNATURE}"
        return Words(NOTICE_KINDS[type(event)], title, text, letter)


def _changes(terms: Terms) -> str:
    if not terms.changes:
        return ""
    times = "una vez" if terms.changes == 1 else f"{terms.changes} veces"
    return f" pedir cambios (hasta {times}, con {lasting(terms.rework)} más por lo menos)"


class _Facts(dict[str, str]):
    """What a template may ask for, found when it does."""

    def __init__(self, event: Event, to: User, about: Affair | None) -> None:
        super().__init__(OWN[type(event)](event, to) if type(event) in OWN else {})
        self.event, self.to, self.about = event, to, about

    def __missing__(self, name: str) -> str:
        return FACTS[name](self)

    @property
    def job(self) -> Job:
        """The job it is about. A template that asks for it speaks of one."""
        job = self.affair.of
        assert isinstance(job, Job), self.event
        return job

    @property
    def affair(self) -> Affair:
        """The job or the offer, and whose it is."""
        assert self.about is not None, self.event
        return self.about


def _reason(of: _Facts) -> str:
    reason = getattr(of.event, "reason", None)
    return f" Motivo: {reason}." if reason else ""


def _amount(of: _Facts) -> Money:
    affair = of.affair.of
    return affair.amount if isinstance(affair, Offer) else affair.price


def _until(of: _Facts) -> datetime | None:
    """What the event said, for by now it may wait for something else."""
    if isinstance(of.event, jobs.JobMoved | jobs.JobReminder):
        return of.event.deadline_at
    offer = of.affair.of
    return offer.expires_at if isinstance(offer, Offer) else None


def _silence(of: _Facts) -> str:
    if until := _until(of):
        return f"Si no respondés antes del {moment(until)}, se aprueba solo."
    return "El plazo para responder corre cuando se libere el pago."


def _other(of: _Facts) -> str:
    affair = of.affair
    return affair.professional if of.to.id == affair.of.client_id else affair.client


FACTS: dict[str, Callable[[_Facts], str]] = {
    "nombre": lambda of: of.to.first_name,
    "motivo": _reason,
    "cliente": lambda of: of.affair.client,
    "profesional": lambda of: of.affair.professional,
    "otro": _other,
    "descripcion": lambda of: of.affair.of.description,
    "monto": lambda of: pesos(_amount(of)),
    "comision": lambda of: pesos(of.job.shares.commission),
    "neto": lambda of: pesos(of.job.shares.net),
    "tasa": lambda of: f"{of.job.rate.percent.normalize():f}",
    "fecha": lambda of: moment(of.job.accepted_at),
    "vence": lambda of: moment(_until(of)),
    "silencio": _silence,
    "plazo_pendiente": lambda of: lasting(of.job.terms.pending_payment),
    "plazo_trabajo": lambda of: lasting(min(of.job.terms.work, of.job.terms.held)),
    "plazo_aprobacion": lambda of: lasting(of.job.terms.approval),
    "plazo_disputa": lambda of: lasting(of.job.terms.dispute),
    "plazo_maximo": lambda of: lasting(of.job.terms.held),
    "cambios": lambda of: _changes(of.job.terms),
    "dias_revocacion": lambda of: str(of.job.terms.cooling_off_days),
}
"""What any template may ask for."""


def _payout(event: Any, _: User) -> dict[str, str]:
    return {"retiro": pesos(event.amount)}


def _last_chance(event: jobs.DisputeWithdrawn, to: User) -> dict[str, str]:
    return {"aviso": NOTHING_LEFT if event.spent and to.id == event.client_id else ""}


def _end(event: jobs.JobMoved) -> str:
    ends = event.status is JobStatus.CANCELLED and event.before is not JobStatus.CANCELLED
    return " El trabajo terminó." if ends else ""


def _refunded(event: jobs.RefundProcessed, to: User) -> dict[str, str]:
    his = to.id == event.client_id
    of, did = ("Tu", "Te devolvimos") if his else ("Un", "MercadoPago devolvió al cliente")
    return {"reembolso_de": of, "devolvio": did, "fin": _end(event)}


OWN: dict[type[Event], Callable[[Any, User], dict[str, str]]] = {
    jobs.JobReminder: lambda e, _: {"consecuencia": CONSEQUENCES[e.status]},
    jobs.DisputeWithdrawn: _last_chance,
    jobs.DisputeResolved: lambda e, _: {"decision": DECISIONS[e.escrow]},
    jobs.EscrowReleased: lambda e, _: {"neto_liberado": pesos(e.net)},
    payout.PayoutRequested: _payout,
    payout.PayoutCompleted: _payout,
    payout.PayoutFailed: _payout,
    payout.PayoutRecalled: _payout,
    jobs.RefundProcessed: _refunded,
    jobs.PaymentChargedBack: lambda e, _: {"fin": _end(e)},
    refund.EarningsTaken: lambda e, _: {"tomado": pesos(e.amount)},
    refund.RefundArrived: lambda e, _: {"reembolso": pesos(e.amount)},
    payout.DestinationChanged: lambda e, _: {"usable": moment(e.usable_at)},
    ReviewCreated: lambda e, _: {"estrellas": str(e.rating)},
    points.PointsEarned: lambda e, _: {"puntos": str(e.points), "total": str(e.total)},
    points.LevelUp: lambda e, _: {"nivel": code(e.level)},
    RegretReceived: lambda e, _: {"codigo": e.code, "desenlace": OUTCOMES[e.outcome]},
}
"""What only one event has to say."""
