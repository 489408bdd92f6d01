"""Notices as the gateway signs them."""

import hmac
import time
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx

from tests.http.api import Api

PATH = "/api/v1/webhook/mercadopago"


def signature(secret: str, data_id: str, request_id: str, ts: str) -> str:
    signed = f"id:{data_id};request-id:{request_id};ts:{ts};"
    return f"ts={ts},v1={hmac.new(secret.encode(), signed.encode(), sha256).hexdigest()}"


def signature_of(api: Api, payment: str, secret: str = "") -> dict[str, str]:
    """The headers of a notice about a payment."""
    request_id, ts = str(uuid4()), str(int(time.time() * 1000))
    signed = signature(secret or api.server.webhook_secret, payment, request_id, ts)
    return {"x-signature": signed, "x-request-id": request_id}


def notify(api: Api, payment: str, secret: str = "", **more: Any) -> httpx.Response:
    """A notice about a payment. `more` changes what is sent after it was signed."""
    headers = signature_of(api, payment, secret) | more.pop("headers", {})
    params = {"data.id": payment, "type": "payment"} | more.pop("params", {})
    body = {"id": 1, "type": "payment", "action": "payment.updated", "data": {"id": payment}}
    told = body | more.pop("body", {})
    return api.http.post(PATH, params=params, headers=headers, json=told)
