"""The order of refusals: who, which room, what shape, which thing, whose side, what state, how
much. Each row breaks a rule and every later one it can, and the earlier must answer."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.http.api import Api, Person, kyc_files, kyc_form, offer_body
from tests.http.person import good, refused
from tests.http.stored import unchanged

NOBODYS = "01890000-0000-7000-8000-000000000000"
BAD = {"sorpresa": 1}
SMALL = {"monto": "1"}
WHY = {"motivo": "x"}


class Things(NamedTuple):
    """What there is: names for paths and bodies."""

    ana: str
    beto: str
    pending: str
    """Ana's offer to Beto, which stands."""
    rejected: str
    """One that doesn't."""
    unpaid: str
    closed: str
    """Jobs of theirs."""


@pytest.fixture(scope="module")
def people(api: Api, ana: Person, beto: Person) -> dict[str, Person]:
    return {
        "nobody": api.nobody,
        "ana": ana,
        "beto": beto,
        "admin": api.admin,
        "client": api.client(),
        "pro": api.professional(),
        "applicant": api.applicant(),
    }


@pytest.fixture(scope="module")
def things(api: Api, ana: Person, beto: Person) -> Things:
    pending, rejected = (api.offer(ana, beto)["id"] for _ in range(2))
    good(beto.post(f"/ofertas/{rejected}/reject"))
    unpaid, closed = (api.job(ana, beto)["id"] for _ in range(2))
    good(ana.post(f"/trabajos/{closed}/cancelar"))
    return Things(ana.id, beto.id, pending, rejected, unpaid, closed)


def to_beto(**more: Any) -> Callable[[Things], Any]:
    return lambda t: offer_body(Person(None, id=t.beto)) | more  # type: ignore[arg-type]


def to_nobody(**more: Any) -> Callable[[Things], Any]:
    return lambda t: offer_body(Person(None, id=NOBODYS)) | more  # type: ignore[arg-type]


def to_client(id: str, **more: Any) -> dict[str, Any]:
    return {"cliente_id": id, "descripcion": "Pintar el frente", "monto": 500} | more


