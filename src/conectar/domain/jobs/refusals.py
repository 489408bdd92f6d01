"""Why a move of a job is refused."""

from collections.abc import Mapping

from conectar.domain.jobs.lifecycle import Guard
from conectar.domain.kernel.errors import DomainError


class InvalidTransition(DomainError):
    """The table has no such move from this state."""


class CoolingOffOver(InvalidTransition):
    """A client may cancel a paid job for ten days, and only until it is first marked done."""


class NoChangesLeft(InvalidTransition):
    """Changes were asked for as often as the terms allow."""


class NoDisputeLeft(InvalidTransition):
    """Each party may dispute a job once."""


class StillSuspended(InvalidTransition):
    """What a suspension opened ends only after it."""


class RefundInFlight(InvalidTransition):
    """Money that may be on its way back has to arrive, or not, before the gateway's word counts."""


class PaymentFrozen(DomainError):
    """The gateway froze the money: nothing moves it until that ends."""


GUARD_REFUSALS: Mapping[Guard, type[DomainError]] = {
    Guard.COOLING_OFF: CoolingOffOver,
    Guard.CHANGES_LEFT: NoChangesLeft,
    Guard.DISPUTE_LEFT: NoDisputeLeft,
    Guard.PARTY_UNBANNED: StillSuspended,
    Guard.NO_REFUND_IN_FLIGHT: RefundInFlight,
}
