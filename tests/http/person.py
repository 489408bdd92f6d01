"""Somebody at the program's socket, and what his answers must be."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any, TypeVar
from uuid import uuid4

import httpx

T = TypeVar("T")
API = "/api/v1"


def eventually(check: Callable[[], T], seconds: float = 15.0) -> T:
    """What `check` answers once it holds: truthy, and no assertion failed."""
    until = monotonic() + seconds
    while True:
        try:
            found = check()
        except AssertionError:
            if monotonic() > until:
                raise
        else:
            if found:
                return found
            assert monotonic() < until, f"still {found!r} after {seconds} s"
        sleep(0.02)


def together(*calls: Callable[[], T]) -> list[T]:
    """All at once, each in a thread of its own; the answers in order."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


@dataclass
class Person:
    """Somebody who calls: nobody in particular without a token."""

    http: httpx.Client
    id: str = ""
    email: str = ""
    token: str = ""
    refresh_token: str = ""

    def call(self, method: str, path: str, *, key: str | None = None, **more: Any) -> Any:
        """One request; a path that does not begin with /api is under version 1."""
        headers = dict(more.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if key is not None:
            headers["Idempotency-Key"] = key
        where = path if path.startswith(("/api", "/health", "/metrics", "/sandbox")) else API + path
        with self.http.stream(method, where, headers=headers, **more) as answer:
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                answer.read()
                return answer
            first = next(answer.iter_bytes())  # the rest has no end
        about = {"headers": answer.headers, "request": answer.request}
        return httpx.Response(answer.status_code, content=first, **about)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.call("POST", path, json=json, **more)

    def put(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.call("PUT", path, json=json, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.call("DELETE", path, **more)

    def seen(self, path: str, **params: Any) -> Any:
        """What is answered with 200."""
        return good(self.get(path, params=params))


def good(response: httpx.Response) -> Any:
    """The answer of what must have gone well."""
    assert response.is_success, (response.request.method, response.request.url, response.text)
    return response.json() if response.content else None


def refused(response: httpx.Response, status: int, error: str = "") -> dict[str, Any]:
    """The problem document of what must have been refused so."""
    assert response.status_code == status, response.text
    told = response.json()
    assert not error or told["error"] == error, told
    return dict(told)


def new_key() -> str:
    return f"clave-{uuid4()}"