ROWS: list[tuple[str, str, str, Any, int, str]] = [
    # 401 before everything
    ("nobody", "PUT", "/professional/me", BAD, 401, "NO_AUTENTICADO"),
    ("nobody", "PUT", f"/admin/kyc/{NOBODYS}/reject", BAD, 401, "NO_AUTENTICADO"),
    ("nobody", "POST", "/ofertas", BAD, 401, "NO_AUTENTICADO"),
    ("nobody", "PUT", "/ofertas/nada", BAD, 401, "NO_AUTENTICADO"),
    ("nobody", "POST", "/trabajos/{closed}/aprobar", BAD, 401, "NO_AUTENTICADO"),
    ("nobody", "GET", "/payments/history?tipo=NADA", None, 401, "NO_AUTENTICADO"),
    # 403 by role, before shape and thing
    ("ana", "PUT", "/professional/me", BAD, 403, "ROL_NO_PERMITIDO"),
    ("admin", "PUT", "/professional/me", BAD, 403, "ROL_NO_PERMITIDO"),
    ("ana", "POST", "/professional/ofertas", BAD, 403, "ROL_NO_PERMITIDO"),
    ("ana", "DELETE", "/professional/oficios/nada", None, 403, "ROL_NO_PERMITIDO"),
    ("ana", "GET", "/professional/trabajos?estado=NADA", None, 403, "ROL_NO_PERMITIDO"),
    ("ana", "PUT", f"/admin/kyc/{NOBODYS}/reject", BAD, 403, "ROL_NO_PERMITIDO"),
    ("beto", "PUT", "/admin/kyc/nada/approve", BAD, 403, "ROL_NO_PERMITIDO"),
    ("beto", "POST", f"/admin/intents/{NOBODYS}/resolver", BAD, 403, "ROL_NO_PERMITIDO"),
    ("beto", "GET", "/admin/intents?estado=NADA", None, 403, "ROL_NO_PERMITIDO"),
    ("ana", "GET", "/payments/balance", None, 403, "ROL_NO_PERMITIDO"),
    # 422 before the thing is looked for
    ("ana", "PUT", f"/ofertas/{NOBODYS}", BAD, 422, "DATOS_INVALIDOS"),
    ("ana", "PUT", "/ofertas/nada", BAD, 422, "DATOS_INVALIDOS"),
    ("ana", "PUT", f"/ofertas/{NOBODYS}", {"monto": "-1"}, 422, "MONTO_INVALIDO"),
    ("ana", "POST", "/ofertas", to_nobody(descripcion="corta"), 422, "DATOS_INVALIDOS"),
    ("ana", "POST", "/ofertas", to_nobody(monto="1.234"), 422, "MONTO_INVALIDO"),
    ("client", "POST", "/ofertas/{pending}/accept", {"version": 0}, 422, "DATOS_INVALIDOS"),
    ("client", "POST", "/trabajos/{closed}/aprobar", BAD, 422, "DATOS_INVALIDOS"),
    ("beto", "POST", "/trabajos/{closed}/pedir-cambios", {}, 422, "DATOS_INVALIDOS"),
    ("client", "POST", "/payments/preference", {"trabajo_id": "x"}, 422, "DATOS_INVALIDOS"),
    ("ana", "POST", "/payments/withdrawals", BAD, 422, "DATOS_INVALIDOS"),
    ("beto", "POST", "/ofertas", BAD, 422, "DATOS_INVALIDOS"),
    ("admin", "GET", "/admin/users?q=a%00b", None, 422, "DATOS_INVALIDOS"),
    ("ana", "GET", "/servicios?oficio=a%00b", None, 422, "DATOS_INVALIDOS"),
    ("ana", "GET", "/servicios?oficio=" + "a" * 301, None, 422, "DATOS_INVALIDOS"),
    ("applicant", "POST", "/professional/ofertas", BAD, 422, "DATOS_INVALIDOS"),
    ("admin", "PUT", f"/admin/kyc/{NOBODYS}/reject", {}, 422, "DATOS_INVALIDOS"),
    # 403 by role elsewhere, after the shape
    ("ana", "POST", "/payments/withdrawals", {"monto": "100"}, 403, "ROL_NO_PERMITIDO"),
    ("beto", "POST", "/ofertas", to_nobody(), 403, "ROL_NO_PERMITIDO"),
    # 404 before the side, the state and the amount
    ("client", "PUT", "/ofertas/{rejected}", SMALL, 404, "NO_ENCONTRADO"),
    ("client", "POST", "/ofertas/{rejected}/contraoferta", SMALL, 404, "NO_ENCONTRADO"),
    ("pro", "POST", "/ofertas/{rejected}/accept", {"version": 9}, 404, "NO_ENCONTRADO"),
    ("pro", "POST", "/ofertas/{rejected}/reject", None, 404, "NO_ENCONTRADO"),
    ("pro", "DELETE", "/ofertas/{rejected}", None, 404, "NO_ENCONTRADO"),
    ("client", "POST", "/trabajos/{closed}/aprobar", None, 404, "NO_ENCONTRADO"),
    ("pro", "POST", "/trabajos/{closed}/aprobar", None, 404, "NO_ENCONTRADO"),
    ("pro", "PUT", "/trabajos/{closed}/marcar-completado", None, 404, "NO_ENCONTRADO"),
    ("client", "POST", "/trabajos/{closed}/cancelar", None, 404, "NO_ENCONTRADO"),
    ("pro", "POST", "/trabajos/{closed}/pedir-cambios", {"motivo": "x"}, 404, "NO_ENCONTRADO"),
    ("pro", "POST", "/payments/preference", "closed", 404, "NO_ENCONTRADO"),
    ("ana", "POST", "/ofertas", to_nobody(monto="1"), 404, "NO_ENCONTRADO"),
    ("admin", "PUT", f"/admin/kyc/{NOBODYS}/approve", None, 404, "NO_ENCONTRADO"),
    # 403 by side, before the state and the amount
    ("beto", "PUT", "/ofertas/{rejected}", SMALL, 403, "LADO_EQUIVOCADO"),
    ("ana", "POST", "/ofertas/{rejected}/contraoferta", SMALL, 403, "LADO_EQUIVOCADO"),
    ("ana", "POST", "/ofertas/{rejected}/accept", {"version": 9}, 403, "LADO_EQUIVOCADO"),
    ("beto", "DELETE", "/ofertas/{rejected}", None, 403, "LADO_EQUIVOCADO"),
    ("admin", "PUT", "/ofertas/{rejected}", SMALL, 403, "LADO_EQUIVOCADO"),
    ("admin", "POST", "/ofertas/{pending}/accept", None, 403, "LADO_EQUIVOCADO"),
    ("beto", "POST", "/trabajos/{closed}/aprobar", None, 403, "LADO_EQUIVOCADO"),
    ("beto", "POST", "/trabajos/{closed}/pedir-cambios", {"motivo": "x"}, 403, "LADO_EQUIVOCADO"),
    ("ana", "PUT", "/trabajos/{closed}/marcar-completado", None, 403, "LADO_EQUIVOCADO"),
    ("admin", "POST", "/trabajos/{closed}/cancelar", None, 403, "LADO_EQUIVOCADO"),
    ("admin", "POST", "/trabajos/{unpaid}/aprobar", None, 403, "LADO_EQUIVOCADO"),
    ("beto", "POST", "/payments/preference", "closed", 403, "LADO_EQUIVOCADO"),
    ("beto", "POST", "/payments/preference", "unpaid", 403, "LADO_EQUIVOCADO"),
    # 400 by state, before the amount; the terms that changed come after it too
    ("ana", "PUT", "/ofertas/{rejected}", SMALL, 400, "OFERTA_NO_PENDIENTE"),
    ("beto", "POST", "/ofertas/{rejected}/contraoferta", SMALL, 400, "OFERTA_NO_PENDIENTE"),
    ("beto", "POST", "/ofertas/{rejected}/accept", {"version": 9}, 400, "OFERTA_NO_PENDIENTE"),
    ("ana", "POST", "/ofertas/{rejected}/reject", None, 400, "OFERTA_NO_PENDIENTE"),
    ("ana", "DELETE", "/ofertas/{rejected}", None, 400, "OFERTA_NO_PENDIENTE"),
    ("ana", "POST", "/trabajos/{unpaid}/aprobar", None, 400, "TRANSICION_INVALIDA"),
    ("ana", "POST", "/trabajos/{unpaid}/pedir-cambios", WHY, 400, "TRANSICION_INVALIDA"),
    ("beto", "PUT", "/trabajos/{unpaid}/marcar-completado", None, 400, "TRANSICION_INVALIDA"),
    ("ana", "POST", "/trabajos/{closed}/cancelar", None, 400, "TRANSICION_INVALIDA"),
    ("ana", "POST", "/payments/preference", "closed", 400, "NO_SE_PUEDE_PAGAR"),
    # 400 by amount, and 409 for changed terms, when all else is right
    ("ana", "PUT", "/ofertas/{pending}", SMALL, 400, "MONTO_MINIMO"),
    ("beto", "POST", "/ofertas/{pending}/contraoferta", SMALL, 400, "MONTO_MINIMO"),
    ("ana", "POST", "/ofertas", to_beto(monto="99.99"), 400, "MONTO_MINIMO"),
    ("beto", "POST", "/ofertas/{pending}/accept", {"version": 9}, 409, "OFERTA_CAMBIADA"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status", "error"),
    ROWS,
    ids=[f"{status}-{who}-{method}-{path}-{n}" for n, (who, method, path, _, status, _) in
         enumerate(ROWS)],
)  # fmt: skip
def test_the_earlier_rule_answers(
    api: Api,
    people: dict[str, Person],
    things: Things,
    who: str,
    method: str,
    path: str,
    body: Any,
    status: int,
    error: str,
) -> None:
    if callable(body):
        body = body(things)
    elif isinstance(body, str):
        body = {"trabajo_id": getattr(things, body)}
    where = path.format_map(things._asdict())
    with unchanged(api.server):
        refused(people[who].call(method, where, json=body), status, error)


def test_offering_to_a_client(people: dict[str, Person], things: Things) -> None:
    path, applicant = "/professional/ofertas", people["applicant"]
    for id in (things.ana, NOBODYS):
        refused(applicant.post(path, to_client(id, monto="1")), 403, "KYC_PENDIENTE")
    beto = people["beto"]
    refused(beto.post(path, to_client(NOBODYS, monto="1")), 404, "NO_ENCONTRADO")
    refused(beto.post(path, to_client(people["pro"].id, monto="1")), 404, "NO_ENCONTRADO")
    refused(beto.post(path, to_client(things.ana, monto="1")), 400, "MONTO_MINIMO")


def test_offering_to_somebody_whose_identity_is_not_approved(
    people: dict[str, Person], things: Things
) -> None:
    applicant = people["applicant"]
    body = offer_body(applicant, "1")
    refused(people["ana"].post("/ofertas", body), 400, "NO_DISPONIBLE")


@pytest.mark.parametrize("who", ["beto", "admin"])
def test_only_clients_offer_to_professionals(
    people: dict[str, Person], things: Things, who: str
) -> None:
    refused(people[who].post("/ofertas", to_beto()(things)), 403, "ROL_NO_PERMITIDO")


def test_documents_are_looked_at_before_the_state(people: dict[str, Person]) -> None:
    path, form = "/professional/kyc/submit", kyc_form()
    beto = people["beto"]  # approved: he may not send any
    refused(beto.post(path, data=form | {"dni": "1"}, files=kyc_files()), 422, "DNI_INVALIDO")
    refused(beto.post(path, data=form, files=kyc_files()), 400, "KYC_ESTADO_INVALIDO")
    refused(people["ana"].post(path, BAD), 403, "ROL_NO_PERMITIDO")
    refused(people["nobody"].post(path, BAD), 401, "NO_AUTENTICADO")
