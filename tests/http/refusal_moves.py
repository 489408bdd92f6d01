"""What people and administrators may do with a job, and what the rules answer in each state."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.http.quarrel import WORDS
from tests.http.refusal_states import WHY, Made, State

Law = Callable[[State, str], str | None]
"""(state, caller) -> the code of a 400, None if he may."""


def law(
    *where: str,
    frozen: str | None = None,
    spent: Callable[[State, str], bool] = lambda *_: False,
    error: str = "TRANSICION_INVALIDA",
) -> Law:
    """Possible there only; what moves money says what it answers while that is `frozen`."""

    def answer(state: State, caller: str) -> str | None:
        if state.where not in where:
            return error
        if frozen and state.frozen:
            return frozen
        return error if spent(state, caller) else None

    return answer


JOB = "trabajo_id"
THIS = {JOB: "{job}"}
ICE = "PAGO_CONGELADO"
WORK, QUARREL = ("IP HELD", "CO HELD"), ("DI OPEN", "DI REVIEW")
HELD, RELEASED = WORK + QUARREL, ("AD RELEASED", "AD SPLIT")


def done_once(state: State, caller: str) -> bool:
    """Then the client can't cancel any more."""
    return caller == "client" and "done" in state.steps


def changed_thrice(state: State, caller: str) -> bool:
    return state.steps.count("changes") == 3


def disputed_once(state: State, caller: str) -> bool:
    """Each party may once a job."""
    return {"client": "dispute", "pro": "answer"}[caller] in state.steps


def suspended(state: State, caller: str) -> bool:
    return state.suspended


def refund(state: State, caller: str) -> str | None:
    """One refund of a payment at a time; held and released money goes back, nothing else."""
    if state.refund in ("DESCONOCIDO", "MANUAL"):
        return "REEMBOLSO_EN_CURSO"
    return law(*HELD, *RELEASED, frozen=ICE)(state, caller)


def refund_too_much(state: State, caller: str) -> str | None:
    """The state is looked at before the amount."""
    return refund(state, caller) or "MONTO_EXCEDIDO"


def intent(state: State, caller: str) -> str | None:
    """A person decides only what waits for one, and moves nothing that is frozen."""
    if state.refund != "MANUAL":
        return "INTENTO_NO_RESOLUBLE"
    return ICE if state.frozen else None


def intent_confirmed(state: State, caller: str) -> str | None:
    """It did happen, frozen or not."""
    return None if state.refund == "MANUAL" else "INTENTO_NO_RESOLUBLE"


def ban(state: State, caller: str) -> str | None:
    """Nobody is suspended twice."""
    return "NO_SE_PUEDE_SUSPENDER" if state.suspended else None


def erasure(state: State, caller: str) -> str | None:
    """Nobody leaves while money of his, or a dispute, is open."""
    earned = caller == "pro" and state.where in RELEASED
    awaits = caller == "client" and state.refund in ("DESCONOCIDO", "MANUAL")
    return "SALDO_PENDIENTE" if state.where in HELD or earned or awaits else None


class Move(NamedTuple):
    """A trigger over HTTP: whose it is, and when."""

    method: str
    path: str
    whose: str
    law: Law
    body: dict[str, Any] | None = None

    def at(self, made: Made) -> tuple[str, Any]:
        """Path and body about that job."""
        names = {
            "job": made.job, "dispute": made.dispute, "payment": made.payment,
            "intent": made.intent, "pro": made.pro.id, "admin": made.api.admin.id,
        }  # fmt: skip
        body = {k: v.format_map(names) if k == JOB else v for k, v in (self.body or {}).items()}
        return self.path.format_map(names), body or None


def house(path: str, law: Law, **body: Any) -> Move:
    """An administrator's, who has to say why."""
    why = {"resolucion": "Listo"} if path == RESOLVE else WHY
    return Move("POST", path, "admin", law, why | body)


