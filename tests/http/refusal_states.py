"""A job in each state of the joint table, and how it gets there over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from tests.http.api import Api
from tests.http.books import intent_of
from tests.http.incidents import does
from tests.http.person import Person, eventually, good
from tests.http.quarrel import open_dispute, resolve

NOBODYS = "01890000-0000-7000-8000-000000000000"
WHY = {"motivo": "Así fue"}
DOWN = "down cancel unanswered"
WAYS = {
    "AP EMPTY": ("", "pend"),
    "IP HELD": (
        "pay", "pay done changes", "pay mediate",
        "pay dispute withdraw", "pay answer recant", "pay dispute withdraw mediate",
        "pay ban unban lift",
    ),
    "CO HELD": (
        "pay done", "pay done changes done changes done changes done", "pay done mediate",
        "pay done dispute withdraw", "pay done dispute withdraw answer recant",
        "pay done dispute withdraw charge_back",
    ),
    "DI OPEN": (
        "pay dispute", "pay done answer", "pay dispute withdraw answer", "pay dispute charge_back",
        "pay ban", "pay ban mediate", "pay ban unban",
    ),
    "DI REVIEW": ("pay dispute take", "pay dispute take mediate", "pay ban take"),
    "AD RELEASED": (
        "pay done approve", "pay done dispute withdraw approve", "pay dispute release",
        "pay done approve mediate",
    ),
    "AD SPLIT": (
        "pay give_part arrive", "pay dispute withdraw give_part arrive",
        "pay dispute divide arrive", "pay dispute down divide unanswered",
        "pay dispute down divide unanswered down hour",
    ),
    "AD CHARGED_BACK": (
        "pay done approve charge_back settle",
        "pay done dispute withdraw approve charge_back settle",
        "pay dispute release charge_back settle",
    ),
    "CA EMPTY": ("cancel", "pend cancel"),
    "CA REFUNDING": (
        f"pay {DOWN}", f"pay {DOWN} mediate", f"pay {DOWN} down hour",
        f"pay {DOWN} down hour mediate", f"pay dispute withdraw {DOWN}",
        f"pay dispute withdraw {DOWN} mediate", "pay dispute down refund unanswered",
        "pay dispute down refund unanswered mediate",
    ),
    "CA REFUNDED": (
        "pay cancel arrive", "pay dispute withdraw cancel arrive", "pay dispute refund arrive",
    ),
    "CA CHARGED_BACK": (
        "pay charge_back settle", "pay dispute withdraw charge_back settle",
        "pay dispute charge_back settle",
    ),
}  # fmt: skip
"""Job and escrow or dispute, as the rules write them -> the steps that lead there."""


class State(NamedTuple):
    """Where a job is, and how it got there."""

    where: str
    way: str

    def __str__(self) -> str:
        return f"{self.where}: {self.way}"

    @property
    def steps(self) -> list[str]:
        return self.way.split()

    @property
    def frozen(self) -> bool:
        """Whether the gateway has the money in mediation, or charges it back."""
        return self.way.endswith(("mediate", "charge_back"))

    @property
    def suspended(self) -> bool:
        """Whether the professional is out."""
        return "ban" in self.steps and "unban" not in self.steps

    @property
    def opener(self) -> str | None:
        """Who opened the last dispute there was."""
        openers = {"dispute": "client", "answer": "pro", "ban": "admin"}
        return next((openers[step] for step in self.steps[::-1] if step in openers), None)

    @property
    def refund(self) -> str | None:
        """How the only intent to give money back stands."""
        found = {"hour": "MANUAL", "unanswered": "DESCONOCIDO", "arrive": "EXITOSO"}
        return next((found[step] for step in found if step in self.steps), None)


STATES = [State(where, way) for where, ways in WAYS.items() for way in ways]
APART = {State(where, ways[0]) for where, ways in WAYS.items()} | {
    State("IP HELD", "pay mediate"),
    State("DI OPEN", "pay dispute charge_back"),
    State("AD SPLIT", "pay dispute down divide unanswered"),
    State("CA REFUNDING", f"pay {DOWN} mediate"),
}
"""Between two people who have nothing else."""


@dataclass
class Made:
    """A job, with what else belongs to it."""

    api: Api
    client: Person
    pro: Person
    job: str = field(init=False)
    payment: str = "1"
    dispute: str = NOBODYS
    intent: str = NOBODYS

    def __post_init__(self) -> None:
        self.job = self.api.job(self.client, self.pro, "1000")["id"]

    def moves(self, who: Person, move: str, method: str = "POST", body: object = None) -> None:
        good(who.call(method, f"/trabajos/{self.job}/{move}", json=body))

    def disputed_by(self, who: Person) -> None:
        self.dispute = good(open_dispute(who, self.job))["id"]

    def recanted_by(self, who: Person) -> None:
        good(who.post(f"/disputas/{self.dispute}/cancelar"))

    def ruled(self, decision: str, **more: int) -> None:
        good(resolve(self.api.admin, self.dispute, decision, **more))


def pay(one: Made, resultado: str = "approved") -> None:
    preference = one.api.preference(one.client, {"id": one.job})
    one.payment = one.api.pay(preference, resultado)
    one.api.admin.seen(f"/payments/{one.payment}/status")


def give_part(one: Made) -> None:
    told = {"motivo": "Lo pidió", "monto": "100"}
    good(one.api.admin.post(f"/admin/payments/{one.payment}/refund", told))


def refunding(one: Made, estado: str) -> None:
    """The only intent stands so, and its last call was answered."""

    def check() -> bool:
        found = intent_of(one.api, one.payment)
        one.intent = found["id"]
        return bool(found["estado"] == estado and (found["error"] or estado == "EXITOSO"))

    eventually(check)


def hour(one: Made) -> None:
    """The next and last try comes, and a person has to look."""
    one.api.clock(hours=1, seconds=1)
    refunding(one, "MANUAL")


def ban(one: Made) -> None:
    good(one.api.admin.post(f"/admin/users/{one.pro.id}/ban", WHY))
    one.dispute = one.client.seen(f"/trabajos/{one.job}")["disputa_id"]


def unban(one: Made) -> None:
    good(one.api.admin.post(f"/admin/users/{one.pro.id}/unban"))
    one.pro = one.api.login(one.pro.email)


STEPS: dict[str, Callable[[Made], object]] = {
    "pend": lambda one: pay(one, "pending"),
    "pay": pay,
    "done": lambda one: one.moves(one.pro, "marcar-completado", "PUT"),
    "changes": lambda one: one.moves(one.client, "pedir-cambios", body=WHY),
    "approve": lambda one: one.moves(one.client, "aprobar"),
    "cancel": lambda one: one.moves(one.pro, "cancelar"),
    "dispute": lambda one: one.disputed_by(one.client),
    "answer": lambda one: one.disputed_by(one.pro),
    "withdraw": lambda one: one.recanted_by(one.client),
    "recant": lambda one: one.recanted_by(one.pro),
    "lift": lambda one: one.recanted_by(one.api.admin),
    "take": lambda one: good(one.api.admin.post(f"/admin/disputas/{one.dispute}/tomar")),
    "release": lambda one: one.ruled("LIBERAR"),
    "refund": lambda one: one.ruled("REEMBOLSAR"),
    "divide": lambda one: one.ruled("DIVIDIR", porcentaje_cliente=10),
    "give_part": give_part,
    "down": lambda one: one.api.fault("refund", "error_500"),
    "unanswered": lambda one: refunding(one, "DESCONOCIDO"),
    "arrive": lambda one: refunding(one, "EXITOSO"),
    "hour": hour,
    "ban": ban,
    "unban": unban,
    "mediate": lambda one: does(one.api, one.payment, "mediate"),
    "charge_back": lambda one: does(one.api, one.payment, "charge_back"),
    "settle": lambda one: does(one.api, one.payment, "settle"),
}
PATIENT = {"interval_refund_resend": (timedelta(hours=1),), "interval_refund_read_back": ()}
"""Settings under which a refund without an answer is tried once more, an hour later, and then
waits for a person."""


def make_all(api: Api) -> dict[State, Made]:
    """A job in each state; those first that need the clock."""
    made, client, pro = {}, api.client(), api.professional()
    for state in sorted(STATES, key=lambda state: "hour" not in state.steps):
        one = made[state] = Made(
            api,
            api.client() if state in APART else client,
            api.professional() if state in APART or "ban" in state.steps else pro,
        )
        for step in state.steps:
            STEPS[step](one)
    return made
