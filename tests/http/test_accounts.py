"""Coming in, staying in and being put out: accounts, sessions, passwords, tokens."""

import base64
import json
from statistics import median
from time import perf_counter
from typing import Any

import httpx
import jwt
import pytest

from tests.http.api import PASSWORD, Api
from tests.http.person import Person, good, refused, together
from tests.http.reset import reset_token
from tests.http.stored import dump, unchanged

USER = {
    "id", "email", "nombre", "apellido", "rol", "telefono", "avatar_url", "is_active",
    "email_verificado", "created_at",
}  # fmt: skip


def account(email: str, **more: Any) -> dict[str, Any]:
    names = {"nombre": "Ana", "apellido": "Paz", "rol": "CLIENTE"}
    return {"email": email, "password": PASSWORD} | names | more


def refresh(api: Api, token: str) -> httpx.Response:
    return api.nobody.post("/auth/refresh", {"refresh_token": token})


def with_token(api: Api, token: str) -> Person:
    return Person(api.http, token=token)


def alive(who: Person) -> bool:
    response = who.get("/users/me")
    assert response.status_code in (200, 401)
    return bool(response.status_code == 200)


def test_an_account_is_opened(api: Api) -> None:
    told = api.register("PROFESIONAL", telefono=" +54 11 5555 ", nombre=" Eva ")
    assert set(told) == USER
    assert (told["rol"], told["nombre"], told["telefono"]) == ("PROFESIONAL", "Eva", "+54 11 5555")
    assert (told["is_active"], told["email_verificado"], told["avatar_url"]) == (True, False, None)
    who = api.login(told["email"])
    assert who.seen("/users/me") == told
    assert who.seen("/professional/me")["estado_verificacion"] == "PENDIENTE"


def test_an_address_is_taken_once_in_any_case(api: Api) -> None:
    email = "Unica.Direccion@Conectar.Test"
    assert good(api.nobody.post("/auth/register", account(email)))["email"] == email.lower()
    with unchanged(api.server):
        for again in (email, email.upper(), email.lower(), f"  {email} "):
            refused(api.nobody.post("/auth/register", account(again)), 409, "EMAIL_EN_USO")
    for written in (email, email.upper(), f" {email} "):
        api.login(written)


def test_eight_people_want_one_address_at_once(api: Api) -> None:
    body = account("todos@conectar.test")
    answers = together(*[lambda: api.nobody.post("/auth/register", body)] * 8)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


def test_what_an_account_needs(api: Api) -> None:
    whole = account("nueva@conectar.test")
    with unchanged(api.server):
        for name in whole:
            left = {key: value for key, value in whole.items() if key != name}
            told = refused(api.nobody.post("/auth/register", left), 422)
            assert told["errors"][0]["campo"] == name
        for email in ("", "a", "a@", "@b.co", "a@b", "a b@c.co", "a@b@c.co", "x" * 250 + "@b.co"):
            told = refused(api.nobody.post("/auth/register", whole | {"email": email}), 422)
            assert told["errors"][0]["campo"] == "email"
        for rol in ("ADMIN", "cliente", "RELOJ", "MERCADOPAGO", "", None, 1):
            refused(api.nobody.post("/auth/register", whole | {"rol": rol}), 422)
        for more in ({"is_active": True}, {"email_verificado": True}, {"id": "x"}):
            refused(api.nobody.post("/auth/register", whole | more), 422)


WEAK = (
    "", "corta7", "solo-letras", "123456789", "password1", "Password1", "qwerty123", "abc12345",
    "a1" * 65,
)  # fmt: skip


@pytest.mark.parametrize("password", WEAK)
def test_a_weak_password_is_refused_wherever_one_is_set(api: Api, password: str) -> None:
    who = api.client()
    with unchanged(api.server):
        told = api.nobody.post("/auth/register", account("d@conectar.test", password=password))
        refused(told, 422)
        change = {"current_password": PASSWORD, "new_password": password}
        refused(who.post("/users/me/change-password", change), 422)


def test_the_refusal_of_a_new_password_names_its_field(api: Api, ana: Person) -> None:
    body = {"current_password": PASSWORD, "new_password": "corta7"}
    told = refused(ana.post("/users/me/change-password", body), 422)
    assert told["errors"][0]["campo"] == "new_password"


