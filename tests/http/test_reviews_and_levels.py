"""Reviews, and what good work earns: points, levels, and a smaller commission from then on."""

from typing import Any

import httpx
import pytest

from tests.http.api import Api
from tests.http.person import Person, eventually, good, new_key, refused, together
from tests.http.quarrel import disputed, resolve
from tests.http.stored import quiet, unchanged


def review(who: Person, job: str, rating: Any = 5, texto: Any = "Muy prolijo") -> httpx.Response:
    return who.post("/resenas", {"trabajo_id": job, "rating": rating, "texto": texto})


def points(pro: Person, expected: int) -> dict[str, Any]:
    """His profile once he has so many points."""

    def check() -> dict[str, Any]:
        me = pro.seen("/professional/me")
        assert me["puntos"] == expected, me["puntos"]
        return dict(me)

    return eventually(check)


@pytest.mark.parametrize("state", ["done", "approved"])
def test_a_client_reviews_a_job_once(api: Api, ana: Person, state: str) -> None:
    pro = api.professional()
    job, _ = getattr(api, state)(ana, pro)
    assert "resenar" in ana.seen(f"/trabajos/{job['id']}")["acciones"]
    assert "resenar" not in pro.seen(f"/trabajos/{job['id']}")["acciones"]
    made = good(review(ana, job["id"], 4, "  Prolijo "))
    assert made == {
        "id": made["id"],
        "trabajo_id": job["id"],
        "profesional_id": pro.id,
        "cliente": {"nombre": "Ana", "avatar_url": None},
        "rating": 4,
        "texto": "Prolijo",
        "respuesta": None,
        "created_at": made["created_at"],
    }
    assert api.nobody.seen(f"/resenas/professional/{pro.id}") == [made]
    assert "resenar" not in ana.seen(f"/trabajos/{job['id']}")["acciones"]
    quiet(api.server)
    with unchanged(api.server):
        refused(review(ana, job["id"], 1), 400, "RESENA_EXISTENTE")


def test_six_reviews_at_once_are_one(api: Api, ana: Person) -> None:
    pro = api.professional()
    job, _ = api.done(ana, pro)
    body = {"trabajo_id": job["id"], "rating": 5, "texto": "Bien"}
    answers = together(*[lambda: ana.post("/resenas", body, key=new_key())] * 6)
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 5
    me = pro.seen("/professional/me")
    assert (me["rating_promedio"], me["total_resenas"]) == (5.0, 1)


def test_only_the_client_of_finished_work_reviews_it(api: Api, ana: Person, beto: Person) -> None:
    unpaid, (paid, _) = api.job(ana, beto), api.paid(ana, beto)
    quarrel = disputed(api, ana, beto)
    done, _ = api.done(ana, beto)
    strangers = (api.client(), api.professional())
    quiet(api.server)
    with unchanged(api.server):
        refused(review(api.nobody, done["id"]), 401)
        for stranger in strangers:
            refused(review(stranger, done["id"]), 404, "NO_ENCONTRADO")
        refused(review(ana, beto.id), 404, "NO_ENCONTRADO")
        for wrong in (beto, api.admin):
            refused(review(wrong, done["id"]), 403, "LADO_EQUIVOCADO")
        for job in (unpaid["id"], paid["id"], quarrel.job):
            refused(review(ana, job), 400, "TRANSICION_INVALIDA")
        for rating in (0, 6, -1, 4.5, "5", True, None):
            refused(review(ana, done["id"], rating), 422)
        for texto in ("", "  ", "x" * 2001, None):
            refused(review(ana, done["id"], 5, texto), 422)


def test_the_professional_replies_once(api: Api, ana: Person, beto: Person) -> None:
    job, _ = api.done(ana, beto)
    made = good(review(ana, job["id"]))
    path = f"/resenas/{made['id']}/respuesta"
    other = api.professional()
    with unchanged(api.server):
        for stranger in (other, api.admin):
            refused(stranger.post(path, {"texto": "Gracias"}), 404, "NO_ENCONTRADO")
        refused(ana.post(path, {"texto": "Gracias"}), 403, "LADO_EQUIVOCADO")
        refused(beto.post(path, {"texto": " "}), 422)
    told = good(beto.post(path, {"texto": " Gracias "}))
    assert told == made | {"respuesta": "Gracias"}
    with unchanged(api.server):
        refused(beto.post(path, {"texto": "Otra"}), 400, "RESPUESTA_EXISTENTE")
    rows = api.nobody.seen(f"/resenas/professional/{beto.id}", limit=100)
    assert next(row for row in rows if row["id"] == made["id"]) == told


def test_averages_follow_everywhere(api: Api, ana: Person) -> None:
    pro = api.professional(at=(-38.0, -57.55))
    for stars in (5, 4, 4):
        job, _ = api.done(ana, pro)
        good(review(ana, job["id"], stars))
    average = pytest.approx(13 / 3, abs=0.01)
    near = {"latitude": -38.0, "longitude": -57.55}
    found = good(api.admin.post("/search", near))["resultados"]
    rows = [
        pro.seen("/professional/me"),
        pro.seen("/professional/me/stats"),
        api.admin.seen(f"/public/professional/{pro.id}"),
        ana.seen(f"/gamification/user/{pro.id}"),
        next(row for row in found if row["id"] == pro.id),
    ]
    for row in rows:
        assert (row["rating_promedio"], row["total_resenas"]) == (average, 3)
    assert ana.seen("/trabajos", limit=1)[0]["profesional"]["rating_promedio"] == average
    listed = api.nobody.get(f"/resenas/professional/{pro.id}", params={"limit": 2})
    assert [row["rating"] for row in listed.json()] == [4, 4]
    assert listed.headers["x-total-count"] == "3"
    refused(api.nobody.get(f"/resenas/professional/{ana.id}"), 404)


