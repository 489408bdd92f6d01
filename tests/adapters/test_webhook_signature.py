"""Signatures made here with the standard library, as the documentation describes them."""

import hashlib
import hmac

import pytest

from conectar.adapters.outbound.mercadopago.signature import WebhookSignature

SECRET = "a-webhook-secret"


def signed(data_id: str, secret: str = SECRET, request_id: str = "req-1", ts: str = "1") -> str:
    manifest = f"id:{data_id};request-id:{request_id};ts:{ts};"
    v1 = hmac.new(secret.encode(), manifest.encode(), hashlib.sha256).hexdigest()
    return f"ts={ts},v1={v1}"


@pytest.mark.parametrize("ts", ["1742505638", "1742505638683"])
def test_a_good_one_of_any_age_in_seconds_or_milliseconds(ts: str) -> None:
    assert WebhookSignature([SECRET]).valid(signed("123", ts=ts), "req-1", "123")


def test_the_id_as_it_came_or_in_lower_case() -> None:
    signature = WebhookSignature([SECRET])
    assert signature.valid(signed("ORD-aB"), "req-1", "ORD-aB")
    assert signature.valid(signed("ord-ab"), "req-1", "ORD-aB")
    assert not signature.valid(signed("ORD-AB"), "req-1", "ORD-aB")


def test_any_of_several_secrets() -> None:
    signature = WebhookSignature(["new", "old"])
    assert signature.valid(signed("1", "old"), "req-1", "1")
    assert signature.valid(signed("1", "new"), "req-1", "1")
    assert not signature.valid(signed("1", "older"), "req-1", "1")


@pytest.mark.parametrize(
    ("header", "request_id", "data_id"),
    [
        (None, "req-1", "123"),
        ("", "req-1", "123"),
        ("nonsense", "req-1", "123"),
        ("ts=1", "req-1", "123"),
        ("v1=00", "req-1", "123"),
        ("ts=1,v1=", "req-1", "123"),
        ("ts=1,v1=ñandú", "req-1", "123"),
        ("ts=1,v1=" + "0" * 64, "req-1", "123"),
        (signed("123").replace("ts=1", "ts=2"), "req-1", "123"),
        (signed("123"), "req-2", "123"),
        (signed("123"), None, "123"),
        (signed("123"), "req-1", "124"),
        (signed("123"), "req-1", None),
        (signed("123"), "req-1", "\ud800"),
        (signed("123").replace("v1", "v2"), "req-1", "123"),
    ],
)
def test_anything_else(header: str | None, request_id: str | None, data_id: str | None) -> None:
    assert not WebhookSignature([SECRET]).valid(header, request_id, data_id)


@pytest.mark.parametrize("secrets", [[], [""], [SECRET, " "]])
def test_an_empty_secret_is_no_secret(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="secret"):
        WebhookSignature(secrets)
