"""What people are told, by which ways, and that each hears of a thing once."""

from dataclasses import fields

import pytest

from conectar.adapters.vocabulary.fields import FIELDS
from conectar.application.notices.audience import AUDIENCE
from tests.http.api import Api
from tests.http.person import Person, eventually, good, refused
from tests.http.reset import verify_token
from tests.http.stored import quiet, unchanged

WAYS = [f"{way}_{what}" for way in ("email", "push")
        for what in ("ofertas", "trabajos", "pagos", "mensajes")]  # fmt: skip


def told(who: Person, tipo: str) -> list[dict[str, object]]:
    return list(who.seen("/notifications/history", tipo=tipo, limit=100))


def unread(who: Person) -> int:
    return int(who.get("/notifications/history").headers["x-unread-count"])


def test_preferences_change_one_by_one(api: Api) -> None:
    who = api.client()
    before = who.seen("/notifications/preferences")
    assert list(before) == WAYS
    changed = good(who.put("/notifications/preferences", {"email_ofertas": False}))
    assert changed == before | {"email_ofertas": False}
    assert good(who.put("/notifications/preferences", {})) == changed
    assert who.seen("/notifications/preferences") == changed
    with unchanged(api.server):
        for wrong in ({"email_ofertas": "no"}, {"email_ofertas": 1}, {"otro": True}):
            refused(who.put("/notifications/preferences", wrong), 422)


def test_the_history_has_filters_and_counts_what_was_not_read(api: Api, beto: Person) -> None:
    who = api.client()
    api.job(who, beto)
    eventually(lambda: told(who, "oferta.accepted") and told(who, "trabajo.created"))
    rows = who.seen("/notifications/history")
    assert set(rows[0]) == {"id", "tipo", "titulo", "mensaje", "leido", "data", "created_at"}
    assert [row["leido"] for row in rows] == [False] * len(rows)
    assert unread(who) == len(rows) >= 3
    assert {row["tipo"] for row in told(who, "oferta.accepted")} == {"oferta.accepted"}
    one = rows[0]["id"]
    refused(beto.put(f"/notifications/{one}/leer"), 404, "NO_ENCONTRADO")
    for _ in range(2):
        assert good(who.put(f"/notifications/{one}/leer"))["leido"] is True
    assert [row["id"] for row in who.seen("/notifications/history", leido="true")] == [one]
    assert len(who.seen("/notifications/history", leido="false")) == unread(who) == len(rows) - 1
    assert good(who.put("/notifications/leer-todas"))["success"] is True
    assert (unread(who), who.seen("/notifications/history", leido="false")) == (0, [])
    for wrong in ({"leido": "si"}, {"tipo": "nada"}, {"limit": "0"}):
        refused(who.get("/notifications/history", params=wrong), 422)


def test_one_mail_an_event_and_person(api: Api) -> None:
    client, pro = api.client(), api.professional()
    job, _ = api.approved(client, pro, "1000")
    kinds = ("trabajo.created", "trabajo.approved", "payment.confirmed", "oferta.accepted")
    eventually(lambda: all(told(client, kind) for kind in kinds))
    assert [len(told(client, kind)) for kind in kinds] == [1] * len(kinds)
    titles = [str(told(client, kind)[0]["titulo"]) for kind in kinds]

    def mailed() -> bool:
        subjects = [letter["asunto"] for letter in api.letters(client.email)]
        assert [subjects.count(title) for title in set(titles)] == [
            titles.count(title) for title in set(titles)
        ]
        return True

    eventually(mailed)
    assert job["id"] in str(told(client, "trabajo.created")[0]["data"])


def test_who_wants_no_mail_gets_only_what_he_must_have_but_is_told(api: Api, beto: Person) -> None:
    who = api.client()
    quiet_ways = {name: False for name in WAYS if name.startswith("email")}
    good(who.put("/notifications/preferences", quiet_ways))
    verify_token(api, who.email)
    quiet(api.server)
    before = len(api.letters(who.email))
    api.job(who, beto)
    eventually(lambda: told(who, "trabajo.created") and told(who, "oferta.accepted"))
    good(api.nobody.post("/auth/forgot-password", {"email": who.email}))
    eventually(lambda: len(api.letters(who.email)) >= before + 2)
    quiet(api.server)
    receipt = str(told(who, "trabajo.created")[0]["titulo"])
    got = [letter["asunto"] for letter in api.letters(who.email)]
    assert len(got) == before + 2 and {receipt, "Restablecé tu contraseña"} <= set(got)


def test_the_receipt_of_an_acceptance_holds_the_frozen_terms(api: Api, beto: Person) -> None:
    who = api.client()
    api.job(who, beto, "15000.50")

    def receipt() -> list[str]:
        texts = [letter["texto"] for letter in api.letters(who.email)]
        return [text for text in texts if "15.000,50" in text and "arrepent" in text.lower()]

    text = eventually(receipt)[0]
    assert "Cambiar la canilla" in text and "10 días corridos" in text


def test_an_address_is_proved_by_its_letter(api: Api) -> None:
    who = api.client()
    token = verify_token(api, who.email)
    assert who.seen("/users/me")["email_verificado"] is False
    with unchanged(api.server):
        for wrong in (token[:-2], "nada", who.token):
            refused(api.nobody.post("/auth/verify-email", {"token": wrong}), 400, "TOKEN_INVALIDO")
        refused(api.nobody.post("/auth/reset-password",
                                {"token": token, "new_password": "otra-clave-8"}), 400)  # fmt: skip
    good(api.nobody.post("/auth/verify-email", {"token": token}))
    assert who.seen("/users/me")["email_verificado"] is True
    before = len(api.letters(who.email))
    assert who.post("/auth/verify-email/resend").status_code == 202
    assert len(api.letters(who.email)) == before


def test_another_letter_is_sent_on_demand(api: Api) -> None:
    who = api.client()
    verify_token(api, who.email)

    def letters() -> int:
        return sum("verificar?token=" in one["texto"] for one in api.letters(who.email))

    assert letters() == 1
    assert who.post("/auth/verify-email/resend").status_code == 202
    eventually(lambda: letters() == 2)


@pytest.mark.parametrize("event", AUDIENCE, ids=lambda event: event.__name__)
def test_what_a_notice_is_about_has_a_spanish_name(event: type) -> None:
    ids = [one.name for one in fields(event) if one.name.endswith("_id")]
    assert [name for name in ids if name not in FIELDS] == []
