"""What is used of the official SDK. It has no types, so this is the one place that says so."""

from mercadopago import SDK  # type: ignore[import-untyped]
from mercadopago.config import Config, RequestOptions  # type: ignore[import-untyped]
from mercadopago.http import HttpClient  # type: ignore[import-untyped]
from mercadopago.resources import Preference as PreferenceResource  # type: ignore[import-untyped]
from mercadopago.webhook import (  # type: ignore[import-untyped]
    InvalidWebhookSignatureError,
    WebhookSignatureValidator,
)

__all__ = [
    "SDK",
    "Config",
    "HttpClient",
    "InvalidWebhookSignatureError",
    "PreferenceResource",
    "RequestOptions",
    "WebhookSignatureValidator",
]
