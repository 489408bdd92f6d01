"""The administrators' house: people, figures, what they did and looked at, what did not happen."""

from typing import Any

from tests.http.api import Api, submit_kyc
from tests.http.person import Person, good, refused
from tests.http.stored import quiet


def test_accounts_are_found_by_role_and_words(api: Api) -> None:
    who = api.client(nombre="Ñandú", apellido="Quispe")
    pro = api.applicant(apellido="Quispe")
    for words in ("ñandú", "QUISPE", who.email[:-5]):
        rows = api.admin.seen("/admin/users", q=words, limit=100)
        assert who.id in [row["id"] for row in rows], words
    rows = api.admin.seen("/admin/users", q="quispe", rol="PROFESIONAL")
    assert [row["id"] for row in rows] == [pro.id]
    shown = api.admin.seen("/admin/users", q=who.email)[0]
    assert shown == who.seen("/users/me")
    assert {row["rol"] for row in api.admin.seen("/admin/users", rol="ADMIN")} == {"ADMIN"}
    refused(api.admin.get("/admin/users", params={"rol": "OTRO"}), 422)


def test_people_are_counted(api: Api) -> None:
    def counts() -> dict[str, int]:
        return dict(api.admin.seen("/admin/metrics/users"))

    before = counts()
    api.client()
    good(submit_kyc(api.applicant()))
    api.professional()
    after = counts()
    assert {name: after[name] - before[name] for name in after} == {
        "total_clientes": 1,
        "total_profesionales": 2,
        "total_pro_pendientes_kyc": 1,
        "total_pro_aprobados": 1,
    }


def test_the_house_at_a_glance(api: Api, ana: Person) -> None:
    def figures() -> tuple[dict[str, Any], dict[str, Any]]:
        told = api.admin.seen("/admin/dashboard/stats")
        assert told["trabajos"]["total"] == sum(told["trabajos"]["por_estado"].values())
        return told["trabajos"]["por_estado"], told["finanzas"]

    pro = api.professional()
    jobs, money = figures()
    api.approved(ana, pro, "1000")
    api.paid(ana, pro, "500")
    back, _ = api.paid(ana, pro, "300")
    good(pro.post(f"/trabajos/{back['id']}/cancelar"))
    api.until(ana, back, escrow_estado="REEMBOLSADO")
    later, sums = figures()
    new = {state: later[state] - jobs.get(state, 0) for state in later}
    assert {state: n for state, n in new.items() if n} == {
        "APROBADO": 1, "EN_CURSO": 1, "CANCELADO": 1,
    }  # fmt: skip
    assert {name: round(sums[name] - money[name], 2) for name in sums} == {
        "facturado": 1800, "comisiones": 150, "en_escrow": 500, "liberado": 850,
        "reembolsado": 300,
    }  # fmt: skip


def test_what_administrators_do_and_look_at_is_noted(api: Api, ana: Person, beto: Person) -> None:
    job, who = api.job(ana, beto), api.client()
    for path in ("", "/timeline"):
        api.admin.seen(f"/trabajos/{job['id']}{path}")
    api.admin.seen(f"/ofertas/{job['oferta_id']}")
    ana.seen(f"/trabajos/{job['id']}")
    good(api.admin.post(f"/admin/users/{who.id}/ban", {"motivo": "Fraude"}))
    refused(api.admin.post(f"/admin/users/{who.id}/ban", {"motivo": "Fraude"}), 400)
    quiet(api.server)
    rows = api.admin.seen("/admin/audit", limit=100)
    assert {row["admin_id"] for row in rows} == {api.admin.id}
    assert [row["created_at"] for row in rows] == sorted(
        (row["created_at"] for row in rows), reverse=True
    )
    about = [row["accion"] for row in rows if row["sujeto"] and job["id"] in row["sujeto"]]
    assert len(about) == 2 and len(set(about)) == 2
    assert [r for r in rows if r["sujeto"] and job["oferta_id"] in r["sujeto"]]
    assert len([r for r in rows if r["sujeto"] and who.id in r["sujeto"]]) == 1


def test_what_did_not_happen_is_tried_again_on_demand(timed: Api, carla: Person) -> None:
    dario = timed.professional()
    job = timed.job(carla, dario)
    preference = timed.preference(carla, job)
    timed.fault("payment_get", "error_500", 1000)
    timed.pay(preference)
    for seconds in (1, 6, 31, 121, 601, 1801, 3601, 3601, 3601):
        timed.clock(seconds=seconds)
    rows = [
        r for r in timed.admin.seen("/admin/events/pending") if r["reaccion"] == "check_payment"
    ]
    assert rows and rows[0]["error"] and rows[0]["intentos"] > 1
    timed.sandbox("DELETE", "/faults")
    good(timed.admin.post(f"/admin/events/{rows[0]['id']}/redrive"))
    timed.until(carla, job, estado="EN_CURSO")
    quiet(timed.server)
    pending = timed.admin.seen("/admin/events/pending")
    assert rows[0]["id"] not in [row["id"] for row in pending]
    refused(timed.admin.post(f"/admin/events/{rows[0]['id']}/redrive"), 404)
