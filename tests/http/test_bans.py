"""Suspending somebody, and letting him back."""

import pytest

from tests.http.api import Api, offer_body
from tests.http.person import Person, eventually, good, refused
from tests.http.quarrel import resolve
from tests.http.stored import quiet, unchanged
from tests.http.wallet import CBU, payouts_of, rich

WHY = {"motivo": "Muchas quejas"}


def ban(api: Api, who: Person) -> None:
    told = good(api.admin.post(f"/admin/users/{who.id}/ban", WHY))
    assert told["is_active"] is False


def unban(api: Api, who: Person) -> None:
    assert good(api.admin.post(f"/admin/users/{who.id}/unban"))["is_active"] is True


@pytest.mark.parametrize("role", ["client", "professional"])
def test_a_banned_person_is_out_at_once(api: Api, ana: Person, beto: Person, role: str) -> None:
    who: Person = getattr(api, role)()
    other = api.login(who.email)
    client, pro = (who, beto) if role == "client" else (ana, who)
    offer, job = api.offer(client, pro), api.job(client, pro)
    ban(api, who)
    for session in (who, other):
        refused(session.get("/users/me"), 401)
    refused(api.nobody.post("/auth/refresh", {"refresh_token": who.refresh_token}), 401)
    form = {"username": who.email, "password": "una-clave-7"}
    refused(api.nobody.post("/auth/login", data=form), 403, "CUENTA_SUSPENDIDA")
    shown = api.admin.seen(f"/trabajos/{job['id']}")
    assert (shown["estado"], shown["escrow_estado"]) == ("CANCELADO", "PENDIENTE")
    assert api.admin.seen(f"/ofertas/{offer['id']}")["estado"] in ("RECHAZADA", "RETIRADA")
    if role == "professional":
        refused(ana.post("/ofertas", offer_body(who)), 400, "NO_DISPONIBLE")
        refused(api.admin.get(f"/public/professional/{who.id}"), 404)
    else:
        body = {"cliente_id": who.id, "descripcion": "Pintar el frente", "monto": 500}
        refused(beto.post("/professional/ofertas", body), 400, "NO_DISPONIBLE")
    unban(api, who)
    refused(who.get("/users/me"), 401)  # what ended stays ended
    api.login(who.email)


def test_paid_jobs_of_a_banned_professional_become_disputes(api: Api, ana: Person) -> None:
    pro = api.professional()
    paid, done = api.paid(ana, pro)[0], api.done(ana, pro)[0]
    ban(api, pro)
    for job, back in ((paid, "EN_CURSO"), (done, "COMPLETADO")):
        shown = ana.seen(f"/trabajos/{job['id']}")
        assert (shown["estado"], shown["congelado_por"]) == ("EN_DISPUTA", "DISPUTA")
        told = ana.seen(f"/disputas/{shown['disputa_id']}")
        assert (told["motivo"], told["iniciado_por"]) == ("SUSPENSION", api.admin.id)
        path = f"/disputas/{told['id']}"
        quiet(api.server)
        with unchanged(api.server):
            refused(ana.post(f"{path}/cancelar"), 403, "LADO_EQUIVOCADO")
            refused(api.admin.post(f"{path}/cancelar"), 400, "TRANSICION_INVALIDA")
        assert "retirar" not in api.admin.seen(path)["acciones"]
        if job is paid:
            unban(api, pro)
            assert "retirar" in api.admin.seen(path)["acciones"]
            good(api.admin.post(f"{path}/cancelar"))
            assert ana.seen(f"/trabajos/{job['id']}")["estado"] == back
            ban(api, pro)
            assert ana.seen(f"/trabajos/{job['id']}")["estado"] == "EN_DISPUTA"
        else:
            good(resolve(api.admin, told["id"], "LIBERAR"))
            assert ana.seen(f"/trabajos/{job['id']}")["estado"] == "APROBADO"


def test_a_banned_clients_jobs_run_on(timed: Api, dario: Person) -> None:
    who = timed.client()
    paid, done = timed.paid(who, dario, "900")[0], timed.done(who, dario, "900")[0]
    ban(timed, who)
    assert dario.seen(f"/trabajos/{paid['id']}")["estado"] == "EN_CURSO"
    assert dario.seen(f"/trabajos/{done['id']}")["estado"] == "COMPLETADO"
    good(dario.post(f"/trabajos/{paid['id']}/cancelar"))
    timed.until(dario, paid, escrow_estado="REEMBOLSADO")
    timed.clock(days=14, hours=1)
    timed.until(dario, done, estado="APROBADO")


def test_payouts_of_a_banned_professional_wait(timed: Api, carla: Person) -> None:
    pro = rich(timed, carla, CBU)
    good(pro.post("/payments/withdrawals", {"monto": "100"}))
    ban(timed, pro)
    refused(timed.admin.post("/admin/payouts/batches"), 400, "SIN_RETIROS")
    assert payouts_of(timed, pro)[0]["estado"] == "SOLICITADO"
    unban(timed, pro)
    good(timed.admin.post("/admin/payouts/batches"))
    assert payouts_of(timed, pro)[0]["estado"] == "EXPORTADO"
    again = timed.login(pro.email)
    assert again.seen("/payments/balance")["disponible"] == 750


def test_who_cannot_be_banned(api: Api) -> None:
    who, admin = api.client(), api.admin
    path = f"/admin/users/{who.id}"
    quiet(api.server)
    with unchanged(api.server):
        refused(admin.post(f"/admin/users/{admin.id}/ban", WHY), 400, "NO_SE_PUEDE_SUSPENDER")
        refused(admin.post(f"{path}/ban", {}), 422)
        refused(admin.post(f"{path}/unban"), 400, "NO_SUSPENDIDA")
        refused(who.post(f"{path}/ban", WHY), 403, "ROL_NO_PERMITIDO")
        unknown = "/admin/users/01890000-0000-7000-8000-000000000000/ban"
        refused(admin.post(unknown, WHY), 404)
    ban(api, who)
    refused(admin.post(f"{path}/ban", WHY), 400, "NO_SE_PUEDE_SUSPENDER")
    letters = eventually(lambda: api.letters(who.email)[1:])
    assert any("suspend" in letter["texto"].lower() for letter in letters)
