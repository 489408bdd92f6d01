"""Settings: environment variables that begin with `CONECTAR_`, or lines of a `.env` file.

Each field is one variable; its name in capitals follows the prefix. Durations are ISO 8601
(`PT15M`, `P30D`), lists are separated by commas.
"""

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from types import NoneType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)
from urllib.parse import urlsplit

import msgspec
from dotenv import dotenv_values

from conectar.adapters.vocabulary.codes import code, values
from conectar.domain.kernel.money import MalformedAmount, Money, Rate
from conectar.domain.levels.level import DEFAULT_TIERS, Level, Tier
from conectar.domain.offers.limits import PRICE_MIN
from conectar.domain.payments.payment import Bearer

E = TypeVar("E", bound=Enum)
Count = Annotated[int, msgspec.Meta(ge=0)]
PREFIX = "CONECTAR_"
SECRET_BYTES_MIN = 32
TOKEN_LENGTH_MIN = 16
PASSWORD = re.compile(r"(?<=://)([^:/@]*):.+(?=@)")
"""Of an address, with who it lets in."""
WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
KNOWN_SECRETS = frozenset({"changeme" * 4, "secret" * 6, "0" * 32, "x" * 32})


class BadSetting(Exception):
    """A setting can't be used; the message is one line for a person."""


