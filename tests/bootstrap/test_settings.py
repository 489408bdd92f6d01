"""Settings: where they come from, what they refuse, what they never show."""

from datetime import timedelta
from pathlib import Path

import pytest

from conectar.bootstrap.place import find_place
from conectar.bootstrap.settings import BadSetting, Settings, load
from conectar.domain.kernel.money import Money
from conectar.domain.levels.level import DEFAULT_TIERS
from conectar.domain.payments.payment import Bearer

NOWHERE = Path("no-such.env")


def test_without_anything_the_defaults_hold() -> None:
    loaded = load({}, NOWHERE)
    assert loaded.settings == Settings()
    assert {origin.source for origin in loaded.origins} == {"default"}
    assert loaded.unknown == ()


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("CONECTAR_RATE_LIMIT=7/minute\nCONECTAR_LOG_LEVEL=debug\nCONECTAR_NONSENSE=1\n")
    loaded = load({"CONECTAR_RATE_LIMIT": "9/minute"}, file)
    assert loaded.settings.rate_limit == "9/minute"
    assert loaded.settings.log_level == "debug"
    sources = {origin.variable: origin.source for origin in loaded.origins}
    assert sources["CONECTAR_RATE_LIMIT"] == "environment"
    assert sources["CONECTAR_LOG_LEVEL"] == ".env"
    assert loaded.unknown == ("CONECTAR_NONSENSE",)


