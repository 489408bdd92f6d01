"""What may be sent: JSON, forms, parts and query parameters, and what is refused untouched."""

import json
from typing import Any

import pytest

from tests.http.api import Api, kyc_files, kyc_form, offer_body
from tests.http.person import Person, good, refused
from tests.http.stored import unchanged

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def deep(opening: str) -> bytes:
    return (opening * 100_000).encode()


NOT_JSON = {
    "nothing closed": b"{",
    "a word": b"hola",
    "two values": b"{} {}",
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "a number": b"1",
    "lists a hundred thousand deep": deep("["),
    "objects a hundred thousand deep": deep('{"a":'),
    "bytes that are no UTF-8": b'{"profesional_id":"\xff\xfe"}',
    "a surrogate in UTF-8": b'{"profesional_id":"\xed\xa0\x80"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "NaN": b'{"monto":NaN}',
    "a trailing comma": b'{"monto":100,}',
    "a NUL byte": b'{"monto":100}\0',
}


@pytest.mark.parametrize("what", NOT_JSON)
def test_what_is_no_json_object_is_refused(api: Api, ana: Person, what: str) -> None:
    with unchanged(api.server):
        told = refused(ana.call("POST", "/ofertas", content=NOT_JSON[what], headers=JSON), 422)
        assert told["error"] == "DATOS_INVALIDOS"


@pytest.mark.parametrize("what", ["a list", "a text", "null"])
def test_a_refused_body_is_told_of_without_the_decoders_words(ana: Person, what: str) -> None:
    response = ana.call("POST", "/ofertas", content=NOT_JSON[what], headers=JSON)
    assert "`" not in response.text and "Expected" not in response.text


def test_a_field_nobody_knows_is_refused_on_every_body(api: Api, ana: Person) -> None:
    """Every JSON body there is, by the document."""
    document = api.http.get("/openapi.json").json()
    pro = api.professional()
    rooms = ("/api/v1/professional", "/api/v1/profesional", "/api/v1/payments/withdrawals")
    people = dict.fromkeys(rooms, pro) | {"/api/v1/admin": api.admin}
    asked = 0
    with unchanged(api.server):
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if "application/json" not in operation.get("requestBody", {}).get("content", {}):
                    continue
                who = next((p for start, p in people.items() if path.startswith(start)), ana)
                where = path.replace("{", "").replace("}", "")
                told = refused(who.call(method.upper(), where, json={"sorpresa": 1}), 422)
                assert told["errors"][0]["campo"] == "sorpresa", (path, told)
                asked += 1
    assert asked > 40


@pytest.mark.parametrize("text", ["a\0bcdefghijk", "\0", "abcdefghijk\0", "abcdefghij\ud800k"])
def test_nul_and_lone_surrogates_are_refused_in_texts(
    api: Api, ana: Person, beto: Person, text: str
) -> None:
    offer = offer_body(beto) | {"descripcion": text}
    account = {"email": "z@conectar.test", "password": "una-clave-7", "rol": "CLIENTE"}
    near = {"latitude": -34.6, "longitude": -58.4}
    bodies: list[tuple[Person, str, str, dict[str, Any]]] = [
        (ana, "POST", "/ofertas", offer),
        (ana, "PUT", "/users/me", {"nombre": text}),
        (ana, "PUT", "/users/me", {"telefono": text}),
        (ana, "POST", "/users/me/change-password", {"current_password": text, "new_password": "x"}),
        (beto, "PUT", "/professional/me", {"biografia": text}),
        (beto, "PUT", "/professional/me", {"direccion": text}),
        (beto, "PUT", "/professional/me", {"payout_account": text}),
        (api.nobody, "POST", "/auth/register", account | {"nombre": text, "apellido": "b"}),
        (api.nobody, "POST", "/auth/register", account | {"nombre": "a", "apellido": text}),
        (api.nobody, "POST", "/auth/forgot-password", {"email": text}),
        (api.nobody, "POST", "/auth/refresh", {"refresh_token": text}),
        (api.nobody, "POST", "/auth/reset-password", {"token": text, "new_password": "x"}),
        (api.nobody, "POST", "/search", near | {"oficio": text}),
    ]
    with unchanged(api.server):
        for who, method, path, body in bodies:
            content = json.dumps(body).encode()  # as an escape
            refused(who.call(method, path, content=content, headers=JSON), 422)


