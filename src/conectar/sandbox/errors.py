"""The two ways in which the sandbox says no."""

from __future__ import annotations

from typing import Any


class MercadoPagoError(Exception):
    """A refusal in MercadoPago's own words: ``{message, error, status, cause}``."""

    def __init__(self, status: int, error: str, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.cause: list[dict[str, Any]] = (
            [] if code is None else [{"code": code, "description": message, "data": None}]
        )

    def body(self) -> dict[str, Any]:
        """The JSON body, as the API sends it."""
        return {
            "message": self.message,
            "error": self.error,
            "status": self.status,
            "cause": self.cause,
        }


class Refusal(Exception):
    """A refusal of the controls that people and tests use; ``detail`` is Spanish."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


def bad_request(error: str, message: str, code: int | None = None) -> MercadoPagoError:
    """A 400 of the API."""
    return MercadoPagoError(400, error, message, code)


def not_found(message: str, code: int | None = None) -> MercadoPagoError:
    """A 404 of the API."""
    return MercadoPagoError(404, "not_found", message, code)


def impossible(detail: str) -> Refusal:
    """A move that the state of the thing doesn't allow."""
    return Refusal(400, "MOVIMIENTO_IMPOSIBLE", detail)


def malformed(detail: str) -> Refusal:
    """A control's body that can't be read."""
    return Refusal(422, "CUERPO_INVALIDO", detail)
