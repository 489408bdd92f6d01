"""A professional: what he does, where, and whether he may be found.

His home is never shown. Search works on a point moved up to 300 m by a secret of his own, always
the same one, so that asking often finds nothing more than asking once.
"""

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import DomainError, Kind, OutOfRange
from conectar.domain.kernel.ids import TradeId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.levels.level import DEFAULT_TIERS, Tier, tier_at
from conectar.domain.people.kyc import KycStatus, KycTrigger, next_status
from conectar.domain.people.user import User

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG): the one definition of distance, a sphere, in every adapter."""
BLUR_M = 300
TRAVEL_KM_MAX = 100
"""Nobody says that he travels farther."""


class UnknownTrade(DomainError):
    """There is no such trade."""

    kind = Kind.NOT_FOUND


class MalformedPayoutAccount(DomainError):
    """A CBU or CVU of 22 digits with its check digits, or an alias of 6-20 characters."""

    kind = Kind.MALFORMED


class Point(NamedTuple):
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """`words` are the names it is found by, lower case and without accents."""

    id: TradeId
    name: str
    description: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """`id` is the user's. `blur` is his secret; `rating_sum` and `reviews` give the average;
    `radius_km` is how far he travels. `version` counts the changes."""

    id: UserId
    biography: str | None
    radius_km: int
    takes_instant: bool
    available: bool
    hourly_rate: Money | None
    location: Point | None
    address: str | None
    payout_account: str | None
    kyc: KycStatus
    kyc_reason: str | None
    cuit: str | None
    points: int
    rating_sum: int
    reviews: int
    blur: str
    trades: tuple[TradeId, ...]
    version: int
    payout_usable_at: datetime | None = None

    def tier(self, tiers: tuple[Tier, ...] = DEFAULT_TIERS) -> Tier:
        """The level his points reach, with its commission."""
        return tier_at(self.points, tiers)

    @property
    def rating_average(self) -> float | None:
        """Two decimals; None before the first review."""
        return round(self.rating_sum / self.reviews, 2) if self.reviews else None

    def visible(self, user: User) -> bool:
        """Whether the public may see him: an active account and an approved identity."""
        return user.active and self.kyc is KycStatus.APPROVED

    @property
    def public_point(self) -> Point | None:
        """Where search thinks he is."""
        return blurred(self.location, self.blur) if self.location else None

    def kyc_step(self, trigger: KycTrigger, by: Role, reason: str | None) -> "Professional":
        """The next status of his proof of identity."""
        status = next_status(self.kyc, trigger, by)
        return self.changed(kyc=status, kyc_reason=reason)

    def rated(self, stars: int) -> "Professional":
        """One review more."""
        return self.changed(rating_sum=self.rating_sum + stars, reviews=self.reviews + 1)

    def pays_to(self, account: str, at: datetime, wait: timedelta) -> "Professional":
        """Another account for payouts. The first may be used at once, a changed one only after a
        while, so that whoever stole a password does not have the money, too."""
        if account == self.payout_account:
            return self
        usable_at = at if self.payout_account is None else at + wait
        return self.changed(payout_account=account, payout_usable_at=usable_at)

    def travels(self, radius_km: int) -> "Professional":
        """So far, in whole kilometres. Raises OutOfRange."""
        if not 1 <= radius_km <= TRAVEL_KM_MAX:
            raise OutOfRange(field="radius_km", minimum=1, maximum=TRAVEL_KM_MAX)
        return self.changed(radius_km=radius_km)

    def erase(self) -> "Professional":
        """Nothing that tells who he was."""
        return self.changed(
            biography=None,
            available=False,
            takes_instant=False,
            hourly_rate=None,
            location=None,
            address=None,
            payout_account=None,
            cuit=None,
            kyc=KycStatus.PENDING,
            kyc_reason=None,
        )

    def with_trade(self, trade: TradeId) -> "Professional":
        """He does that too; twice is once."""
        return self if trade in self.trades else self.changed(trades=(*self.trades, trade))

    def without_trade(self, trade: TradeId) -> "Professional":
        """He does not do that any more. Raises UnknownTrade if he never did."""
        if trade not in self.trades:
            raise UnknownTrade()
        return self.changed(trades=tuple(t for t in self.trades if t != trade))

    def changed(self, **changes: object) -> "Professional":
        """The same professional with other facts."""
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def newcomer(id: UserId, blur: str) -> Professional:
    """A professional on his first day."""
    return Professional(
        id=id,
        biography=None,
        radius_km=10,
        takes_instant=False,
        available=True,
        hourly_rate=None,
        location=None,
        address=None,
        payout_account=None,
        kyc=KycStatus.PENDING,
        kyc_reason=None,
        cuit=None,
        points=0,
        rating_sum=0,
        reviews=0,
        blur=blur,
        trades=(),
        version=1,
    )


def distance_m(a: Point, b: Point) -> float:
    """Great-circle metres between two points (haversine, sphere)."""
    lat1, lat2 = math.radians(a.latitude), math.radians(b.latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(b.longitude - a.longitude) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def blurred(point: Point, secret: str) -> Point:
    """The point moved by up to 300 m, evenly over the disc; one secret always moves it alike."""
    digest = hashlib.sha256(secret.encode()).digest()
    angle = int.from_bytes(digest[:8], "big") / 2**64 * math.tau
    radius = BLUR_M * math.sqrt(int.from_bytes(digest[8:16], "big") / 2**64)
    north, east = radius * math.cos(angle), radius * math.sin(angle)
    latitude = point.latitude + math.degrees(north / EARTH_RADIUS_M)
    shrink = max(math.cos(math.radians(point.latitude)), 1e-6)
    longitude = point.longitude + math.degrees(east / (EARTH_RADIUS_M * shrink))
    return Point(max(-90.0, min(90.0, latitude)), (longitude + 180.0) % 360.0 - 180.0)


def payout_account(text: str) -> str:
    """A CBU, CVU or alias. Raises MalformedPayoutAccount.

    A CBU or CVU is 22 digits in two blocks, each with a check digit (BCRA Com. A 2622): weights
    7139713 and 3971397139713, the digit completes the sum to a multiple of ten.
    """
    account = text.strip()
    if account.isascii() and account.isdigit():
        bank, number = account[:8], account[8:]
        valid = len(account) == 22 and _checks(bank, "7139713") and _checks(number, "3971397139713")
    else:
        kept = account.replace(".", "").replace("-", "")
        valid = 6 <= len(account) <= 20 and kept.isascii() and kept.isalnum()
    if not valid:
        raise MalformedPayoutAccount()
    return account


def _checks(block: str, weights: str) -> bool:
    total = sum(int(d) * int(w) for d, w in zip(block, weights, strict=False))
    return int(block[-1]) == (10 - total % 10) % 10
