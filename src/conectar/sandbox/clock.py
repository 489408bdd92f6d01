"""Times: now from outside, written as MercadoPago writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_MERCADOPAGO_ZONE = timezone(timedelta(hours=-4))
_TICK = timedelta(milliseconds=1)


def to_milliseconds(moment: datetime) -> datetime:
    """The moment in UTC, cut to what the API can show."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def later_than(last: datetime, now: datetime) -> datetime:
    """``now``, or just after ``last``: updates of one thing never share a timestamp."""
    return max(to_milliseconds(now), last + _TICK)


def as_mercadopago(moment: datetime | None) -> str | None:
    """``2018-04-17T09:16:40.000-04:00``, the offset that MercadoPago's answers carry."""
    if moment is None:
        return None
    return moment.astimezone(_MERCADOPAGO_ZONE).isoformat(timespec="milliseconds")


def as_utc(moment: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> datetime | None:
    """An ISO 8601 moment with an offset; None when it isn't one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
