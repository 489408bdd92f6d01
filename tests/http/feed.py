"""Somebody who listens to the live feed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import Any

import httpx

from tests.http.person import Person

PATH = "/api/v1/notifications/stream"
Told = tuple[str, dict[str, Any]]


@contextmanager
def listening(who: Person, after: str | None = None) -> Iterator["Queue[Told | None]"]:
    """What he is told, as (event id, notice); None when the stream ends."""
    heard: Queue[Told | None] = Queue()
    headers = {"Authorization": f"Bearer {who.token}"} | ({"Last-Event-ID": after} if after else {})
    with who.http.stream("GET", PATH, headers=headers, timeout=30) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:"), "it listens from here on"
        reading = Thread(target=_read, args=(lines, heard), daemon=True)
        reading.start()
        yield heard


def _read(lines: Iterator[str], heard: "Queue[Told | None]") -> None:
    id = ""
    try:
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "id":
                id = value
            elif name == "data":
                heard.put((id, json.loads(value)))
    except (httpx.StreamError, httpx.TransportError):
        pass
    heard.put(None)