def test_points_come_with_the_approval(api: Api, ana: Person) -> None:
    pro = api.professional()
    first, _ = api.done(ana, pro)
    good(review(ana, first["id"], 5))
    quiet(api.server)
    points(pro, 0)  # the job is not approved yet
    good(ana.post(f"/trabajos/{first['id']}/aprobar"))
    points(pro, 150)
    for stars, total in ((4, 260), (3, 360)):
        job, _ = api.approved(ana, pro)
        good(review(ana, job["id"], stars))
        points(pro, total)
    split = disputed(api, ana, pro, done=True)
    good(resolve(api.admin, split.id, "DIVIDIR", porcentaje_cliente=10))
    good(review(ana, split.job, 5))
    points(pro, 410)  # the review counts, the divided job doesn't
    refunded = disputed(api, ana, pro)
    good(resolve(api.admin, refunded.id, "REEMBOLSAR"))
    released = disputed(api, ana, pro)
    good(resolve(api.admin, released.id, "LIBERAR"))
    me = points(pro, 510)
    assert (me["nivel"], me["tasa_comision_actual"]) == ("PLATA", 12)
    stats = pro.seen("/professional/me/stats")
    assert (stats["nivel"], stats["proximo_nivel"]) == ("PLATA", "ORO")
    assert (stats["puntos"], stats["puntos_para_proximo_nivel"]) == (510, 1490)


def test_a_new_level_counts_for_later_acceptances_only(api: Api, ana: Person) -> None:
    pro = api.professional()
    before, offered = api.job(ana, pro, "1000"), api.offer(ana, pro, "1000")
    for n in range(1, 5):
        job, _ = api.approved(ana, pro, "100")
        good(review(ana, job["id"], 5))
        points(pro, 150 * n)
    assert pro.seen(f"/trabajos/{before['id']}")["comision_tasa"] == 15
    later = good(pro.post(f"/ofertas/{offered['id']}/accept"))
    assert (later["comision_tasa"], later["comision"], later["neto_profesional"]) == (12, 120, 880)
    quote = {"monto": "1000", "profesional_id": pro.id}
    told = ana.seen("/payments/commission/calculate", **quote)
    assert (told["nivel"], told["comision_tasa"]) == ("PLATA", 12)
    api.pay(api.preference(ana, before))
    api.until(ana, before, estado="EN_CURSO")
    good(pro.put(f"/trabajos/{before['id']}/marcar-completado"))
    end = good(ana.post(f"/trabajos/{before['id']}/aprobar"))
    assert (end["comision"], end["neto_profesional"]) == (150, 850)
    kinds = [row["tipo"] for row in pro.seen("/notifications/history", limit=100)]
    assert kinds.count("gamification.level_up") == 1


def test_the_leaderboard_is_in_order(api: Api, ana: Person) -> None:
    pro = api.professional(nombre="Primera")
    for n in range(1, 3):
        job, _ = api.approved(ana, pro)
        good(review(ana, job["id"], 5))
        points(pro, 150 * n)
    rows = api.nobody.seen("/gamification/leaderboard", limit=100)
    assert [row["posicion"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["puntos"] for row in rows] == sorted((r["puntos"] for r in rows), reverse=True)
    mine = next(row for row in rows if row["profesional_id"] == pro.id)
    assert {k: mine[k] for k in mine if k not in ("posicion", "nombre")} == {
        "profesional_id": pro.id,
        "nivel": "BRONCE",
        "puntos": 300,
        "rating_promedio": 5.0,
        "trabajos_completados": 2,
    }
    assert "Primera" in mine["nombre"]
    assert len(api.nobody.seen("/gamification/leaderboard", limit=1)) == 1
    for limit in ("0", "101", "x"):
        refused(api.nobody.get("/gamification/leaderboard", params={"limit": limit}), 422)
    progress = ana.seen(f"/gamification/user/{pro.id}")
    assert (progress["nivel"], progress["puntos_para_proximo_nivel"]) == ("BRONCE", 200)
    refused(ana.get(f"/gamification/user/{ana.id}"), 404)


def test_his_own_figures(api: Api, ana: Person) -> None:
    pro = api.professional()
    empty = pro.seen("/professional/me/stats")
    assert empty == {
        "trabajos_completados": 0,
        "ingreso_total": 0,
        "rating_promedio": None,
        "total_resenas": 0,
        "nivel": "BRONCE",
        "puntos": 0,
        "proximo_nivel": "PLATA",
        "puntos_para_proximo_nivel": 500,
        "comision_actual": 15,
        "tasa_finalizacion": None,
        "tiempo_respuesta_horas": None,
    }
    api.approved(ana, pro, "1000")
    left, _ = api.paid(ana, pro, "1000")
    good(pro.post(f"/trabajos/{left['id']}/cancelar"))
    points(pro, 100)
    stats = pro.seen("/professional/me/stats")
    assert (stats["trabajos_completados"], stats["ingreso_total"]) == (1, 850)
    assert stats["tasa_finalizacion"] == 0.5
    assert 0 <= stats["tiempo_respuesta_horas"] < 0.1
