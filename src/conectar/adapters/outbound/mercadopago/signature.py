"""Whether a notice comes from MercadoPago.

`x-signature: ts=<n>,v1=<hex>` is an HMAC-SHA256 over `id:<data.id>;request-id:<x-request-id>;
ts:<ts>;` (`mercadopago/webhook/validator.py`). The body isn't signed, so nothing of it is
believed. Nor is the age checked: documentation and SDK differ over the unit of `ts`, and a repeat
changes nothing.
"""

from collections.abc import Sequence

from conectar.adapters.outbound.mercadopago.sdk import (
    InvalidWebhookSignatureError,
    WebhookSignatureValidator,
)


class WebhookSignature:
    """Checks notices against every secret in use. Raises ValueError without one, or for an empty
    one: anybody could sign with that."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets or not all(secret.strip() for secret in secrets):
            raise ValueError("a webhook secret is needed, and none may be empty")
        self._secrets = tuple(secrets)

    def valid(self, x_signature: str | None, x_request_id: str | None, data_id: str | None) -> bool:
        """Whether a secret of ours signed it, in constant time. `data_id` is the query's value;
        the id may have been signed as it came or in lower case."""
        ids = {data_id, data_id.lower() if data_id else data_id}
        return any(
            _signed(x_signature, x_request_id, each, secret)
            for secret in self._secrets
            for each in ids
        )


def _signed(
    x_signature: str | None, x_request_id: str | None, data_id: str | None, secret: str
) -> bool:
    try:
        WebhookSignatureValidator.validate(x_signature, x_request_id, data_id, secret)
    except (InvalidWebhookSignatureError, TypeError, ValueError):
        # The SDK's comparison raises TypeError, and its encoding ValueError, for odd characters.
        return False
    return True
