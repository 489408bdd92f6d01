"""What both sides agree to when they agree on a job: its deadlines, its changes, the days to revoke
it. A job keeps those of its acceptance.

Calendar days are days in Buenos Aires (Código Civil y Comercial art. 1110 counts the ten days to
revoke a contract made at a distance as *días corridos*); everything is kept in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Every figure is a setting; these are the defaults."""

    payment: timedelta = timedelta(hours=24)
    pending_payment: timedelta = timedelta(hours=72)
    """How long after acceptance a payment the gateway calls pending is waited for."""
    work: timedelta = timedelta(days=75)
    approval: timedelta = timedelta(days=14)
    rework: timedelta = timedelta(days=14)
    dispute: timedelta = timedelta(days=60)
    after_dispute: timedelta = timedelta(hours=48)
    """What a withdrawn dispute leaves at least."""
    held: timedelta = timedelta(days=150)
    """From payment; refunds end at the gateway after 180 days."""
    cooling_off_days: int = 10
    changes: int = 3
    work_reminder: timedelta = timedelta(days=3)
    """This and the next: how long before the end who has to act is reminded."""
    approval_reminder: timedelta = timedelta(days=2)


def end_of_days(since: datetime, days: int) -> datetime:
    """When that many calendar days are over, the first not counted; in UTC."""
    beyond = since.astimezone(BUENOS_AIRES).date() + timedelta(days=days + 1)
    return datetime.combine(beyond, time(), BUENOS_AIRES).astimezone(UTC)
