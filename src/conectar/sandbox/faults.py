"""Faults on demand: what goes wrong next, how, and how often."""

from __future__ import annotations

from dataclasses import dataclass

from conectar.sandbox.errors import Refusal

OPERATIONS = ("preference", "payment_get", "refund", "payout", "webhook")
API_FAULTS = frozenset(
    {
        "error_500",
        "error_429",
        "timeout_after_success",
        "slow",
        "drop",
        "html_body",
        "list_error",
    }
)
WEBHOOK_FAULTS = frozenset({"drop", "duplicate", "reorder", "slow"})
TIMES_MAX = 10_000

SLOW_S = 3.0
HANG_S = 15.0
DUPLICATES = 3
RETRY_AFTER_S = 1


@dataclass
class Fault:
    """A fault that will strike ``left`` more times."""

    operation: str
    kind: str
    left: int


class Faults:
    """Faults waiting, first in first out an operation. They don't outlive the process."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, operation: str, kind: str, times: int) -> None:
        """Queue a fault; 400 when it makes no sense for the operation."""
        allowed = WEBHOOK_FAULTS if operation == "webhook" else API_FAULTS
        if kind not in allowed:
            raise Refusal(
                400,
                "FALLO_INAPLICABLE",
                f"El fallo {kind} no se aplica a {operation}: use {', '.join(sorted(allowed))}.",
            )
        self._waiting.append(Fault(operation, kind, times))

    def take(self, operation: str | None) -> str | None:
        """The fault that strikes this call, used up by one; None when all is well, as for a call
        that has no name here."""
        for fault in self._waiting:
            if fault.operation == operation:
                fault.left -= 1
                if fault.left == 0:
                    self._waiting.remove(fault)
                return fault.kind
        return None

    def waiting(self) -> list[Fault]:
        """What is still to strike."""
        return list(self._waiting)

    def clear(self) -> None:
        """From now on all is well."""
        self._waiting.clear()
