"""How the SDK's calls travel: one pooled session, exact numbers, no second tries of its own.

The SDK's own client opens a connection a call, retries behind our back on `https://` only, reads
amounts as binary floats and gives up on whatever isn't JSON (`mercadopago/http/http_client.py`,
3.6.0). This one replaces it, and sends the calls to another address when it is told one.
"""

import json
from decimal import Decimal
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NoReturn

import requests
from requests.adapters import HTTPAdapter

from conectar.adapters.outbound.mercadopago.sdk import Config, HttpClient

BODY_BYTES_MAX = 8 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_SDK_ADDRESS: str = Config().api_base_url


class Unreadable(Exception):
    """The answer isn't JSON, or far too long: it may come from anybody between."""

    def __init__(self, status: int) -> None:
        super().__init__(f"an unreadable answer with status {status}")
        self.status = status


class PooledClient(HttpClient):  # type: ignore[misc]
    """An HttpClient of the SDK, to be shared by as many threads as it has connections.

    Answers `{"status": int, "response": ...}` with `Decimal` for every number with a point, None
    for an empty body. Raises Unreadable, and what `requests` raises. Redirects are not followed:
    the token must not travel.
    """

    def __init__(
        self, base_url: str, connections: int, connect_timeout_s: float, read_timeout_s: float
    ) -> None:
        self._base = base_url.rstrip("/")
        self._timeout = (connect_timeout_s, read_timeout_s)
        self._session = requests.Session()
        # Neither a .netrc may change the token, nor a proxy see what goes to the sandbox.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(
            pool_connections=1, pool_maxsize=connections, max_retries=0, pool_block=True
        )
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def request(
        self,
        method: str,
        url: str,
        maxretries: int | None = None,
        retry_on: list[int] | None = None,
        backoff_factor: float | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """One call, once. The SDK's retries and its single timeout are not used."""
        kwargs.update(timeout=self._timeout, allow_redirects=False, stream=True)
        target = self._base + url.removeprefix(_SDK_ADDRESS)
        with self._session.request(method, target, **kwargs) as answer:
            return {"status": answer.status_code, "response": _parsed(answer)}

    def close(self) -> None:
        """Closes its connections."""
        self._session.close()


def _parsed(answer: requests.Response) -> Any:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise Unreadable(answer.status_code)
    if not body:
        return None
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Unreadable(answer.status_code) from error


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
