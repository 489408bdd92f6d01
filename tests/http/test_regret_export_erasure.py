"""Regretting, taking one's data along, and leaving for good."""

import json
from typing import Any

from tests.http.api import PASSWORD, PNG, Api, submit_kyc
from tests.http.person import Person, good, refused
from tests.http.quarrel import disputed
from tests.http.reset import verify_token
from tests.http.stored import quiet, unchanged
from tests.http.wallet import CBU, rich


def regret(api: Api, email: str, job: str, **more: Any) -> str:
    answer = api.nobody.post("/arrepentimiento", {"email": email, "trabajo_id": job} | more)
    assert answer.status_code == 202
    assert set(answer.json()) == {"codigo_gestion"}
    return str(answer.json()["codigo_gestion"])


def case(api: Api, code: str) -> dict[str, Any]:
    rows = api.admin.seen("/admin/arrepentimientos", limit=100)
    return dict(next(row for row in rows if row["codigo_gestion"] == code))


def test_whoever_regrets_is_given_a_code(api: Api, ana: Person, beto: Person) -> None:
    job, other = api.job(ana, beto)["id"], api.client()
    codes = [
        regret(api, email, id)
        for email, id in (
            ("nadie@conectar.test", job),
            (other.email, job),
            (beto.email, job),
            (ana.email, "nada"),
            (ana.email, ana.id),
        )
    ]
    assert len(set(codes)) == 5
    assert ana.seen(f"/trabajos/{job}")["estado"] == "PENDIENTE_PAGO"
    assert {case(api, code)["desenlace"] for code in codes} == {"DESCONOCIDO"}
    for wrong in ({}, {"email": "x"}, {"email": ana.email}, {"trabajo_id": job}):
        refused(api.nobody.post("/arrepentimiento", wrong), 422)


def test_what_may_be_undone_is(api: Api, ana: Person, beto: Person) -> None:
    unpaid, paid = api.job(ana, beto), api.paid(ana, beto)[0]
    codes = [regret(api, f" {ana.email.upper()} ".strip(), job["id"]) for job in (unpaid, paid)]
    assert ana.seen(f"/trabajos/{unpaid['id']}")["estado"] == "CANCELADO"
    api.until(ana, paid, estado="CANCELADO", escrow_estado="REEMBOLSADO")
    assert {case(api, code)["desenlace"] for code in codes} == {"CANCELADO"}


def test_what_may_not_is_for_a_person(api: Api, ana: Person, beto: Person) -> None:
    done, quarrel = api.done(ana, beto)[0], disputed(api, ana, beto)
    code = regret(api, ana.email, done["id"], motivo="Me arrepentí")
    assert ana.seen(f"/trabajos/{done['id']}")["estado"] == "COMPLETADO"
    row = case(api, code)
    assert (row["desenlace"], row["motivo"]) == ("CASO", "Me arrepentí")
    said = regret(api, ana.email, quarrel.job, motivo="Quiero mi plata")
    assert case(api, said)["desenlace"] == "EN_DISPUTA"
    messages = beto.seen(f"/disputas/{quarrel.id}/mensajes")
    assert [one["mensaje"] for one in messages] == [f"{said} Quiero mi plata"]
    path = f"/admin/arrepentimientos/{code}/cerrar"
    refused(api.admin.post(path, {}), 422)
    assert good(api.admin.post(path, {"resolucion": "Se habló"}))["desenlace"] == "CERRADO"
    refused(api.admin.post(path, {"resolucion": "Otra vez"}), 400, "CASO_CERRADO")
    assert api.admin.seen("/admin/audit", limit=1)[0]["sujeto"] == code


def test_the_days_to_regret_are_ten(timed: Api, carla: Person, dario: Person) -> None:
    job, _ = timed.paid(carla, dario)
    timed.clock(days=11)
    code = regret(timed, carla.email, job["id"])
    assert carla.seen(f"/trabajos/{job['id']}")["estado"] == "EN_CURSO"
    assert case(timed, code)["desenlace"] == "CASO"


def test_the_export_holds_everything_of_ones_own(api: Api, ana: Person) -> None:
    pro = rich(api, ana, CBU)
    good(pro.post("/payments/withdrawals", {"monto": "10"}))
    job = ana.seen("/trabajos", limit=1)[0]["id"]
    good(ana.post("/resenas", {"trabajo_id": job, "rating": 5, "texto": "Muy prolijo"}))
    quiet(api.server)
    told = pro.seen("/users/me/export")
    assert told["usuario"]["email"] == pro.email
    assert told["profesional"]["id"] == pro.id and told["identidad"]["cuit"]
    assert [row["id"] for row in told["trabajos"]] == [job]
    assert [row["texto"] for row in told["resenas"]] == ["Muy prolijo"]
    assert {"LIBERACION", "COMISION", "PAYOUT"} <= {row["tipo"] for row in told["movimientos"]}
    assert told["notificaciones"] and told["sesiones"] and told["ofertas"]
    text = json.dumps(told)
    assert "password" not in text and ana.email not in text
    mine = ana.seen("/users/me/export")
    assert mine["profesional"] is mine["identidad"] is None and mine["trabajos"]


