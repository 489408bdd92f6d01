"""Bodies of the controls; unknown fields and words are refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta, Raw, Struct

from conectar.sandbox.errors import malformed

Text = Annotated[str, Meta(max_length=1_000_000)]
Name = Annotated[str, Meta(min_length=1, max_length=500)]
Body = TypeVar("Body", bound=Struct)
TEN_YEARS_S = 315_360_000


class CheckoutBody(Struct, forbid_unknown_fields=True):
    """``monto`` is a JSON number or string, read exactly; the last three are for odd cases."""

    resultado: Literal["approved", "rejected", "pending"]
    monto: Raw = Raw()
    moneda: str | None = None
    referencia: Annotated[str, Meta(max_length=256)] | None = None
    collector_id: int | None = None
    forzar: bool = False


class PaymentBody(Struct, forbid_unknown_fields=True):
    """What happens to a payment."""

    accion: Literal[
        "approve", "reject", "refund", "mediate", "charge_back", "settle", "reimburse", "release"
    ]
    monto: Raw = Raw()


class WithdrawBody(Struct, forbid_unknown_fields=True):
    """How much the owner of the account sends to his bank."""

    monto: Raw


class PayoutBody(Struct, forbid_unknown_fields=True):
    """What the bank does with a payout."""

    accion: Literal["approve", "reject", "return"]


class NextPayoutsBody(Struct, forbid_unknown_fields=True):
    """What the bank will say at once to the next payouts."""

    proximo: Literal["approved", "pending", "rejected"]
    veces: Annotated[int, Meta(ge=1, le=10_000)] = 1


class FaultBody(Struct, forbid_unknown_fields=True):
    """What goes wrong next."""

    operacion: Literal["preference", "payment_get", "refund", "payout", "webhook"]
    fallo: Literal[
        "error_500",
        "error_429",
        "timeout_after_success",
        "slow",
        "drop",
        "duplicate",
        "reorder",
        "html_body",
        "list_error",
    ]
    veces: Annotated[int, Meta(ge=1, le=10_000)] = 1


class ClockBody(Struct, forbid_unknown_fields=True):
    """How far the clock moves."""

    avanzar_segundos: Annotated[int, Meta(ge=0, le=TEN_YEARS_S)]


class MailBody(Struct, forbid_unknown_fields=True):
    """A letter; ``id`` is the sender's, so that a second delivery changes nothing."""

    id: Name
    para: Name
    asunto: Text
    texto: Text
    html: Text | None = None


class PushBody(Struct, forbid_unknown_fields=True):
    """A push notification."""

    id: Name
    para: Name
    titulo: Text
    texto: Text
    datos: dict[str, Any] = {}


def read(raw: bytes, kind: type[Body]) -> Body:
    """The body, or a 422 that says what is wrong with it."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(f"Cuerpo inválido: {error}") from error


def read_form(raw: bytes) -> bytes:
    """The JSON that a browser's form stands for."""
    fields: dict[str, Any] = dict(parse_qsl(raw.decode("utf-8", "replace")))
    if "forzar" in fields:
        fields["forzar"] = fields["forzar"] == "true"
    return msgspec.json.encode(fields)
