"""Codes: what an enum's value is called on the wire and in the tables."""

from enum import Enum
from typing import TypeVar

from conectar.application.ports.search import SearchOrder
from conectar.application.views.money import QuoteRule, Rounding, TreasuryWay
from conectar.application.views.work import Action, DisputeAction, JobFreeze, OnExpiry
from conectar.domain.jobs.dispute import DisputeReason, Ruling
from conectar.domain.jobs.lifecycle import DisputeStatus, EscrowStatus, FrozenBy, JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.levels.level import Level
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.checkout import CheckoutStatus
from conectar.domain.payments.ledger import AccountKind
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.payment import Bearer, Flag, PaymentStatus, Verdict
from conectar.domain.payments.payout import PayoutResult, PayoutStatus
from conectar.domain.payments.refund import RefundOrigin, RefundStatus, Resolution
from conectar.domain.people.kyc import DocumentKind, KycStatus
from conectar.domain.people.regret import RegretOutcome

E = TypeVar("E", bound=Enum)

CODES: dict[type[Enum], dict[Enum, str]] = {
    Role: {
        Role.CLIENT: "CLIENTE",
        Role.PROFESSIONAL: "PROFESIONAL",
        Role.ADMIN: "ADMIN",
        Role.CLOCK: "RELOJ",
        Role.GATEWAY: "MERCADOPAGO",
        Role.OPENER: "INICIADOR",
    },
    KycStatus: {
        KycStatus.PENDING: "PENDIENTE",
        KycStatus.IN_REVIEW: "EN_REVISION",
        KycStatus.APPROVED: "APROBADO",
        KycStatus.REJECTED: "RECHAZADO",
    },
    DocumentKind: {
        DocumentKind.ID_FRONT: "dni_frente",
        DocumentKind.ID_BACK: "dni_dorso",
        DocumentKind.SELFIE: "selfie",
    },
    Level: {
        Level.BRONZE: "BRONCE",
        Level.SILVER: "PLATA",
        Level.GOLD: "ORO",
        Level.DIAMOND: "DIAMANTE",
    },
    OfferStatus: {
        OfferStatus.PENDING: "PENDIENTE",
        OfferStatus.ACCEPTED: "ACEPTADA",
        OfferStatus.REJECTED: "RECHAZADA",
        OfferStatus.WITHDRAWN: "RETIRADA",
        OfferStatus.EXPIRED: "VENCIDA",
    },
    JobStatus: {
        JobStatus.AWAITING_PAYMENT: "PENDIENTE_PAGO",
        JobStatus.IN_PROGRESS: "EN_CURSO",
        JobStatus.COMPLETED: "COMPLETADO",
        JobStatus.DISPUTED: "EN_DISPUTA",
        JobStatus.APPROVED: "APROBADO",
        JobStatus.CANCELLED: "CANCELADO",
    },
    EscrowStatus: {
        EscrowStatus.EMPTY: "PENDIENTE",
        EscrowStatus.HELD: "PAGADO_EN_ESCROW",
        EscrowStatus.REFUNDING: "REEMBOLSANDO",
        EscrowStatus.RELEASED: "LIBERADO",
        EscrowStatus.REFUNDED: "REEMBOLSADO",
        EscrowStatus.SPLIT: "DIVIDIDO",
        EscrowStatus.CHARGED_BACK: "CONTRACARGO",
    },
    DisputeStatus: {
        DisputeStatus.NONE: "NINGUNA",
        DisputeStatus.OPEN: "ABIERTA",
        DisputeStatus.REVIEW: "EN_REVISION",
        DisputeStatus.RESOLVED: "RESUELTA",
        DisputeStatus.WITHDRAWN: "RETIRADA",
    },
    FrozenBy: {
        FrozenBy.NONE: "NINGUNO",
        FrozenBy.MEDIATION: "MEDIACION",
        FrozenBy.CHARGEBACK: "CONTRACARGO",
    },
    JobFreeze: {
        JobFreeze.DISPUTE: "DISPUTA",
        JobFreeze.MEDIATION: "MEDIACION",
        JobFreeze.CHARGEBACK: "CONTRACARGO",
    },
    OnExpiry: {
        OnExpiry.CANCEL: "CANCELAR",
        OnExpiry.REFUND: "REEMBOLSAR",
        OnExpiry.APPROVE: "APROBAR",
    },
    Action: {
        Action.ACCEPT: "aceptar",
        Action.REJECT: "rechazar",
        Action.EDIT: "editar",
        Action.COUNTER: "contraofertar",
        Action.WITHDRAW: "retirar",
        Action.PAY: "pagar",
        Action.CANCEL: "cancelar",
        Action.COMPLETE: "marcar-completado",
        Action.REQUEST_CHANGES: "pedir-cambios",
        Action.APPROVE: "aprobar",
        Action.DISPUTE: "disputar",
        Action.REVIEW: "resenar",
    },
    DisputeAction: {
        DisputeAction.SAY: "mensaje",
        DisputeAction.SHOW: "evidencia",
        DisputeAction.WITHDRAW: "retirar",
        DisputeAction.TAKE: "tomar",
        DisputeAction.RESOLVE: "resolver",
    },
    Bearer: {Bearer.PROFESSIONAL: "profesional", Bearer.HOUSE: "plataforma"},
    TreasuryWay: {
        TreasuryWay.TO_BANK: "a_banco",
        TreasuryWay.TO_GATEWAY: "a_mercadopago",
    },
    MovementKind: {
        MovementKind.PAYMENT: "PAGO",
        MovementKind.ESCROW: "ESCROW",
        MovementKind.RELEASE: "LIBERACION",
        MovementKind.COMMISSION: "COMISION",
        MovementKind.REFUND: "REEMBOLSO",
        MovementKind.PAYOUT: "PAYOUT",
        MovementKind.CHARGEBACK: "CONTRACARGO",
    },
    MovementStatus: {
        MovementStatus.PENDING: "PENDIENTE",
        MovementStatus.PROCESSING: "PROCESANDO",
        MovementStatus.COMPLETED: "COMPLETADA",
        MovementStatus.FAILED: "FALLIDA",
    },
    CheckoutStatus: {
        CheckoutStatus.OPEN: "ABIERTO",
        CheckoutStatus.PAID: "PAGADO",
        CheckoutStatus.CLOSED: "CERRADO",
    },
    PaymentStatus: {status: status.value for status in PaymentStatus},  # the gateway's own words
    Verdict: {
        Verdict.OPEN: "SIN_DECIDIR",
        Verdict.FUNDS: "FONDEA",
        Verdict.RETURNS: "DEVUELVE",
        Verdict.RETURNS_UNPOSTED: "DEVUELVE_SIN_ASIENTO",
        Verdict.FOREIGN: "AJENO",
    },
    Flag: {
        Flag.FOREIGN: "AJENO",
        Flag.OTHER_CURRENCY: "OTRA_MONEDA",
        Flag.NO_ROW: "SIN_REGLA",
    },
    RefundOrigin: {
        RefundOrigin.ESCROW: "ESCROW",
        RefundOrigin.SUSPENSE: "SUSPENSO",
        RefundOrigin.RELEASED: "LIBERADO",
        RefundOrigin.UNPOSTED: "SIN_ASIENTO",
    },
    RefundStatus: {
        RefundStatus.CREATED: "CREADO",
        RefundStatus.SENT: "ENVIADO",
        RefundStatus.UNKNOWN: "DESCONOCIDO",
        RefundStatus.SUCCEEDED: "EXITOSO",
        RefundStatus.MANUAL: "MANUAL",
        RefundStatus.VOID: "ANULADO",
    },
    Resolution: {
        Resolution.RETRY: "reintentar",
        Resolution.CONFIRMED: "confirmado",
        Resolution.BANK_TRANSFER: "transferencia",
    },
    DisputeReason: {
        DisputeReason.WORK_QUALITY: "CALIDAD_TRABAJO",
        DisputeReason.NOT_DONE: "NO_REALIZADO",
        DisputeReason.LATE: "INCUMPLIMIENTO_TIEMPO",
        DisputeReason.AMOUNT: "MONTO",
        DisputeReason.SUSPENSION: "SUSPENSION",
        DisputeReason.OTHER: "OTRO",
    },
    Ruling: {
        Ruling.REFUND: "REEMBOLSAR",
        Ruling.RELEASE: "LIBERAR",
        Ruling.SPLIT: "DIVIDIR",
    },
    PayoutStatus: {
        PayoutStatus.REQUESTED: "SOLICITADO",
        PayoutStatus.EXPORTED: "EXPORTADO",
        PayoutStatus.CONFIRMED: "ENVIADO",
        PayoutStatus.FAILED: "FALLIDO",
        PayoutStatus.RETURNED: "DEVUELTO",
        PayoutStatus.RECALLED: "ANULADO",
    },
    PayoutResult: {PayoutResult.SENT: "enviado", PayoutResult.FAILED: "fallido"},
    RegretOutcome: {
        RegretOutcome.UNKNOWN: "DESCONOCIDO",
        RegretOutcome.CANCELLED: "CANCELADO",
        RegretOutcome.IN_DISPUTE: "EN_DISPUTA",
        RegretOutcome.CASE: "CASO",
        RegretOutcome.CLOSED: "CERRADO",
    },
    SearchOrder: {
        SearchOrder.DISTANCE: "distancia",
        SearchOrder.RATING: "rating",
        SearchOrder.PRICE: "precio",
    },
    QuoteRule: {QuoteRule.LEVEL_RATE: "TASA_DEL_NIVEL"},
    Rounding: {Rounding.HALF_EVEN: "MITAD_AL_PAR"},
    AccountKind: {kind: kind.value for kind in AccountKind},  # the chart's own names
}

for _enum, _codes in CODES.items():
    assert set(_codes) == set(_enum) and len(set(_codes.values())) == len(_codes), _enum

NEVER_SHOWN = frozenset({Role.OPENER, DisputeStatus.NONE, FrozenBy.NONE})
"""Values of the inside, which stand for nobody and for nothing."""
NEVER_ASKED = NEVER_SHOWN | {Role.CLOCK, Role.GATEWAY}
"""Beside them, who acts without an account: no filter takes these."""


_WORDS = {value: word for words in CODES.values() for value, word in words.items()}


def code(value: Enum) -> str:
    """The word for a value."""
    return _WORDS[value]


def values(enum: type[E]) -> dict[str, E]:
    """The way back: word -> value."""
    return {CODES[enum][value]: value for value in enum}


def askable(enum: type[E]) -> dict[str, E]:
    """The same, of the values a client may filter by."""
    return {word: value for word, value in values(enum).items() if value not in NEVER_ASKED}