def secret(default: Any = None) -> Any:
    """A field whose value is never shown."""
    return field(default=default, metadata={"secret": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation decides. Defaults are those of the embedded profile."""

    profile: Literal["memory", "embedded", "production"] = "embedded"
    data_dir: Path = Path(".conectar")
    database_url: str | None = None
    migrations_url: str | None = None
    database_pooled: bool = False
    redis_url: str | None = None
    secret_key: tuple[str, ...] = secret(())
    public_url: str | None = None
    admin_email: str | None = None
    admin_password: str | None = secret()
    mercadopago_access_token: str | None = secret()
    mercadopago_webhook_secrets: tuple[str, ...] = secret(())
    mercadopago_base_url: str | None = None
    mercadopago_collector_id: str | None = None
    allow_loopback_gateway: bool = False
    smtp_url: str | None = secret()
    mail_from: str | None = None
    storage_url: str | None = None
    rate_limit: str = "100/minute"
    rate_limit_login: str = "5/minute"
    trusted_proxies: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    otlp_endpoint: str | None = None
    metrics_token: str | None = secret()
    chargeback_bearer: Bearer = Bearer.PROFESSIONAL
    second_admin_above: Money | None = None
    commission_tiers: tuple[Tier, ...] = DEFAULT_TIERS
    price_min: Money = PRICE_MIN
    changes_max: Count = 3
    points_job: Count = 100
    points_five_stars: Count = 50
    points_four_stars: Count = 10
    access_token_ttl: timedelta = timedelta(minutes=15)
    refresh_token_ttl: timedelta = timedelta(days=30)
    deadline_offer: timedelta = timedelta(days=15)
    deadline_payment: timedelta = timedelta(hours=24)
    deadline_pending_payment: timedelta = timedelta(hours=72)
    deadline_work: timedelta = timedelta(days=75)
    deadline_approval: timedelta = timedelta(days=14)
    deadline_rework: timedelta = timedelta(days=14)
    deadline_dispute: timedelta = timedelta(days=60)
    deadline_after_dispute: timedelta = timedelta(hours=48)
    deadline_destination: timedelta = timedelta(hours=72)
    deadline_held: timedelta = timedelta(days=150)
    deadline_cooling_off: timedelta = timedelta(days=10)
    interval_sweep: timedelta = timedelta(minutes=1)
    interval_relay: timedelta = timedelta(seconds=1)
    interval_redelivery: timedelta = timedelta(seconds=60)
    interval_drain: timedelta = timedelta(seconds=5)
    interval_reminder_offer: timedelta = timedelta(days=1)
    interval_reminder_work: timedelta = timedelta(days=3)
    interval_reminder_approval: timedelta = timedelta(days=2)
    interval_refund_resend: tuple[timedelta, ...] = (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
    )
    interval_refund_read_back: tuple[timedelta, ...] = (
        timedelta(minutes=5),
        timedelta(hours=1),
        *(timedelta(days=1),) * 5,
    )
    interval_checkout_poll: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=1),
    )
    interval_release_poll: timedelta = timedelta(hours=1)
    interval_pending_poll: timedelta = timedelta(hours=1)
    log_format: Literal["json", "console"] | None = None
    log_level: str = "info"


class Origin(NamedTuple):
    """A setting's value as text, and where it came from: `default`, `.env` or `environment`."""

    variable: str
    value: str
    source: str


class Loaded(NamedTuple):
    """Settings, where each came from, and variables with our prefix that mean nothing."""

    settings: Settings
    origins: tuple[Origin, ...]
    unknown: tuple[str, ...]


def load(environment: Mapping[str, str] | None = None, dotenv: Path = Path(".env")) -> Loaded:
    """Reads the environment over the `.env` file. Raises BadSetting."""
    given = os.environ if environment is None else environment
    filed = {k: v for k, v in dotenv_values(dotenv).items() if v is not None}
    hints = get_type_hints(Settings, include_extras=True)
    values: dict[str, Any] = {}
    origins: list[Origin] = []
    for item in dataclasses.fields(Settings):
        variable = PREFIX + item.name.upper()
        source = next((n for n, m in _sources(given, filed) if variable in m), "default")
        if source != "default":
            raw = dict(_sources(given, filed))[source][variable]
            values[item.name] = _parsed(variable, raw, hints[item.name])
        shown = values.get(item.name, item.default)
        origins.append(Origin(variable, _shown(shown, bool(item.metadata)), source))
    known = {origin.variable for origin in origins}
    every = {*given, *filed}
    unknown = sorted(v for v in every if v.startswith(PREFIX) and v not in known)
    return Loaded(_checked(Settings(**values)), tuple(origins), tuple(unknown))


def _sources(
    given: Mapping[str, str], filed: Mapping[str, str]
) -> tuple[tuple[str, Mapping[str, str]], ...]:
    return (("environment", given), (".env", filed))


def _parsed(variable: str, raw: str, hint: Any) -> Any:
    inner = [a for a in get_args(hint) if a is not NoneType] if _is_optional(hint) else [hint]
    target = inner[0]
    try:
        if target is Path:
            return Path(raw)
        if target is Bearer:
            return _one_of(Bearer, raw)
        if target is Money:
            return _amount(raw, _is_optional(hint))
        if target == tuple[Tier, ...]:
            return _tiers(raw)
        if get_origin(target) is tuple:
            parts = [part.strip() for part in raw.split(",") if part.strip()]
            return msgspec.convert(parts, target, strict=False)
        return msgspec.convert(raw, target, strict=False)
    except MalformedAmount as error:
        raise BadSetting(f"{variable}: needs an amount such as 500000.00") from error
    except (ValueError, msgspec.ValidationError) as error:
        raise BadSetting(f"{variable}: {error}") from error


def _is_optional(hint: Any) -> bool:
    return NoneType in get_args(hint)


def _amount(raw: str, optional: bool) -> Money | None:
    """Above zero; `off` for none."""
    if optional and raw.strip().lower() == "off":
        return None
    amount = Money.parse(raw)
    if amount <= Money.ZERO and not optional:
        raise ValueError("needs an amount above zero")
    return amount


def _one_of(enum: type[E], raw: str) -> E:
    """A value by its word."""
    known = values(enum)
    if raw not in known:
        raise ValueError(f"needs one of {', '.join(known)}")
    return known[raw]


def _tiers(raw: str) -> tuple[Tier, ...]:
    """`0:1500,500:1200,2000:1000,5000:800`: points from which each level pays basis points."""
    pairs = [part.split(":") for part in raw.split(",")]
    if len(pairs) != len(Level) or any(len(pair) != 2 for pair in pairs):
        raise ValueError("four pairs points:basis_points are needed")
    points, rates = ([int(pair[n]) for pair in pairs] for n in (0, 1))
    if points != sorted(set(points)) or points[0] != 0:
        raise ValueError("levels begin at zero and rise")
    if not all(0 <= rate <= 10_000 for rate in rates):
        raise ValueError("a commission is 0 to 10000 basis points")
    return tuple(map(Tier, Level, points, map(Rate, rates)))


def _checked(settings: Settings) -> Settings:
    for key in settings.secret_key:
        if len(key.encode()) < SECRET_BYTES_MIN or key in KNOWN_SECRETS:
            raise BadSetting("CONECTAR_SECRET_KEY: needs 32 bytes that nobody knows")
    _expect_durations(settings)
    for one, other in TOGETHER:
        if bool(getattr(settings, one)) != bool(getattr(settings, other)):
            names = (f"{PREFIX}{name.upper()}" for name in (one, other))
            raise BadSetting(" and ".join(names) + " go together")
    if settings.database_pooled and not (settings.database_url or "").startswith("postgresql"):
        raise BadSetting("CONECTAR_DATABASE_POOLED: needs a CONECTAR_DATABASE_URL of PostgreSQL")
    _check_watching(settings)
    if settings.profile == "production":
        _expect_production(settings)
    return settings


def _expect_durations(settings: Settings) -> None:
    positive = [f for f in dataclasses.fields(settings) if f.name.startswith(("deadline", "inter"))]
    for item in positive:
        value = getattr(settings, item.name)
        if any(one <= timedelta(0) for one in (value if isinstance(value, tuple) else (value,))):
            raise BadSetting(f"{PREFIX}{item.name.upper()}: needs a duration above zero")
    for variable in ("deadline_offer", "deadline_cooling_off"):
        if getattr(settings, variable) % timedelta(days=1):
            raise BadSetting(f"{PREFIX}{variable.upper()}: needs whole days")


TOGETHER = (("admin_email", "admin_password"), ("smtp_url", "mail_from"))
"""One of them alone means nothing."""
NEEDED = (
    *("database_url", "redis_url", "secret_key", "public_url", "smtp_url"),
    *("mercadopago_access_token", "mercadopago_webhook_secrets", "mercadopago_collector_id"),
)
"""Of the production profile, which makes nothing up."""


def _expect_production(settings: Settings) -> None:
    for name in NEEDED:
        if not getattr(settings, name):
            raise BadSetting(f"{PREFIX}{name.upper()}: needed in production")
    if not (settings.database_url or "").startswith("postgresql+asyncpg://"):
        raise BadSetting("CONECTAR_DATABASE_URL: production needs postgresql+asyncpg://…")
    gateway = settings.mercadopago_base_url
    if gateway and _loopback(gateway) and not settings.allow_loopback_gateway:
        raise BadSetting(
            "CONECTAR_MERCADOPAGO_BASE_URL: is this machine, and no MercadoPago; "
            "say CONECTAR_ALLOW_LOOPBACK_GATEWAY=1 if that is what you want"
        )


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check_watching(settings: Settings) -> None:
    if settings.otlp_endpoint is not None and not WEB_ADDRESS.fullmatch(settings.otlp_endpoint):
        raise BadSetting("CONECTAR_OTLP_ENDPOINT: needs an address such as http://127.0.0.1:4318")
    if settings.metrics_token is not None and len(settings.metrics_token) < TOKEN_LENGTH_MIN:
        raise BadSetting(f"CONECTAR_METRICS_TOKEN: needs {TOKEN_LENGTH_MIN} characters")


def _shown(value: Any, is_secret: bool) -> str:
    if is_secret:
        return "•••" if value else ""
    if isinstance(value, tuple):
        return ",".join(_shown(part, False) for part in value)
    if isinstance(value, Tier):
        return f"{value.from_points}:{value.commission.basis_points}"
    if isinstance(value, Enum):
        return code(value)
    if isinstance(value, timedelta):
        return str(msgspec.to_builtins(value))
    return "" if value is None else PASSWORD.sub(r"\1:•••", str(value))
