"""Who may announce payments."""

from typing import Protocol


class NoticeGate(Protocol):
    """Knows the gateway's signature."""

    def valid(self, x_signature: str, x_request_id: str, data_id: str) -> bool:
        """Whether the gateway signed this notice."""
        ...