def test_an_unknown_address_and_a_wrong_password_look_alike(api: Api, ana: Person) -> None:
    def tried(email: str) -> tuple[dict[str, Any], float]:
        started = perf_counter()
        form = {"username": email, "password": "no-es-esta-1"}
        told = refused(api.nobody.post("/auth/login", data=form), 401, "CREDENCIALES_INVALIDAS")
        return told | {"correlation_id": ""}, perf_counter() - started

    known = [tried(ana.email) for _ in range(7)]
    unknown = [tried(f"nadie{n}@conectar.test") for n in range(7)]
    assert {json.dumps(told) for told, _ in known + unknown} == {json.dumps(known[0][0])}
    slow, quick = (median(took for _, took in tries) for tries in (known, unknown))
    assert 0.4 < quick / slow < 2.5


def test_a_pair_of_tokens_is_used_once(api: Api) -> None:
    who = api.client()
    told = good(refresh(api, who.refresh_token))
    assert set(told) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (told["token_type"], told["expires_in"]) == ("bearer", 900)
    newer = with_token(api, told["access_token"])
    assert alive(newer)
    assert told["refresh_token"] != who.refresh_token
    assert not alive(who)  # the old pair died at once, both of it
    assert alive(newer)
    refused(refresh(api, who.refresh_token), 401, "NO_AUTENTICADO")  # dead: its family dies
    refused(refresh(api, told["refresh_token"]), 401)
    assert not alive(newer) and not alive(who)


