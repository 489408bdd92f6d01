"""Amounts on the wire: what is accepted is exact, all else is refused, and out go two decimals."""

import json
import re
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.http.api import Api, offer_body
from tests.http.person import Person, good, refused
from tests.http.stored import unchanged

MARK = "AQUI"
FORBIDDEN = (
    "100.000", "100.001", "-100", "+100", "-0", "1e2", "1E2", "1.0e1", "1e400", "NaN", "Infinity",
    "-Infinity", '"Infinity"', '"NaN"', '"1_000"', '" 100"', '"100 "', '"1 000"', '"1,000"',
    '"100,5"', '"-100"', '"+100"', '"1e3"', '"0x64"', '"٣٠٠"', '"100\\n"', '"100\\u0000"', '""',
    '"."', '".5"', '"100."', "100.", ".5", "0100", "true", "false", "[100]", '{"monto": 100}',
    "1000000000", "999999999.999", "1000000000.00", '"1000000000"', "100.000000000000000001",
    "99999999999999999999999999",
)  # fmt: skip
ACCEPTED = {
    "100": "100.00",
    "100.5": "100.50",
    '"100.50"': "100.50",
    '"100"': "100.00",
    "100.1": "100.10",
    "123456789.29": "123456789.29",
    "999999999.99": "999999999.99",
    '"999999999.99"': "999999999.99",
}

FIELDS = (
    "ofertas", "professional/ofertas", "editar", "contraoferta", "tarifa", "precio_minimo",
    "precio_maximo",
)  # fmt: skip
NEEDED = ("ofertas", "professional/ofertas", "contraoferta")


@pytest.fixture(scope="module")
def offer(api: Api, ana: Person, beto: Person) -> dict[str, Any]:
    """An offer of Ana's that stands."""
    return api.offer(ana, beto)


@pytest.fixture
def send(api: Api, ana: Person, beto: Person, offer: dict[str, Any]) -> Any:
    """Sends an amount, as JSON text, in one of the fields that take one."""
    near = {"latitude": -34.6, "longitude": -58.4}
    to_ana = {"cliente_id": ana.id, "descripcion": "Pintar el frente", "monto": MARK}
    places: dict[str, tuple[Person, str, str, dict[str, Any]]] = {
        "ofertas": (ana, "POST", "/ofertas", offer_body(beto, MARK)),
        "professional/ofertas": (beto, "POST", "/professional/ofertas", to_ana),
        "editar": (ana, "PUT", f"/ofertas/{offer['id']}", {"monto": MARK}),
        "contraoferta": (beto, "POST", f"/ofertas/{offer['id']}/contraoferta", {"monto": MARK}),
        "tarifa": (beto, "PUT", "/professional/me", {"tarifa_por_hora": MARK}),
        "precio_minimo": (api.nobody, "POST", "/search", near | {"precio_minimo": MARK}),
        "precio_maximo": (api.nobody, "POST", "/search", near | {"precio_maximo": MARK}),
    }

    def sending(field: str, written: str) -> httpx.Response:
        who, method, path, body = places[field]
        content = json.dumps(body).replace(f'"{MARK}"', written)
        headers = {"Content-Type": "application/json"}
        return who.call(method, path, content=content.encode(), headers=headers)

    return sending


@pytest.mark.parametrize("field", FIELDS)
def test_every_other_form_of_an_amount_is_refused(api: Api, send: Any, field: str) -> None:
    with unchanged(api.server):
        for written in FORBIDDEN:
            told = refused(send(field, written), 422)
            assert told["error"] in ("MONTO_INVALIDO", "DATOS_INVALIDOS"), (written, told)


@pytest.mark.parametrize("field", NEEDED)
def test_null_is_no_amount_where_one_is_needed(api: Api, send: Any, field: str) -> None:
    with unchanged(api.server):
        refused(send(field, "null"), 422)


@pytest.mark.parametrize("written", ACCEPTED)
def test_an_amount_is_read_exactly_and_shown_with_two_decimals(send: Any, written: str) -> None:
    shown = ACCEPTED[written]
    for field, name in (("ofertas", "monto"), ("tarifa", "tarifa_por_hora")):
        response = send(field, written)
        assert response.is_success, response.text
        assert f'"{name}":{shown},' in response.text


def test_an_amount_written_with_escapes_is_the_string_it_says(send: Any) -> None:
    response = send("ofertas", '"\\u0031\\u0030\\u0030"')
    assert '"monto":100.00,' in response.text


@pytest.mark.parametrize("field", FIELDS)
def test_the_refusal_names_the_field_that_was_sent(send: Any, field: str) -> None:
    names = {"tarifa": "tarifa_por_hora"}
    wanted = field if field.startswith("precio") else names.get(field, "monto")
    told = refused(send(field, '"x"'), 422)
    assert [error["campo"] for error in told["errors"]] == [wanted]


def test_an_amount_in_the_query_follows_the_same_rule(ana: Person, beto: Person) -> None:
    path = "/payments/commission/calculate"
    for written in ("1e2", "-1", " 100", "100.001", "1,5", "", "NaN", "100\n", "١٠٠", "1000000000"):
        refused(ana.get(path, params={"monto": written, "profesional_id": beto.id}), 422)
    refused(ana.get(path, params={"profesional_id": beto.id}), 422)
    assert ana.seen(path, monto="0.01", profesional_id=beto.id)["monto"] == 0.01


def test_every_amount_that_goes_out_has_two_decimals(api: Api, ana: Person, beto: Person) -> None:
    job, _ = api.approved(ana, beto, "333.3")
    api_texts = [
        ana.get(f"/trabajos/{job['id']}").text,
        ana.get(f"/ofertas/{job['oferta_id']}").text,
        ana.get("/payments/history").text,
        beto.get("/payments/history").text,
        beto.get("/payments/balance").text,
        beto.get("/professional/me").text,
        api.admin.get("/admin/ledger/trial-balance").text,
        ana.get(f"/payments/commission/calculate?monto=7&profesional_id={beto.id}").text,
    ]
    names = (
        "monto|comision|neto_profesional|comision_tasa|base|tarifa_por_hora|debe|haber|saldo|"
        "disponible|pendiente|deuda|total_ganado|total_comisiones|tasa_comision_actual"
    )
    shown = [
        n for text in api_texts for n in re.findall(rf'"(?:{names})":(-?[0-9][^,}}\]]*)', text)
    ]
    assert len(shown) > 40
    assert [n for n in shown if not re.fullmatch(r"-?\d+\.\d{2}", n)] == []


def test_what_an_offer_costs_at_least(api: Api, ana: Person, beto: Person) -> None:
    for monto in ("99.99", 0, "0.00", 99.9):
        with unchanged(api.server):
            refused(ana.post("/ofertas", offer_body(beto, monto)), 400, "MONTO_MINIMO")
    assert Decimal(str(good(ana.post("/ofertas", offer_body(beto, 100)))["monto"])) == 100