def test_nul_is_refused_in_queries_paths_and_forms(api: Api, ana: Person, beto: Person) -> None:
    with unchanged(api.server):
        for path in (
            "/ofertas?estado=%00",
            "/trabajos?estado=EN_CURSO%00",
            "/ofertas?skip=%00",
            "/payments/history?desde=%00",
            "/payments/history?tipo=PAGO%00",
            f"/payments/commission/calculate?profesional_id={beto.id}&monto=100%00",
        ):
            refused(ana.get(path), 422)
        for path in ("/ofertas/%00", "/trabajos/%00", "/payments/%00/status", "/archivos/%00"):
            refused(ana.get(path), 404)
        form = {"username": "a\0@b.co", "password": "x"}
        refused(api.nobody.post("/auth/login", data=form), 422)
        sent = kyc_form() | {"dni": "1234\0"}
        refused(beto.post("/professional/kyc/submit", data=sent, files=kyc_files()), 422)


BOUNDARY = {"Content-Type": "multipart/form-data; boundary=x"}


def part(head: bytes, value: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + value + b"\r\n"


MANGLED = {
    "no boundary": ({"Content-Type": "multipart/form-data"}, b"x"),
    "no part": (BOUNDARY, b""),
    "cut short": (BOUNDARY, b"--x\r\n"),
    "no name": (BOUNDARY, b"--x\r\nfoo\r\n\r\n1\r\n--x--\r\n"),
    "a text that is no UTF-8": (BOUNDARY, part(b'name="dni"', b"\xff\xfe") + b"--x--\r\n"),
    "a text in an unknown charset": (
        BOUNDARY,
        part(b'name="dni"\r\nContent-Type: text/plain; charset=nada', b"1") + b"--x--\r\n",
    ),
    "a part too many": (BOUNDARY, part(b'name="otro"', b"1") + b"--x--\r\n"),
    "a text as a file": (BOUNDARY, part(b'name="dni"; filename="a"', b"1") + b"--x--\r\n"),
}


@pytest.mark.parametrize("what", MANGLED)
def test_mangled_parts_are_malformed(api: Api, beto: Person, what: str) -> None:
    headers, content = MANGLED[what]
    with unchanged(api.server):
        sent = beto.call("POST", "/professional/kyc/submit", content=content, headers=headers)
        refused(sent, 422)


def test_forms_that_are_not_the_login_form(api: Api) -> None:
    for content in (
        b"",
        b"username=a%40b.co",
        b"password=x",
        b"username=a%40b.co&password=x&otro=1",
        b"username=a%40b.co&password=" + b"x" * 1025,
    ):
        refused(api.nobody.call("POST", "/auth/login", content=content, headers=FORM), 422)
    refused(api.nobody.post("/auth/login", {"username": "a@b.co", "password": "x"}), 415)
    big = api.nobody.call("POST", "/auth/login", content=b"x" * 10_000_000, headers=FORM)
    refused(big, 413)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "x"])
def test_another_content_type_than_json_is_unsupported(
    api: Api, ana: Person, beto: Person, kind: str
) -> None:
    content = json.dumps(offer_body(beto)).encode()
    with unchanged(api.server):
        sent = ana.call("POST", "/ofertas", content=content, headers={"Content-Type": kind})
        refused(sent, 415)
    plus = {"Content-Type": "application/json; charset=utf-8"}
    assert ana.call("POST", "/ofertas", content=content, headers=plus).status_code == 201


def test_bodies_of_more_than_a_mebibyte_are_too_large(api: Api, ana: Person) -> None:
    with unchanged(api.server):
        for size in (1024 * 1024 + 1, 10_000_000):
            content = b'{"descripcion":"' + b"a" * (size - 18) + b'"}'
            refused(ana.call("POST", "/ofertas", content=content, headers=JSON), 413)
        told = (b"a" * 100_000 for _ in range(100))  # without a length
        refused(ana.call("POST", "/ofertas", content=told, headers=JSON), 413)
        content = b'{"descripcion":"' + b"a" * (1024 * 1024 - 18) + b'"}'
        refused(ana.call("POST", "/ofertas", content=content, headers=JSON), 422)


