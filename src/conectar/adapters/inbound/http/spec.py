"""What a route says of itself beside its path: for the OpenAPI document and the tests."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from conectar.adapters.inbound.http.fields import Body
from conectar.adapters.vocabulary.codes import askable


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """`message` gives the description, `body` what may be sent, `answers` what comes back.

    `parts` are the fields of a multipart body, `query` the query parameters with their schemas,
    `keyed` whether an Idempotency-Key works, `listed` that it is a page of a list, `tagged` that it
    has an ETag, `media` what kinds of content it comes as, `seconded` that the answer may be 202
    with a proposal for another administrator, `errors` the statuses of refusals beside the usual.
    """

    message: type[Any]
    answers: Any
    body: type[Body] | None = None
    form: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    query: dict[str, dict[str, Any]] = field(default_factory=dict)
    keyed: bool = True
    errors: tuple[int, ...] = ()
    listed: bool = False
    headers: tuple[str, ...] = ()
    tagged: bool = False
    media: tuple[str, ...] = ("application/json",)
    seconded: bool = False


def about(message: type[Any], answers: Any, **more: Any) -> dict[str, Any]:
    """The `opt` of a handler."""
    return {"spec": Spec(message=message, answers=answers, **more)}


def coded(enum: type[Enum]) -> dict[str, Any]:
    """The schema of a filter by code."""
    return {"type": "string", "enum": list(askable(enum))}


PAGE: dict[str, dict[str, Any]] = {
    "skip": {"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0},
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
}