def test_durations_lists_and_tiers_are_read() -> None:
    settings = load(
        {
            "CONECTAR_DEADLINE_WORK": "P10D",
            "CONECTAR_INTERVAL_REFUND_RESEND": "PT1S, PT2S",
            "CONECTAR_CORS_ORIGINS": "https://a.example,https://b.example",
            "CONECTAR_COMMISSION_TIERS": "0:2000,10:1500,20:1000,30:0",
        },
        NOWHERE,
    ).settings
    assert settings.deadline_work == timedelta(days=10)
    assert settings.interval_refund_resend == (timedelta(seconds=1), timedelta(seconds=2))
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert [tier.from_points for tier in settings.commission_tiers] == [0, 10, 20, 30]
    assert load({}, NOWHERE).settings.commission_tiers == DEFAULT_TIERS


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PROFILE", "staging"),
        ("DEADLINE_WORK", "ten days"),
        ("DEADLINE_WORK", "PT0S"),
        ("DEADLINE_WORK", "-P1D"),
        ("INTERVAL_REFUND_RESEND", "PT5S,PT0S"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "changeme" * 4),
        ("SECRET_KEY", "a" * 40 + ",short"),
        ("COMMISSION_TIERS", "0:1500"),
        ("COMMISSION_TIERS", "0:1500,500:1200,400:1000,5000:800"),
        ("COMMISSION_TIERS", "5:1500,500:1200,2000:1000,5000:800"),
        ("COMMISSION_TIERS", "0:10001,500:1200,2000:1000,5000:800"),
        ("COMMISSION_TIERS", "0:x,500:1200,2000:1000,5000:800"),
        ("LOG_FORMAT", "xml"),
        ("ADMIN_EMAIL", "a@b.example"),
        ("SMTP_URL", "smtp://mail.example"),
        ("MAIL_FROM", "hola@conectar.example"),
        ("CHARGEBACK_BEARER", "nadie"),
        ("SECOND_ADMIN_ABOVE", "mucho"),
        ("DEADLINE_DISPUTE", "PT0S"),
        ("DEADLINE_OFFER", "PT12H"),
        ("DEADLINE_COOLING_OFF", "P1DT1H"),
        ("PRICE_MIN", "0"),
        ("PRICE_MIN", "off"),
        ("PRICE_MIN", "-1"),
        ("DATABASE_POOLED", "true"),
        ("DATABASE_POOLED", "perhaps"),
        ("CHANGES_MAX", "-1"),
        ("CHANGES_MAX", "1.5"),
        ("POINTS_JOB", "-1"),
        ("POINTS_FIVE_STARS", "many"),
        ("POINTS_FOUR_STARS", ""),
        ("INTERVAL_REMINDER_OFFER", "PT0S"),
        ("INTERVAL_REMINDER_WORK", "three days"),
        ("INTERVAL_REMINDER_APPROVAL", "-P1D"),
        ("OTLP_ENDPOINT", "collector:4318"),
        ("OTLP_ENDPOINT", "ftp://collector.example"),
        ("OTLP_ENDPOINT", "http://"),
        ("OTLP_ENDPOINT", "http://collector.example?token=x"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", ""),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(variable: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load({f"CONECTAR_{variable}": value}, NOWHERE)
    told = str(refused.value)
    assert f"CONECTAR_{variable}" in told and "\n" not in told


def test_every_figure_of_the_rules_can_be_chosen() -> None:
    given = {
        "PRICE_MIN": "250.50",
        "CHANGES_MAX": "0",
        "POINTS_JOB": "1",
        "POINTS_FIVE_STARS": "0",
        "POINTS_FOUR_STARS": "3",
        "INTERVAL_REMINDER_OFFER": "P2D",
        "INTERVAL_REMINDER_WORK": "P5D",
        "INTERVAL_REMINDER_APPROVAL": "P1D",
        "DEADLINE_COOLING_OFF": "P15D",
    }
    loaded = load({f"CONECTAR_{name}": value for name, value in given.items()}, NOWHERE)
    chosen = loaded.settings
    assert (chosen.price_min, chosen.changes_max) == (Money(250_50), 0)
    assert (chosen.points_job, chosen.points_five_stars, chosen.points_four_stars) == (1, 0, 3)
    assert chosen.interval_reminder_offer == timedelta(days=2)
    assert chosen.interval_reminder_work == timedelta(days=5)
    assert chosen.interval_reminder_approval == timedelta(days=1)
    assert chosen.deadline_cooling_off == timedelta(days=15)
    shown = {origin.variable: origin.value for origin in loaded.origins}
    assert {name: shown[f"CONECTAR_{name}"] for name in given} == given


def test_secrets_are_never_shown() -> None:
    key = "k" * 40
    loaded = load(
        {
            "CONECTAR_SECRET_KEY": key,
            "CONECTAR_ADMIN_EMAIL": "a@b.example",
            "CONECTAR_ADMIN_PASSWORD": "muy-secreta-1",
            "CONECTAR_DATABASE_URL": "postgresql+asyncpg://ana:a:b/c@d@db/conectar",
            "CONECTAR_MERCADOPAGO_ACCESS_TOKEN": "APP-1",
            "CONECTAR_MERCADOPAGO_WEBHOOK_SECRETS": "whsec",
        },
        NOWHERE,
    )
    shown = " ".join(origin.value for origin in loaded.origins)
    assert "postgresql+asyncpg://ana:•••@db/conectar" in shown
    for hidden in (key, "muy-secreta-1", "APP-1", "whsec", "a:b", "c@d"):
        assert hidden not in shown


def test_who_bears_a_chargeback_and_how_many_administrators_agree() -> None:
    quiet = load({}, NOWHERE).settings
    assert (quiet.chargeback_bearer, quiet.second_admin_above) == (Bearer.PROFESSIONAL, None)
    given = {"CHARGEBACK_BEARER": "plataforma", "SECOND_ADMIN_ABOVE": "500000.00"}
    asked = load({f"CONECTAR_{name}": value for name, value in given.items()}, NOWHERE).settings
    assert (asked.chargeback_bearer, asked.second_admin_above) == (Bearer.HOUSE, Money(500_000_00))
    assert load({"CONECTAR_SECOND_ADMIN_ABOVE": "off"}, NOWHERE).settings.second_admin_above is None


PRODUCTION = {
    "CONECTAR_PROFILE": "production",
    "CONECTAR_DATABASE_URL": "postgresql+asyncpg://u@db.example/conectar",
    "CONECTAR_REDIS_URL": "redis://redis.example/0",
    "CONECTAR_SECRET_KEY": "nadie-conoce-esta-clave-tan-larga-nadie",
    "CONECTAR_PUBLIC_URL": "https://conectar.example",
    "CONECTAR_MERCADOPAGO_ACCESS_TOKEN": "APP_USR-1",
    "CONECTAR_MERCADOPAGO_WEBHOOK_SECRETS": "uno,otro",
    "CONECTAR_MERCADOPAGO_COLLECTOR_ID": "1",
    "CONECTAR_SMTP_URL": "smtp://mail.example",
    "CONECTAR_MAIL_FROM": "casa@conectar.example",
}


def test_production_asks_mercadopago_itself(tmp_path: Path) -> None:
    settings = load(PRODUCTION | {"CONECTAR_DATA_DIR": str(tmp_path)}, NOWHERE).settings
    place = find_place(settings, "http://127.0.0.1:1")
    assert place.mercadopago_url == "https://api.mercadopago.com"
    assert place.secret_keys == (PRODUCTION["CONECTAR_SECRET_KEY"],)


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"CONECTAR_PROFILE"}))
def test_production_makes_nothing_up(name: str) -> None:
    given = {variable: value for variable, value in PRODUCTION.items() if variable != name}
    with pytest.raises(BadSetting, match=name):
        load(given, NOWHERE)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost/mp"])
def test_production_pays_nobody_on_its_own_machine_unless_told(url: str) -> None:
    here = PRODUCTION | {"CONECTAR_MERCADOPAGO_BASE_URL": url}
    with pytest.raises(BadSetting, match="CONECTAR_ALLOW_LOOPBACK_GATEWAY"):
        load(here, NOWHERE)
    told = load(here | {"CONECTAR_ALLOW_LOOPBACK_GATEWAY": "1"}, NOWHERE).settings
    assert told.mercadopago_base_url == url


def test_production_keeps_nothing_in_a_file() -> None:
    lite = PRODUCTION | {"CONECTAR_DATABASE_URL": "sqlite+aiosqlite:///x.db"}
    with pytest.raises(BadSetting, match="CONECTAR_DATABASE_URL"):
        load(lite, NOWHERE)