def test_where_nothing_is_required_a_body_may_be_absent_or_empty(
    api: Api, ana: Person, beto: Person
) -> None:
    for body in ({}, None):
        job, _ = api.paid(ana, beto)
        good(beto.put(f"/trabajos/{job['id']}/marcar-completado", body))
        good(ana.post(f"/trabajos/{job['id']}/aprobar", body))
        job = api.job(ana, beto)
        good(ana.post(f"/trabajos/{job['id']}/cancelar", body))
        offer = api.offer(ana, beto)
        good(beto.post(f"/ofertas/{offer['id']}/reject", body))
        assert good(ana.put("/users/me", body))["id"] == ana.id
    job, _ = api.done(ana, beto)
    refused(ana.post(f"/trabajos/{job['id']}/pedir-cambios"), 422)
    refused(ana.post(f"/trabajos/{job['id']}/pedir-cambios", {}), 422)


def test_texts_are_trimmed_and_measured_after(api: Api, ana: Person, beto: Person) -> None:
    for text, shown in (
        ("  diez letras  ", "diez letras"),
        ("\n\t" + "ñ" * 2000 + "  ", "ñ" * 2000),
        ("😀" * 10, "😀" * 10),
    ):
        assert good(ana.post("/ofertas", offer_body(beto) | {"descripcion": text}))[
            "descripcion"
        ] == (shown)
    with unchanged(api.server):
        for text in ("", " " * 40, "  corta   ", "x" * 9, "x" * 2001):
            refused(ana.post("/ofertas", offer_body(beto) | {"descripcion": text}), 422)
        for name in ("", "   ", "x" * 101):
            refused(ana.put("/users/me", {"nombre": name}), 422)
    assert good(ana.put("/users/me", {"nombre": "  Ana  "}))["nombre"] == "Ana"
    job, _ = api.done(ana, beto)
    with unchanged(api.server):
        for motivo in ("", "   ", "x" * 2001):
            refused(ana.post(f"/trabajos/{job['id']}/pedir-cambios", {"motivo": motivo}), 422)
    good(ana.post(f"/trabajos/{job['id']}/pedir-cambios", {"motivo": "  x  "}))
    steps = ana.seen(f"/trabajos/{job['id']}/timeline")
    assert steps[-1]["motivo"] == "x"


def test_values_of_another_kind_are_refused(api: Api, ana: Person, beto: Person) -> None:
    near = {"latitude": -34.6, "longitude": -58.4}
    rows: list[tuple[Person, str, str, dict[str, Any]]] = [
        (ana, "POST", "/ofertas", offer_body(beto) | {"vence_en_dias": wrong})
        for wrong in (0, 61, -1, 1.5, "15", True)
    ]
    rows += [(beto, "PUT", "/professional/me", {"radio_cobertura_km": w}) for w in (0, 101, "1")]
    rows += [(beto, "PUT", "/professional/me", {"disponible": wrong}) for wrong in ("si", 1)]
    rows += [(beto, "PUT", "/professional/me", {"latitude": 1.0})]
    rows += [(beto, "PUT", "/professional/me", {"latitude": 91, "longitude": 0})]
    rows += [(beto, "PUT", "/professional/me", {"payout_account": "123"})]
    rows += [(api.nobody, "POST", "/search", near | more) for more in (
        {"radio_km": 0.5}, {"radio_km": 501}, {"rating_minimo": 6}, {"limit": 0}, {"limit": 101},
        {"skip": -1}, {"skip": 10_001}, {"ordenar_por": "nombre"}, {"latitude": 90.1},
        {"longitude": -180.1}, {"latitude": "x"}, {"latitude": None},
    )]  # fmt: skip
    rows += [(ana, "POST", "/payments/preference", {"trabajo_id": "x"})]
    rows += [(ana, "POST", "/ofertas", offer_body(beto) | {"profesional_id": "x"})]
    with unchanged(api.server):
        for who, method, path, body in rows:
            assert who.call(method, path, json=body).status_code == 422, (path, body)
