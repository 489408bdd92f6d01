"""The figures the use cases work with. Every one is a setting; these are the defaults."""

from dataclasses import dataclass, field
from datetime import timedelta

from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.money import Money
from conectar.domain.levels.level import DEFAULT_TIERS, Tier
from conectar.domain.levels.points import PointScale
from conectar.domain.offers.limits import OfferLimits
from conectar.domain.payments.payment import Bearer
from conectar.domain.payments.refund import RetryPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Deadlines, intervals, lives of tokens."""

    offers: OfferLimits = field(default_factory=OfferLimits)
    terms: Terms = field(default_factory=Terms)
    """Of jobs accepted from now on."""
    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    points: PointScale = field(default_factory=PointScale)
    retries: RetryPlan = field(default_factory=RetryPlan)
    bearer: Bearer = Bearer.PROFESSIONAL
    second_admin_above: Money | None = None
    """Above it an administrator who moves money needs another one; None: never."""
    destination_wait: timedelta = timedelta(hours=72)
    """How long a changed account for payouts waits."""
    access_lives: timedelta = timedelta(minutes=15)
    session_lives: timedelta = timedelta(days=30)
    reset_lives: timedelta = timedelta(hours=1)
    verification_lives: timedelta = timedelta(hours=48)
    file_link_lives: timedelta = timedelta(minutes=10)
    key_lives: timedelta = timedelta(hours=72)
    session_kept: timedelta = timedelta(days=90)
    """How long an ended session can still be told from one that never was."""
    delivery_lease: timedelta = timedelta(seconds=60)
    """How long a delivery belongs to whoever took it; then the next one may."""
    delivery_kept: timedelta = timedelta(days=30)
    """How long a finished delivery is kept."""
    checkout_polls: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=1),
    )
    """After a checkout opens, when we ask for its payments by ourselves; the last one repeats."""
    release_poll: timedelta = timedelta(hours=1)
    """How soon we ask again when the gateway holds money beyond the date it gave."""
    pending_poll: timedelta = timedelta(hours=1)
    """How soon an unpaid job with a pending payment is looked at again."""
