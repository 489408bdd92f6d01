"""The demo: the main job of the product, told step by step over HTTP.

It is a client like any other and speaks the wire's own Spanish. It knows nothing of what is inside:
what it claims about the money it reads from the ledger and from the sandbox's oracle, which keep
separate books, and it fails if they differ by a cent.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import Any

import httpx
import msgspec

from conectar.adapters.vocabulary.paths import API

PATIENCE_S = 20.0
_EXACT = msgspec.json.Decoder(float_hook=Decimal)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
OBELISCO = {"latitude": -34.6037, "longitude": -58.3816}
PASSWORD = "demo-clave-7"  # noqa: S105  (of people who exist for a minute)
SILENT_DAYS, RELEASE_DAYS = 15, 4
CBU = "2850590940090418135201"


class StoryFailed(Exception):
    """Something was not as told."""


@dataclass
class Person:
    """Somebody signed in."""

    client: httpx.AsyncClient
    email: str
    id: str = ""
    token: str = ""

    async def call(self, method: str, path: str, **body: Any) -> Any:
        """One request; JSON numbers come back exact. Raises StoryFailed for a refusal."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = await self.client.request(method, API + path, headers=headers, **body)
        if answer.status_code >= 400:
            raise StoryFailed(f"{method} {path}: {answer.status_code} {answer.text}")
        return exact(answer.content)

    async def sign_in(self, password: str) -> None:
        """A new session."""
        form = {"username": self.email, "password": password}
        self.token = (await self.call("POST", "/auth/login", data=form))["access_token"]


def exact(content: bytes) -> Any:
    """JSON with decimals instead of floats."""
    return _EXACT.decode(content) if content else None


