"""One server, the people who use it, and their usual doings over HTTP."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.backends import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.http.person import Person, eventually, good
from tests.server import Server
from tests.town import Town

PASSWORD = "una-clave-7"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
OBELISCO = (-34.6037, -58.3816)
PRICE = "15000.50"
_numbers = count(1)
_documents = count(20_000_000)


@dataclass
class Api:
    """One server, and the people who use it."""

    server: Server | Town
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
        where = f"{self.server.sandbox_url}/sandbox{path}"
        return good(self.http.request(method, where, json=body, **more))

    def fault(self, operacion: str, fallo: str, veces: int = 1) -> None:
        told = {"operacion": operacion, "fallo": fallo, "veces": veces}
        self.sandbox("POST", "/faults", told)

    def clock(self, *, seconds: float = 0, hours: float = 0, days: float = 0) -> None:
        """Moves the clock; what fell due has happened after."""
        self.server.move_clock(int(seconds + hours * 3600 + days * 86400))

    def letters(self, para: str) -> list[dict[str, Any]]:
        return self.server.letters(para)


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