RESOLVE, REFUND = "/admin/disputas/{dispute}/resolver", "/admin/payments/{payment}/refund"
INTENT = "/admin/intents/{intent}/resolver"
resolution = law(*QUARREL, frozen=ICE)
MOVES = {
    "cancel": Move(
        "POST", "/trabajos/{job}/cancelar", "party",
        law("AP EMPTY", "IP HELD", frozen=ICE, spent=done_once),
    ),
    "complete": Move("PUT", "/trabajos/{job}/marcar-completado", "pro", law("IP HELD")),
    "request changes": Move(
        "POST", "/trabajos/{job}/pedir-cambios", "client",
        law("CO HELD", spent=changed_thrice), WHY,
    ),
    "approve": Move("POST", "/trabajos/{job}/aprobar", "client", law("CO HELD", frozen=ICE)),
    "dispute": Move(
        "POST", "/trabajos/{job}/disputar", "party", law(*WORK, frozen=ICE, spent=disputed_once),
        {"motivo": "OTRO", "descripcion": WORDS},
    ),
    "take": Move("POST", "/admin/disputas/{dispute}/tomar", "admin", law("DI OPEN")),
    "withdraw": Move(
        "POST", "/disputas/{dispute}/cancelar", "opener", law(*QUARREL, spent=suspended)
    ),
    "resolve: release": house(RESOLVE, resolution, decision="LIBERAR"),
    "resolve: refund": house(RESOLVE, resolution, decision="REEMBOLSAR"),
    "resolve: split": house(RESOLVE, resolution, decision="DIVIDIR", porcentaje_cliente=40),
    "give back": house(REFUND, refund),
    "give back a part": house(REFUND, refund, monto="1"),
    "give back too much": house(REFUND, refund_too_much, monto="1000.01"),
    "try a refund again": house(INTENT, intent, resultado="reintentar"),
    "refund by bank": house(INTENT, intent, resultado="transferencia", comprobante="acta-1"),
    "confirm a refund": house(
        INTENT, intent_confirmed, resultado="confirmado", comprobante="acta-1"
    ),
    "pay": Move(
        "POST", "/payments/preference", "client", law("AP EMPTY", error="NO_SE_PUEDE_PAGAR"), THIS
    ),
    "review": Move(
        "POST", "/resenas", "client", law("CO HELD", *RELEASED, "AD CHARGED_BACK"),
        THIS | {"rating": 5, "texto": "Muy prolijo"},
    ),
    "ban": house("/admin/users/{pro}/ban", ban),
    "ban an administrator": house(
        "/admin/users/{admin}/ban", lambda *_: "NO_SE_PUEDE_SUSPENDER"
    ),
}  # fmt: skip
NEVER = ("give back too much", "ban an administrator")
"""What nobody may anywhere."""
CALLERS = ("nobody", "client", "pro", "admin", "other_client", "other_pro")


def admitted(move: Move, state: State, caller: str) -> tuple[int, str] | None:
    """What stops him before anybody reads what he wants."""
    if caller == "nobody" or (caller == "pro" and state.suspended):
        return 401, "NO_AUTENTICADO"
    if move.whose == "admin" and caller != "admin":
        return 403, "ROL_NO_PERMITIDO"
    return None


def there(move: Move, state: State) -> bool:
    """Whether there is what the path names."""
    paid = "pay" in state.steps or "pend" in state.steps
    named = {"{dispute}": state.opener, "{payment}": paid, "{intent}": state.refund}
    return all(thing for name, thing in named.items() if name in move.path)


def expected(move: Move, state: State, caller: str) -> tuple[int, str] | None:
    """The refusal by the written order; None where the move is possible."""
    if refusal := admitted(move, state, caller):
        return refusal
    if caller.startswith("other") or not there(move, state):
        return 404, "NO_ENCONTRADO"
    sides = {"party": ("client", "pro"), "opener": (state.opener,)}
    if caller not in sides.get(move.whose, (move.whose,)):
        return 403, "LADO_EQUIVOCADO"
    code = move.law(state, caller)
    return (400, code) if code else None


def regret(state: State, caller: str) -> str | None:
    """What becomes of a public word of regret under his address; None where it undoes the job."""
    if caller != "client":
        return "DESCONOCIDO"
    if state.where in QUARREL:
        return "EN_DISPUTA"
    cancel = MOVES["cancel"].law
    return "CASO" if cancel(state, caller) else None