@dataclass
class Story:
    """The whole of it. `say` prints a line."""

    client: httpx.AsyncClient
    admin_email: str
    admin_password: str
    say: Callable[[str], None]
    step: int = field(default=0, init=False)

    async def tell(self) -> None:
        """Raises StoryFailed if anything is not as it should."""
        await self._people()
        job = await self._agree("Cambiar la cañería de la cocina", "18000.00")
        await self._work(job)
        await self._short_payment()
        await self._cancelled()
        await self._disputed()
        await self._silence()
        await self._released()
        await self._withdrawn()
        await self._charged_back()
        await self._books(job)

    def tick(self, what: str) -> None:
        """One more step."""
        self.step += 1
        self.say(f"  {self.step:2d}. {what}")

    async def _people(self) -> None:
        self.ana = await self._registered("ana@demo.test", "Ana", "Paz", "CLIENTE")
        self.beto = await self._registered("beto@demo.test", "Beto", "Luna", "PROFESIONAL")
        self.admin = Person(self.client, self.admin_email)
        await self.admin.sign_in(self.admin_password)
        self.tick("Ana (clienta) y Beto (profesional) abren sus cuentas")
        trades = await self.beto.call("GET", "/public/oficios")
        plumbing = next(trade for trade in trades if trade["nombre"] == "Plomería")
        await self.beto.call("POST", "/professional/oficios", json={"oficio_id": plumbing["id"]})
        profile = {**OBELISCO, "radio_cobertura_km": 20, "tarifa_por_hora": "9500.00"}
        await self.beto.call("PUT", "/professional/me", json=profile)
        files = {name: (f"{name}.png", PNG) for name in ("dni_frente", "dni_dorso", "selfie")}
        numbers = {"dni": "12345678", "cuit": "20-12345678-6"}
        await self.beto.call("POST", "/professional/kyc/submit", files=files, data=numbers)
        await self.admin.call("PUT", f"/admin/kyc/{self.beto.id}/approve")
        self.tick("Beto muestra quién es y la administración lo aprueba")
        wanted = {**OBELISCO, "oficio": "Plomero"}
        found = (await self.ana.call("POST", "/search", json=wanted))["resultados"]
        self._expect(found and found[0]["id"] == self.beto.id, "la búsqueda encuentra a Beto")
        self.tick(f"Ana busca un plomero y encuentra a Beto a {found[0]['distancia_km']} km")

    async def _registered(self, email: str, first: str, last: str, role: str) -> Person:
        who = Person(self.client, email)
        account = {"email": email, "password": PASSWORD, "nombre": first, "apellido": last}
        who.id = (await who.call("POST", "/auth/register", json={**account, "rol": role}))["id"]
        await who.sign_in(PASSWORD)
        return who

    async def _agree(self, what: str, price: str) -> str:
        offer = {"profesional_id": self.beto.id, "descripcion": what, "monto": "15000.50"}
        made = await self.ana.call("POST", "/ofertas", json=offer)
        self.tick(f"Ana ofrece $15000.50 por «{what}»")
        answer = {"monto": price}
        made = await self.beto.call("POST", f"/ofertas/{made['id']}/contraoferta", json=answer)
        self.tick(f"Beto contraoferta ${price} (versión {made['version']})")
        seen = {"version": made["version"]}
        job = await self.ana.call("POST", f"/ofertas/{made['id']}/accept", json=seen)
        self.tick(
            f"Ana acepta: comisión ${job['comision']} ({job['comision_tasa']} %), "
            f"neto ${job['neto_profesional']}, congelados"
        )
        return str(job["id"])

    async def _paid(self, what: str, price: str) -> tuple[str, str]:
        """A job whose money is held, and its payment."""
        offer = {"profesional_id": self.beto.id, "descripcion": what, "monto": price}
        made = await self.ana.call("POST", "/ofertas", json=offer)
        job = str((await self.beto.call("POST", f"/ofertas/{made['id']}/accept"))["id"])
        payment = await self._pay(job)
        await self._until(job, "escrow_estado", "PAGADO_EN_ESCROW")
        return job, payment

    async def _pay(self, job: str, **how: Any) -> str:
        where = await self.ana.call("POST", "/payments/preference", json={"trabajo_id": job})
        paid = await self.client.post(where["init_point"], json={"resultado": "approved", **how})
        paid.raise_for_status()
        return str(paid.json()["payment_id"])

    async def _until(self, job: str, field_: str, value: str) -> Any:
        deadline = monotonic() + PATIENCE_S
        while monotonic() < deadline:
            seen = await self.ana.call("GET", f"/trabajos/{job}")
            if seen[field_] == value:
                return seen
            await asyncio.sleep(0.05)
        raise StoryFailed(f"{field_} no llegó a {value}: {seen[field_]}")

    async def _work(self, job: str) -> None:
        await self._pay(job)
        await self._until(job, "escrow_estado", "PAGADO_EN_ESCROW")
        self.tick("Ana paga en MercadoPago (el sandbox); el dinero queda retenido")
        await self.beto.call("PUT", f"/trabajos/{job}/marcar-completado")
        self.tick("Beto marca el trabajo como completado")
        why = {"motivo": "Todavía gotea"}
        await self.ana.call("POST", f"/trabajos/{job}/pedir-cambios", json=why)
        self.tick("Ana pide cambios: «Todavía gotea»")
        await self.beto.call("PUT", f"/trabajos/{job}/marcar-completado")
        approved = await self.ana.call("POST", f"/trabajos/{job}/aprobar")
        self._expect(approved["escrow_estado"] == "LIBERADO", "el dinero se libera")
        self.tick("Beto lo arregla y Ana aprueba: el dinero se libera")

    async def _short_payment(self) -> None:
        job = await self._agree("Destapar el desagüe del patio", "12000.00")
        await self._pay(job, monto="11999.99")
        await self._refunded(job, Decimal("11999.99"))
        await self._until(job, "estado", "PENDIENTE_PAGO")
        self.tick("Ana paga un centavo de menos: se le devuelve todo y el trabajo sigue impago")
        await self.ana.call("POST", f"/trabajos/{job}/cancelar", json={})
        self.tick("Ana cancela ese trabajo impago")

    async def _cancelled(self) -> None:
        job, _ = await self._paid("Instalar un termotanque", "30000.00")
        why = {"motivo": "Consiguió uno usado"}
        await self.ana.call("POST", f"/trabajos/{job}/cancelar", json=why)
        await self._until(job, "escrow_estado", "REEMBOLSADO")
        await self._refunded(job, Decimal("30000.00"))
        self.tick("Ana paga otro trabajo y lo cancela dentro de los diez días: reembolso entero")

    async def _disputed(self) -> None:
        job, _ = await self._paid("Colocar azulejos en el baño", "20000.01")
        await self.beto.call("PUT", f"/trabajos/{job}/marcar-completado")
        why = {"motivo": "CALIDAD_TRABAJO", "descripcion": "Quedaron tres azulejos torcidos"}
        dispute = (await self.ana.call("POST", f"/trabajos/{job}/disputar", json=why))["id"]
        files = {"files": ("azulejos.png", PNG)}
        await self.ana.call("POST", f"/disputas/{dispute}/evidencias", files=files)
        said = {"mensaje": "Puedo recolocarlos la semana que viene"}
        await self.beto.call("POST", f"/disputas/{dispute}/mensajes", json=said)
        self.tick("Ana abre una disputa con una foto, y Beto responde")
        await self.admin.call("POST", f"/admin/disputas/{dispute}/tomar")
        ruling = {"decision": "DIVIDIR", "porcentaje_cliente": 33, "resolucion": "Un tercio vuelve"}
        done = await self.admin.call("POST", f"/admin/disputas/{dispute}/resolver", json=ruling)
        parts = done["monto_reembolso"], done["monto_liberado"]
        self._expect(sum(parts) == Decimal("20000.01"), "las partes suman el precio")
        await self._refunded(job, parts[0])
        self.tick(f"La administración divide: ${parts[0]} para Ana y ${parts[1]} para Beto")

    async def _silence(self) -> None:
        job, _ = await self._paid("Pintar el comedor", "15000.00")
        await self.beto.call("PUT", f"/trabajos/{job}/marcar-completado")
        offer = {"profesional_id": self.beto.id, "descripcion": "Pintar el patio, algún día"}
        made = await self.ana.call("POST", "/ofertas", json={**offer, "monto": "9000.00"})
        await self._days(SILENT_DAYS)
        await self._until(job, "estado", "APROBADO")
        self.tick(f"Beto termina otro trabajo y Ana calla {SILENT_DAYS} días: se aprueba solo")
        seen = await self.ana.call("GET", f"/ofertas/{made['id']}")
        self._expect(seen["estado"] == "VENCIDA", "la oferta sin respuesta vence")
        self.tick("Una oferta que nadie respondió vence en esos días")

    async def _days(self, days: int) -> None:
        """The sandbox moves the clock; everybody's session is over."""
        moved = {"avanzar_segundos": days * 86_400}
        (await self.client.post("/sandbox/clock", json=moved)).raise_for_status()
        for who, password in ((self.ana, PASSWORD), (self.beto, PASSWORD)):
            await who.sign_in(password)
        await self.admin.sign_in(self.admin_password)

    async def _withdrawn(self) -> None:
        await self.beto.call("PUT", "/professional/me", json={"payout_account": CBU})
        balance = (await self.beto.call("GET", "/payments/balance"))["disponible"]
        asked = {"monto": str(balance)}
        payout = await self.beto.call("POST", "/payments/withdrawals", json=asked)
        (await self.client.post("/sandbox/withdrawals", json=asked)).raise_for_status()
        moved = {"direccion": "a_banco", "comprobante": "MP-1", "motivo": "Retiros del día"}
        await self.admin.call("POST", "/admin/tesoreria", json={**moved, **asked})
        await self.admin.call("POST", "/admin/payouts/batches")
        sent = {"resultado": "enviado", "comprobante": "TRF-0001"}
        path = f"/admin/payouts/{payout['id']}/confirmar"
        await self.admin.call("POST", path, json=sent)
        self.tick(f"Beto retira ${balance}: lote del banco, transferencia y comprobante")

    async def _charged_back(self) -> None:
        job, payment = await self._paid("Cambiar una canilla", "8000.00")
        await self.beto.call("PUT", f"/trabajos/{job}/marcar-completado")
        await self.ana.call("POST", f"/trabajos/{job}/aprobar")
        for action in ("charge_back", "settle"):
            moved = await self.client.post(f"/sandbox/payments/{payment}", json={"accion": action})
            moved.raise_for_status()
        await self._until(job, "escrow_estado", "CONTRACARGO")
        balance = await self.beto.call("GET", "/payments/balance")
        self.tick(
            "El banco de Ana desconoce el pago de un trabajo ya liberado: contracargo; a Beto le "
            f"quedan ${balance['pendiente']} pendientes, ${balance['disponible']} disponibles y "
            f"${balance['deuda']} de deuda"
        )

    async def _refunded(self, job: str, amount: Decimal) -> None:
        deadline = monotonic() + PATIENCE_S
        while monotonic() < deadline:
            history = await self.ana.call("GET", "/payments/history?tipo=REEMBOLSO")
            for refund in (row for row in history if row["trabajo_id"] == job):
                if refund["estado"] == "COMPLETADA":
                    self._expect(refund["monto"] == amount, "se devuelve el monto entero")
                    return
            await asyncio.sleep(0.05)
        raise StoryFailed("el reembolso no llegó")

    async def _released(self) -> None:
        waits = (await self.beto.call("GET", "/payments/balance"))["pendiente"]
        await self._days(RELEASE_DAYS)
        balance = await self.beto.call("GET", "/payments/balance")
        self._expect(balance["disponible"] >= waits, "lo pendiente queda disponible")
        self.tick(
            f"Pasan {RELEASE_DAYS} días más: MercadoPago libera los pagos y Beto dispone de "
            f"${balance['disponible']}"
        )

    async def _books(self, job: str) -> None:
        self.say("\nEl primer trabajo, paso a paso:")
        for row in await self.ana.call("GET", f"/trabajos/{job}/timeline"):
            self.say(f"  {row['at'][:19]}  {row['actor_rol']:<12} {row['estado']}")
        books = await self.admin.call("GET", "/admin/ledger/trial-balance")
        self.say(f"\n{'cuenta':<22}{'debe':>14}{'haber':>14}{'saldo':>14}")
        for line in books["cuentas"]:
            if line["debe"] or line["haber"]:
                name, *sums = (line[key] for key in ("cuenta", "debe", "haber", "saldo"))
                self.say(f"{name:<22}" + "".join(f"{amount:>14}" for amount in sums))
        self._expect(books["cuadra"], "el libro mayor cuadra")
        await self._oracle({line["cuenta"]: line["saldo"] for line in books["cuentas"]})

    async def _oracle(self, ledger: dict[str, Decimal]) -> None:
        told = exact((await self.client.get("/sandbox/oracle")).content)
        self._expect(told["cuadra"], "las cuentas del sandbox cuadran")
        payments = told["pagos"]
        sums = {
            "en MercadoPago": (
                ledger["gateway_unreleased"] + ledger["gateway_available"],
                Decimal(told["cuenta"]["saldo_total"]),
            ),
            "comisiones de MercadoPago": (
                ledger["gateway_fee"],
                sum((Decimal(one["comision_mp"]) for one in payments), Decimal(0)),
            ),
            "impuestos retenidos": (
                ledger["tax_withheld"],
                sum((Decimal(one["impuestos"]) for one in payments), Decimal(0)),
            ),
        }
        self.say("\nEl libro mayor y el sandbox, que llevan cuentas separadas:")
        for what, (ours, theirs) in sums.items():
            self.say(f"  {what:<28}{ours:>12} = {theirs:>12}")
            self._expect(ours == theirs, f"{what} coinciden al centavo")

    @staticmethod
    def _expect(true: Any, what: str) -> None:
        if not true:
            raise StoryFailed(f"no fue así: {what}")
