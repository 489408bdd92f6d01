"""How do the main routes stand beside a bare ASGI application on the same server?

Each runs under uvicorn in a process of its own; this process asks, over kept-alive connections, and
takes turns between them. The limiter is off.
"""

import asyncio
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import httpx

from bench.measure import line

CONNECTIONS = 16
REQUESTS = 800
ROUNDS = 5
PASSWORD = "una-clave-7"
BARE = """
import uvicorn
async def app(scope, receive, send):
    if scope["type"] != "http": return
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-type", b"application/json"), (b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})
uvicorn.run(app, port=0, log_level="info", access_log=False, lifespan="off")
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, as bytes."""

    url: str
    data: bytes


def ask(url: str, path: str, token: str = "", body: bytes = b"", method: str = "GET") -> Ask:
    """The bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
    if body:
        head += "content-type: application/json\r\n"
    if token:
        head += f"authorization: Bearer {token}\r\n"
    return Ask(url, head.encode() + b"\r\n" + body)


async def rate(what: Ask) -> float:
    """Answers a second over all connections."""
    where = urlsplit(what.url)
    pairs = [await asyncio.open_connection(where.hostname, where.port) for _ in range(CONNECTIONS)]
    started = perf_counter()
    await asyncio.gather(*(_ask(*pair, what.data) for pair in pairs))
    seconds = perf_counter() - started
    for _, writer in pairs:
        writer.close()
    return CONNECTIONS * (REQUESTS // CONNECTIONS) / seconds


async def _ask(reader: Any, writer: Any, data: bytes) -> None:
    for _ in range(REQUESTS // CONNECTIONS):
        writer.write(data)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)


def started(arguments: list[str], folder: str, environment: dict[str, str]) -> Any:
    """A program, and the first line it says with an address in it."""
    program = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    assert program.stdout is not None
    for told in program.stdout:
        if "http://" in told:
            return program, "http://" + told.split("http://")[1].split()[0].removesuffix("/docs")
    raise AssertionError("it said no address")


def populated(url: str) -> tuple[str, bytes]:
    """A client with twenty offers, and a search that finds somebody."""
    with httpx.Client(base_url=f"{url}/api/v1", timeout=30) as http:

        def person(email: str, role: str) -> tuple[str, str]:
            account = {"email": email, "password": PASSWORD, "nombre": "A", "apellido": "B"}
            made = http.post("/auth/register", json={**account, "rol": role}).json()
            form = {"username": email, "password": PASSWORD}
            return made["id"], http.post("/auth/login", data=form).json()["access_token"]

        _, client = person("c@bench.test", "CLIENTE")
        beto, professional = person("p@bench.test", "PROFESIONAL")
        form = {"username": "admin@bench.test", "password": PASSWORD}
        admin = http.post("/auth/login", data=form).json()["access_token"]

        def call(method: str, path: str, token: str, **more: Any) -> None:
            answer = http.request(
                method, path, headers={"Authorization": f"Bearer {token}"}, **more
            )
            answer.raise_for_status()

        place = {"latitude": -34.6, "longitude": -58.4}
        call("PUT", "/professional/me", professional, json=place)
        png = b"\x89PNG\r\n\x1a\n" + bytes(16)
        files = dict.fromkeys(("dni_frente", "dni_dorso", "selfie"), ("a.png", png))
        numbers = {"dni": "12345678", "cuit": "20-12345678-6"}
        call("POST", "/professional/kyc/submit", professional, files=files, data=numbers)
        call("PUT", f"/admin/kyc/{beto}/approve", admin)
        for _ in range(20):
            offer = {"profesional_id": beto, "descripcion": "Una canilla", "monto": 15000.50}
            call("POST", "/ofertas", client, json=offer)
    return client, b'{"latitude":-34.6,"longitude":-58.4}'


async def compare(bare: str, served: str, token: str, search: bytes) -> None:
    """Turns between all of them."""
    asks = {
        "bare ASGI": ask(bare, "/"),
        "GET /health/live": ask(served, "/health/live"),
        "GET /public/oficios": ask(served, "/api/v1/public/oficios"),
        "GET /users/me": ask(served, "/api/v1/users/me", token),
        "GET /ofertas, 20 of them": ask(served, "/api/v1/ofertas", token),
        "POST /search": ask(served, "/api/v1/search", body=search, method="POST"),
    }
    found: dict[str, list[float]] = {name: [] for name in asks}
    for _ in range(ROUNDS):
        for name, what in asks.items():
            found[name].append(await rate(what))
    limit = statistics.median(found["bare ASGI"])
    for name, rates in found.items():
        median = statistics.median(rates)
        print(line(name, median, f"/s  {median / limit:.3f} of bare"))


def main() -> None:
    """Everything."""
    environment = {
        **os.environ,
        "CONECTAR_RATE_LIMIT": "off",
        "CONECTAR_RATE_LIMIT_LOGIN": "off",
        "CONECTAR_LOG_LEVEL": "warning",
        "CONECTAR_ADMIN_EMAIL": "admin@bench.test",
        "CONECTAR_ADMIN_PASSWORD": PASSWORD,
    }
    with TemporaryDirectory() as folder:
        bare, bare_url = started(["-u", "-c", BARE], folder, environment)
        serve = ["-m", "conectar.bootstrap.main", "serve", "--port", "0"]
        served, url = started(serve, folder, environment)
        try:
            asyncio.run(compare(bare_url, url, *populated(url)))
        finally:
            for program in (bare, served):
                program.terminate()
                program.wait()


if __name__ == "__main__":
    main()
