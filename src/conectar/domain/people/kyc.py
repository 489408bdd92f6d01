"""Proof of identity: its table, the documents, and the numbers of the Argentine registries."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import DomainError, Kind, WrongSide
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import UserId


class KycStatus(Enum):
    """How far the proof got."""

    PENDING = "pending"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"


class KycTrigger(Enum):
    """What may happen to it."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    REVOKE = "revoke"


class KycRule(NamedTuple):
    """One row."""

    trigger: KycTrigger
    by: Role
    before: frozenset[KycStatus]
    after: KycStatus


S, T = KycStatus, KycTrigger
RULES = (
    KycRule(T.SUBMIT, Role.PROFESSIONAL, frozenset({S.PENDING, S.REJECTED}), S.IN_REVIEW),
    KycRule(T.APPROVE, Role.ADMIN, frozenset({S.IN_REVIEW}), S.APPROVED),
    KycRule(T.REJECT, Role.ADMIN, frozenset({S.IN_REVIEW}), S.REJECTED),
    KycRule(T.REVOKE, Role.ADMIN, frozenset({S.APPROVED}), S.REJECTED),
)


class InvalidKycStep(DomainError):
    """The proof is not where this step begins."""


class MalformedDni(DomainError):
    """A DNI has seven or eight digits."""

    kind = Kind.MALFORMED


class MalformedCuit(DomainError):
    """A CUIT has eleven digits, a known prefix and its check digit."""

    kind = Kind.MALFORMED


class CuitOfAnother(DomainError):
    """The CUIT does not contain the DNI of the same person."""

    kind = Kind.MALFORMED


class DocumentsMissing(DomainError):
    """Both sides of the DNI and a portrait are needed."""

    kind = Kind.MALFORMED


def next_status(status: KycStatus, trigger: KycTrigger, by: Role) -> KycStatus:
    """Where a step leads. Raises WrongSide or InvalidKycStep."""
    rule = next(rule for rule in RULES if rule.trigger is trigger)
    if by is not rule.by:
        raise WrongSide()
    if status not in rule.before:
        raise InvalidKycStep(status=status.value)
    return rule.after


PERSON_PREFIXES = frozenset({"20", "23", "24", "27"})
_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def dni(text: str) -> str:
    """The seven or eight digits; dots are dropped. Raises MalformedDni."""
    digits = text.strip().replace(".", "")
    if not re.fullmatch(r"\d{7,8}", digits, re.ASCII):
        raise MalformedDni()
    return digits


def cuit(text: str) -> str:
    """The eleven digits of a person's CUIT or CUIL; hyphens are dropped. Raises MalformedCuit.

    Check digit modulo 11 with weights 5432765432 (ARCA): 11 becomes 0 and 10 becomes 9.
    """
    digits = text.strip().replace("-", "")
    if not re.fullmatch(r"\d{11}", digits, re.ASCII) or digits[:2] not in PERSON_PREFIXES:
        raise MalformedCuit()
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False))
    check = {11: 0, 10: 9}.get(11 - total % 11, 11 - total % 11)
    if int(digits[10]) != check:
        raise MalformedCuit()
    return digits


def matching(dni_digits: str, cuit_digits: str) -> None:
    """Raises CuitOfAnother unless the CUIT is that DNI's."""
    if cuit_digits[2:10] != dni_digits.zfill(8):
        raise CuitOfAnother()


class DocumentKind(Enum):
    """What a professional shows."""

    ID_FRONT = "id_front"
    ID_BACK = "id_back"
    SELFIE = "selfie"


@dataclass(frozen=True, slots=True)
class Document:
    """A private file; `key` finds it in the storage."""

    kind: DocumentKind
    key: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KycSubmission:
    """What was shown, once a submission."""

    professional_id: UserId
    dni: str
    cuit: str
    submitted_at: datetime
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KycMoved(Event):
    """One step of the proof."""

    professional_id: UserId
    reason: str | None = None


class KycSubmitted(KycMoved):
    """The documents are in."""


class KycApproved(KycMoved):
    """He is who he says."""


class KycRejected(KycMoved):
    """The proof did not convince; it may be sent again."""


class KycRevoked(KycMoved):
    """The house believes him no longer."""
