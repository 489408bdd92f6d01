"""People at the program's socket, and their usual doings over HTTP."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from time import monotonic, sleep
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from tests.backends import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.server import Server

T = TypeVar("T")
API = "/api/v1"
PASSWORD = "una-clave-7"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
OBELISCO = (-34.6037, -58.3816)
PRICE = "15000.50"
_numbers = count(1)
_documents = count(20_000_000)


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
        where = path if path.startswith(("/api", "/health", "/sandbox")) else API + path
        return self.http.request(method, where, headers=headers, **more)

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


@dataclass
class Api:
    """One server, and the people who use it."""

    server: Server
    http: httpx.Client = field(init=False)
    nobody: Person = field(init=False)
    _admin: Person | None = None

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=60, max_keepalive_connections=60)
        self.http = httpx.Client(
            base_url=self.server.url, trust_env=False, timeout=30, limits=limits
        )
        self.nobody = Person(self.http)

    # -- people

    def register(self, rol: str, **fields: Any) -> dict[str, Any]:
        """A new account."""
        given = {
            "email": f"persona{next(_numbers)}@conectar.test",
            "password": PASSWORD,
            "nombre": "Ana",
            "apellido": "Paz",
            "rol": rol,
        } | fields
        return good(self.nobody.post("/auth/register", given))

    def login(self, email: str, password: str = PASSWORD) -> Person:
        """A new session."""
        form = {"username": email, "password": password}
        told = good(self.nobody.post("/auth/login", data=form))
        who = Person(self.http, "", email, told["access_token"], told["refresh_token"])
        who.id = who.seen("/users/me")["id"]
        return who

    def client(self, **fields: Any) -> Person:
        return self.login(self.register("CLIENTE", **fields)["email"])

    def applicant(self, **fields: Any) -> Person:
        """A professional whose identity nobody has looked at."""
        return self.login(self.register("PROFESIONAL", **fields)["email"])

    def professional(self, at: tuple[float, float] = OBELISCO, **profile: Any) -> Person:
        """A professional with a trade, a place and an approved identity."""
        names = {k: profile.pop(k) for k in ("nombre", "apellido", "telefono") if k in profile}
        trades = profile.pop("oficios", ("Plomería",))
        who = self.applicant(**names)
        place = {"latitude": at[0], "longitude": at[1]}
        good(who.put("/professional/me", place | {"radio_cobertura_km": 30} | profile))
        for name in trades:
            good(who.post("/professional/oficios", {"oficio_id": self.trades()[name]}))
        good(submit_kyc(who))
        good(self.admin.put(f"/admin/kyc/{who.id}/approve"))
        return who

    @property
    def admin(self) -> Person:
        if self._admin is None:
            self._admin = self.login(ADMIN_EMAIL, ADMIN_PASSWORD)
        return self._admin

    def trades(self) -> dict[str, str]:
        """Name -> id."""
        return {one["nombre"]: one["id"] for one in self.nobody.seen("/public/oficios")}

    # -- work

    def offer(self, client: Person, pro: Person, monto: Any = PRICE) -> dict[str, Any]:
        """A client's terms."""
        return good(client.post("/ofertas", offer_body(pro, monto)))

    def job(self, client: Person, pro: Person, monto: Any = PRICE) -> dict[str, Any]:
        """Accepted, not paid."""
        made = self.offer(client, pro, monto)
        return good(pro.post(f"/ofertas/{made['id']}/accept"))

    def paid(self, client: Person, pro: Person, monto: Any = PRICE) -> tuple[dict[str, Any], str]:
        """A job whose money is held, and the payment's number."""
        job = self.job(client, pro, monto)
        payment = self.pay(self.preference(client, job))
        return self.until(client, job, estado="EN_CURSO"), payment

    def done(self, client: Person, pro: Person, monto: Any = PRICE) -> tuple[dict[str, Any], str]:
        """A job the professional calls done."""
        job, payment = self.paid(client, pro, monto)
        return good(pro.put(f"/trabajos/{job['id']}/marcar-completado")), payment

    def approved(
        self, client: Person, pro: Person, monto: Any = PRICE
    ) -> tuple[dict[str, Any], str]:
        """A job whose money is released."""
        job, payment = self.done(client, pro, monto)
        return good(client.post(f"/trabajos/{job['id']}/aprobar")), payment

    def until(self, who: Person, job: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """The job once it looks so."""

        def check() -> dict[str, Any]:
            now = who.seen(f"/trabajos/{job['id']}")
            assert {name: now[name] for name in fields} == fields, now
            return dict(now)

        return eventually(check)

    # -- the outside world

    def preference(self, client: Person, job: dict[str, Any]) -> str:
        """Where to pay a job."""
        told = good(client.post("/payments/preference", {"trabajo_id": job["id"]}))
        return str(told["preference_id"])

    def pay(self, preference: str, resultado: str = "approved", **more: Any) -> str:
        """What a buyer does on the page; the payment's number."""
        told = self.sandbox("POST", f"/checkout/{preference}", {"resultado": resultado} | more)
        return str(told["payment_id"])

    def sandbox(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return good(self.http.request(method, f"/sandbox{path}", json=body, **more))

    def fault(self, operacion: str, fallo: str, veces: int = 1) -> None:
        told = {"operacion": operacion, "fallo": fallo, "veces": veces}
        self.sandbox("POST", "/faults", told)

    def clock(self, *, seconds: float = 0, hours: float = 0, days: float = 0) -> None:
        """Moves the clock; what fell due has happened after."""
        total = int(seconds + hours * 3600 + days * 86400)
        self.sandbox("POST", "/clock", {"avanzar_segundos": total})

    def letters(self, para: str) -> list[dict[str, Any]]:
        return list(self.sandbox("GET", "/mailbox", params={"para": para}))


def offer_body(pro: Person, monto: Any = PRICE, **more: Any) -> dict[str, Any]:
    told = {"profesional_id": pro.id, "descripcion": "Cambiar la canilla", "monto": monto}
    return told | more


def kyc_form() -> dict[str, Any]:
    """A person's DNI with a CUIT of its own."""
    dni = str(next(_documents))
    digits = "20" + dni
    total = sum(int(d) * w for d, w in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    check = {11: 0, 10: 9}.get(11 - total % 11, 11 - total % 11)
    return {"dni": dni, "cuit": f"{digits}{check}"}


def kyc_files() -> dict[str, Any]:
    return {
        name: (f"{name}.png", PNG, "image/png") for name in ("dni_frente", "dni_dorso", "selfie")
    }


def submit_kyc(who: Person, **more: Any) -> httpx.Response:
    return who.post("/professional/kyc/submit", data=kyc_form(), files=kyc_files(), **more)


# -- what is stored ----------------------------------------------------------------------------

RESTLESS = {
    "sesiones": ("last_used_at",),
    "entregas": None,
    "payment_intents": ("consultar_at", "consultas"),
    "pagos": ("consultar_liberacion_at",),
}
"""What the background moves by itself; None: the whole table."""


def dump(server: Server) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that only a request changes."""
    file = server.folder / "conectar.db"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as found:
        names = [n for (n,) in found.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        rows = {}
        for name in sorted(names):
            skipped = RESTLESS.get(name, ())
            if skipped is None:
                continue
            columns = [c[1] for c in found.execute(f'PRAGMA table_info("{name}")')]
            kept = ", ".join(f'"{c}"' for c in columns if c not in skipped)
            rows[name] = sorted(found.execute(f'SELECT {kept} FROM "{name}"'), key=repr)
    found.close()
    return rows


@contextmanager
def unchanged(server: Server) -> Iterator[None]:
    """Nothing that is stored changes inside."""
    before = dump(server)
    yield
    after = dump(server)
    changed = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
    assert not changed, {n: set(after[n]) ^ set(before[n]) for n in changed}


# -- the books ---------------------------------------------------------------------------------


def books(api: Api) -> dict[str, str]:
    """Account -> balance, of a trial balance that balances."""
    text = api.admin.get("/admin/ledger/trial-balance").text
    told = json.loads(text, parse_float=str)
    assert told["cuadra"] is True, text
    return {line["cuenta"]: line["saldo"] for line in told["cuentas"]}


def at_gateway(api: Api) -> tuple[Decimal, Decimal]:
    """(what our books say is at the gateway, what the gateway has)."""
    ours = books(api)
    oracle = api.sandbox("GET", "/oracle")
    assert oracle["cuadra"], oracle["problemas"]
    names = ("gateway_unreleased", "gateway_available")
    mine = sum((Decimal(ours.get(name, "0")) for name in names), Decimal(0))
    return mine, Decimal(oracle["cuenta"]["saldo_total"])


def agreed(api: Api, parked: Decimal = Decimal(0)) -> None:
    """In the end our books and the gateway's agree to the cent, but for what is parked."""

    def check() -> bool:
        mine, theirs = at_gateway(api)
        assert mine + parked == theirs
        return True

    eventually(check)


def at_oracle(api: Api, payment: str) -> dict[str, Any]:
    """What really happened to a payment."""
    told = api.sandbox("GET", "/oracle")
    return next(one for one in told["pagos"] if one["payment_id"] == payment)


def refund_calls(api: Api, payment: str) -> list[dict[str, Any]]:
    """Every call that asked the gateway to give a payment back."""
    calls = api.sandbox("GET", "/oracle")["llamadas"]
    return [c for c in calls if c["metodo"] == "POST" and c["ruta"].endswith(f"{payment}/refunds")]


def intent_of(api: Api, payment: str) -> dict[str, Any]:
    """The only intent to give a payment back."""
    found = [
        one
        for one in api.admin.seen("/admin/intents", limit=100)
        if one["mercadopago_payment_id"] == payment
    ]
    assert len(found) == 1, found
    return dict(found[0])