def test_the_export_holds_what_one_said_showed_regretted_and_was_paid(api: Api) -> None:
    client, pro = api.client(), api.professional()
    other = rich(api, client, CBU)
    good(other.post("/payments/withdrawals", {"monto": "10"}))
    job = api.done(client, pro)[0]["id"]
    wrote = good(
        client.post("/resenas", {"trabajo_id": job, "rating": 4, "texto": "Volvería a llamar"})
    )
    good(pro.post(f"/resenas/{wrote['id']}/respuesta", {"texto": "Un gusto"}))
    one = disputed(api, client, pro)
    for who, name in ((client, "pared.png"), (pro, "presupuesto.png")):
        files = [("files", (name, PNG, "image/png"))]
        good(who.post(f"/disputas/{one.id}/evidencias", files=files))
        good(who.post(f"/disputas/{one.id}/mensajes", {"mensaje": f"Miren {name}"}))
    code = regret(api, client.email, job, motivo="Lo pensé mejor")
    good(client.put("/notifications/preferences", {"email_pagos": False}))
    quiet(api.server)
    mine, his, told = (who.seen("/users/me/export") for who in (client, pro, other))
    (review,) = mine["resenas_escritas"]
    assert (review["texto"], review["respuesta"]) == ("Volvería a llamar", "Un gusto")
    assert mine["resenas"] == his["resenas_escritas"] == []
    assert his["resenas"] == [review]
    (file,) = mine["evidencias"]
    assert set(file) == {"id", "disputa_id", "nombre", "tipo_de_contenido", "created_at"}
    assert (file["nombre"], file["disputa_id"]) == ("pared.png", one.id)
    assert [row["nombre"] for row in his["evidencias"]] == ["presupuesto.png"]
    assert [row["mensaje"] for row in mine["disputa_mensajes"]] == ["Miren pared.png"]
    (case,) = mine["arrepentimientos"]
    assert (case["codigo_gestion"], case["motivo"]) == (code, "Lo pensé mejor")
    assert his["arrepentimientos"] == mine["retiros"] == []
    (payout,) = told["retiros"]
    assert (payout["monto"], payout["destino"], payout["estado"]) == (10, CBU, "SOLICITADO")
    assert told["profesional"]["payout_account"] == CBU
    assert told["identidad"]["documentos"] == ["dni_frente", "dni_dorso", "selfie"]
    assert mine["preferencias"]["email_pagos"] is False
    assert "trabajo.created" in {row["tipo"] for row in mine["notificaciones"]}


def test_a_regret_without_a_job_is_told_to_who_proved_the_address(api: Api) -> None:
    who = api.client()
    code = regret(api, who.email, "nada", motivo="¿Y esto?")
    assert who.seen("/users/me/export")["arrepentimientos"] == []
    good(api.nobody.post("/auth/verify-email", {"token": verify_token(api, who.email)}))
    assert [r["codigo_gestion"] for r in who.seen("/users/me/export")["arrepentimientos"]] == [code]


def test_every_proof_of_identity_is_told(api: Api) -> None:
    who = api.applicant()
    for _ in range(2):
        good(submit_kyc(who))
        good(api.admin.put(f"/admin/kyc/{who.id}/reject", {"motivo": "Borroso"}))
    told = who.seen("/users/me/export")
    (earlier,) = told["identidades_anteriores"]
    assert earlier["dni"] != told["identidad"]["dni"]
    assert earlier["enviado_at"] < told["identidad"]["enviado_at"]


def test_nobody_leaves_with_money_open(api: Api, ana: Person) -> None:
    pro = rich(api, ana, CBU)
    client = api.client()
    api.paid(client, pro)
    good(pro.post("/payments/withdrawals", {"monto": "849.99"}))  # a cent is left
    id = api.admin.seen("/admin/payouts", limit=1)[0]["id"]
    admin = api.admin
    quiet(api.server)
    with unchanged(api.server):
        refused(pro.delete("/users/me"), 400, "SALDO_PENDIENTE")
        refused(client.delete("/users/me"), 400, "SALDO_PENDIENTE")
        refused(admin.delete("/users/me"), 403, "ROL_NO_PERMITIDO")
    good(admin.post("/admin/payouts/batches"))
    sent = {"resultado": "enviado", "comprobante": "trx-1"}
    good(admin.post(f"/admin/payouts/{id}/confirmar", sent))
    good(pro.post(f"/trabajos/{pro.seen('/trabajos')[0]['id']}/cancelar"))
    api.until(client, client.seen("/trabajos")[0], escrow_estado="REEMBOLSADO")
    assert pro.seen("/payments/balance")["disponible"] == 0.01
    refused(pro.delete("/users/me"), 400, "SALDO_PENDIENTE")
    assert client.delete("/users/me").status_code == 204


def test_who_leaves_is_nobody_and_his_address_is_free(api: Api, beto: Person) -> None:
    who = api.client(nombre="Zulema", apellido="Quiroga", telefono="11 4444")
    offer, job = api.offer(who, beto), api.job(who, beto)
    assert who.delete("/users/me").status_code == 204
    refused(who.get("/users/me"), 401)
    form = {"username": who.email, "password": PASSWORD}
    refused(api.nobody.post("/auth/login", data=form), 401, "CREDENCIALES_INVALIDAS")
    shown = beto.seen(f"/trabajos/{job['id']}")
    assert shown["estado"] == "CANCELADO"
    assert beto.seen(f"/ofertas/{offer['id']}")["estado"] in ("RETIRADA", "RECHAZADA")
    assert "Zulema" not in json.dumps(shown) and "Quiroga" not in json.dumps(shown)
    again = api.register("CLIENTE", email=who.email)
    assert again["id"] != who.id
    assert api.login(who.email).seen("/trabajos") == []