def test_of_two_refreshes_at_once_one_wins(api: Api) -> None:
    who = api.client()
    answers = together(*[lambda: refresh(api, who.refresh_token)] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


def test_signing_out_ends_this_session_only(api: Api) -> None:
    who = api.client()
    other = api.login(who.email)
    assert who.post("/auth/logout").status_code == 204
    assert not alive(who) and alive(other)
    refused(refresh(api, who.refresh_token), 401)
    refused(who.post("/auth/logout"), 401)


def test_sessions_are_listed_and_ended(api: Api) -> None:
    who = api.client()
    other, stranger = api.login(who.email), api.client()
    rows = who.seen("/auth/sessions")
    assert {frozenset(row) for row in rows} == {
        frozenset({"id", "dispositivo", "created_at", "last_used_at", "actual"})
    }
    assert [row["actual"] for row in rows].count(True) == 1 and len(rows) == 2
    assert rows[0]["dispositivo"].startswith("python-httpx")
    theirs = next(row["id"] for row in other.seen("/auth/sessions") if row["actual"])
    refused(stranger.delete(f"/auth/sessions/{theirs}"), 404)
    refused(who.delete("/auth/sessions/nada"), 404)
    assert alive(other)
    assert who.delete(f"/auth/sessions/{theirs}").status_code == 204
    assert not alive(other) and alive(who)
    refused(refresh(api, other.refresh_token), 401)
    refused(who.delete(f"/auth/sessions/{theirs}"), 404)
    assert len(who.seen("/auth/sessions")) == 1


def test_a_forgotten_password(api: Api) -> None:
    who = api.client()
    other = api.login(who.email)
    known = api.nobody.post("/auth/forgot-password", {"email": who.email.upper()})
    unknown = api.nobody.post("/auth/forgot-password", {"email": "nadie@conectar.test"})
    odd = api.nobody.post("/auth/forgot-password", {"email": "no es un correo"})
    assert (known.status_code, known.content) == (200, unknown.content) == (200, odd.content)
    assert known.json()["success"] is True
    token = reset_token(api, who.email)
    assert token not in str(dump(api.server))
    body = {"token": token, "new_password": "otra-clave-8"}
    refused(api.nobody.post("/auth/reset-password", body | {"new_password": "corta"}), 422)
    assert alive(who)
    good(api.nobody.post("/auth/reset-password", body))
    assert not alive(who) and not alive(other)
    refused(refresh(api, who.refresh_token), 401)
    refused(api.nobody.post("/auth/reset-password", body), 400, "TOKEN_INVALIDO")
    form = {"username": who.email, "password": PASSWORD}
    refused(api.nobody.post("/auth/login", data=form), 401)
    api.login(who.email, "otra-clave-8")
    assert api.letters("nadie@conectar.test") == []


def test_a_letter_resets_once_even_at_once(api: Api) -> None:
    who = api.client()
    good(api.nobody.post("/auth/forgot-password", {"email": who.email}))
    token = reset_token(api, who.email)
    tries = [
        lambda n=n: api.nobody.post(
            "/auth/reset-password", {"token": token, "new_password": f"otra-clave-{n}"}
        )
        for n in range(4)
    ]
    assert sorted(answer.status_code for answer in together(*tries)) == [200, 400, 400, 400]


def test_no_other_token_resets(api: Api, ana: Person) -> None:
    for token in ("x", ana.token, ana.refresh_token, "a.b.c"):
        body = {"token": token, "new_password": "otra-clave-8"}
        refused(api.nobody.post("/auth/reset-password", body), 400, "TOKEN_INVALIDO")


def test_another_password_ends_the_other_sessions(api: Api) -> None:
    who = api.client()
    other = api.login(who.email)
    body = {"current_password": "no-es-esta-1", "new_password": "otra-clave-8"}
    refused(who.post("/users/me/change-password", body), 400, "CONTRASENA_INCORRECTA")
    assert alive(other)
    good(who.post("/users/me/change-password", body | {"current_password": PASSWORD}))
    assert alive(who) and not alive(other)
    api.login(who.email, "otra-clave-8")
    old = {"username": who.email, "password": PASSWORD}
    refused(api.nobody.post("/auth/login", data=old), 401)


def test_a_profile_is_changed_field_by_field(api: Api) -> None:
    who = api.client(telefono="1")
    told = good(who.put("/users/me", {"apellido": "Sosa"}))
    assert (told["nombre"], told["apellido"], told["telefono"]) == ("Ana", "Sosa", "1")
    assert who.seen("/users/me") == told
    with unchanged(api.server):
        for name in ("email", "rol", "is_active", "password"):
            refused(who.put("/users/me", {name: "x"}), 422)


def forged(token: str, key: str = "", algorithm: str = "HS256", **claims: Any) -> str:
    """The token with other claims, signed by somebody else."""
    head = jwt.get_unverified_header(token)
    told = jwt.decode(token, options={"verify_signature": False}) | claims
    extra = {name: head[name] for name in ("kid",) if name in head}
    return str(jwt.encode(told, key or None, algorithm=algorithm, headers=extra))


def test_no_forged_token_opens_anything(api: Api, ana: Person, beto: Person) -> None:
    head, body, sign = ana.token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    for token in (
        forged(ana.token, algorithm="none"),
        f"{none}.{body}.",
        f"{none}.{body}.{sign}",
        f"{head}.{body}.",
        f"{head}.{body}.{sign[:-4]}AAAA",
        f"{head}.{beto.token.split('.')[1]}.{sign}",
        forged(ana.token, "x" * 32),
        forged(ana.token, "x" * 64, "HS512"),
        forged(ana.token, "x" * 32, exp=4_000_000_000),
        ana.refresh_token,
        "",
        "a.b.c",
        "." * 5000,
    ):
        refused(ana.get("/users/me", headers={"Authorization": f"Bearer  {token}".strip()}), 401)
    refused(refresh(api, ana.token), 401)
    assert alive(ana)


def test_tokens_die_by_the_clock(open_server: Any) -> None:
    api = open_server()
    who = api.client()
    good(api.nobody.post("/auth/forgot-password", {"email": who.email}))
    token = reset_token(api, who.email)
    api.clock(seconds=14 * 60)
    assert alive(who)
    api.clock(seconds=61)
    refused(who.get("/users/me"), 401, "NO_AUTENTICADO")
    told = good(refresh(api, who.refresh_token))
    api.clock(seconds=3600)
    body = {"token": token, "new_password": "otra-clave-8"}
    refused(api.nobody.post("/auth/reset-password", body), 400, "TOKEN_INVALIDO")
    api.clock(days=31)
    refused(refresh(api, told["refresh_token"]), 401)
